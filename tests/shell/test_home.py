"""Home: what waits for each role."""

from __future__ import annotations

import pytest
from django.test import Client

from capphep.catalog.models import Item
from capphep.crm.actions.order_following import deactivate_order
from capphep.crm.models import Customer
from capphep.ims.actions import reject, take
from capphep.platform import clock
from capphep.platform.models import User
from capphep.provisioning.models import LicenceRequest
from capphep.reporting.keeping import keep_up
from capphep.reporting.models import EndFact
from tests import factories, stories
from tests.conftest import signed_in
from tests.factories import SmallCatalogue
from tests.plumbing.sql_counts import Counter

pytestmark = pytest.mark.django_db
HOME = "/"


def parts_of(client: Client) -> dict[str, list[str]]:
    """By part, the numbers that it lists."""
    response = client.get(HOME)
    assert response.status_code == 200
    return {part.key: [row.number for row in part.rows] for part in response.context["parts"]}


class Desk:
    """Makes orders and requests of ``salesperson``, each for a new customer."""

    def __init__(self, catalogue: SmallCatalogue, salesperson: User, officer: User) -> None:
        self.catalogue = catalogue
        self.salesperson = salesperson
        self.officer = officer

    def customer(self) -> Customer:
        number = Customer.objects.count()
        customer = factories.customer(f"{1000000 + number}", f"UBND Xã số {number}")
        stories.opened(customer, self.catalogue, request_no=f"YC-2026-9{number:05d}")
        return customer

    def draft(self) -> LicenceRequest:
        item: Item = self.catalogue.users_50
        order = stories.ordered(self.customer(), self.salesperson, [(item, 1)])
        return stories.drafted(order, self.salesperson)

    def waiting(self) -> LicenceRequest:
        item: Item = self.catalogue.users_50
        order = stories.ordered(self.customer(), self.salesperson, [(item, 1)])
        return stories.sent(order, self.salesperson)

    def rejected(self) -> LicenceRequest:
        request = self.waiting()
        reject(actor=self.officer, request_id=request.pk, reason="Thiếu chữ ký")
        return request

    def approved(self) -> LicenceRequest:
        request = self.waiting()
        stories.approved(request, self.officer)
        return request


@pytest.fixture
def desk(catalogue: SmallCatalogue, salesperson: User, officer: User) -> Desk:
    return Desk(catalogue, salesperson, officer)


def test_a_salesperson_finds_what_is_theirs_to_do(desk: Desk, sales_client: Client) -> None:
    draft, waiting, rejected = desk.draft(), desk.waiting(), desk.rejected()
    desk.approved()
    parts = parts_of(sales_client)
    assert parts["draft"] == [draft.request_no]
    assert parts["waiting"] == [waiting.request_no]
    assert parts["rejected"] == [rejected.request_no]
    assert len(parts["orders"]) == 4
    page = sales_client.get(HOME).content.decode()
    assert "Thiếu chữ ký" in page
    assert f"/requests/{draft.pk}/edit" in page and f"/requests/{rejected.pk}/" in page


def test_with_an_order_that_is_given_up_nothing_is_to_be_done(
    desk: Desk, sales_client: Client
) -> None:
    draft, rejected, kept = desk.draft(), desk.rejected(), desk.draft()
    for request in (draft, rejected):
        order = request.order
        assert order
        order.refresh_from_db()
        deactivate_order(actor=desk.salesperson, order_id=order.pk, seen_version=order.version)
    parts = parts_of(sales_client)
    assert (parts["draft"], parts.get("rejected", [])) == ([kept.request_no], [])
    assert parts["orders"] == [kept.order.order_no]


def test_a_rejection_is_done_with_once_the_request_is_raised_again(
    desk: Desk, sales_client: Client
) -> None:
    rejected = desk.rejected()
    again = stories.sent(rejected.order, desk.salesperson)
    parts = parts_of(sales_client)
    assert parts["rejected"] == []
    assert parts["waiting"] == [again.request_no]


def test_what_was_returned_comes_first_with_what_was_said(desk: Desk, sales_client: Client) -> None:
    desk.draft()
    general, at_fields = desk.waiting(), desk.waiting()
    stories.returned(general, desk.officer, "Xem lại giúp.")
    stories.returned(at_fields, desk.officer, "", {"level": "Cấp nào?", "note": "Rõ hơn."})
    assert next(iter(parts_of(sales_client))) == "returned"
    page = sales_client.get(HOME).content.decode()
    assert "Xem lại giúp." in page
    # PostgreSQL keeps the keys of a JSON object in an order of its own.
    assert "Cấp nào?; Rõ hơn." in page or "Rõ hơn.; Cấp nào?" in page
    assert f"/requests/{general.pk}/edit" in page
    stories.sent_again(general, desk.salesperson)
    assert parts_of(sales_client)["returned"] == [at_fields.request_no]


