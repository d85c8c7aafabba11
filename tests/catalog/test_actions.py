"""Loading the catalogue: idempotent, audited, nothing deleted, for those who may."""

from __future__ import annotations

import datetime

import pytest

from capphep.catalog import imports, queries
from capphep.catalog.actions import catalogue
from capphep.catalog.actions.loading import Loaded
from capphep.catalog.models import (
    AddOnEligibility,
    Item,
    ItemContent,
    ItemTax,
    Module,
    Package,
    Product,
    Resource,
    TrialDefault,
)
from capphep.platform.audit import entries_of
from capphep.platform.models import AuditEntry, User
from capphep.platform.roles import SYSTEM
from capphep.pure.errors import Forbidden, Invalids
from tests import factories
from tests.catalog.files import TEXT, load, without
from tests.plumbing.races import race
from tests.plumbing.sql_counts import Counter

pytestmark = pytest.mark.django_db


def state() -> list[object]:
    models = (
        Product,
        Package,
        AddOnEligibility,
        Module,
        Resource,
        TrialDefault,
        Item,
        ItemContent,
        ItemTax,
    )
    return [list(model._default_manager.order_by("pk").values()) for model in models]


def test_the_file_becomes_the_catalogue() -> None:
    assert load() == Loaded(created=10, updated=0, unchanged=0)
    item = Item.objects.get(sku="IGOV-VPS-50")
    assert (item.name, item.unit_price, item.term_months) == ("VPS 50 người dùng", 5_000_000, 12)
    assert (item.note, item.is_active) == ("Giá minh họa", True)
    assert item.search_key == "igov-vps-50 vps 50 nguoi dung van phong so (vps) igov"
    content = item.contents.get()
    assert (content.module.name, content.resource.name, content.units) == (
        "Văn phòng số",
        "Người dùng",
        50,
    )
    base = Item.objects.get(sku="IGOV-BASE")
    assert [(tax.rate, tax.from_day) for tax in base.taxes.order_by("from_day")] == [
        ("KCT", datetime.date(2020, 1, 1)),
        ("8", datetime.date(2030, 1, 1)),
    ]
    eligible = AddOnEligibility.objects.get()
    assert (eligible.product.name, eligible.package.name) == ("iGOV", "Văn phòng số (VPS)")
    assert Module.objects.get(code="accounting").extra_schema["required"] == ["unit"]


def test_a_second_load_changes_nothing() -> None:
    load()
    before, entries = state(), AuditEntry.objects.count()
    assert load() == Loaded(created=0, updated=0, unchanged=10)
    assert state() == before
    assert AuditEntry.objects.count() == entries


def test_the_sample_catalogue_loads_and_loads_again() -> None:
    content = imports.DEMO_FILE.read_bytes()
    first = imports.load(actor=SYSTEM, content=content)
    second = imports.load(actor=SYSTEM, content=content)
    assert (first.updated, first.unchanged) == (0, 0)
    assert second == Loaded(created=0, updated=0, unchanged=first.created)


def test_what_changed_in_the_file_is_updated_and_recorded(administrator: User) -> None:
    load()
    text = TEXT.replace("5.000.000", "6.000.000").replace("units: 50", "units: 60")
    loaded = imports.load(actor=administrator, content=text.encode())
    assert loaded == Loaded(created=0, updated=1, unchanged=9)
    item = Item.objects.get(sku="IGOV-VPS-50")
    assert (item.unit_price, item.contents.get().units) == (6_000_000, 60)
    entry = entries_of(item)[0]
    assert (entry.actor, entry.verb) == (administrator, "edited")
    assert entry.before == {"unit_price": 5_000_000, "contents": {"office/users": 50}}
    assert entry.after == {"unit_price": 6_000_000, "contents": {"office/users": 60}}


def test_every_record_that_is_made_is_in_the_audit_trail() -> None:
    load()
    made = {(entry.subject_type, entry.verb) for entry in AuditEntry.objects.all()}
    subjects = ("product", "package", "addoneligibility", "module", "resource", "item")
    assert made == {(subject, "created") for subject in subjects}
    assert AuditEntry.objects.count() == 10


def test_a_renamed_package_is_found_by_its_new_name() -> None:
    load()
    assert load(TEXT.replace("(VPS)", "(mới)")).updated == 2
    assert "(moi)" in Item.objects.get(sku="IGOV-VPS-50").search_key


def test_an_item_that_the_file_no_longer_has_is_inactive_and_comes_back() -> None:
    load()
    gone = TEXT[: TEXT.index("      - code: office\n")] + TEXT[TEXT.index("    co_terminates") :]
    assert load(gone) == Loaded(created=0, updated=1, unchanged=7)
    item = Item.objects.get(sku="IGOV-VPS-50")
    assert not item.is_active and item.contents.exists()
    assert entries_of(item)[0].verb == "deactivated"
    assert Package.objects.count() == 2 and AddOnEligibility.objects.count() == 1
    assert load(gone).updated == 0
    assert load().updated == 1
    item.refresh_from_db()
    assert item.is_active


