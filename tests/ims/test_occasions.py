"""From what a notice says to an opportunity with the goods chosen, and on to the order."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from capphep.crm.actions.opportunities import move_opportunity
from capphep.crm.models import Customer, Opportunity
from capphep.entitlements.actions.occasions import note_ends
from capphep.entitlements.models import Occasion, Subscription
from capphep.ims.actions.occasions import open_opportunity
from capphep.platform import clock, notices
from capphep.platform.history import history_of
from capphep.platform.models import User
from capphep.pure.errors import Conflict, Forbidden, Invalid, Invalids, NotFound
from capphep.pure.months import term
from tests import factories, stories
from tests.conftest import signed_in
from tests.factories import SmallCatalogue
from tests.plumbing.races import losers, race, winners

DAY = datetime.timedelta(days=1)


@pytest.fixture
def customer(catalogue: SmallCatalogue) -> Customer:
    """Of the pool, with one set of books and 100 users."""
    found = factories.customer()
    stories.opened(found, catalogue)
    return found


@pytest.fixture
def occasion(customer: Customer, catalogue: SmallCatalogue, salesperson: User) -> Occasion:
    """95 of 100 users are in use."""
    stories.in_use(customer, catalogue, 95)
    return Occasion.objects.get()


def goods(opportunity: Opportunity) -> Mapping[str, int]:
    return dict(opportunity.lines.values_list("item__sku", "quantity"))


def address(occasion: Occasion) -> str:
    return reverse("ims:occasion_opportunity", args=[occasion.pk])


# --- which goods ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("users", "quantity"),
    [(80, 1), (95, 1), (119, 1), (120, 2), (160, 3), (1_000, 24)],
)
def test_the_smallest_quantity_that_brings_usage_below_the_mark_is_chosen(
    users: int,
    quantity: int,
    customer: Customer,
    catalogue: SmallCatalogue,
    salesperson: User,
) -> None:
    stories.in_use(customer, catalogue, users)
    made = open_opportunity(actor=salesperson, occasion_id=Occasion.objects.get().pk)
    assert goods(made) == {"IGOV-VPS-50": quantity}
    assert made.expected_amount == quantity * 5_000_000
    assert (made.salesperson, made.customer, made.renews) == (salesperson, customer, None)


def test_usage_counts_as_it_is_when_one_clicks(
    occasion: Occasion, customer: Customer, catalogue: SmallCatalogue, salesperson: User
) -> None:
    stories.in_use(customer, catalogue, 99)
    stories.in_use(customer, catalogue, 130)
    assert Occasion.objects.count() == 2
    assert goods(open_opportunity(actor=salesperson, occasion_id=occasion.pk)) == {"IGOV-VPS-50": 2}


def test_only_what_this_customer_may_buy_is_chosen(
    occasion: Occasion, catalogue: SmallCatalogue, salesperson: User
) -> None:
    catalogue.users_50.is_active = False
    catalogue.users_50.save()
    made = open_opportunity(actor=salesperson, occasion_id=occasion.pk)
    # The base package carries users too, but its owner may not buy it again.
    assert goods(made) == {} and made.expected_amount is None


def test_who_only_tries_a_product_is_offered_to_buy_it(
    catalogue: SmallCatalogue, salesperson: User, officer: User
) -> None:
    trying = factories.customer("7654321")
    stories.approved(stories.trial_sent(trying, salesperson, catalogue.igov), officer)
    stories.in_use(trying, catalogue, 90)
    made = open_opportunity(actor=salesperson, occasion_id=Occasion.objects.get().pk)
    assert goods(made) == {"IGOV-BASE": 6}


def end_occasion(days: int = 30) -> Occasion:
    last = term(clock.today() - 60 * DAY, 12).last
    note_ends(day=last - days * DAY)
    return Occasion.objects.get(ends_on=last, level=days)


def test_for_an_end_the_renewal_covers_what_is_in_force(
    customer: Customer, catalogue: SmallCatalogue, salesperson: User
) -> None:
    made = open_opportunity(actor=salesperson, occasion_id=end_occasion().pk)
    assert goods(made) == {"IGOV-KT-1": 1, "IGOV-VPS-50": 2}
    assert made.renews == catalogue.igov
    with override("vi"):
        told = [change for entry in history_of(made) for change in entry.changes]
    assert ("Gia hạn cho", "", "iGOV") in told


def test_for_an_end_the_goods_that_were_bought_before_are_chosen(
    catalogue: SmallCatalogue, salesperson: User, officer: User
) -> None:
    buyer = factories.customer("7654321")
    lines = [(catalogue.base, 2)]
    stories.approved(stories.sent(stories.ordered(buyer, salesperson, lines), salesperson), officer)
    last = term(clock.today(), 12).last
    note_ends(day=last - 60 * DAY)
    made = open_opportunity(actor=salesperson, occasion_id=Occasion.objects.get().pk)
    assert (goods(made), made.expected_on) == ({"IGOV-BASE": 2}, last)


def test_for_the_end_of_a_trial_a_sale_that_goes_on_with_it_is_proposed(
    catalogue: SmallCatalogue, salesperson: User, officer: User
) -> None:
    trying = factories.customer("7654321")
    stories.approved(stories.trial_sent(trying, salesperson, catalogue.igov), officer)
    note_ends(day=term(clock.today(), 1).last - 7 * DAY)
    made = open_opportunity(actor=salesperson, occasion_id=Occasion.objects.get().pk)
    # 100 users were tried; one base package brings 20.
    assert (goods(made), made.renews) == ({"IGOV-BASE": 5}, None)
    assert "dùng thử" in made.name


# --- once ----------------------------------------------------------------------------------------


def test_asked_for_twice_it_is_the_same(occasion: Occasion, salesperson: User) -> None:
    first = open_opportunity(actor=salesperson, occasion_id=occasion.pk)
    move_opportunity(actor=salesperson, opportunity_id=first.pk, verb="lose")
    assert open_opportunity(actor=salesperson, occasion_id=occasion.pk) == first
    assert Opportunity.objects.count() == 1


def test_the_next_mark_goes_on_with_what_is_open(
    occasion: Occasion, customer: Customer, catalogue: SmallCatalogue, salesperson: User
) -> None:
    first = open_opportunity(actor=salesperson, occasion_id=occasion.pk)
    stories.in_use(customer, catalogue, 110)
    full = Occasion.objects.get(level=100)
    assert open_opportunity(actor=salesperson, occasion_id=full.pk) == first


def test_what_was_lost_is_begun_anew_at_the_next_mark(
    occasion: Occasion, customer: Customer, catalogue: SmallCatalogue, salesperson: User
) -> None:
    first = open_opportunity(actor=salesperson, occasion_id=occasion.pk)
    move_opportunity(actor=salesperson, opportunity_id=first.pk, verb="lose")
    stories.in_use(customer, catalogue, 110)
    full = Occasion.objects.get(level=100)
    assert open_opportunity(actor=salesperson, occasion_id=full.pk) != first


def test_whoever_was_told_need_not_read_it_any_more(
    occasion: Occasion, salesperson: User, colleague: User
) -> None:
    notices.tell([(colleague.pk, notices.News("usage.threshold", str(occasion), "x", "/"))])
    open_opportunity(actor=salesperson, occasion_id=occasion.pk)
    assert not notices.unread_of(salesperson).exists()
    assert not notices.unread_of(colleague).exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_clicks_at_once_one_opportunity_comes(
    occasion: Occasion, customer: Customer, catalogue: SmallCatalogue, salesperson: User
) -> None:
    stories.in_use(customer, catalogue, 110)
    marks = list(Occasion.objects.values_list("pk", flat=True))
    outcomes = race(
        [lambda pk=pk: open_opportunity(actor=salesperson, occasion_id=pk) for pk in marks * 2]
    )
    assert not losers(outcomes)
    assert len({one.pk for one in winners(outcomes)}) == Opportunity.objects.count() == 1


# --- who may -------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["officer", "auditor", "administrator"])
def test_who_does_not_sell_makes_no_opportunity(
    occasion: Occasion, person: str, request: pytest.FixtureRequest
) -> None:
    actor: User = request.getfixturevalue(person)
    with pytest.raises(Forbidden):
        open_opportunity(actor=actor, occasion_id=occasion.pk)
    assert signed_in(actor).post(address(occasion)).status_code == 403


def test_a_colleagues_customer_is_seen_and_not_sold_to(
    occasion: Occasion, salesperson: User, colleague: User, other_salesperson: User
) -> None:
    Customer.objects.update(owner=colleague, team=colleague.team)
    with pytest.raises(Forbidden):
        open_opportunity(actor=salesperson, occasion_id=occasion.pk)
    with pytest.raises(NotFound):
        open_opportunity(actor=other_salesperson, occasion_id=occasion.pk)
    assert signed_in(other_salesperson).post(address(occasion)).status_code == 404


def test_what_somebody_of_another_team_made_of_it_is_said(
    occasion: Occasion, salesperson: User, colleague: User, other_salesperson: User
) -> None:
    made = open_opportunity(actor=other_salesperson, occasion_id=occasion.pk)
    with pytest.raises(Conflict) as refused:
        open_opportunity(actor=salesperson, occasion_id=occasion.pk)
    assert refused.value.code == "taken_by_colleague"
    assert made.salesperson == other_salesperson


def test_a_customer_that_is_no_longer_followed_is_not_sold_to(
    occasion: Occasion, salesperson: User
) -> None:
    Customer.objects.update(is_active=False)
    with pytest.raises((Invalid, Invalids)):
        open_opportunity(actor=salesperson, occasion_id=occasion.pk)
    assert not Opportunity.objects.exists()


def test_an_occasion_that_nobody_knows_is_not_found(salesperson: User, db: None) -> None:
    with pytest.raises(NotFound):
        open_opportunity(actor=salesperson, occasion_id=999_999)


# --- on the screens ------------------------------------------------------------------------------


def test_one_click_on_the_first_page_makes_it_and_the_order_begins_with_it(
    occasion: Occasion, catalogue: SmallCatalogue, sales_client: Client
) -> None:
    assert address(occasion) in sales_client.get("/").content.decode()
    answer = sales_client.post(address(occasion))
    made = Opportunity.objects.get()
    assert answer.headers["Location"] == reverse("crm:opportunity", args=[made.pk])
    page = sales_client.get(answer.headers["Location"]).content.decode()
    assert "IGOV-VPS-50" in page and "5.000.000 đ" in page
    order = sales_client.get(f"{reverse('crm:order_new')}?opportunity={made.pk}")
    (row,) = order.context["goods"].grid.rows
    assert (row.typed.item_id, row.typed.quantity) == (catalogue.users_50.pk, "1")
    assert not row.is_bad
    assert order.context["renewed"] == ""


def test_an_order_of_a_renewal_renews(
    customer: Customer, catalogue: SmallCatalogue, salesperson: User, sales_client: Client
) -> None:
    made = open_opportunity(actor=salesperson, occasion_id=end_occasion().pk)
    order = sales_client.get(f"{reverse('crm:order_new')}?opportunity={made.pk}")
    assert order.context["renewed"].startswith("iGOV")
    assert [row.typed.quantity for row in order.context["goods"].grid.rows] == ["1", "2"]
    assert not any(row.is_bad for row in order.context["goods"].grid.rows)


def test_a_look_makes_nothing(occasion: Occasion, sales_client: Client) -> None:
    subscription = Subscription.objects.get()
    answer = sales_client.get(address(occasion))
    assert answer.headers["Location"] == reverse("ims:subscription", args=[subscription.pk])
    assert not Opportunity.objects.exists()
