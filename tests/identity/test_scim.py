"""R15 with a real identity provider: found or made, let in and out, and never twice."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from capphep.crm.models import Customer
from capphep.identity.actions import close_due, close_links, send_again
from capphep.identity.delivery import deliver_next
from capphep.identity.models import AccountLink, AdminAccount
from capphep.identity.states import AccountStatus
from capphep.platform import clock
from capphep.platform.audit import entries_of
from capphep.platform.models import OutboxEvent, User
from tests import factories, stories
from tests.factories import SmallCatalogue
from tests.identity.conftest import noted
from tests.identity.providers import Tenant

# The databases differ in races alone: `test_delivery_race.py`.
pytestmark = pytest.mark.once
ONE_DAY = datetime.timedelta(days=1)


def delivered(link: AccountLink) -> AccountLink:
    """The link, once the worker has done all that there is to do."""
    while deliver_next():
        pass
    link.refresh_from_db()
    return link


def closed(link: AccountLink, from_day: datetime.date | None = None) -> None:
    close_links(
        customer=link.customer,
        product=link.product,
        request_no="YC-2026-000009",
        from_day=from_day or clock.today(),
        day=clock.today(),
    )


def events() -> list[str]:
    return list(OutboxEvent.objects.order_by("id").values_list("type", flat=True))


def test_a_person_whom_the_provider_does_not_know_is_made_and_invited(
    link: AccountLink, tenant: Tenant
) -> None:
    assert delivered(link).status == AccountStatus.INVITED
    (user,) = tenant.users()
    assert (user["userName"], user["active"]) == ("an@example.vn", True)
    assert user["externalId"] == str(link.account.uid)
    assert (user["name"]["familyName"], user["name"]["givenName"]) == ("Nguyễn", "An")
    assert user["displayName"] == "Nguyễn Văn An"
    assert user["phoneNumbers"][0]["value"] == "+84912345678"
    account = AdminAccount.objects.get()
    assert (account.provider, account.provider_id) == (tenant.address, user["id"])
    assert (account.next_at, account.error, account.failures) == (None, "", 0)


def test_what_came_of_it_is_told_without_personal_data(link: AccountLink, tenant: Tenant) -> None:
    delivered(link)
    (event,) = OutboxEvent.objects.all()
    assert event.type == "account.invited"
    assert event.payload == {
        "account": link.account_id,
        "external_id": str(link.account.uid),
        "customer": link.customer.budget_code,
        "product": "igov",
        "request_no": "YC-2026-000001",
        "status": "invited",
    }
    entry = entries_of(link.account)[0]
    assert (entry.verb, entry.actor_name, entry.origin) == ("invited", "capphep", "worker")


@pytest.mark.parametrize(
    "known",
    [
        {"user_name": "AN@Example.VN"},
        {"user_name": "an.nguyen", "emails": [{"value": "An@example.vn"}]},
        {"user_name": "an.nguyen", "phoneNumbers": [{"value": "tel:+84912345678"}]},
        {"user_name": "an.nguyen", "phoneNumbers": [{"value": "0912345678"}]},
        {"user_name": "0912345678"},
    ],
    ids=["user name", "e-mail", "phone", "national phone", "phone as user name"],
)
def test_a_person_whom_the_provider_knows_is_linked(
    link: AccountLink, tenant: Tenant, known: dict[str, Any]
) -> None:
    user_id = tenant.add(**known)
    assert delivered(link).status == AccountStatus.LINKED
    assert [user["id"] for user in tenant.users()] == [user_id]
    assert AdminAccount.objects.get().provider_id == user_id
    assert events() == ["account.linked"]


def test_the_e_mail_wins_over_the_phone(link: AccountLink, tenant: Tenant) -> None:
    tenant.add("binh", phoneNumbers=[{"value": "0912345678"}])
    by_email = tenant.add("an", emails=[{"value": "an@example.vn"}])
    delivered(link)
    assert AdminAccount.objects.get().provider_id == by_email


def test_several_who_have_the_e_mail_are_nobodys_to_choose(
    link: AccountLink, tenant: Tenant
) -> None:
    for name in ("an", "an2"):
        tenant.add(name, emails=[{"value": "an@example.vn"}])
    assert delivered(link).status == AccountStatus.FAILED
    assert AdminAccount.objects.get().error == "ambiguous"
    assert len(tenant.users()) == 2


def test_a_person_who_was_locked_out_is_let_in_again(link: AccountLink, tenant: Tenant) -> None:
    tenant.add("an@example.vn", active=False)
    assert delivered(link).status == AccountStatus.LINKED
    assert tenant.users()[0]["active"] is True


def test_a_person_with_a_phone_only_is_made_by_it(
    customer: Customer, catalogue: SmallCatalogue, tenant: Tenant
) -> None:
    link = noted(customer, catalogue, email="", phone="0987654321")
    assert delivered(link).status == AccountStatus.INVITED
    assert [user["userName"] for user in tenant.users()] == ["0987654321"]


def test_several_links_of_one_account_are_one_user(
    link: AccountLink, catalogue: SmallCatalogue, tenant: Tenant
) -> None:
    school = factories.customer("1234568", "Trường Tiểu học Đông Hải")
    second = noted(school, catalogue)
    assert delivered(link).status == AccountStatus.INVITED
    assert delivered(second).status == AccountStatus.INVITED
    third = noted(factories.customer("1234569", "Trường Mầm non Đông Hải"), catalogue)
    assert delivered(third).status == AccountStatus.LINKED
    assert len(tenant.users()) == 1


def test_from_an_approval_to_the_withdrawal_by_two_officers(
    catalogue: SmallCatalogue,
    tenant: Tenant,
    salesperson: User,
    officer: User,
    other_officer: User,
) -> None:
    """The approval asks the provider nothing; the worker does, and again after the withdrawal."""
    unit = factories.customer()
    request = stories.sent(stories.ordered(unit, salesperson, [(catalogue.base, 1)]), salesperson)
    stories.approved(request, officer)
    assert tenant.users() == []
    link = AccountLink.objects.get()
    assert delivered(link).status == AccountStatus.INVITED
    stories.withdrawn(request, officer, other_officer)
    assert tenant.users()[0]["active"] is True
    assert delivered(link).status == AccountStatus.CLOSED
    assert tenant.users()[0]["active"] is False
    assert [type_ for type_ in events() if type_.startswith("account.")] == [
        "account.invited",
        "account.closed",
        "account.deactivated",
    ]


# --- nothing twice -------------------------------------------------------------------------------


def test_an_answer_that_was_lost_makes_no_second_user(link: AccountLink, tenant: Tenant) -> None:
    """The worker was killed between the provider's answer and noting it."""
    tenant.add("an.nguyen", externalId=str(link.account.uid))
    assert delivered(link).status == AccountStatus.INVITED
    assert len(tenant.users()) == 1


