"""Two records of one unit become one (D2): the ledger, everything that hangs on it, the screen."""

from __future__ import annotations

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from capphep.collaboration.models import Comment
from capphep.crm.actions.customers import edit_customer, reactivate_customer
from capphep.crm.models import Contact, Customer, CustomerCode, Order
from capphep.entitlements.models import Grant, Licence, LicenceCause, Subscription, Usage
from capphep.identity.models import AccountLink
from capphep.ims.ledger import differences
from capphep.integration.ofrep.reader import Reader
from capphep.platform import clock
from capphep.platform.api import Scope
from capphep.platform.audit import entries_of
from capphep.platform.models import OutboxEvent, User
from capphep.provisioning.models import LicenceRequest
from capphep.pure.errors import Conflict, Forbidden, Invalid, Invalids, NotFound
from capphep.shell.finding import find
from capphep.shell.merging import merge_customers, preview_merge
from tests import factories, stories
from tests.conftest import signed_in
from tests.crm.conftest import typed_customer
from tests.integration.apis import Program, product_program
from tests.shell.twins import Twins

DAY = datetime.timedelta(days=1)


def test_where_both_have_the_product_the_survivor_has_the_sum_from_that_day_on(
    twins: Twins, manager: User, officer: User
) -> None:
    twins.both_have_it()
    request = twins.bought(twins.gone, officer)
    today = clock.today()
    days = [today + DAY * n for n in (0, 1, 200, 300, 304, 305, 364, 365, 400)]
    expected = [twins.users(twins.gone, day) + twins.users(twins.kept, day) for day in days]
    before = twins.users(twins.gone, today - DAY), twins.users(twins.kept, today - DAY)
    assert not list(differences())
    grants = list(Grant.objects.order_by("pk").values())
    twins.merge(manager)
    assert [twins.users(twins.kept, day) for day in days] == expected
    assert [twins.users(twins.gone, day) for day in days] == [0] * len(days)
    # What was used was used: the days before stay as they were, and no grant was touched.
    assert before == (twins.users(twins.gone, today - DAY), twins.users(twins.kept, today - DAY))
    assert list(Grant.objects.order_by("pk").values())[: len(grants)] == grants
    assert not list(differences())
    request.refresh_from_db()
    assert (request.customer, request.budget_code) == (twins.kept, "1234567")


def test_a_subscription_that_only_the_one_has_changes_its_customer(
    twins: Twins, manager: User, officer: User
) -> None:
    stories.opened(twins.gone, twins.catalogue, users=30)
    twins.bought(twins.gone, officer)
    grants = Grant.objects.count()
    twins.merge(manager)
    assert Subscription.objects.get().customer == twins.kept
    assert (twins.users(twins.kept), twins.users(twins.gone)) == (80, 0)
    assert Grant.objects.count() == grants
    assert not list(differences())


def test_everything_moves_and_the_old_record_leads_to_the_new_one(
    twins: Twins, manager: User, officer: User
) -> None:
    twins.both_have_it()
    request = twins.bought(twins.gone, officer)
    factories.contact(twins.gone)
    below = factories.customer("2222222", "Trường TH Kim Đồng", parent=twins.gone)
    Comment.objects.create(
        record_type="customer",
        record_id=twins.gone.pk,
        author=manager,
        body="Gọi lại",
        token=_uuid(),
    )
    twins.merge(manager)
    twins.gone.refresh_from_db()
    below.refresh_from_db()
    assert (twins.gone.is_active, twins.gone.merged_into) == (False, twins.kept)
    assert below.parent == twins.kept
    for model in (Contact, Order, LicenceRequest, AccountLink):
        assert not model.objects.filter(customer=twins.gone).exists()
        assert model.objects.filter(customer=twins.kept).exists()
    order = Order.objects.get(pk=request.order_id)
    assert (order.budget_code, "1234567" in order.search_key) == ("1234567", True)
    assert Comment.objects.get().record_id == twins.kept.pk
    former = CustomerCode.objects.filter(customer=twins.kept, kind="budget_code").get()
    assert (former.value, former.last_day) == ("7654321", clock.today())
    assert {entry.verb for entry in entries_of(twins.kept)} >= {"merged"}
    assert entries_of(twins.gone)[0].verb == "merged_into"
    told = OutboxEvent.objects.filter(type="customer.merged").get()
    assert told.payload["merged_into"] == "1234567"
    changed = OutboxEvent.objects.filter(type="entitlement.changed").order_by("-pk")[:2]
    assert {event.payload["customer"] for event in changed} == {"1234567", "7654321"}
    licence = Licence.objects.get(cause=LicenceCause.MERGE)
    assert licence.subscription.customer == twins.kept
    assert sum(line["quantity"] for line in licence.content["grants"]) == 182


