"""Each kind of dirt that an export brings, and what becomes of the row."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest

from capphep.crm.imports.customer_rows import SHEET
from capphep.crm.models import Contact, Customer, Level, Opportunity
from capphep.platform.audit import entries_of
from capphep.platform.models import OutboxEvent
from tests import factories
from tests.imports.books import Imported, counts, reasons, unit

pytestmark = pytest.mark.django_db


def only() -> Customer:
    return Customer.objects.get()


# --- what is brought to one form ---------------------------------------------------------------


def test_a_good_row_becomes_a_customer_with_its_contact(imported: Imported) -> None:
    row = unit(
        tax_code="0101243150",
        province="Hà Tĩnh",
        commune="Xã Đông Hải",
        address="Thôn 1, Xã Đông Hải",
        phone="0989922416",
        email="ubnd@Example.VN",
        full_name="Đỗ Thị Vinh",
        position="Kế toán trưởng",
        note="Khách quen",
    )
    assert counts(imported([row])) == (1, 0, 0, 0)
    customer = only()
    assert (customer.budget_code, customer.name) == ("1234567", "UBND Xã Đông Hải")
    assert (customer.org_type, customer.public_unit_kind) == ("commune", "committee")
    assert (customer.level, customer.chapter_code) == (Level.COMMUNE, "805")
    assert customer.sector is not None and customer.sector.name == "UBND cấp xã"
    assert (customer.tax_code, customer.phone) == ("0101243150", "0989922416")
    assert (customer.province, customer.email) == ("Hà Tĩnh", "ubnd@example.vn")
    assert customer.note == "Khách quen"
    assert customer.owner is None
    contact = Contact.objects.get()
    assert (contact.customer, contact.full_name) == (customer, "Đỗ Thị Vinh")
    assert contact.position == "Kế toán trưởng"


@pytest.mark.parametrize(
    "written", [2420747, 2420747.0, "2.420.747", " 2420747 ", "２４２０７４７"]
)
def test_a_budget_code_is_read_however_it_was_written(imported: Imported, written: Any) -> None:
    imported([unit(written)])
    assert only().budget_code == "2420747"


@pytest.mark.parametrize("written", ["+84 989 922 416", "0989.922.416", 989922416, "84989922416"])
def test_a_phone_is_kept_in_its_national_form(imported: Imported, written: Any) -> None:
    imported([unit(phone=written)])
    assert only().phone == "0989922416"


def test_names_are_stored_composed_and_without_stray_spaces(imported: Imported) -> None:
    decomposed = unicodedata.normalize("NFD", "  Trường  Tiểu học Lê Lợi ")
    imported([unit(name=decomposed)])
    assert only().name == "Trường Tiểu học Lê Lợi"
    assert "truong tieu hoc le loi" in only().search_key


def test_a_province_gets_its_official_name_and_one_that_does_not_exist_is_told(
    imported: Imported,
) -> None:
    written = ["TP. Huế", "Bình Dương", "Cần Thơo", "Atlantis"]
    rows = [unit(f"100000{at}", province=name) for at, name in enumerate(written)]
    told = imported(rows)
    assert counts(told) == (2, 0, 0, 2)
    stored = Customer.objects.order_by("budget_code").values_list("province", flat=True)
    assert list(stored) == ["Thành phố Huế", "Bình Dương"]
    near, nothing = (row.reason for row in told.rejected)
    assert "Tỉnh/Thành phố" in near and "“Thành phố Cần Thơ”" in near
    assert "“Atlantis”" in nothing


def test_lists_are_matched_without_accents_and_case(imported: Imported) -> None:
    row = unit(org_type="don vi hcsn cap xa/phuong", sector="Y TẾ", level="XÃ")
    assert counts(imported([row])) == (1, 0, 0, 0)
    assert only().sector is not None and only().sector.name == "Y tế"


def test_a_row_without_a_level_gets_that_of_its_chapter_or_kind(imported: Imported) -> None:
    imported(
        [
            unit("1000001", level=None, chapter_code="420"),
            unit("1000002", level=None, chapter_code=None, org_type="Đơn vị HCSN cấp Tỉnh"),
        ]
    )
    assert [each.level for each in Customer.objects.order_by("budget_code")] == [2, 2]


def test_an_unusual_first_digit_enters_with_a_warning(imported: Imported) -> None:
    summary = imported([unit("4123456"), unit("1234567")])
    assert (counts(summary), summary.unusual_codes) == ((2, 0, 0, 0), ["4123456"])


def test_rows_without_content_are_not_rows(imported: Imported) -> None:
    assert counts(imported([{}, unit(), {"name": "   "}, {"note": "\u200b"}])) == (1, 0, 0, 0)


def test_a_formula_like_name_is_only_a_name(imported: Imported) -> None:
    imported([unit(name='=HYPERLINK("http://example.vn")')])
    assert only().name == '=HYPERLINK("http://example.vn")'


# --- what goes back ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "column", "named"),
    [
        (unit("123456"), "Mã ngân sách", "“123456”"),
        (unit(None), "Mã ngân sách", ""),
        (unit(name=" "), "Tên khách hàng", ""),
        (unit(name="x" * 251), "Tên khách hàng", "250"),
        (unit(org_type=None), "Loại hình", ""),
        (unit(org_type="Công ty"), "Loại hình", "“Công ty”"),
        (unit(public_unit_kind="Sở"), "Phân loại KH HCSN", "“Sở”"),
        (unit(level="Liên bang"), "Cấp", "“Liên bang”"),
        (unit(level="Huyện", chapter_code=None), "Cấp", "1/7/2025"),
        (unit(sector="Hàng không"), "Ngành", "“Hàng không”"),
        (unit(chapter_code="999"), "Chương", "“999”"),
        (unit(chapter_code="018"), "Chương", "018"),
        (unit(tax_code="0101243151"), "Mã số thuế", "“0101243151”"),
        (unit(tax_code="12345"), "Mã số thuế", "“12345”"),
        (unit(phone="0123456789"), "Điện thoại", "“0123456789”"),
        (unit(email="khong phai email"), "Email", "“khong phai email”"),
        (unit(parent="392"), "Đơn vị chủ quản", "“392”"),
        (unit(full_name="x" * 151), "Người liên hệ", "150"),
    ],
)
def test_a_wrong_row_goes_back_with_its_one_reason(
    imported: Imported, row: dict[str, Any], column: str, named: str
) -> None:
    summary = imported([row])
    assert counts(summary) == (0, 0, 0, 1)
    reason = reasons(summary)[2]
    assert reason.startswith(f"{column}: ") and named in reason
    assert [title for title in SHEET.columns.values() if f"{title}: " in reason] == [column]
    assert not Customer.objects.exists()


def test_all_reasons_of_a_row_are_told_at_once(imported: Imported) -> None:
    summary = imported([unit("12", name="", phone="1", level="Liên bang")])
    told = reasons(summary)[2]
    for column in ("Mã ngân sách: ", "Tên khách hàng: ", "Điện thoại: ", "Cấp: "):
        assert column in told


def test_the_rows_around_a_wrong_one_enter(imported: Imported) -> None:
    summary = imported([unit("1000001"), unit("12"), unit("1000003")])
    assert (counts(summary), list(reasons(summary))) == ((2, 0, 0, 1), [3])


# --- rows with one code ------------------------------------------------------------------------


def test_of_rows_with_one_code_the_first_enters_and_another_goes_back(imported: Imported) -> None:
    summary = imported([unit(name="UBND Xã Mỹ Tú (cũ)"), unit(name="UBND Xã Mỹ Tú")])
    assert counts(summary) == (1, 0, 0, 1)
    assert only().name == "UBND Xã Mỹ Tú (cũ)"
    assert "Dòng 2" in reasons(summary)[3]


def test_a_repeated_row_that_says_the_same_counts_as_unchanged(imported: Imported) -> None:
    assert counts(imported([unit(), unit(1234567, "  UBND Xã Đông  Hải")])) == (1, 0, 1, 0)


def test_a_wrong_first_row_leaves_its_place_to_the_next_good_one(imported: Imported) -> None:
    summary = imported([unit(phone="1"), unit(name="UBND Xã Mỹ Tú")])
    assert (counts(summary), only().name) == ((1, 0, 0, 1), "UBND Xã Mỹ Tú")


# --- governing units ---------------------------------------------------------------------------


def parent_of(code: str) -> str | None:
    parent = Customer.objects.get(budget_code=code).parent
    return parent.budget_code if parent else None


def test_a_parent_may_come_after_its_children(imported: Imported) -> None:
    rows = [unit("1000003", parent="1000002"), unit("1000002", parent=1000001), unit("1000001")]
    assert counts(imported(rows)) == (3, 0, 0, 0)
    assert (parent_of("1000003"), parent_of("1000002")) == ("1000002", "1000001")


def test_a_parent_may_be_a_customer_already(imported: Imported) -> None:
    factories.customer("1000001", "UBND Tỉnh")
    imported([unit("1000002", parent="1.000.001")])
    assert parent_of("1000002") == "1000001"


def test_an_unknown_parent_sends_back_the_row_and_all_below_it(imported: Imported) -> None:
    rows = [
        unit("1000001", parent="9999999"),
        unit("1000002", parent="1000001"),
        unit("1000002", parent="1000001"),
        unit("1000003"),
    ]
    summary = imported(rows)
    assert (counts(summary), sorted(reasons(summary))) == ((1, 0, 0, 3), [2, 3, 4])
    assert "9999999" in reasons(summary)[2]
    assert "1000001" in reasons(summary)[3] == reasons(summary)[4]


def test_the_children_of_a_wrong_row_go_back_unless_the_unit_exists(imported: Imported) -> None:
    factories.customer("1000001", "UBND Xã")
    rows = [
        unit("1000001", phone="1"),
        unit("1000002", parent="1000001"),
        unit("1000003", phone="1"),
        unit("1000004", parent="1000003"),
    ]
    summary = imported(rows)
    assert (counts(summary), sorted(reasons(summary))) == ((1, 0, 0, 3), [2, 4, 5])


def test_a_circle_of_parents_goes_back(imported: Imported) -> None:
    rows = [
        unit("1000001", parent="1000002"),
        unit("1000002", parent="1000003"),
        unit("1000003", parent="1000001"),
        unit("1000004", parent="1000004"),
        unit("1000005", parent="1000001"),
        unit("1000006"),
    ]
    summary = imported(rows)
    assert (counts(summary), sorted(reasons(summary))) == ((1, 0, 0, 5), [2, 3, 4, 5, 6])
    assert "1000001 → 1000002 → 1000003 → 1000001" in reasons(summary)[3]
    assert "1000004 → 1000004" in reasons(summary)[5]


def test_a_circle_closed_by_a_customer_there_already_goes_back(imported: Imported) -> None:
    above = factories.customer("1000001", "UBND Tỉnh")
    factories.customer("1000002", "UBND Xã", parent=above)
    summary = imported([unit("1000001", "UBND Tỉnh", parent="1000002")])
    assert (counts(summary), parent_of("1000001")) == ((0, 0, 0, 1), None)


# --- customers that are there ------------------------------------------------------------------


def test_a_second_run_changes_nothing(imported: Imported) -> None:
    rows = [unit("1000002", parent="1000001", full_name="An", position="Kế toán"), unit("1000001")]
    assert counts(imported(rows)) == (2, 0, 0, 0)
    before = list(Customer.objects.order_by("pk").values())
    assert counts(imported(rows)) == (0, 0, 2, 0)
    assert list(Customer.objects.order_by("pk").values()) == before
    assert Contact.objects.count() == 1


def test_a_customer_is_brought_up_to_what_the_file_says(imported: Imported) -> None:
    customer = factories.customer(name="UBND Xã Cũ", phone="0989922416", note="giữ lại")
    summary = imported([unit(name="UBND Xã Mới", phone="", email="moi@example.vn")])
    assert counts(summary) == (0, 1, 0, 0)
    customer.refresh_from_db()
    assert (customer.name, customer.email) == ("UBND Xã Mới", "moi@example.vn")
    # An empty cell says nothing.
    assert (customer.phone, customer.note) == ("0989922416", "giữ lại")
    assert customer.version == 2
    assert "ubnd xa moi" in customer.search_key
    entry = entries_of(customer)[0]
    assert (entry.verb, entry.origin, entry.actor_name) == ("edited", "import_customers", "capphep")
    assert (entry.before["name"], entry.after["name"]) == ("UBND Xã Cũ", "UBND Xã Mới")
    assert "phone" not in entry.after


def test_columns_that_the_file_lacks_stay_as_they_are(imported: Imported) -> None:
    customer = factories.customer(level=Level.PROVINCE, chapter_code="420")
    row = unit(org_type="Đơn vị HCSN cấp Tỉnh")
    for column in ("level", "chapter_code", "sector"):
        del row[column]
    imported([row])
    customer.refresh_from_db()
    assert (customer.level, customer.chapter_code) == (Level.PROVINCE, "420")


def test_what_is_found_by_a_customers_name_follows_a_new_name(
    imported: Imported, salesperson: Any
) -> None:
    customer = factories.customer(name="UBND Xã Cũ")
    Opportunity.objects.create(
        name="Mua thêm", customer=customer, salesperson=salesperson, search_key="ubnd xa cu"
    )
    imported([unit(name="UBND Xã Mới")])
    assert "ubnd xa moi" in Opportunity.objects.get().search_key


def test_a_new_person_is_added_and_a_known_one_gets_the_new_position(imported: Imported) -> None:
    imported([unit(full_name="Đỗ Thị Vinh", position="Văn thư")])
    assert counts(imported([unit(full_name="do thi vinh", position="Kế toán")])) == (0, 1, 0, 0)
    assert counts(imported([unit(full_name="Lê Văn An")])) == (0, 1, 0, 0)
    people = Contact.objects.order_by("pk").values_list("full_name", "position")
    assert list(people) == [("Đỗ Thị Vinh", "Kế toán"), ("Lê Văn An", "")]
    verbs = [entry.verb for entry in entries_of(only())]
    assert verbs == ["contact_added", "contact_edited", "imported"]


def test_each_customer_is_told_of_once(imported: Imported) -> None:
    factories.customer("1000001", "UBND Xã Cũ")
    imported([unit("1000001", "UBND Xã Mới", full_name="An"), unit("1000002")])
    events = OutboxEvent.objects.order_by("subject").values_list("subject", "type")
    assert list(events) == [("1000001", "customer.changed"), ("1000002", "customer.created")]
