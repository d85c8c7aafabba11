"""A unit gets another budget code (R11, D3): what follows, what stays, who may, two at once."""

from __future__ import annotations

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from capphep.crm.actions.codes import FormerInput, add_former_code
from capphep.crm.actions.customers import create_customer
from capphep.crm.models import Customer, CustomerCode
from capphep.entitlements.models import CheckDocument, Grant, Licence, LicenceCause, Usage
from capphep.ims.ledger import differences
from capphep.integration.actions.handing import hand_over
from capphep.integration.models import Delivery
from capphep.integration.ofrep.reader import Reader
from capphep.platform import clock
from capphep.platform.api import Scope
from capphep.platform.audit import entries_of
from capphep.platform.models import OutboxEvent, User
from capphep.platform.versions import Stale
from capphep.pure.errors import Conflict, Forbidden, Invalid, Invalids, NotFound
from capphep.shell.recoding import change_budget_code
from tests import factories, stories
from tests.conftest import signed_in
from tests.crm.conftest import typed_customer
from tests.factories import SmallCatalogue
from tests.integration import hooks
from tests.integration.apis import product_program, program
from tests.plumbing.races import losers, race, winners

NEW = "1765432"


@pytest.fixture
def unit(salesperson: User) -> Customer:
    return factories.customer(owner=salesperson, team=salesperson.team)


def change(actor: User, unit: Customer, code: str = NEW, **more: object) -> Customer:
    facts = {"seen_version": unit.version, "reason": "QĐ 12/QĐ-STC", **more}
    return change_budget_code(actor=actor, customer_id=unit.pk, budget_code=code, **facts)


def refused_code(refused: pytest.ExceptionInfo[Invalids]) -> str:
    return refused.value.refusals[0].code


def test_what_is_open_follows_and_what_was_decided_keeps_what_it_said(
    unit: Customer, salesperson: User, manager: User, officer: User, catalogue: SmallCatalogue
) -> None:
    stories.opened(unit, catalogue)
    decided = stories.sent(
        stories.ordered(unit, salesperson, [(catalogue.users_50, 1)]), salesperson
    )
    stories.approved(decided, officer)
    licence, grants = Licence.objects.get(), list(Grant.objects.order_by("pk").values())
    draft = stories.drafted(
        stories.ordered(unit, salesperson, [(catalogue.users_50, 1)]), salesperson
    )
    unit.refresh_from_db()
    day = clock.today() - datetime.timedelta(days=3)
    changed = change(manager, unit, "1.765.432", day=day)
    assert (changed.budget_code, changed.search_key.split()[0]) == (NEW, NEW)
    for record in (decided, decided.order, draft, draft.order):
        record.refresh_from_db()
    assert {decided.budget_code, decided.order.budget_code} == {"1234567"}
    assert {draft.budget_code, draft.order.budget_code} == {NEW}
    assert NEW in decided.order.search_key and NEW in draft.order.search_key
    former = CustomerCode.objects.get()
    assert (former.value, former.last_day) == ("1234567", day - datetime.timedelta(days=1))
    # The ledger and the licence say what they said; a new licence names the new code.
    assert list(Grant.objects.order_by("pk").values()) == grants
    assert Licence.objects.get(pk=licence.pk).content["customer"] == "1234567"
    issued = Licence.objects.get(cause=LicenceCause.CODE_CHANGE)
    assert (issued.content["customer"], issued.content["grants"]) == (
        NEW,
        licence.content["grants"],
    )
    assert CheckDocument.objects.get().budget_code == NEW
    assert not list(differences())
    entry = entries_of(unit)[0]
    assert (entry.verb, entry.before["budget_code"], entry.after["reason"]) == (
        "code_changed",
        "1234567",
        "QĐ 12/QĐ-STC",
    )
    told = OutboxEvent.objects.get(type="customer.code_changed")
    assert (told.customer, told.payload["changed_to"]) == ("1234567", NEW)
    held = OutboxEvent.objects.filter(type="entitlement.changed", payload__cause="code_change")
    assert {(one.customer, bool(one.payload["in_force"])) for one in held} == {
        (NEW, True),
        ("1234567", False),
    }


