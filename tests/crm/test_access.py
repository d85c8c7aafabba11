"""Every address of customers, opportunities and projects, asked by every role."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from capphep.crm.models import Customer, Opportunity, SalesProject
from capphep.crm.urls import customer_urls, opportunity_urls, project_urls
from capphep.platform.models import User
from tests import factories
from tests.conftest import signed_in

READ = {
    "customer_list",
    "customer_picker",
    "parent_picker",
    "province_picker",
    "sector_picker",
    "salesperson_picker",
    "customer",
    "customer_glance",
    "opportunity_list",
    "opportunity_picker",
    "opportunity",
    "project_list",
    "project_picker",
    "project",
}
# Addresses that only write send a GET to the record's page.
POST_ONLY = {
    "customer_reactivate",
    "opportunity_move",
    "project_reactivate",
}
ALL = [*customer_urls, *opportunity_urls, *project_urls]
NAMES = [str(each.name) for each in ALL]


class House:
    """One record of each kind, all of ``salesperson``."""

    def __init__(self, owner: User) -> None:
        self.customer = factories.customer(owner=owner, team=owner.team)
        self.contact = factories.contact(self.customer)
        self.opportunity = Opportunity.objects.create(
            name="Mua thêm", customer=self.customer, salesperson=owner, team=owner.team
        )
        self.project = SalesProject.objects.create(code="A1", name="Chiến dịch")

    def address(self, pattern: URLPattern) -> str:
        name = str(pattern.name)
        kind = name.split("_")[0]
        record = {"contact": self.customer}.get(kind) or getattr(self, kind, None)
        values = {
            "pk": record.pk if record else 0,
            "contact_pk": self.contact.pk,
            "verb": "win",
        }
        wanted = pattern.pattern.converters
        return reverse(f"crm:{name}", kwargs={key: values[key] for key in wanted})


@pytest.fixture
def house(salesperson: User) -> House:
    return House(salesperson)


def statuses(client: Client, house: House, method: str) -> Iterable[tuple[str, int]]:
    for pattern in ALL:
        ask = client.get if method == "GET" else client.post
        yield str(pattern.name), ask(house.address(pattern)).status_code


def test_readers_read_everything_and_write_nothing(
    officer: User, auditor: User, administrator: User, house: House
) -> None:
    for reader in (officer, auditor, administrator):
        client = signed_in(reader)
        for name, status in statuses(client, house, "GET"):
            expected = 200 if name in READ else 302 if name in POST_ONLY else 403
            assert (name, status) == (name, expected)
        for name, status in statuses(client, house, "POST"):
            assert (name, status) == (name, 200 if name in READ else 403)


def test_the_owner_opens_every_page(salesperson: User, house: House) -> None:
    for name, status in statuses(signed_in(salesperson), house, "GET"):
        assert (name, status) == (name, 302 if name in POST_ONLY else 200)


def test_a_colleague_reads_what_is_the_teams_and_changes_only_what_is_everyones(
    colleague: User, house: House
) -> None:
    free = READ | {"customer_new", "opportunity_new"}
    for name, status in statuses(signed_in(colleague), house, "GET"):
        everyones = name in free or name.startswith("project")
        expected = 302 if name in POST_ONLY else 200 if everyones else 403
        assert (name, status) == (name, expected)
    for name, status in statuses(signed_in(colleague), house, "POST"):
        if name not in free and not name.startswith("project"):
            assert (name, status) == (name, 403)


def test_another_teams_records_are_not_found(other_salesperson: User, house: House) -> None:
    everyones = {"customer_list", "customer_new", "customer_picker", "parent_picker"}
    everyones |= {"province_picker", "sector_picker", "salesperson_picker"}
    everyones |= {"opportunity_list", "opportunity_new", "opportunity_picker"}
    for method in ("GET", "POST"):
        for name, status in statuses(signed_in(other_salesperson), house, method):
            if name in everyones or name.startswith("project"):
                continue
            expected = 302 if method == "GET" and name in POST_ONLY else 404
            assert (name, status) == (name, expected)


def test_who_is_not_signed_in_is_asked_to(client: Client, house: House) -> None:
    for name, status in statuses(client, house, "GET"):
        assert (name, status) == (name, 302)


@pytest.mark.parametrize("pk", [0, 999_999, 2**63, 10**25])
def test_a_record_that_does_not_exist_is_not_found(sales_client: Client, db: None, pk: int) -> None:
    for name in ("customer", "customer_edit", "opportunity", "opportunity_edit", "project"):
        assert sales_client.get(reverse(f"crm:{name}", args=[pk])).status_code == 404
    assert sales_client.post(reverse("crm:customer_deactivate", args=[pk])).status_code == 404


@pytest.mark.parametrize("name", ["customer_edit", "opportunity_edit", "project_edit"])
@pytest.mark.parametrize("version", ["", "x", "-1", str(10**30)])
def test_a_form_without_a_readable_version_is_not_saved(
    sales_client: Client, house: House, name: str, version: str
) -> None:
    record: Customer | Opportunity | SalesProject = getattr(house, name.removesuffix("_edit"))
    response = sales_client.post(
        reverse(f"crm:{name}", args=[record.pk]), {"name": "Khác", "version": version}
    )
    assert response.status_code == 422