def test_a_product_can_be_taken_off_the_market() -> None:
    load()
    load(TEXT + "    active: no\n")
    assert not Product.objects.get().is_active


# --- trials and co-termination -----------------------------------------------------------------

_TRIAL = TEXT[TEXT.index("    trial:\n") :]


def trial() -> dict[str, int]:
    return {str(each.module): each.quantity for each in TrialDefault.objects.all()}


def test_a_product_is_offered_for_trial_and_co_terminates_as_the_file_says() -> None:
    load()
    product = Product.objects.get()
    assert (product.trial_months, product.co_terminates) == (2, False)
    assert trial() == {"Văn phòng số": 100}
    assert entries_of(product)[0].after["trial"] == {"office/users": 100}
    load(TEXT.replace("co_terminates: no", "co_terminates: yes"))
    product.refresh_from_db()
    assert product.co_terminates
    assert entries_of(product)[0].after == {"co_terminates": True}


def test_a_trial_that_grants_something_else_is_in_the_product_s_audit_trail() -> None:
    load()
    kept = TrialDefault.objects.get().pk
    assert load(TEXT.replace("units: 100}", "units: 30}")) == Loaded(0, 1, 9)
    entry = entries_of(Product.objects.get())[0]
    assert (entry.verb, entry.before, entry.after) == (
        "edited",
        {"trial": {"office/users": 100}},
        {"trial": {"office/users": 30}},
    )
    assert trial() == {"Văn phòng số": 30}
    assert not TrialDefault.objects.filter(pk=kept).exists()


def test_a_trial_that_the_file_no_longer_has_is_not_offered_and_comes_back() -> None:
    load()
    gone = TEXT.replace(_TRIAL, "")
    assert load(gone) == Loaded(created=0, updated=1, unchanged=9)
    product = Product.objects.get()
    assert product.trial_months is None and trial() == {}
    assert entries_of(product)[0].after == {"trial_months": None, "trial": {}}
    assert load(gone).updated == 0
    assert load().updated == 1
    assert trial() == {"Văn phòng số": 100}


def test_a_product_that_the_file_does_not_have_keeps_its_trial() -> None:
    load()
    other = TEXT.replace("code: igov", "code: ihos").replace("name: iGOV\n", "name: iHOS\n")
    load(other.replace("sku: IGOV", "sku: IHOS").replace("units: 100}", "units: 7}"))
    granted = TrialDefault.objects.order_by("quantity").values_list(
        "module__product__code", "quantity"
    )
    assert list(granted) == [("ihos", 7), ("igov", 100)]


def test_the_sample_s_trials_name_every_module_of_both_products() -> None:
    imports.load(actor=SYSTEM, content=imports.DEMO_FILE.read_bytes())
    for code, accounting in (("igov", "1 books"), ("ihos", "300 visits")):
        product = Product.objects.get(code=code)
        assert product.trial_months == 1
        assert product.co_terminates == (code == "ihos")
        assert [
            f"{each.module.code} {each.quantity} {each.resource.code}"
            for each in queries.trial_defaults(product.pk)
        ] == [
            f"accounting {accounting}",
            "office 100 users",
            "assets 2000 assets",
            "personnel 100 users",
            "attendance 100 users",
            "payroll 100 users",
            "chat 3000 users",
            "oneai 500 credits",
        ]


def test_the_order_of_the_modules_is_the_file_s() -> None:
    load()
    names = Module.objects.order_by("position").values_list("name", flat=True)
    assert list(names) == ["Kế toán", "Văn phòng số"]


@pytest.mark.parametrize("role", ["salesperson", "officer", "auditor"])
def test_only_an_administrator_loads_a_catalogue(role: str, request: pytest.FixtureRequest) -> None:
    actor = request.getfixturevalue(role)
    plan, _ = imports.read(TEXT.encode())
    with pytest.raises(Forbidden):
        imports.load(actor=actor, content=b"broken: [")
    with pytest.raises(Forbidden):
        catalogue.load_catalogue(actor=actor, plan=plan)
    assert not Product.objects.exists()


def test_the_action_itself_refuses_a_plan_that_contradicts_itself() -> None:
    plan, _ = imports.read(without("add_ons").encode())
    with pytest.raises(Invalids):
        catalogue.load_catalogue(actor=SYSTEM, plan=plan)
    assert not Resource.objects.exists()


@pytest.mark.parametrize("times", [1, 40])
def test_the_statements_do_not_grow_with_the_catalogue(times: int, statements: Counter) -> None:
    item = TEXT[TEXT.index("          - sku: IGOV-VPS-50") : TEXT.index("    add_ons")]
    many = "".join(item.replace("VPS-50", f"VPS-{n}") for n in range(times))
    with statements("catalog.load"):
        load(TEXT.replace(item, many))


@pytest.mark.django_db(transaction=True)
def test_two_loads_at_once_make_one_catalogue() -> None:
    factories.reference_data()
    outcomes = race(load, 2)
    assert sorted(str(outcome) for outcome in outcomes) == [
        "0 created, 0 updated, 10 unchanged",
        "10 created, 0 updated, 0 unchanged",
    ]
