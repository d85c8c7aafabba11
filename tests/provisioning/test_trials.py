"""Trials: opened for a customer, granted by the catalogue, followed by a sale without loss."""

from __future__ import annotations

import datetime

import pytest

from capphep.catalog.models import Product
from capphep.crm.models import Customer
from capphep.crm.queries.customers import ownership_of
from capphep.entitlements.models import Grant, GrantKind, Subscription
from capphep.entitlements.queries import ledger_differences, quantity_in_force
from capphep.identity.models import AccountLink
from capphep.ims.actions import approve
from capphep.platform import clock
from capphep.platform.audit import entries_of
from capphep.platform.models import User
from capphep.platform.roles import SYSTEM
from capphep.provisioning.actions import drafts, extras
from capphep.provisioning.actions.sending import send_request
from capphep.provisioning.actions.without_order import open_trial
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.queries import lines_of, visible_requests
from capphep.provisioning.states import RequestKind, RequestStatus
from capphep.pure.errors import Forbidden, Invalid, Invalids, NotFound
from tests import factories, stories
from tests.factories import SmallCatalogue
from tests.provisioning.conftest import OF_OFFICE, set_schema, sums


@pytest.fixture
def customer(catalogue: SmallCatalogue, salesperson: User) -> Customer:
    """A unit that has nothing yet."""
    unit = factories.customer(owner=salesperson, team=salesperson.team, address="Thôn Đông")
    factories.contact(unit, email="an@example.vn")
    return unit


def opened(customer: Customer, salesperson: User, product: Product) -> LicenceRequest:
    return open_trial(actor=salesperson, customer_id=customer.pk, product_id=product.pk)


def users_of(
    customer: Customer, catalogue: SmallCatalogue, day: datetime.date | None = None
) -> int:
    return quantity_in_force(
        customer, catalogue.igov, catalogue.office, catalogue.users, day or clock.today()
    )


# --- opening -----------------------------------------------------------------------------------


def test_a_trial_has_the_lines_of_the_catalogue_and_the_data_of_the_customer(
    customer: Customer, salesperson: User, catalogue: SmallCatalogue
) -> None:
    draft = opened(customer, salesperson, catalogue.igov)
    assert (draft.kind, draft.order, draft.amount) == (RequestKind.TRIAL, None, 0)
    assert (draft.unit_name, draft.unit_address) == (customer.name, "Thôn Đông")
    assert (draft.admin_name, draft.admin_email) == ("Nguyễn Văn An", "an@example.vn")
    assert sums(draft) == [("accounting", 1, 0, 1, 1), ("office", 1, 0, 100, 100)]
    assert (draft.created_by, draft.team) == (salesperson, salesperson.team)
    assert [entry.verb for entry in entries_of(draft)] == ["created"]


def test_opening_again_gives_the_open_one_also_while_it_waits(
    customer: Customer, salesperson: User, catalogue: SmallCatalogue
) -> None:
    waiting = stories.trial_sent(customer, salesperson, catalogue.igov)
    assert opened(customer, salesperson, catalogue.igov) == waiting
    assert LicenceRequest.objects.count() == 1


def test_two_teams_do_not_open_the_same_trial_of_a_unit_in_the_pool(
    salesperson: User, other_salesperson: User, catalogue: SmallCatalogue
) -> None:
    unit = factories.customer("1111111")
    opened(unit, salesperson, catalogue.igov)
    with pytest.raises(Invalid) as refused:
        opened(unit, other_salesperson, catalogue.igov)
    assert refused.value.code == "open_elsewhere"