def test_delivering_again_changes_nothing(link: AccountLink, tenant: Tenant, officer: User) -> None:
    delivered(link)
    before = tenant.users()
    send_again(actor=officer, link_id=link.pk)
    assert delivered(link).status == AccountStatus.LINKED
    assert tenant.users() == before


def test_a_user_who_was_removed_at_the_provider_is_made_again(
    link: AccountLink, tenant: Tenant, officer: User
) -> None:
    delivered(link)
    tenant.remove(tenant.users()[0]["id"])
    send_again(actor=officer, link_id=link.pk)
    assert delivered(link).status == AccountStatus.INVITED
    assert len(tenant.users()) == 1


def test_another_provider_is_asked_anew(
    link: AccountLink, tenant: Tenant, officer: User, settings: Any
) -> None:
    delivered(link)
    settings.SCIM_URL += "-another"
    send_again(actor=officer, link_id=link.pk)
    assert delivered(link).status == AccountStatus.INVITED
    assert len(Tenant(settings.SCIM_URL).users()) == 1


# --- withdrawn -----------------------------------------------------------------------------------


def test_with_the_last_link_the_user_is_locked_out(link: AccountLink, tenant: Tenant) -> None:
    delivered(link)
    closed(link)
    link.refresh_from_db()
    assert link.status == AccountStatus.CLOSING
    assert delivered(link).status == AccountStatus.CLOSED
    assert tenant.users()[0]["active"] is False
    assert events() == ["account.invited", "account.deactivated"]


