"""Two records of one unit become one (D2): the ledger, everything that hangs on it, the screen."""

from __future__ import annotations

import datetime
import threading
import time

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from capphep.collaboration.models import Comment
from capphep.crm.actions.customers import edit_customer, reactivate_customer
from capphep.crm.actions.opportunities import create_opportunity
from capphep.crm.actions.orders import LineInput, OrderHeader, create_order
from capphep.crm.models import Contact, Customer, CustomerCode, Opportunity, Order
from capphep.crm.sales_rules import OpportunityInput
from capphep.entitlements.models import Grant, GrantKind, Licence, LicenceCause, Subscription, Usage
from capphep.entitlements.queries import quantity_in_force
from capphep.identity.models import AccountLink
from capphep.ims.actions import approve
from capphep.ims.ledger import differences
from capphep.integration.ofrep.reader import Reader
from capphep.platform import clock
from capphep.platform.api import Scope
from capphep.platform.audit import entries_of
from capphep.platform.models import OutboxEvent, User
from capphep.provisioning.actions.without_order import open_trial
from capphep.provisioning.models import LicenceRequest
from capphep.pure.errors import Conflict, Forbidden, Invalid, Invalids, NotFound
from capphep.shell.finding import find
from capphep.shell.merging import merge_customers, preview_merge
from tests import factories, stories
from tests.conftest import signed_in
from tests.crm.conftest import typed_customer
from tests.factories import SmallCatalogue
from tests.integration.apis import Program, product_program
from tests.plumbing.kills import each_kill_point
from tests.plumbing.races import losers, race, winners

DAY = datetime.timedelta(days=1)


class Twins:
    """``gone`` and ``kept``, both of ``salesperson``; what each has of iGOV's office users."""

    def __init__(self, salesperson: User, catalogue: SmallCatalogue) -> None:
        self.catalogue, self.salesperson = catalogue, salesperson
        self.kept = factories.customer(owner=salesperson, team=salesperson.team)
        self.gone = factories.customer(
            "7654321", "UBND xã Đông Hải (cũ)", owner=salesperson, team=salesperson.team
        )

    def both_have_it(self) -> None:
        stories.opened(self.kept, self.catalogue, users=100, request_no="YC-2025-000001")
        stories.opened(self.gone, self.catalogue, users=30, request_no="YC-2025-000002")

    def users(self, customer: Customer, day: datetime.date | None = None) -> int:
        one = self.catalogue
        return quantity_in_force(customer, one.igov, one.office, one.users, day or clock.today())

    def bought(self, customer: Customer, officer: User) -> LicenceRequest:
        """50 users more, approved."""
        order = stories.ordered(customer, self.salesperson, [(self.catalogue.users_50, 1)])
        request = stories.sent(order, self.salesperson)
        approve(actor=officer, request_id=request.pk, seen=stories.seen_by_officer(request))
        return request

    def merge(self, actor: User) -> Customer:
        return merge_customers(
            actor=actor,
            gone_id=self.gone.pk,
            kept_id=self.kept.pk,
            seen=(self.gone.version, self.kept.version),
            reason="Nhập hai lần",
        )


@pytest.fixture
def twins(salesperson: User, catalogue: SmallCatalogue) -> Twins:
    return Twins(salesperson, catalogue)


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
    assert [(line.gone, line.kept, line.together) for line in shown.lines] == [
        (1, 1, 2),
        (30, 100, 130),
    ]


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


# --- at the same time ----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_merges_at_once_one_happens(
    transactional_db: None, twins: Twins, manager: User, administrator: User
) -> None:
    twins.both_have_it()
    outcomes = race([lambda: twins.merge(manager), lambda: twins.merge(administrator)])
    assert (len(winners(outcomes)), len(losers(outcomes))) == (1, 1)
    assert twins.users(twins.kept) == 130
    assert not list(differences())


@pytest.mark.django_db(transaction=True)
def test_a_merge_and_an_approval_at_once_lose_nothing(
    transactional_db: None, twins: Twins, manager: User, officer: User
) -> None:
    twins.both_have_it()
    order = stories.ordered(twins.gone, twins.salesperson, [(twins.catalogue.users_50, 1)])
    request = stories.sent(order, twins.salesperson)
    seen = stories.seen_by_officer(request)

    def approval() -> object:
        return approve(actor=officer, request_id=request.pk, seen=seen)

    race([approval, lambda: twins.merge(manager)])
    request.refresh_from_db()
    assert request.status == "approved"
    merged = Customer.objects.get(pk=twins.gone.pk).merged_into_id is not None
    assert (twins.users(twins.kept), twins.users(twins.gone)) == ((180, 0) if merged else (100, 80))
    assert not list(differences())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["order", "opportunity", "trial"])
def test_what_is_entered_during_a_merge_does_not_stay_on_the_merged_customer(
    transactional_db: None, twins: Twins, manager: User, kind: str
) -> None:
    is_merged = threading.Event()
    one = twins.catalogue

    def merging() -> object:
        with transaction.atomic():
            twins.merge(manager)
            is_merged.set()
            time.sleep(0.3)
        return None

    def entering() -> object:
        is_merged.wait(20)
        if kind == "order":
            header = OrderHeader(customer_id=twins.gone.pk)
            lines = [LineInput(item_id=one.base.pk, quantity=1)]
            return create_order(actor=twins.salesperson, header=header, lines=lines)
        if kind == "trial":
            ids = {"customer_id": twins.gone.pk, "product_id": one.igov.pk}
            return open_trial(actor=twins.salesperson, **ids)
        typed = OpportunityInput(name="Mua thêm", customer_id=twins.gone.pk)
        return create_opportunity(actor=twins.salesperson, typed=typed)

    [merged, entered] = race([merging, entering])
    assert merged is None
    refusal = entered.refusals[0] if isinstance(entered, Invalids) else entered
    assert isinstance(refusal, Invalid | Conflict)
    assert refusal.code in ("customer_inactive", "customer_merged")
    for model in (Order, Opportunity, LicenceRequest):
        assert not model.objects.filter(customer=twins.gone).exists()


def merge_once(gone: int, kept: int, manager: int) -> None:
    """What the killed process was doing."""
    merge_customers(
        actor=User.objects.get(pk=manager), gone_id=gone, kept_id=kept, seen=(1, 1), reason="Trùng"
    )


@pytest.mark.django_db(transaction=True)
def test_a_merge_killed_at_any_statement_leaves_nothing_or_everything(
    transactional_db: None, twins: Twins, manager: User
) -> None:
    twins.both_have_it()
    with transaction.atomic():
        factories.contact(twins.gone)
    kills = 0
    ids = twins.gone.pk, twins.kept.pk, manager.pk
    # Each of the modules that move something has several statements.
    for _statement in each_kill_point(merge_once, *ids, every=9):
        kills += 1
        assert not CustomerCode.objects.exists()
        assert not Grant.objects.filter(kind=GrantKind.MOVED_IN).exists()
        assert Customer.objects.filter(is_active=True).count() == 2
    assert kills > 6
    assert twins.users(twins.kept) == 130
    assert not list(differences())
