"""Imports: checked, entered in chunks, undone."""

from __future__ import annotations

import pytest
from django.utils import timezone

from capphep.crm.models import Contact, Customer
from capphep.entitlements.imports import SHEET
from capphep.exchange import actions, running
from capphep.exchange.models import Import
from capphep.platform.models import AuditEntry, BackgroundJob, OutboxEvent, User
from capphep.pure.errors import Conflict, Invalid, NotFound
from tests import factories
from tests.exchange.sheets import (
    entered,
    many,
    returned,
    units,
    uploaded,
    work,
    workbook,
)
from tests.factories import SmallCatalogue
from tests.imports.books import line, unit
from tests.plumbing.kills import each_kill_point

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def reference(transactional_db: None) -> None:
    factories.reference_data()


def test_good_rows_enter_and_bad_ones_come_back_with_reasons(salesperson: User) -> None:
    bad = unit("12", "UBND Xã Sai")
    one = entered(salesperson, units(unit(), bad, unit("1234568", "Trường B")))
    assert one.counts["created"] == 2
    assert one.counts["rejected"] == 1
    head, row = returned(one)
    assert head[-1] == "Lý do"
    assert row[1] == "UBND Xã Sai"
    assert row[-1].startswith("Mã ngân sách: ")
    assert Customer.objects.get(budget_code="1234567").owner == salesperson


def test_the_same_file_again_creates_nothing(salesperson: User) -> None:
    entered(salesperson, many(3))
    again = entered(salesperson, many(3))
    assert (again.counts["created"], again.counts["unchanged"]) == (0, 3)


def test_a_check_writes_nothing_and_says_what_would_be(salesperson: User) -> None:
    factories.customer("1000001", "Có rồi", owner=salesperson, team=salesperson.team)
    one = uploaded(salesperson, many(3))
    actions.check(actor=salesperson, import_id=one.pk)
    work()
    one.refresh_from_db()
    assert one.checked is not None
    assert (one.checked["created"], one.checked["unchanged"], one.checked["rejected"]) == (2, 1, 0)
    assert Customer.objects.count() == 1


def test_known_customers_are_brought_up_to_date_only_when_asked(salesperson: User) -> None:
    factories.customer("1000001", "Tên cũ", owner=salesperson, team=salesperson.team)
    entered(salesperson, many(1))
    assert Customer.objects.get().name == "Tên cũ"
    one = uploaded(salesperson, many(1))
    actions.choose_columns(actor=salesperson, import_id=one.pk, chosen=one.columns, updates=True)
    actions.begin(actor=salesperson, import_id=one.pk)
    work()
    assert Customer.objects.get().name == "UBND Xã số 0"


def test_a_customer_of_somebody_else_comes_back(salesperson: User, colleague: User) -> None:
    factories.customer("1000001", "Của bạn", owner=colleague, team=colleague.team)
    one = uploaded(salesperson, many(1))
    actions.choose_columns(actor=salesperson, import_id=one.pk, chosen=one.columns, updates=True)
    actions.begin(actor=salesperson, import_id=one.pk)
    work()
    one.refresh_from_db()
    assert one.counts["rejected"] == 1
    assert "1000001" in returned(one)[1][-1]


def test_governing_units_may_stand_below_and_in_other_chunks(
    salesperson: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "MOST_ROWS", 1)
    rows = [
        unit("1000003", "Trường C", parent="1000002"),
        unit("1000002", "Phòng B", parent="1000001"),
        unit("1000001", "Tỉnh A"),
        unit("1000004", "Vòng D", parent="1000005"),
        unit("1000005", "Vòng E", parent="1000004"),
        unit("1000001", "Tỉnh khác"),
    ]
    one = uploaded(salesperson, units(*rows))
    actions.check(actor=salesperson, import_id=one.pk)
    work()
    one.refresh_from_db()
    checked = dict(one.checked or {})
    actions.begin(actor=salesperson, import_id=one.pk)
    work()
    one.refresh_from_db()
    assert checked == one.counts
    assert (one.counts["created"], one.counts["rejected"]) == (3, 3)
    assert Customer.objects.get(budget_code="1000003").parent.parent.name == "Tỉnh A"  # type: ignore[union-attr]