def test_as_long_as_another_link_is_open_the_user_stays(
    link: AccountLink, catalogue: SmallCatalogue, tenant: Tenant
) -> None:
    second = noted(factories.customer("1234568", "Trường Tiểu học Đông Hải"), catalogue)
    delivered(link)
    closed(link)
    assert delivered(link).status == AccountStatus.CLOSED
    assert tenant.users()[0]["active"] is True
    assert "account.deactivated" not in events()
    closed(second)
    assert delivered(second).status == AccountStatus.CLOSED
    assert tenant.users()[0]["active"] is False


def test_a_user_who_is_two_accounts_here_stays_for_the_other(
    link: AccountLink, catalogue: SmallCatalogue, tenant: Tenant
) -> None:
    """The e-mail of one and the phone of the other are one person's at the provider."""
    tenant.add("an@example.vn", active=True, phoneNumbers=[{"value": "+84987654321"}])
    school = factories.customer("1234568", "Trường Tiểu học Đông Hải")
    second = noted(school, catalogue, name="Cô An", email="", phone="0987654321")
    delivered(link)
    assert AdminAccount.objects.values("provider_id").distinct().count() == 1
    closed(link)
    assert delivered(link).status == AccountStatus.CLOSED
    assert tenant.users()[0]["active"] is True
    assert "account.deactivated" not in events()
    closed(second)
    delivered(second)
    assert tenant.users()[0]["active"] is False


def test_a_closing_day_to_come_waits_for_its_day(link: AccountLink, tenant: Tenant) -> None:
    delivered(link)
    last_day = clock.today() + 30 * ONE_DAY
    closed(link, last_day)
    close_due(day=last_day - ONE_DAY)
    assert delivered(link).status == AccountStatus.INVITED
    assert tenant.users()[0]["active"] is True
    assert close_due(day=last_day + ONE_DAY) == 1
    assert close_due(day=last_day + ONE_DAY) == 0
    assert delivered(link).status == AccountStatus.CLOSED
    assert tenant.users()[0]["active"] is False


def test_opened_again_before_its_day_nothing_is_sent(
    link: AccountLink, catalogue: SmallCatalogue, tenant: Tenant
) -> None:
    delivered(link)
    closed(link, clock.today() + ONE_DAY)
    again = noted(link.customer, catalogue)
    assert (again.pk, again.closed_from, again.status) == (link.pk, None, AccountStatus.INVITED)
    assert close_due(day=clock.today() + 2 * ONE_DAY) == 0
    assert events() == ["account.invited"]


def test_opened_again_afterwards_the_same_user_is_let_in(
    link: AccountLink, catalogue: SmallCatalogue, tenant: Tenant
) -> None:
    delivered(link)
    closed(link)
    delivered(link)
    noted(link.customer, catalogue)
    assert delivered(link).status == AccountStatus.LINKED
    (user,) = tenant.users()
    assert user["active"] is True


def test_somebody_who_was_never_linked_is_left_alone(link: AccountLink, tenant: Tenant) -> None:
    """Withdrawn before the worker came by: a person with that e-mail is not ours to lock out."""
    tenant.add("an@example.vn", active=True)
    closed(link)
    assert delivered(link).status == AccountStatus.CLOSED
    assert tenant.users()[0]["active"] is True


def test_a_user_made_with_a_lost_answer_is_locked_out_too(
    link: AccountLink, tenant: Tenant
) -> None:
    tenant.add("an@example.vn", externalId=str(link.account.uid), active=True)
    closed(link)
    assert delivered(link).status == AccountStatus.CLOSED
    assert tenant.users()[0]["active"] is False


def test_a_user_who_is_gone_needs_no_locking_out(link: AccountLink, tenant: Tenant) -> None:
    delivered(link)
    tenant.remove(tenant.users()[0]["id"])
    closed(link)
    assert delivered(link).status == AccountStatus.CLOSED


def test_a_wrong_token_is_said_and_tried_again(
    link: AccountLink, tenant: Tenant, settings: Any, officer: User
) -> None:
    settings.SCIM_TOKEN = "another"
    assert delivered(link).status == AccountStatus.FAILED
    account = AdminAccount.objects.get()
    assert (account.error, account.error_status, account.failures) == ("token", 401, 1)
    assert account.next_at is not None
    settings.SCIM_TOKEN = "tests-token"
    send_again(actor=officer, link_id=link.pk)
    assert delivered(link).status == AccountStatus.INVITED
    assert events() == ["account.failed", "account.invited"]
