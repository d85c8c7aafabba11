"""Merges beside each other and beside what is entered; a merge that is killed (D2)."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import transaction

from capphep.crm.actions.opportunities import create_opportunity
from capphep.crm.actions.orders import LineInput, OrderHeader, create_order
from capphep.crm.models import Customer, CustomerCode, Opportunity, Order
from capphep.crm.sales_rules import OpportunityInput
from capphep.entitlements.models import Grant, GrantKind
from capphep.ims.actions import approve
from capphep.ims.ledger import differences
from capphep.platform.models import User
from capphep.provisioning.actions.without_order import open_trial
from capphep.provisioning.models import LicenceRequest
from capphep.pure.errors import Conflict, Invalid, Invalids
from capphep.shell.merging import merge_customers
from tests import factories, stories
from tests.plumbing.kills import each_kill_point
from tests.plumbing.races import losers, race, winners
from tests.shell.twins import Twins


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