def _uuid() -> str:
    return "7d444840-9dc0-11d1-b245-5ffdce74fad2"


@pytest.mark.django_db(transaction=True)
def test_who_asks_by_the_old_code_is_answered_for_the_survivor(
    transactional_db: None, twins: Twins, manager: User
) -> None:
    twins.both_have_it()
    twins.merge(manager)
    reader = Reader()
    assert reader.known_customer("7654321") == twins.kept.pk
    assert [row[0] for row in reader.rows("today", ["7654321"])] == ["1234567"]


def test_programs_and_people_who_use_the_old_code_reach_the_survivor(
    twins: Twins, manager: User, igov: Program
) -> None:
    twins.both_have_it()
    twins.merge(manager)
    [hit] = [hit for found in find(manager, "7654321", 5) for hit in found.hits]
    assert (hit.url, hit.is_exact) == (f"/crm/customers/{twins.kept.pk}/", True)
    [hit] = [hit for found in find(manager, "hai cu", 5) for hit in found.hits]
    assert hit.url == f"/crm/customers/{twins.kept.pk}/"
    asked = {"customer": "7654321", "flag": "igov.office.users"}
    [answer] = igov.post("/entitlements/check", {"checks": [asked]}).json()["results"]
    assert (answer["customer"], answer["in_force"]) == ("7654321", 130)
    measured = {"module": "office", "resource": "users", "in_use": 120}
    row = {
        "customer": "7654321",
        "product": "igov",
        **measured,
        "measured_at": timezone.now().isoformat(),
    }
    assert igov.post("/usage", {"rows": [row]}).json()["rows"] == ["current"]
    usage = Usage.objects.get()
    assert (usage.subscription.customer, usage.in_use) == (twins.kept, 120)
    more = {**asked, "more": 11}
    [answer] = igov.post("/entitlements/check", {"checks": [more]}).json()["results"]
    assert (answer["in_use"], answer["allowed"]) == (120, False)
    licence = igov.get("/customers/7654321/licences/igov/current").json()
    assert licence["customer"] == "1234567"


@pytest.fixture
def igov() -> Program:
    scopes = (Scope.ENTITLEMENTS_READ, Scope.USAGE_WRITE, Scope.LICENCES_READ)
    return product_program(*scopes)


def test_what_came_with_a_merge_can_be_withdrawn_and_merged_again(
    twins: Twins, manager: User, officer: User, other_officer: User
) -> None:
    twins.both_have_it()
    request = twins.bought(twins.gone, officer)
    twins.merge(manager)
    third = factories.customer("3333333", "UBND phường Đông Hải")
    stories.opened(third, twins.catalogue, users=7, request_no="YC-2025-000003")
    twins.kept.refresh_from_db()
    merge_customers(
        actor=manager,
        gone_id=twins.kept.pk,
        kept_id=third.pk,
        seen=(twins.kept.version, third.version),
        reason="Sắp xếp lại",
    )
    assert twins.users(third) == 187
    request.refresh_from_db()
    stories.withdrawn(request, officer, other_officer)
    assert twins.users(third) == 137
    assert not list(differences())
    twins.gone.refresh_from_db()
    assert twins.gone.merged_into == third


