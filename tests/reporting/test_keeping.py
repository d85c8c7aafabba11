"""The figures follow what happens, and are what the records say."""

from __future__ import annotations

import datetime

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from capphep.crm.actions.order_following import deactivate_order, reactivate_order
from capphep.crm.models import Customer, Order
from capphep.entitlements.models import Subscription
from capphep.ims.actions import reject
from capphep.platform import outbox
from capphep.platform.models import User
from capphep.reporting import keeping, proof
from capphep.reporting.models import (
    AnswerFact,
    EndFact,
    GrantFigure,
    LeadFigure,
    OrderFigure,
    Progress,
    RequestFact,
    TightFact,
    UsageFigure,
)
from tests import stories
from tests.plumbing.sql_counts import Counter
from tests.reporting.conftest import Trade, kept_up

pytestmark = pytest.mark.django_db


def figures() -> list[tuple[str, int, int]]:
    rows = OrderFigure.objects.order_by("status").values_list("status", "number", "amount")
    return list(rows)


def agreed() -> bool:
    counts = proof.Counts()
    differences = list(proof.differences(counts))
    assert not differences, differences
    return True


def touched(order: Order) -> None:
    """As an action tells of a change of an order."""
    outbox.enqueue([outbox.Event("order.changed", order.order_no, {}, customer=order.budget_code)])


def test_what_was_there_before_is_counted_first(trade: Trade) -> None:
    trade.waiting(), trade.approved(2), trade.approved()
    kept_up()
    assert figures() == [("approved", 2, 15_000_000), ("pending", 1, 5_000_000)]
    assert agreed()


def test_an_approval_moves_an_order_from_one_figure_to_another(trade: Trade) -> None:
    request = trade.waiting()
    kept_up()
    stories.approved(request, trade.officer)
    kept_up()
    assert figures() == [("approved", 1, 5_000_000)]
    granted = GrantFigure.objects.get()
    assert (granted.number, granted.quantity, granted.withdrawn) == (1, 50, 0)
    assert LeadFigure.objects.get().number == 1
    assert agreed()


def test_a_withdrawal_is_taken_off_what_was_granted(trade: Trade, other_officer: User) -> None:
    request = trade.approved()
    kept_up()
    stories.withdrawn(request, trade.officer, other_officer)
    kept_up()
    granted = GrantFigure.objects.get()
    assert (granted.quantity, granted.withdrawn) == (50, 50)
    assert figures() == [("revoked", 1, 5_000_000)]
    assert agreed()


def test_a_customer_that_moves_takes_its_orders_along(trade: Trade) -> None:
    request = trade.approved()
    kept_up()
    Customer.objects.filter(pk=request.customer_id).update(province="Huế")
    customer = request.customer
    event = outbox.Event("customer.changed", customer.budget_code, {}, customer.budget_code)
    outbox.enqueue([event])
    kept_up()
    assert OrderFigure.objects.get().province == "Huế"
    assert RequestFact.objects.get().province == "Huế"
    assert GrantFigure.objects.get().province == "Huế"
    assert EndFact.objects.get().province == "Huế"
    assert agreed()


def test_an_order_of_another_month_leaves_no_empty_figure(trade: Trade) -> None:
    order = trade.waiting().order
    assert order
    kept_up()
    Order.objects.filter(pk=order.pk).update(ordered_on=datetime.date(2026, 2, 3))
    touched(order)
    kept_up()
    assert OrderFigure.objects.get().month == datetime.date(2026, 2, 1)
    assert agreed()