def test_a_colleagues_work_is_not_mine(
    desk: Desk, colleague: User, other_salesperson: User
) -> None:
    desk.draft(), desk.waiting()
    for person in (colleague, other_salesperson):
        assert not any(parts_of(signed_in(person)).values())


def test_an_officer_finds_the_queue_longest_waiting_first(
    desk: Desk, officer_client: Client, other_officer: User
) -> None:
    first, second, done = desk.waiting(), desk.waiting(), desk.approved()
    desk.draft()
    parts = parts_of(officer_client)
    assert parts["queue"] == [first.request_no, second.request_no]
    assert parts["decided"] == [done.request_no]
    others = parts_of(signed_in(other_officer))
    assert (len(others["queue"]), others["decided"]) == (2, [])


def test_an_auditor_finds_queue_decisions_and_orders(desk: Desk, auditor_client: Client) -> None:
    waiting, done = desk.waiting(), desk.approved()
    parts = parts_of(auditor_client)
    assert parts["queue"] == [waiting.request_no]
    assert parts["decided"] == [done.request_no]
    assert len(parts["orders"]) == 2


def test_an_administrator_finds_the_figures(desk: Desk, admin_client: Client) -> None:
    desk.waiting()
    figures = [each.value for each in admin_client.get(HOME).context["figures"]]
    # Users: salesperson, officer and the administrator; the small catalogue; one customer;
    # accounts and deliveries that failed.
    assert figures == [3, 2, 4, 1, 0, 0]


def figures_of(client: Client) -> dict[str, int]:
    return {str(each.label): each.value for each in client.get(HOME).context["figures"]}


def listed(client: Client, url: str) -> int:
    """How long the list behind a figure is."""
    context = client.get(url).context
    if "page" in context:
        return int(context["page"].count)
    return int(context["report"].tiles[0].text)


def test_each_figure_is_the_length_of_the_list_behind_it(
    desk: Desk, request: pytest.FixtureRequest
) -> None:
    desk.draft(), desk.waiting(), desk.rejected(), desk.approved(), desk.approved()
    stories.returned(desk.waiting(), desk.officer, "Xem lại giúp.")
    take(actor=desk.officer, request_id=desk.waiting().pk)
    while keep_up():
        pass
    EndFact.objects.filter(pk=EndFact.objects.first().pk).update(ends_on=clock.today())  # type: ignore[union-attr]
    for who in ("sales", "manager", "officer", "auditor", "admin"):
        client: Client = request.getfixturevalue(f"{who}_client")
        for each in client.get(HOME).context["figures"]:
            if not each.text:
                assert listed(client, each.url) == each.value, (who, each.label)
    own = figures_of(request.getfixturevalue("sales_client"))
    assert (own["Bản nháp của tôi"], own["Duyệt hôm nay"]) == (1, 2)


def test_a_manager_sees_the_month_and_who_waits_longest(
    desk: Desk, manager_client: Client, team_manager: User, other_salesperson: User
) -> None:
    first, _second = desk.waiting(), desk.waiting()
    desk.approved(), desk.rejected()
    while keep_up():
        pass
    for client in (manager_client, signed_in(team_manager)):
        context = client.get(HOME).context
        assert context["figures"][0].value == 4 * 5_000_000
        assert [part.key for part in context["parts"]][:2] == ["queue", "ending"]
        assert context["parts"][0].rows[0].number == first.request_no
        assert client.get(context["parts"][0].url).status_code == 200
        # Two wait, one was approved, one was turned down: the bar leaves nothing out.
        parts = [part.text for bar in context["funnel"][0].bars for part in bar.parts]
        assert parts == ["2", "1", "1"]
    assert signed_in(other_salesperson).get(HOME).context["figures"][-1].value == 0


@pytest.mark.parametrize("who", ["sales", "manager", "officer", "auditor", "admin"])
def test_an_empty_home_says_so_and_every_link_of_it_works(
    who: str, request: pytest.FixtureRequest
) -> None:
    client: Client = request.getfixturevalue(f"{who}_client")
    response = client.get(HOME)
    links = [part.url for part in response.context["parts"]]
    links += [figure.url for figure in response.context["figures"]]
    links += [response.context["primary"].url] if response.context["primary"] else []
    for link in links:
        assert client.get(link).status_code == 200, link


@pytest.mark.parametrize("who", ["sales", "manager", "officer", "auditor", "admin"])
def test_home_costs_the_same_however_much_waits(
    who: str, desk: Desk, request: pytest.FixtureRequest, statements: Counter
) -> None:
    client: Client = request.getfixturevalue(f"{who}_client")
    for _ in range(8):
        desk.draft(), desk.waiting(), desk.rejected(), desk.approved()
    with statements(f"shell.home.{who}", at_most=22):
        client.get(HOME)