def test_a_waiting_request_is_in_the_way(twins: Twins, manager: User) -> None:
    twins.both_have_it()
    order = stories.ordered(twins.gone, twins.salesperson, [(twins.catalogue.users_50, 1)])
    waiting = stories.sent(order, twins.salesperson)
    with pytest.raises(Invalids) as refused:
        twins.merge(manager)
    assert [one.code for one in refused.value.refusals] == ["request_waits"]
    shown = preview_merge(manager, twins.gone.pk, twins.kept.pk)
    assert [one.params["number"] for one in shown.refusals] == [waiting.request_no]
    lines = [(line.module, line.gone, line.kept, line.together) for line in shown.lines]
    assert lines == [("Kế toán", 1, 1, 2), ("Văn phòng số", 30, 100, 130)]


def test_merging_is_for_managers_and_administrators_who_know_both(
    twins: Twins, officer: User, administrator: User, team_manager: User, foreign: Customer
) -> None:
    for actor in (twins.salesperson, officer):
        with pytest.raises(Forbidden):
            twins.merge(actor)
    with pytest.raises(NotFound):
        merge_customers(
            actor=team_manager,
            gone_id=foreign.pk,
            kept_id=twins.kept.pk,
            seen=(1, 1),
            reason="x",
        )
    twins.merge(administrator)


@pytest.fixture
def foreign(other_salesperson: User) -> Customer:
    return factories.customer(
        "1444444", "UBND Phường Phú Thuận", owner=other_salesperson, team=other_salesperson.team
    )


def test_a_merge_says_why_and_of_what_it_saw(twins: Twins, manager: User) -> None:
    facts = {"actor": manager, "gone_id": twins.gone.pk, "kept_id": twins.kept.pk}
    with pytest.raises(Invalid):
        merge_customers(**facts, seen=(1, 1), reason=" ")
    with pytest.raises(Conflict) as refused:
        merge_customers(**facts, seen=(1, 2), reason="x")
    assert refused.value.code == "changed_meanwhile"


def test_a_merged_record_is_not_written_any_more(twins: Twins, manager: User) -> None:
    twins.merge(manager)
    for write in (
        lambda: reactivate_customer(actor=manager, customer_id=twins.gone.pk),
        lambda: edit_customer(
            actor=manager, customer_id=twins.gone.pk, seen_version=2, typed=typed_customer()
        ),
    ):
        with pytest.raises(Conflict) as refused:
            write()
        assert refused.value.code == "customer_merged"
    with pytest.raises(Conflict):
        twins.merge(manager)


def test_the_survivor_may_have_been_governed_by_the_other(twins: Twins, manager: User) -> None:
    top = factories.customer("2222222", "Sở Giáo dục")
    Customer.objects.filter(pk=twins.gone.pk).update(parent=top)
    between = factories.customer("2333333", "Phòng", parent=twins.gone)
    Customer.objects.filter(pk=twins.kept.pk).update(parent=between)
    twins.merge(manager)
    twins.kept.refresh_from_db()
    between.refresh_from_db()
    assert (twins.kept.parent, between.parent) == (top, twins.kept)


def test_the_screen_chooses_shows_and_merges(twins: Twins, manager: User) -> None:
    twins.both_have_it()
    client = signed_in(manager)
    address = reverse("shell:customer_merge", args=[twins.gone.pk])
    assert client.get(address).status_code == 200
    shown = client.get(address, {"into": str(twins.kept.pk)})
    assert shown.status_code == 200
    assert ">130<" in shown.content.decode()
    typed = {
        "into": str(twins.kept.pk),
        "gone_version": "1",
        "kept_version": "1",
        "reason": "Trùng",
    }
    assert client.post(address, typed).status_code == 422
    stale = client.post(address, {**typed, "sure": "on", "kept_version": "9"})
    assert stale.status_code == 409
    merged = client.post(address, {**typed, "sure": "on"})
    assert merged.status_code in (302, 204, 200)
    page = client.get(reverse("crm:customer", args=[twins.gone.pk])).content.decode()
    assert reverse("crm:customer", args=[twins.kept.pk]) in page
    assert signed_in(twins.salesperson).get(address).status_code == 403