@pytest.mark.django_db(transaction=True)
def test_programs_that_ask_and_report_by_the_old_code_are_answered(
    transactional_db: None, unit: Customer, manager: User, catalogue: SmallCatalogue
) -> None:
    stories.opened(unit, catalogue)
    change(manager, unit)
    reader = Reader()
    assert reader.known_customer("1234567") == reader.known_customer(NEW) == unit.pk
    assert reader.known_customer("7777777") is None
    reader.close()
    api = product_program(Scope.ENTITLEMENTS_READ, Scope.USAGE_WRITE, Scope.LICENCES_READ)
    flag = {"customer": "1234567", "flag": "igov.office.users"}
    [answer] = api.post("/entitlements/check", {"checks": [flag]}).json()["results"]
    assert (answer["customer"], answer["in_force"]) == ("1234567", 100)
    row = {
        "customer": "1234567",
        "product": "igov",
        "module": "office",
        "resource": "users",
        "in_use": 7,
        "measured_at": timezone.now().isoformat(),
    }
    assert api.post("/usage", {"rows": [row]}).json()["rows"] == ["current"]
    assert Usage.objects.get().subscription.customer == unit
    assert api.get("/customers/1234567/licences/igov/current").json()["customer"] == NEW


def test_lists_of_the_api_and_events_of_one_customer_know_all_its_codes(
    unit: Customer, salesperson: User, manager: User, catalogue: SmallCatalogue
) -> None:
    stories.ordered(unit, salesperson, [(catalogue.base, 1)])
    endpoint = hooks.endpoint("https://example.vn/hook", customer=unit)
    before = OutboxEvent.objects.count()
    change(manager, unit)
    for code in ("1234567", NEW):
        assert len(program(salesperson).get(f"/orders?customer={code}").json()["items"]) == 1
    hand_over()
    types = [one.event.type for one in Delivery.objects.filter(endpoint=endpoint)]
    assert types[before:] == ["customer.code_changed", "customer.changed"]


def test_nobody_else_gets_a_code_that_somebody_has_or_had_and_the_unit_may_get_its_own_again(
    unit: Customer, salesperson: User, manager: User
) -> None:
    other = factories.customer("2222222", "UBND Xã Khác", owner=salesperson, team=salesperson.team)
    for actor in (salesperson, manager):
        with pytest.raises(Invalids) as refused:
            change(actor, unit, "2222222")
        assert refused_code(refused) == "budget_code_taken"
        assert refused.value.refusals[0].params["name"] == "UBND Xã Khác"
    unit = change(salesperson, unit)
    with pytest.raises(Invalids) as refused:
        change(salesperson, other, "1234567")
    assert refused_code(refused) == "budget_code_taken"
    unit = change(salesperson, unit, "1234567")
    assert [one.value for one in unit.former_codes.all()] == [NEW]
    with pytest.raises(Invalid):
        change(salesperson, unit, "1234567")


def test_a_code_that_was_mistyped_is_kept_only_where_it_was_used(
    unit: Customer, salesperson: User, manager: User, catalogue: SmallCatalogue
) -> None:
    unit = change(salesperson, unit, was_mistyped=True)
    assert not CustomerCode.objects.exists()
    create_customer(actor=salesperson, typed=typed_customer(name="UBND Xã Đúng"))
    stories.ordered(unit, salesperson, [(catalogue.base, 1)])
    with pytest.raises(Conflict) as refused:
        change(salesperson, unit, "1765433", was_mistyped=True)
    assert refused.value.code == "code_was_used"


