"""A catalogue file: what it says is read, and every mistake is shown at its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capphep.catalog import imports
from capphep.catalog.models import Item, Product
from capphep.catalog.plans import CataloguePlan, Mistake, mistakes
from capphep.platform.models import AuditEntry
from capphep.pure.errors import Invalids
from tests.catalog.files import TEXT, line_with, load, without


def found_in(text: str) -> list[tuple[int, str, str]]:
    """Line, code and rule of each mistake."""
    with pytest.raises(Invalids) as found:
        load(text)
    assert all(isinstance(refusal, Mistake) for refusal in found.value.refusals)
    return [(each.line, each.code, each.rule) for each in found.value.refusals]  # type: ignore[attr-defined]


_TRIAL = "[{module: office, resource: users, units: 100}]"
ONE_MISTAKE = [
    # what the file says, what it says instead, words on the line of the mistake, code, rule
    ("price: 12000000", "price: 9.5", "price: 9.5", "amount_not_whole", "R10"),
    ("price: 12000000", "price: -1", "price: -1", "amount_negative", "R10"),
    ("price: 12000000", "price: free", "price: free", "amount_not_whole", "R10"),
    ("price: 12000000", "price: 1000000001", "price: 1", "unit_price_out_of_range", "R10"),
    ("months: 12", "months: 0", "months: 0", "months_out_of_range", "R9"),
    ("months: 12", "months: 121", "months: 121", "months_out_of_range", "R9"),
    ("months: 12", "months: 1.5", "months: 1.5", "months_out_of_range", "R9"),
    ("rate: KCT", "rate: 7", "rate: 7", "bad_choice", ""),
    ("2020-01-01", "2020-02-30", "2020-02-30", "bad_day", ""),
    ("from: 2030-01-01", "from: 2020-01-01", "rate: 8", "twice", ""),
    ("units: 20", "units: 0", "units: 0", "quantity_too_small", ""),
    ("units: 20", "units: 1000001", "units: 1000001", "quantity_too_large", ""),
    ("module: accounting", "module: payroll", "module: payroll", "unknown_module", ""),
    ("resource: books", "resource: books2", "resource: books2", "unknown_resource", ""),
    ("accounting, resource: books", "office, resource: users", "units: 20", "twice", ""),
    ("add_ons: [office]", "add_ons: [office, base]", "add_ons", "unknown_package", "R8"),
    ("add_ons: [office]", "add_ons: [office, gone]", "add_ons", "unknown_package", "R8"),
    ("add_ons: [office]", "add_ons: [office, office]", "add_ons", "twice", ""),
    ("    add_ons: [office]\n", "", "code: office\n        name", "not_eligible", "R8"),
    ("kind: base", "kind: extra", "kind: extra", "bad_choice", ""),
    ("name: iGOV\n", "nam: iGOV\n", "nam: iGOV", "unknown_key", ""),
    ("    name: iGOV\n", "    name: iGOV\n    name: iGOV2\n", "name: iGOV2", "twice", ""),
    ("sku: IGOV-VPS-50", "sku: IGOV-BASE", "IGOV-BASE\n            name: VPS", "twice", ""),
    ("sku: IGOV-VPS-50", "sku: IGOV VPS", "sku: IGOV VPS", "bad_code", ""),
    ("code: igov", "code: iGOV", "code: iGOV", "bad_code", ""),
    ("code: books", "code: users", "code: users, name: Bộ", "twice", ""),
    ("name: Bộ sổ kế toán", "name: NGƯỜI DÙNG", "NGƯỜI DÙNG", "twice", ""),
    ("name: Văn phòng số}", "name: Kế toán}", "name: Kế toán}", "twice", ""),
    ("name: Văn phòng số (VPS)", "name: igov cơ bản", "code: office\n        name", "twice", ""),
    ("name: VPS 50 người dùng", "name:", "name:\n            price: 5", "not_text", ""),
    ("name: VPS 50 người dùng", f"name: {'x' * 201}", "xxx", "too_long", ""),
    ("[{module: office, resource: users, units: 50}]", "[]", "contents: []", "not_list", ""),
    ("format: budget-code", "format: iban", "type: string", "schema", ""),
    ("title: Budget code", "titel: Budget code", "titel: Budget", "schema", ""),
    ("required: [unit]", "required: [other]", "required: [other]", "schema", ""),
    ("add_ons: [office]", "add_ons: [office]\n    active: maybe", "active: maybe", "not_truth", ""),
    ("co_terminates: no", "co_terminates: often", "co_terminates", "not_truth", ""),
    ("months: 2\n", "months: 0\n", "months: 0", "months_out_of_range", "R9"),
    ("months: 2\n", "months: long\n", "months: long", "months_out_of_range", "R9"),
    ("months: 2\n", "month: 2\n", "month: 2", "unknown_key", ""),
    ("months: 2\n", "months:\n", "months:\n      contents: [", "not_text", ""),
    (_TRIAL, "[{module: office, resource: users, units: 0}]", "units: 0", "quantity_too_small", ""),
    (_TRIAL, "[{module: x, resource: users, units: 1}]", "module: x", "unknown_module", ""),
    (_TRIAL, "[{module: office, resource: x, units: 1}]", "resource: x", "unknown_resource", ""),
    (_TRIAL, f"{_TRIAL[:-1]}, {_TRIAL[1:]}", "units: 100", "twice", ""),
    (_TRIAL, "[]", "contents: []", "not_list", ""),
    (f"      contents: {_TRIAL}\n", "", "months: 2\n", "missing", ""),
    ("trial:\n", "trial: yes\n    then:\n", "trial: yes", "not_mapping", ""),
    ("code: igov", "code: &a igov", "code: &a", "anchor", ""),
    ("code: igov", "code: *a", "code: *a", "anchor", ""),
    ("code: igov", "code: [igov", "name: iGOV", "not_yaml", ""),
    ("code: igov", "code: [igov]", "code: [igov]", "not_text", ""),
    ("code: igov", f"code: {'[' * 40}", "[[[", "too_deep", ""),
    ("products:", "---\nproducts:", "---", "not_yaml", ""),
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("old", "new", "words", "code", "rule"), ONE_MISTAKE)
def test_a_mistake_is_shown_at_its_line_and_nothing_is_changed(
    old: str, new: str, words: str, code: str, rule: str
) -> None:
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    line = text[: text.index(words)].count("\n") + 1
    assert (line, code, rule) in found_in(text)
    assert not Product.objects.exists() and not AuditEntry.objects.exists()


@pytest.mark.django_db
def test_all_mistakes_are_reported_in_the_order_of_their_lines() -> None:
    text = (
        TEXT.replace("unit: người", "unt: người")
        .replace("price: 12000000", "price: 9.5")
        .replace("resource: users, units: 50", "resource: chairs, units: 0")
    )
    assert found_in(text) == [
        (2, "unknown_key", ""),
        (2, "missing", ""),
        (line_with("price: 9.5", text), "amount_not_whole", "R10"),
        (line_with("chairs", text), "quantity_too_small", ""),
        (line_with("chairs", text), "unknown_resource", ""),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "line", "code"),
    [
        (b"", 1, "not_mapping"),
        (b"# nothing\n", 1, "not_mapping"),
        (b"- a\n- b\n", 1, "not_mapping"),
        (b"resources: 5\nproducts: []\n", 1, "not_list"),
        ("resources:\n  - Người".encode("utf-16"), 1, "not_utf8"),
        (b"resources:\n  - \xff\n", 2, "not_utf8"),
        (b"resources:\n  - \x07\n", 2, "not_yaml"),
        (b"x" * (1024 * 1024 + 1), 1, "file_too_large"),
        (b"a: {}\nb: {<<: c}\n", 1, "unknown_key"),
    ],
)
def test_what_is_no_catalogue_is_refused_with_a_sentence(
    content: bytes, line: int, code: str
) -> None:
    _, found = imports.read(content)
    assert (line, code) in [(mistake.line, mistake.code) for mistake in found]


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_file_however_broken_breaks_the_reader(content: bytes) -> None:
    plan, found = imports.read(content)
    assert found and not plan.products


@given(st.integers(0, len(TEXT) - 1), st.text(max_size=3))
def test_a_file_with_one_place_spoilt_is_read_or_refused(place: int, noise: str) -> None:
    plan, _ = imports.read(f"{TEXT[:place]}{noise}{TEXT[place + 1 :]}".encode(errors="replace"))
    list(mistakes(plan))


def test_a_text_in_nfd_is_read_as_nfc() -> None:
    import unicodedata

    plan, found = imports.read(unicodedata.normalize("NFD", TEXT).encode())
    assert not found
    assert plan.resources[0].name == "Người dùng"


def test_a_byte_order_mark_does_no_harm() -> None:
    plan, found = imports.read(b"\xef\xbb\xbf" + TEXT.encode())
    assert not found and plan != CataloguePlan()


@pytest.mark.django_db
def test_a_name_that_another_record_bears_is_refused() -> None:
    load()
    text = TEXT.replace("code: users", "code: people").replace(
        "resource: users", "resource: people"
    )
    assert found_in(text) == [(2, "name_taken", "")]


@pytest.mark.django_db
def test_an_item_stays_with_its_product() -> None:
    load()
    text = TEXT.replace("code: igov", "code: igov2").replace("name: iGOV\n", "name: iGOV 2\n")
    assert [code for _, code, _ in found_in(text)] == ["other_product", "other_product"]
    assert Item.objects.count() == 2


@pytest.mark.django_db
def test_a_trial_is_a_month_long_where_the_file_says_nothing_else() -> None:
    load(without("months: 2"))
    assert Product.objects.get().trial_months == 1