def test_an_undone_import_leaves_nothing_but_its_trail(salesperson: User) -> None:
    below = unit("1234568", "B", parent="1234567")
    one = entered(salesperson, units(unit(full_name="Nguyễn Văn A"), below))
    actions.undo(actor=salesperson, import_id=one.pk)
    work()
    one.refresh_from_db()
    assert one.state == "undone"
    assert not Customer.objects.exists()
    assert not Contact.objects.exists()
    assert AuditEntry.objects.filter(verb="import_undone", subject_type="customer").count() == 2
    assert OutboxEvent.objects.filter(type="customer.removed").count() == 2
    assert entered(salesperson, units(unit())).counts["created"] == 1
    with pytest.raises(Conflict):
        actions.undo(actor=salesperson, import_id=one.pk)


def killed_import() -> None:
    BackgroundJob.objects.filter(next_at__isnull=False).update(next_at=timezone.now(), attempts=0)
    running.MOST_ROWS = 2
    work()


def test_a_worker_killed_anywhere_repeats_and_loses_nothing(salesperson: User) -> None:
    one = uploaded(salesperson, many(3))
    actions.begin(actor=salesperson, import_id=one.pk)
    for _statement in each_kill_point(killed_import):
        one.refresh_from_db()
        assert Customer.objects.count() == one.counts.get("created", 0)
        assert one.created.count() == Customer.objects.count()
    one.refresh_from_db()
    assert one.counts["created"] == Customer.objects.count() == 3
    assert AuditEntry.objects.filter(verb="imported").count() == 3
    assert OutboxEvent.objects.filter(type="customer.created").count() == 3


def test_columns_are_guessed_in_both_languages_and_remembered(salesperson: User) -> None:
    head = ["Budget code", "CUSTOMER NAME", "Loại", "Phân loại"]
    content = workbook([["Danh sách"], head, ["1234567", "A", "x"]])
    one = uploaded(salesperson, content)
    assert one.columns == {"budget_code": 0, "name": 1, "public_unit_kind": 3}
    with pytest.raises(Invalid) as refused:
        actions.begin(actor=salesperson, import_id=one.pk)
    assert refused.value.code == "columns_missing"
    chosen = {"budget_code": 0, "name": 1, "org_type": 2, "public_unit_kind": 3}
    actions.choose_columns(actor=salesperson, import_id=one.pk, chosen=chosen, updates=False)
    assert uploaded(salesperson, content).columns == chosen
    with pytest.raises(Invalid):
        twice = {"budget_code": 0, "name": 0}
        actions.choose_columns(actor=salesperson, import_id=one.pk, chosen=twice, updates=False)


def test_text_parted_by_semicolons_is_read_too(salesperson: User) -> None:
    text = (
        "Mã ngân sách;Tên khách hàng;Loại hình;Phân loại KH HCSN\r\n"
        "1234567;UBND Xã A;Đơn vị HCSN cấp Xã/Phường;UBND Xã/Phường\r\n"
    )
    assert entered(salesperson, b"\xef\xbb\xbf" + text.encode()).counts["created"] == 1


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 \0\0", b"PK\x03\x04 broken", b"\xff\xff\x00"])
def test_what_is_no_table_is_refused_and_leaves_nothing(salesperson: User, content: bytes) -> None:
    with pytest.raises(Invalid):
        uploaded(salesperson, content)
    assert not Import.objects.exists()


def test_who_may_import_what(salesperson: User, officer: User, administrator: User) -> None:
    forbidden = ((officer, "customers"), (salesperson, "subscriptions"), (officer, "nothing"))
    for user, kind in forbidden:
        with pytest.raises(NotFound):
            uploaded(user, many(1), kind)
    one = entered(administrator, many(1))
    assert Customer.objects.get().owner is None
    with pytest.raises(NotFound):
        actions.begin(actor=salesperson, import_id=one.pk)


def test_subscriptions_in_force_enter_once(administrator: User, catalogue: SmallCatalogue) -> None:
    factories.customer("1234567", "UBND Xã A")
    content = units(line(), line(number="YC-2"), line("7654321", "YC-3"), columns=SHEET.columns)
    one = entered(administrator, content, "subscriptions")
    assert (one.counts["created"], one.counts["rejected"]) == (2, 1)
    assert entered(administrator, content, "subscriptions").counts["unchanged"] == 2