@pytest.mark.parametrize("role", ["officer", "auditor", "administrator"])
def test_only_salespeople_open_a_trial(
    customer: Customer, catalogue: SmallCatalogue, role: str, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(Forbidden):
        opened(customer, request.getfixturevalue(role), catalogue.igov)


def test_no_command_opens_a_trial(customer: Customer, catalogue: SmallCatalogue) -> None:
    with pytest.raises(Forbidden):
        open_trial(actor=SYSTEM, customer_id=customer.pk, product_id=catalogue.igov.pk)


def test_a_colleagues_customer_is_refused_and_another_teams_unknown(
    customer: Customer, colleague: User, other_salesperson: User, catalogue: SmallCatalogue
) -> None:
    with pytest.raises(Forbidden):
        opened(customer, colleague, catalogue.igov)
    with pytest.raises(NotFound):
        opened(customer, other_salesperson, catalogue.igov)


def test_a_product_that_does_not_exist_is_not_found(customer: Customer, salesperson: User) -> None:
    with pytest.raises(NotFound):
        open_trial(actor=salesperson, customer_id=customer.pk, product_id=10**12)


def test_a_customer_that_is_no_longer_followed_gets_no_trial(
    customer: Customer, salesperson: User, catalogue: SmallCatalogue
) -> None:
    Customer.objects.update(is_active=False)
    with pytest.raises(Invalid) as refused:
        opened(customer, salesperson, catalogue.igov)
    assert refused.value.code == "customer_inactive"


def test_a_product_without_trial_is_refused(
    customer: Customer, salesperson: User, catalogue: SmallCatalogue
) -> None:
    with pytest.raises(Invalid) as refused:
        opened(customer, salesperson, catalogue.ihos)
    assert (refused.value.code, refused.value.rule) == ("not_for_trial", "R8")


def test_who_owns_the_product_buys_more_instead(
    customer: Customer, salesperson: User, catalogue: SmallCatalogue
) -> None:
    stories.opened(customer, catalogue)
    with pytest.raises(Invalid, match="add-on") as refused:
        opened(customer, salesperson, catalogue.igov)
    assert refused.value.code == "already_owned"


# --- sending and approving -----------------------------------------------------------------------


def test_a_trial_needs_no_evidence_and_grants_what_the_catalogue_gives(
    customer: Customer, salesperson: User, officer: User, catalogue: SmallCatalogue
) -> None:
    waiting = stories.trial_sent(customer, salesperson, catalogue.igov)
    assert waiting.status == RequestStatus.WAITING
    stories.approved(waiting, officer)
    assert users_of(customer, catalogue) == 100
    assert set(Grant.objects.values_list("kind", flat=True)) == {GrantKind.TRIAL}
    assert not ownership_of(customer.pk, catalogue.igov.pk, clock.today()).until
    assert AccountLink.objects.get().customer == customer
    assert not list(ledger_differences())


def test_a_second_trial_is_refused_while_the_first_runs(
    customer: Customer, salesperson: User, officer: User, catalogue: SmallCatalogue
) -> None:
    stories.approved(stories.trial_sent(customer, salesperson, catalogue.igov), officer)
    with pytest.raises(Invalid) as refused:
        opened(customer, salesperson, catalogue.igov)
    assert refused.value.code == "trial_running"


def test_a_trial_is_not_sent_to_who_bought_meanwhile(
    customer: Customer, salesperson: User, catalogue: SmallCatalogue
) -> None:
    draft = opened(customer, salesperson, catalogue.igov)
    stories.opened(customer, catalogue)
    with pytest.raises(Invalids) as refused:
        stories.send(draft, salesperson)
    assert [one.code for one in refused.value.refusals] == ["already_owned"]


def test_a_trial_is_not_approved_for_who_bought_meanwhile(
    customer: Customer, salesperson: User, officer: User, catalogue: SmallCatalogue
) -> None:
    waiting = stories.trial_sent(customer, salesperson, catalogue.igov)
    stories.opened(customer, catalogue)
    with pytest.raises(Invalid) as refused:
        stories.approved(waiting, officer)
    assert refused.value.code == "already_owned"
    assert users_of(customer, catalogue) == 100
    waiting.refresh_from_db()
    assert waiting.status == RequestStatus.WAITING


# --- a sale after it -----------------------------------------------------------------------------


@pytest.fixture
def tried(
    customer: Customer, salesperson: User, officer: User, catalogue: SmallCatalogue
) -> LicenceRequest:
    """An approved trial with additional information of its own."""
    set_schema(catalogue.office, OF_OFFICE)
    draft = opened(customer, salesperson, catalogue.igov)
    values = {"using_unit": "1234567", "departments": "3"}
    extras.save_extra(
        actor=salesperson, request_id=draft.pk, line_id=lines_of(draft)[1].pk, values=values
    )
    typed = stories.complete_fields(draft) | {
        "admin_name": "Trần Thị Bình",
        "admin_email": "binh@example.vn",
        "admin_phone": "0987654321",
        "admin_position": "Kế toán",
        "unit_phone": "0912345678",
        "write_back": False,
    }
    waiting = send_request(
        actor=salesperson, request_id=draft.pk, seen_version=draft.version, values=typed
    )
    return stories.approved(waiting, officer).request


def test_a_sale_after_a_trial_begins_with_the_trials_data(
    tried: LicenceRequest, customer: Customer, salesperson: User, catalogue: SmallCatalogue
) -> None:
    order = stories.ordered(customer, salesperson, [(catalogue.base, 1)])
    draft = drafts.open_request(actor=salesperson, order_id=order.pk)
    assert draft.kind == RequestKind.NEW
    for name in drafts.KEPT_AFTER_TRIAL:
        assert getattr(draft, name) == getattr(tried, name), name
    assert draft.admin_name == "Trần Thị Bình"
    by_module = {line.module.code: line.extra for line in lines_of(draft)}
    assert by_module["office"] == {"using_unit": "1234567", "departments": 3}
    assert sums(draft) == [("accounting", 12, 0, 1, 1), ("office", 12, 0, 20, 20)]


def test_a_sale_ends_the_trial_and_keeps_subscription_and_account(
    tried: LicenceRequest,
    customer: Customer,
    salesperson: User,
    officer: User,
    catalogue: SmallCatalogue,
) -> None:
    order = stories.ordered(customer, salesperson, [(catalogue.base, 1)])
    draft = stories.drafted(order, salesperson)
    sale = send_request(
        actor=salesperson, request_id=draft.pk, seen_version=draft.version, values={}
    )
    stories.approved(sale, officer)
    assert users_of(customer, catalogue) == 20
    assert Subscription.objects.count() == 1
    assert AccountLink.objects.count() == 1
    assert ownership_of(customer.pk, catalogue.igov.pk, clock.today()).until
    assert not list(ledger_differences())


def test_a_lapsed_trial_ends_nothing_and_still_gives_its_data(
    tried: LicenceRequest,
    customer: Customer,
    salesperson: User,
    catalogue: SmallCatalogue,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    later = clock.today() + datetime.timedelta(days=60)
    monkeypatch.setattr(clock, "today", lambda: later)
    order = stories.ordered(customer, salesperson, [(catalogue.base, 1)])
    draft = drafts.open_request(actor=salesperson, order_id=order.pk)
    assert draft.admin_name == "Trần Thị Bình"


def test_after_a_sale_the_trial_is_history(
    tried: LicenceRequest,
    customer: Customer,
    salesperson: User,
    officer: User,
    catalogue: SmallCatalogue,
) -> None:
    order = stories.ordered(customer, salesperson, [(catalogue.base, 1)])
    stories.approved(stories.sent(order, salesperson), officer)
    more = stories.ordered(customer, salesperson, [(catalogue.users_50, 1)])
    draft = drafts.open_request(actor=salesperson, order_id=more.pk)
    assert draft.admin_name == "Nguyễn Văn An"


def test_of_two_new_sales_the_second_is_refused_at_the_approval(
    customer: Customer, salesperson: User, officer: User, catalogue: SmallCatalogue
) -> None:
    waiting = [
        stories.sent(stories.ordered(customer, salesperson, [(catalogue.base, 1)]), salesperson)
        for _ in range(2)
    ]
    stories.approved(waiting[0], officer)
    with pytest.raises(Invalid) as refused:
        approve(
            actor=officer,
            request_id=waiting[1].pk,
            seen=stories.seen_by_officer(waiting[1]),
        )
    assert refused.value.code == "already_owned"
    assert users_of(customer, catalogue) == 20


def test_the_desk_sees_a_trial_once_it_was_sent(
    customer: Customer, salesperson: User, officer: User, catalogue: SmallCatalogue
) -> None:
    draft = opened(customer, salesperson, catalogue.igov)
    assert not visible_requests(officer).exists()
    stories.send(draft, salesperson)
    assert visible_requests(officer).get() == draft
