"""A later first day: asked for, checked, shown, and granted (R9)."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client

from capphep.crm.actions.orders import LineInput, OrderHeader, create_order
from capphep.crm.models import Customer
from capphep.crm.queries.customers import ownership_of
from capphep.entitlements.models import Grant
from capphep.entitlements.queries import quantity_in_force
from capphep.platform import clock
from capphep.platform.models import User
from capphep.provisioning.actions.drafts import open_request
from capphep.provisioning.actions.sending import send_request
from capphep.provisioning.models import LicenceRequest
from capphep.pure.errors import Invalid, Invalids
from capphep.pure.months import term
from tests import factories, stories
from tests.factories import SmallCatalogue
from tests.provisioning.conftest import form_data, post, text_of, url


def in_days(days: int) -> datetime.date:
    return clock.today() + datetime.timedelta(days=days)


def sent_for(draft: LicenceRequest, salesperson: User, start_on: datetime.date) -> LicenceRequest:
    values = stories.complete_fields(draft) | {"start_on": start_on}
    return send_request(
        actor=salesperson, request_id=draft.pk, seen_version=draft.version, values=values
    )


@pytest.fixture
def newcomer(salesperson: User, catalogue: SmallCatalogue) -> Customer:
    """A unit that has nothing yet."""
    return factories.customer("7654321", owner=salesperson, team=salesperson.team)


@pytest.mark.parametrize(("days", "code"), [(-1, "start_in_past"), (367, "start_too_far")])
def test_a_first_day_in_the_past_or_too_far_ahead_is_refused_at_its_field(
    ready: LicenceRequest, salesperson: User, days: int, code: str
) -> None:
    with pytest.raises(Invalids) as refused:
        sent_for(ready, salesperson, in_days(days))
    assert [(one.code, one.field) for one in refused.value.refusals] == [(code, "start_on")]


def test_an_addition_does_not_begin_after_what_it_is_added_to_has_ended(
    ready: LicenceRequest, salesperson: User
) -> None:
    with pytest.raises(Invalids) as refused:
        sent_for(ready, salesperson, in_days(364))
    assert ("lapsed_by_then", "start_on") in [
        (one.code, one.field) for one in refused.value.refusals
    ]


def test_grants_begin_on_the_day_that_was_asked_for(
    ready: LicenceRequest,
    salesperson: User,
    officer: User,
    customer: Customer,
    catalogue: SmallCatalogue,
) -> None:
    later = in_days(30)
    stories.approved(sent_for(ready, salesperson, later), officer)
    grant = Grant.objects.get(request_no=ready.request_no)
    assert (grant.first_day, grant.last_day) == (later, term(later, 12).last)
    users = [catalogue.igov, catalogue.office, catalogue.users]
    assert quantity_in_force(customer, *users, in_days(29)) == 100
    assert quantity_in_force(customer, *users, later) == 150


def test_a_day_that_passes_while_it_waits_gives_way_to_the_approval(
    ready: LicenceRequest, salesperson: User, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = sent_for(ready, salesperson, in_days(3))
    approval_day = in_days(10)
    monkeypatch.setattr(clock, "today", lambda: approval_day)
    stories.approved(waiting, officer)
    assert Grant.objects.get(request_no=ready.request_no).first_day == approval_day


def test_who_buys_for_later_does_not_own_it_yet_and_cannot_buy_it_twice(
    newcomer: Customer, salesperson: User, officer: User, catalogue: SmallCatalogue
) -> None:
    later = in_days(40)
    draft = stories.drafted(
        stories.ordered(newcomer, salesperson, [(catalogue.base, 1)]), salesperson
    )
    stories.approved(sent_for(draft, salesperson, later), officer)
    owned = ownership_of(newcomer.pk, catalogue.igov.pk, clock.today())
    assert (owned.until, owned.begins_on) == (None, later)
    again = stories.ordered(newcomer, salesperson, [(catalogue.base, 1)])
    with pytest.raises(Invalid, match=f"{later:%d/%m/%Y}") as refused:
        open_request(actor=salesperson, order_id=again.pk)
    assert refused.value.code == "begins_later"
    for item, code in ((catalogue.base, "begins_later"), (catalogue.users_50, "no_subscription")):
        with pytest.raises(Invalids, match=f"{later:%d/%m/%Y}") as unsold:
            create_order(
                actor=salesperson,
                header=OrderHeader(customer_id=newcomer.pk, contact_name="Nguyễn Văn An"),
                lines=[LineInput(item_id=item.pk, quantity="1")],
            )
        assert [one.code for one in unsold.value.refusals] == [code]


def test_a_trial_runs_until_the_sale_after_it_begins(
    newcomer: Customer, salesperson: User, officer: User, catalogue: SmallCatalogue
) -> None:
    stories.approved(stories.trial_sent(newcomer, salesperson, catalogue.igov), officer)
    draft = stories.drafted(
        stories.ordered(newcomer, salesperson, [(catalogue.base, 1)]), salesperson
    )
    stories.approved(sent_for(draft, salesperson, in_days(10)), officer)
    users = [catalogue.igov, catalogue.office, catalogue.users]
    assert quantity_in_force(newcomer, *users, in_days(9)) == 100
    assert quantity_in_force(newcomer, *users, in_days(10)) == 20


# --- on the screens ----------------------------------------------------------------------------


def test_the_form_takes_the_day_and_shows_what_follows(
    ready: LicenceRequest, sales_client: Client
) -> None:
    later = in_days(30)
    response = post(sales_client, ready, form_data(ready, start_on=f"{later:%d/%m/%Y}"))
    assert response.status_code == 302
    text = text_of(sales_client.get(url("request_edit", ready.pk)))
    assert f"{later:%d/%m/%Y} – {term(later, 12).last:%d/%m/%Y}" in text
    assert "Ngày tính theo phê duyệt hôm nay." in text


@pytest.mark.parametrize("typed", ["30/02/2027", "mai"])
def test_a_day_that_is_none_is_refused_and_kept(
    ready: LicenceRequest, sales_client: Client, typed: str
) -> None:
    response = post(sales_client, ready, form_data(ready, start_on=typed))
    assert response.status_code == 422
    assert typed in text_of(response)
    assert "start_on" in response.context["form"].errors


def test_a_day_in_the_past_comes_back_at_the_field(
    ready: LicenceRequest, sales_client: Client
) -> None:
    yesterday = f"{in_days(-1):%d/%m/%Y}"
    data = form_data(ready, start_on=yesterday, intent="send")
    response = post(sales_client, ready, data)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["start_on"]
    assert yesterday in text_of(response)


def test_page_and_desk_show_the_day_and_the_term(
    ready: LicenceRequest, salesperson: User, sales_client: Client, officer_client: Client
) -> None:
    later = in_days(30)
    waiting = sent_for(ready, salesperson, later)
    last = f"{term(later, 12).last:%d/%m/%Y}"
    for client, address in [
        (sales_client, url("request", waiting.pk)),
        (officer_client, f"/ims/requests/{waiting.pk}/"),
    ]:
        text = text_of(client.get(address))
        assert "Ngày bắt đầu đề nghị" in text
        assert last in text


def test_the_subscription_shows_what_has_not_begun(
    ready: LicenceRequest, salesperson: User, officer: User, officer_client: Client
) -> None:
    approval = stories.approved(sent_for(ready, salesperson, in_days(30)), officer)
    text = text_of(officer_client.get(f"/ims/subscriptions/{approval.subscription.pk}/"))
    assert "Chưa đến ngày" in text