def test_who_may_and_what_is_in_the_way(
    unit: Customer,
    salesperson: User,
    manager: User,
    officer: User,
    other_salesperson: User,
    administrator: User,
    catalogue: SmallCatalogue,
) -> None:
    with pytest.raises(Forbidden):
        change(officer, unit)
    with pytest.raises(NotFound):
        change(other_salesperson, unit)
    for wrong in ({"reason": " "}, {"day": clock.today() + datetime.timedelta(days=1)}):
        with pytest.raises(Invalid):
            change(salesperson, unit, **wrong)
    with pytest.raises(Stale):
        change(salesperson, unit, seen_version=9)
    stories.opened(unit, catalogue)
    with pytest.raises(Forbidden) as forbidden:
        change(salesperson, unit)
    assert forbidden.value.code == "code_in_force"
    waits = stories.sent(stories.ordered(unit, salesperson, [(catalogue.users_50, 1)]), salesperson)
    unit.refresh_from_db()
    with pytest.raises(Invalids) as refused:
        change(manager, unit)
    assert refused_code(refused) == "request_waits"
    stories.approved(waits, officer)
    unit.refresh_from_db()
    assert change(administrator, unit).budget_code == NEW


def test_the_dialog_changes_it_and_keeps_what_was_typed(unit: Customer, salesperson: User) -> None:
    client = signed_in(salesperson)
    address = reverse("shell:customer_recode", args=[unit.pk])
    assert address in client.get(reverse("crm:customer", args=[unit.pk])).content.decode()
    assert client.get(address).status_code == 200
    typed = {"budget_code": "12", "day": "01/07/2025", "reason": "QĐ 12", "version": "1"}
    again = client.post(address, typed)
    assert (again.status_code, "QĐ 12" in again.content.decode()) == (422, True)
    assert client.post(address, {**typed, "budget_code": NEW, "version": "9"}).status_code == 409
    assert client.post(address, {**typed, "budget_code": NEW}).status_code in (200, 204, 302)
    page = client.get(reverse("crm:customer", args=[unit.pk])).content.decode()
    assert NEW in page and "1234567" in page and "30/06/2025" in page


# --- at the same time ----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_one_code_for_two_units_at_once_goes_to_one_of_them(
    transactional_db: None, unit: Customer, salesperson: User
) -> None:
    other = factories.customer("2222222", "UBND Xã Khác", owner=salesperson, team=salesperson.team)
    noted = FormerInput(kind="budget_code", value=NEW)
    entered = typed_customer(budget_code=NEW, name="UBND Xã Mới")
    for attempts in (
        [lambda: change(salesperson, unit), lambda: change(salesperson, other)],
        [
            lambda: change(salesperson, unit),
            lambda: add_former_code(actor=salesperson, customer_id=other.pk, typed=noted),
            lambda: create_customer(actor=salesperson, typed=entered),
        ],
    ):
        outcomes = race(attempts)
        assert (len(winners(outcomes)), len(losers(outcomes))) == (1, len(attempts) - 1)
        for one in losers(outcomes):
            assert isinstance(one, Invalid | Invalids), one
        CustomerCode.objects.all().delete()
        Customer.objects.filter(budget_code=NEW).exclude(pk__in=(unit.pk, other.pk)).delete()
        for one, code in ((unit, "1234567"), (other, "2222222")):
            Customer.objects.filter(pk=one.pk).update(budget_code=code)
            one.refresh_from_db()


@pytest.mark.django_db(transaction=True)
def test_a_code_that_is_given_up_goes_to_nobody_else_at_the_same_moment(
    transactional_db: None, unit: Customer, salesperson: User
) -> None:
    entered = typed_customer(budget_code="1234567", name="UBND Xã Mới")
    outcomes = race(
        [
            lambda: change(salesperson, unit),
            lambda: create_customer(actor=salesperson, typed=entered),
        ]
    )
    assert len(winners(outcomes)) == 1
    assert not Customer.objects.filter(budget_code="1234567").exists()
