"""No list, page, search or answer of the API gives a phone or an e-mail to whom it is masked."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.http import QueryDict
from django.test import Client

from capphep.crm.actions.contacts import add_contact
from capphep.crm.customer_rules import ContactInput
from capphep.crm.models import Customer
from capphep.identity.models import AdminAccount
from capphep.platform import personal
from capphep.platform.api import Scope
from capphep.platform.lists import column_cells, narrowed, source_named
from capphep.platform.models import OptionValue, PersonalAccess, User
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import RequestStatus
from capphep.pure.errors import Forbidden
from tests import factories, stories
from tests.factories import SmallCatalogue
from tests.integration.apis import program

pytestmark = pytest.mark.django_db
# The numbers and addresses of all people in the stories and below, none of them the vendor's own.
LEAK = re.compile(r"09\d{8}|0225312345|[a-z0-9.]+@example\.vn")


@pytest.fixture
def customer(salesperson: User, officer: User, catalogue: SmallCatalogue) -> Customer:
    """A unit with a request that was returned, sent again and approved, and one that changes it."""
    unit = factories.customer(owner=salesperson, team=salesperson.team, phone="0225312345")
    Customer.objects.update(email="don.vi@example.vn")
    person = ContactInput(full_name="Nam", phone="0987000111", email="nam@example.vn")
    add_contact(actor=salesperson, customer_id=unit.pk, typed=person)
    stories.opened(unit, catalogue)
    request = stories.sent(
        stories.ordered(unit, salesperson, [(catalogue.users_50, 1)]), salesperson
    )
    stories.returned(request, officer, comments={"admin_phone": "Không gọi được."})
    changed = {"admin_phone": "0987000222", "admin_email": "moi@example.vn"}
    request = stories.sent_again(request, salesperson, **changed)
    stories.approved(LicenceRequest.objects.get(pk=request.pk), officer)
    other = {"unit_phone": "0987000333", "admin_name": "Trần Thị Bình", "admin_email": ""}
    stories.info_change_sent(unit, salesperson, catalogue.igov, **other)
    User.objects.update(email="nhan.vien@example.vn")
    return Customer.objects.get()


def cells_of(name: str, actor: User) -> Iterator[str]:
    """Every column of the list, shown or not, of each row; the menus and the titles too."""
    source, query = source_named(name), QueryDict()
    spec = source.of(query).spec(actor)
    for row in narrowed(source, actor, query):
        yield from (str(value) for _kind, value in column_cells(spec.columns, row))


def test_no_column_of_any_list_shows_one_to_an_auditor(
    customer: Customer, auditor: User, administrator: User
) -> None:
    shown: dict[str, list[str]] = {}
    for name in settings.LISTS:
        try:
            with personal.viewing(auditor):
                shown[name] = list(cells_of(name, auditor))
        except Forbidden:
            continue
    assert len(shown) > 12
    assert {name: LEAK.findall(" ".join(cells)) for name, cells in shown.items()} == {
        name: [] for name in shown
    }
    assert any("***@…" in cell for cell in shown["crm.customers"])
    assert any("***@…" in cell for cell in shown["identity.accounts"])
    assert not PersonalAccess.objects.exists()


def test_no_page_shows_one_to_an_auditor(customer: Customer, auditor_client: Client) -> None:
    order = customer.orders.get()
    pages = [
        f"/crm/customers/{customer.pk}/",
        f"/crm/orders/{order.pk}/",
        f"/accounts/{AdminAccount.objects.first().pk}/",  # type: ignore[union-attr]
        "/search?q=0987000",
        "/search/suggestions?q=0987000",
    ]
    for request in LicenceRequest.objects.all():
        pages += [f"/requests/{request.pk}/", f"/ims/requests/{request.pk}/"]
        pages += [f"/requests/{request.pk}/rounds/1"]
    found = {}
    for page in pages:
        answer = auditor_client.get(page)
        assert answer.status_code == 200, page
        found[page] = LEAK.findall(answer.content.decode())
    assert found == {page: [] for page in pages}


def test_for_whom_they_are_masked_a_part_of_one_finds_nobody(
    customer: Customer, auditor_client: Client, auditor: User, officer_client: Client
) -> None:
    def found(client: Client, text: str) -> bool:
        pages = ("/search/suggestions", "/crm/customers/", "/ims/subscriptions/", "/accounts/")
        answers = [client.get(page, {"q": text}).content.decode() for page in pages]
        links = (f"/crm/customers/{customer.pk}/", customer.name, "Trần Thị Bình")
        return any(link in each for link in links for each in answers)

    reader = program(auditor, *Scope)
    code, wholes = customer.budget_code, ("0987000111", "0225312345", "0987000222")
    for part in ("0987", "098700011", "022531234", "moi", "moi@exa"):
        assert found(officer_client, part), part
        assert not found(auditor_client, part), part
        assert code not in reader.get(f"/customers?q={part}").content.decode()
    for whole in (*wholes, "moi@example.vn", code[:4]):
        assert found(auditor_client, whole), whole


def test_the_form_of_an_order_is_filled_in_only_for_who_writes_orders(
    customer: Customer, auditor_client: Client, officer_client: Client
) -> None:
    for client in (auditor_client, officer_client):
        answer = client.get("/crm/orders/autofill", {"customer": customer.pk})
        assert answer.status_code == 403


def test_an_officer_to_whom_they_are_masked_returns_a_request_without_seeing_one(
    customer: Customer, officer_client: Client
) -> None:
    OptionValue.objects.create(key="personal_full_roles", value=[])
    waiting = LicenceRequest.objects.get(status=RequestStatus.WAITING)
    page = officer_client.get(f"/ims/requests/{waiting.pk}/return").content.decode()
    assert "***@…" in page or "** ***" in page
    assert LEAK.findall(page) == []


def test_the_api_gives_none_to_a_token_of_an_auditor(customer: Customer, auditor: User) -> None:
    reader = program(auditor, *Scope)
    code, order = customer.budget_code, customer.orders.get()
    request = LicenceRequest.objects.filter(order=order).get()
    for path in (
        "customers",
        f"customers/{code}",
        f"customers/{code}/contacts",
        f"orders/{order.order_no}",
        f"requests/{request.request_no}",
        f"requests/{request.request_no}/review",
    ):
        answer = reader.get(f"/{path}")
        assert answer.status_code == 200, path
        assert LEAK.findall(answer.content.decode()) == [], path