def test_where_a_request_waited_adds_up_to_the_whole(trade: Trade) -> None:
    request = trade.waiting()
    stories.returned(request, trade.officer, "", {"level": "Cấp nào?", "line-1": "Ít quá"})
    stories.sent_again(request, trade.salesperson)
    request.refresh_from_db()
    stories.approved(request, trade.officer)
    now = timezone.now()
    at = [now - datetime.timedelta(hours=hours) for hours in (100, 90, 60, 20)]
    Order.objects.update(created_at=at[0])
    first, second = request.rounds.all()
    type(first).objects.filter(pk=first.pk).update(sent_at=at[1], ended_at=at[2])
    type(first).objects.filter(pk=second.pk).update(sent_at=at[3], ended_at=now)
    type(request).objects.update(decided_at=now)
    kept_up()
    fact = RequestFact.objects.get()
    hours = [minutes // 60 for minutes in (fact.draft, fact.desk, fact.sales)]
    assert hours == [10, 30 + 20, 40]
    said = AnswerFact.objects.order_by("field").values_list("outcome", "field", "is_first")
    assert list(said) == [("returned", "level", True), ("returned", "line", False)]
    assert agreed()


def test_an_order_that_is_given_up_leaves_the_figures_until_it_is_followed_again(
    trade: Trade,
) -> None:
    kept = stories.ordered(trade.customer(), trade.salesperson, [(trade.catalogue.users_50, 1)])
    mistaken = stories.ordered(kept.customer, trade.salesperson, [(trade.catalogue.users_50, 1)])
    kept_up()
    assert figures() == [("not_requested", 2, 10_000_000)]
    act = {"actor": trade.salesperson, "order_id": mistaken.pk}
    deactivate_order(**act, seen_version=1)
    kept_up()
    assert figures() == [("not_requested", 1, 5_000_000)]
    assert agreed()
    # Counted anew, it is left out as well.
    keeping.begin_anew()
    kept_up()
    assert figures() == [("not_requested", 1, 5_000_000)]
    assert agreed()
    reactivate_order(**act, seen_version=2)
    kept_up()
    assert figures() == [("not_requested", 2, 10_000_000)]
    assert agreed()


def test_a_rejection_is_an_answer(trade: Trade) -> None:
    request = trade.waiting()
    reject(actor=trade.officer, request_id=request.pk, reason="Thiếu chữ ký")
    kept_up()
    fact = AnswerFact.objects.get()
    assert (fact.outcome, fact.field, fact.officer) == ("rejected", "", trade.officer.pk)


def test_the_end_of_a_subscription_is_its_last_day_with_what_was_paid_last(trade: Trade) -> None:
    request = trade.approved(2)
    kept_up()
    fact = EndFact.objects.get()
    spans = request.customer.owned_products.order_by("-last_day")
    assert fact.ends_on == spans[0].last_day
    assert fact.amount == 10_000_000
    assert Subscription.objects.get().pk == fact.subscription


def test_usage_is_summed_up_by_bands_and_what_is_tight_is_named(trade: Trade) -> None:
    for number, in_use in enumerate((30, 85, 100, 120)):
        customer = trade.customer("Hà Nội" if number else "Huế")
        stories.in_use(customer, trade.catalogue, in_use)
    kept_up()
    bands = UsageFigure.objects.order_by("band", "id").values_list("band", "number")
    assert list(bands) == [(0, 1), (2, 1), (3, 1), (4, 1)]
    tight = TightFact.objects.order_by("percent").values_list("in_use", "in_force", "percent")
    assert list(tight) == [(85, 100, 85), (100, 100, 100), (120, 100, 120)]


def test_counting_anew_gives_the_same(trade: Trade) -> None:
    trade.waiting(), trade.approved()
    kept_up()
    before = figures()
    OrderFigure.objects.update(number=7)
    assert any("orderfigure" in one for one in proof.differences(proof.Counts()))
    with pytest.raises(CommandError):
        call_command("reports", "verify")
    call_command("reports", "rebuild")
    assert figures() == before
    call_command("reports", "verify")


def test_what_happens_while_all_is_counted_is_not_lost(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests = [trade.waiting() for _ in range(3)]
    monkeypatch.setattr(keeping, "FILLED_AT_ONCE", 1)
    keeping.keep_up(), keeping.keep_up(), keeping.keep_up()
    stories.approved(requests[0], trade.officer)
    trade.approved()
    kept_up()
    assert Progress.objects.get().orders_from is None
    assert figures() == [("approved", 2, 10_000_000), ("pending", 2, 10_000_000)]
    assert agreed()


def test_following_costs_the_same_for_one_change_and_for_many(
    trade: Trade, statements: Counter
) -> None:
    requests = [trade.waiting() for _ in range(6)]
    kept_up()
    for request in requests[1:]:
        stories.approved(request, trade.officer)
    keeping.feed.place()
    with statements("reporting.follow", at_most=40):
        keeping.keep_up()
    stories.approved(requests[0], trade.officer)
    keeping.feed.place()
    with statements("reporting.follow", at_most=40):
        keeping.keep_up()
    assert agreed()
    with statements("reporting.nothing_happened", at_most=3):
        keeping.keep_up()
