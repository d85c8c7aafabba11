"""Renewals: what there is to renew, with which goods, and when the new term begins (R8, R9)."""

from __future__ import annotations

import datetime

import pytest
from django.conf import LazySettings
from django.test import Client

from capphep.catalog.kinds import OrderPurpose
from capphep.crm.models import Customer
from capphep.entitlements.models import Grant, Subscription
from capphep.entitlements.queries import ledger_differences, quantity_in_force
from capphep.platform import clock
from capphep.platform.models import User
from capphep.provisioning.actions.drafts import open_request
from capphep.provisioning.actions.sending import send_request
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.queries import lines_of
from capphep.provisioning.renewals import Renewal, may_renew, renewal_of
from capphep.provisioning.states import RequestKind
from capphep.pure.errors import Invalid
from capphep.pure.months import term
from tests import factories, stories
from tests.factories import SmallCatalogue
from tests.provisioning.conftest import (
    OF_OFFICE,
    complete_extra,
    set_schema,
    sums,
    text_of,
    url,
)

ONE_DAY = datetime.timedelta(days=1)


@pytest.fixture
def newcomer(salesperson: User) -> Customer:
    """A unit that has nothing yet."""
    unit = factories.customer("7654321", owner=salesperson, team=salesperson.team)
    factories.contact(unit, email="an@example.vn")
    return unit


@pytest.fixture
def bought(
    newcomer: Customer, salesperson: User, officer: User, catalogue: SmallCatalogue
) -> Subscription:
    """The newcomer bought iGOV today, and 100 users more in two orders."""
    stories.approved(
        stories.sent(stories.ordered(newcomer, salesperson, [(catalogue.base, 1)]), salesperson),
        officer,
    )
    for _ in range(2):
        order = stories.ordered(newcomer, salesperson, [(catalogue.users_50, 1)])
        approval = stories.approved(stories.sent(order, salesperson), officer)
    return approval.subscription


@pytest.fixture
def opened(customer: Customer) -> Subscription:
    """What was in force before capphep: 100 users, no orders."""
    return Subscription.objects.get(customer=customer)


def until_of(subscription: Subscription) -> datetime.date:
    return max(subscription.grants.values_list("last_day", flat=True))


def renewal(subscription: Subscription, day: datetime.date | None = None) -> Renewal:
    found = renewal_of(subscription, day or clock.today())
    assert found
    return found


# --- what there is to renew --------------------------------------------------------------------


def test_the_goods_are_those_of_the_orders_behind_what_runs_merged(
    bought: Subscription, catalogue: SmallCatalogue
) -> None:
    found = renewal(bought)
    assert found.goods == {catalogue.base.pk: 1, catalogue.users_50.pk: 2}
    assert found.is_known
    assert found.ends_on == until_of(bought)
    goods = f"{catalogue.base.pk}:1,{catalogue.users_50.pk}:2"
    assert found.address == (
        f"/crm/orders/new?customer={bought.customer_id}&renew={bought.product_id}&goods={goods}"
    )


def test_what_was_in_force_before_has_no_known_goods(opened: Subscription) -> None:
    found = renewal(opened)
    assert (found.goods, found.is_known) == ({}, False)


def test_what_lapsed_is_renewed_as_it_was_on_its_last_day(
    bought: Subscription, catalogue: SmallCatalogue
) -> None:
    later = until_of(bought) + 30 * ONE_DAY
    found = renewal(bought, later)
    assert found.held_on == found.ends_on == until_of(bought)
    assert found.goods == {catalogue.base.pk: 1, catalogue.users_50.pk: 2}
    assert found.is_due(later)


@pytest.mark.parametrize(("days", "is_due"), [(91, False), (90, True), (0, True)])
def test_a_renewal_is_due_some_days_before_the_end(
    opened: Subscription, days: int, is_due: bool
) -> None:
    day = until_of(opened) - days * ONE_DAY
    assert renewal(opened, day).is_due(day) == is_due


def test_when_it_is_due_is_a_setting(opened: Subscription, settings: LazySettings) -> None:
    settings.RENEWAL_DAYS = 400
    assert renewal(opened).is_due(clock.today())


def test_there_is_nothing_to_renew_of_a_trial_or_of_what_only_begins(
    newcomer: Customer, salesperson: User, officer: User, catalogue: SmallCatalogue
) -> None:
    trial = stories.trial_sent(newcomer, salesperson, catalogue.igov)
    assert renewal_of(stories.approved(trial, officer).subscription, clock.today()) is None


def test_only_who_may_sell_to_the_customer_renews(
    customer: Customer, salesperson: User, colleague: User, officer: User
) -> None:
    assert may_renew(salesperson, customer)
    assert not may_renew(colleague, customer)
    assert not may_renew(officer, customer)
    customer.is_active = False
    assert not may_renew(salesperson, customer)


# --- the request -------------------------------------------------------------------------------


def test_a_renewal_in_time_continues_after_the_running_term(
    opened: Subscription,
    customer: Customer,
    salesperson: User,
    officer: User,
    catalogue: SmallCatalogue,
) -> None:
    lines = [(catalogue.base, 1), (catalogue.users_50, 2)]
    waiting = stories.renewal_sent(customer, salesperson, lines)
    assert waiting.kind == RequestKind.RENEWAL
    assert sums(waiting) == [("accounting", 12, 0, 1, 1), ("office", 12, 0, 120, 120)]
    until = until_of(opened)
    assert {line.follows for line in lines_of(waiting)} == {until}
    stories.approved(waiting, officer)
    grants = Grant.objects.filter(request_no=waiting.request_no)
    assert {(grant.first_day, grant.last_day) for grant in grants} == {
        (until + ONE_DAY, term(until + ONE_DAY, 12).last)
    }
    users = [catalogue.igov, catalogue.office, catalogue.users]
    assert quantity_in_force(customer, *users, until) == 100
    assert quantity_in_force(customer, *users, until + ONE_DAY) == 120
    assert not list(ledger_differences())


def test_a_late_renewal_begins_with_the_approval(
    opened: Subscription,
    customer: Customer,
    salesperson: User,
    officer: User,
    catalogue: SmallCatalogue,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    late = until_of(opened) + 10 * ONE_DAY
    monkeypatch.setattr(clock, "today", lambda: late)
    waiting = stories.renewal_sent(customer, salesperson, [(catalogue.users_50, 2)])
    assert lines_of(waiting)[0].follows is None
    stories.approved(waiting, officer)
    assert Grant.objects.get(request_no=waiting.request_no).first_day == late


def test_a_renewal_at_once_where_the_setting_says_so(
    customer: Customer,
    salesperson: User,
    officer: User,
    catalogue: SmallCatalogue,
    settings: LazySettings,
) -> None:
    settings.RENEWAL_CONTINUES = False
    waiting = stories.renewal_sent(customer, salesperson, [(catalogue.users_50, 2)])
    stories.approved(waiting, officer)
    assert Grant.objects.get(request_no=waiting.request_no).first_day == clock.today()


def test_a_renewal_ends_the_trial_of_who_had_lapsed(
    opened: Subscription,
    customer: Customer,
    salesperson: User,
    officer: User,
    catalogue: SmallCatalogue,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    late = until_of(opened) + 10 * ONE_DAY
    monkeypatch.setattr(clock, "today", lambda: late)
    stories.approved(stories.trial_sent(customer, salesperson, catalogue.igov), officer)
    stories.approved(
        stories.renewal_sent(customer, salesperson, [(catalogue.users_50, 1)]), officer
    )
    users = [catalogue.igov, catalogue.office, catalogue.users]
    assert quantity_in_force(customer, *users, late) == 50


def test_what_was_never_there_is_not_renewed(
    newcomer: Customer, salesperson: User, catalogue: SmallCatalogue
) -> None:
    lines = [(catalogue.base, 1)]
    order = stories.ordered(newcomer, salesperson, lines, OrderPurpose.RENEWAL)
    with pytest.raises(Invalid) as refused:
        open_request(actor=salesperson, order_id=order.pk)
    assert refused.value.code == "nothing_to_renew"


def test_a_renewal_begins_with_the_administrator_and_the_information_of_what_it_renews(
    customer: Customer, salesperson: User, officer: User, catalogue: SmallCatalogue
) -> None:
    set_schema(catalogue.office, OF_OFFICE)
    sale = stories.drafted(
        stories.ordered(customer, salesperson, [(catalogue.users_50, 1)]), salesperson
    )
    complete_extra(sale, salesperson)
    typed = stories.complete_fields(sale) | {"admin_name": "Trần Thị Bình", "note": "gấp"}
    waiting = send_request(
        actor=salesperson, request_id=sale.pk, seen_version=sale.version, values=typed
    )
    stories.approved(waiting, officer)
    lines = [(catalogue.base, 1), (catalogue.users_50, 1)]
    order = stories.ordered(customer, salesperson, lines, OrderPurpose.RENEWAL)
    draft = open_request(actor=salesperson, order_id=order.pk)
    assert (draft.admin_name, draft.note) == ("Trần Thị Bình", "")
    assert [line.extra for line in lines_of(draft)] == [{}, lines_of(sale)[0].extra]
    assert not draft.evidence.exists()


# --- on the screens ----------------------------------------------------------------------------


@pytest.fixture
def waiting(customer: Customer, salesperson: User, catalogue: SmallCatalogue) -> LicenceRequest:
    return stories.renewal_sent(customer, salesperson, [(catalogue.users_50, 2)])


def test_page_and_desk_explain_a_renewal(
    waiting: LicenceRequest,
    opened: Subscription,
    sales_client: Client,
    officer_client: Client,
) -> None:
    until = until_of(opened)
    begins = f"{until + ONE_DAY:%d/%m/%Y}"
    for client, address in [
        (sales_client, url("request", waiting.pk)),
        (officer_client, f"/ims/requests/{waiting.pk}/"),
    ]:
        text = text_of(client.get(address))
        assert "Gia hạn" in text and "Đơn hàng được lập để gia hạn thuê bao iGOV" in text
        assert f"0 còn hiệu lực từ {begins} + 100 gia hạn = 100" in text
        assert f"tiếp nối kỳ hạn đang chạy, hết hạn {until:%d/%m/%Y}" in text
        assert begins in text


def test_the_customers_dialog_offers_the_renewal(
    bought: Subscription, sales_client: Client
) -> None:
    text = text_of(sales_client.get(url("for_customer", bought.customer_id)))
    assert "Gia hạn iGOV" in text
    assert f"Hết hạn ngày {until_of(bought):%d/%m/%Y}." in text
    assert renewal(bought).address.replace("&", "&amp;") in text
