"""Many rows of a list at once: what was seen is what is done, and each row has its answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import F
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from capphep.collaboration.actions.activities import due_key
from capphep.collaboration.models import Activity
from capphep.crm.actions.reassigning import hand_over_customer
from capphep.crm.models import Customer, Opportunity, Order
from capphep.platform import clock, jobs, notices
from capphep.platform.audit import entries_of
from capphep.platform.job_states import JobState
from capphep.platform.lists import source_named
from capphep.platform.models import BackgroundJob, Notice, OutboxEvent, User
from capphep.platform.selection import selected
from capphep.platform.versions import Stale
from capphep.provisioning.models import LicenceRequest
from capphep.pure.errors import Invalid
from capphep.shell.leaving import deactivate_user
from capphep.shell.worker import BACKGROUND
from tests import factories, stories
from tests.conftest import signed_in
from tests.factories import SmallCatalogue
from tests.imports.books import sheets_of
from tests.plumbing.races import losers, race

pytestmark = pytest.mark.django_db


def at(name: str, action: str = "hand-over") -> str:
    return reverse("lists:bulk", args=[name, action])


CUSTOMERS = "crm.customers"


def answered(client: Client, address: str, asked: dict[str, Any], **chosen: Any) -> Any:
    """Ask, and say yes to exactly the question that was put."""
    question = client.get(address, asked)
    assert question.status_code == 200
    return client.post(address, {**dict_of(question.context["hidden"]), **chosen})


def dict_of(hidden: Sequence[tuple[str, object]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in hidden:
        found.setdefault(name, []).append(value)
    return found


def results(response: Any) -> dict[str, str]:
    return {each.label: each.text for each in response.context["results"]}


def units(owner: User, count: int) -> list[Customer]:
    return [
        factories.customer(f"12345{index:02}", f"UBND Xã {index}", owner=owner, team=owner.team)
        for index in range(count)
    ]


def test_ticked_customers_go_to_a_colleague_row_by_row(
    manager_client: Client, salesperson: User, other_salesperson: User
) -> None:
    one, two = units(salesperson, 2)
    theirs = factories.customer("7654321", "UBND Xã Khác", owner=other_salesperson)
    asked = {"id": [one.pk, two.pk, theirs.pk, 999, "x"]}
    response = answered(
        manager_client, at(CUSTOMERS), asked, successor=other_salesperson.pk, with_sales="on"
    )
    assert response.headers["HX-Trigger"] == "record-changed"
    assert results(response) == {
        str(theirs): "Đang do chính người này phụ trách.",
        str(one): "",
        str(two): "",
    }
    one.refresh_from_db()
    assert (one.owner, one.team, one.version) == (other_salesperson, other_salesperson.team, 2)
    entry = entries_of(one)[0]
    assert (entry.verb, entry.before["owner"]) == ("handed_over", "Người sales")
    assert OutboxEvent.objects.filter(type="customer.changed").count() == 2
    assert Notice.objects.get(recipient=other_salesperson).params["count"] == 2


@pytest.fixture
def sold(salesperson: User, catalogue: SmallCatalogue, officer: User) -> Customer:
    """A customer with an approved order, another one with a draft, and an open opportunity."""
    unit = factories.customer(owner=salesperson, team=salesperson.team)
    stories.opened(unit, catalogue)
    done = stories.ordered(unit, salesperson, [(catalogue.users_50, 1)])
    stories.approved(stories.sent(done, salesperson), officer)
    stories.drafted(stories.ordered(unit, salesperson, [(catalogue.users_50, 1)]), salesperson)
    Opportunity.objects.create(
        name="Mua thêm", search_key="mua them", customer=unit, salesperson=salesperson
    )
    return unit


def test_open_sales_and_requests_go_along_and_what_is_done_stays_with_the_name(
    manager_client: Client, sold: Customer, salesperson: User, colleague: User
) -> None:
    answered(
        manager_client, at(CUSTOMERS), {"id": sold.pk}, successor=colleague.pk, with_sales="on"
    )
    done, still = Order.objects.order_by("pk")
    assert (done.salesperson, still.salesperson) == (salesperson, colleague)
    assert Opportunity.objects.get().salesperson == colleague
    approved, draft = LicenceRequest.objects.order_by("pk")
    assert (approved.created_by, draft.created_by) == (salesperson, colleague)
    # What reports count by salesperson follows the events.
    assert OutboxEvent.objects.filter(type="order.changed", subject=still.order_no).exists()


def test_customers_may_go_alone(
    manager_client: Client, sold: Customer, salesperson: User, colleague: User
) -> None:
    answered(manager_client, at(CUSTOMERS), {"id": sold.pk}, successor=colleague.pk)
    assert set(Order.objects.values_list("salesperson", flat=True)) == {salesperson.pk}


def to_do(record: Any, kind: str, person: User, **more: Any) -> Activity:
    return Activity.objects.create(
        record_type=kind,
        record_id=record.pk,
        kind="call",
        subject="Gọi lại",
        due_on=clock.today(),
        assignee=person,
        created_by=person,
        token=uuid4(),
        **more,
    )


@pytest.mark.parametrize("with_sales", [True, False])
def test_what_is_still_to_be_done_goes_along(
    manager_client: Client,
    manager: User,
    sold: Customer,
    salesperson: User,
    colleague: User,
    with_sales: bool,
) -> None:
    chance, order = Opportunity.objects.get(), Order.objects.latest("pk")
    there = to_do(sold, "customer", salesperson)
    to_do(sold, "customer", salesperson, done_at=timezone.now(), done_by=salesperson)
    others = to_do(sold, "customer", manager)
    to_do(Customer(pk=sold.pk + 1), "customer", salesperson)
    of_sales = [
        to_do(chance, "opportunity", salesperson),
        to_do(order, "order", salesperson),
        to_do(LicenceRequest.objects.get(order=order), "request", salesperson),
    ]
    key = due_key(there.pk, there.due_on)
    notices.notify(recipient_id=salesperson.pk, news=notices.News("activity.due", key, "x", "/"))
    chosen = {"with_sales": "on"} if with_sales else {}
    answered(manager_client, at(CUSTOMERS), {"id": sold.pk}, successor=colleague.pk, **chosen)
    for one in Activity.objects.select_related("assignee"):
        gone = one == there or (with_sales and one in of_sales)
        stays = manager if one == others else salesperson
        assert one.assignee == (colleague if gone else stays), one.record_type
    entry = entries_of(there)[0]
    assert (entry.verb, entry.after) == ("handed_over", {"assignee": colleague.full_name})
    # Who had it need not read any more that it is due.
    assert not notices.unread_of(salesperson).filter(key=key).exists()


def test_orders_go_with_their_open_request_and_approved_ones_say_why_not(
    admin_client: Client, sold: Customer, salesperson: User, colleague: User
) -> None:
    done, still = Order.objects.order_by("pk")
    asked = {"id": [done.pk, still.pk]}
    to_do(still, "order", salesperson)
    to_do(Opportunity.objects.get(), "opportunity", salesperson)
    response = answered(admin_client, at("crm.orders"), asked, successor=colleague.pk)
    assert results(response) == {
        f"{done.order_no} · {sold.name}": "Đã kết thúc: việc đã xong giữ tên người bán.",
        f"{still.order_no} · {sold.name}": "",
    }
    assert LicenceRequest.objects.get(order=still).created_by == colleague
    asked = {"id": Opportunity.objects.get().pk}
    response = answered(admin_client, at("crm.opportunities"), asked, successor=colleague.pk)
    assert results(response) == {f"Mua thêm · {sold.name}": ""}
    assert Opportunity.objects.get().salesperson == colleague
    assert set(Activity.objects.values_list("assignee", flat=True)) == {colleague.pk}


def test_customers_are_followed_no_more_and_again(
    manager_client: Client, salesperson: User
) -> None:
    one, two = units(salesperson, 2)
    Customer.objects.filter(pk=two.pk).update(is_active=False)
    asked = {"id": [one.pk, two.pk]}
    response = answered(manager_client, at(CUSTOMERS, "stop-following"), asked)
    assert results(response) == {str(two): "Đã ngừng theo dõi từ trước.", str(one): ""}
    response = answered(manager_client, at(CUSTOMERS, "follow-again"), asked)
    assert set(results(response).values()) == {""}
    assert Customer.objects.filter(is_active=True).count() == 2


def test_each_row_is_done_by_the_rights_of_who_asks(
    salesperson: User, colleague: User, other_salesperson: User
) -> None:
    [own] = units(salesperson, 1)
    theirs = factories.customer("7654321", "Của bạn", owner=colleague, team=colleague.team)
    hidden = factories.customer("7654322", owner=other_salesperson, team=other_salesperson.team)
    client = signed_in(salesperson)
    assert client.get(at(CUSTOMERS), {"id": own.pk}).status_code == 403
    assert client.post(at(CUSTOMERS), {"id": own.pk}).status_code == 403
    assert client.get(at(CUSTOMERS, "nothing")).status_code == 404
    asked = {"id": [own.pk, theirs.pk, hidden.pk]}
    question = client.get(at(CUSTOMERS, "stop-following"), asked)
    assert question.context["selection"].left_out == 1
    response = answered(client, at(CUSTOMERS, "stop-following"), asked)
    refused = results(response)
    assert refused.keys() == {str(own), str(theirs)}
    assert not refused[str(own)]
    assert refused[str(theirs)]
    assert Customer.objects.filter(is_active=False).get() == own


def test_a_team_is_led_within_the_team(
    team_manager: User, salesperson: User, other_salesperson: User
) -> None:
    [own] = units(salesperson, 1)
    client = signed_in(team_manager)
    chosen = {"successor": other_salesperson.pk}
    assert answered(client, at(CUSTOMERS), {"id": own.pk}, **chosen).status_code == 422
    with pytest.raises(Invalid, match="Choose an active salesperson"):
        hand_over_customer(
            actor=team_manager,
            customer_id=own.pk,
            seen_version=1,
            successor_id=other_salesperson.pk,
            with_sales=False,
        )


def test_what_was_changed_after_the_question_is_asked_about_again(
    manager_client: Client, salesperson: User, colleague: User
) -> None:
    one, _two = units(salesperson, 2)
    for asked in ({"id": one.pk}, {"all": "1", "query": "q=UBND"}):
        question = manager_client.get(at(CUSTOMERS), asked)
        Customer.objects.filter(pk=one.pk).update(version=F("version") + 1)
        typed = {**dict_of(question.context["hidden"]), "successor": colleague.pk}
        again = manager_client.post(at(CUSTOMERS), typed)
        assert (again.status_code, again.context["has_changed"]) == (409, True)
    assert not Customer.objects.filter(owner=colleague).exists()


def test_all_results_are_those_of_the_filter_and_no_more_than_are_taken_at_once(
    manager_client: Client, manager: User, salesperson: User, colleague: User
) -> None:
    units(salesperson, 3)
    factories.customer("7654321", "UBND Xã Khác", owner=colleague)
    asked = {"all": "1", "query": f"owner={salesperson.pk}&sort=-budget_code"}
    question = manager_client.get(at(CUSTOMERS), asked)
    assert question.context["count"] == 3
    assert "Người sales" in question.content.decode()
    query = QueryDict("all=1&query=sort%3D-budget_code")
    first = selected(source_named(CUSTOMERS), manager, query, most=2)
    assert first.is_cut
    codes = [Customer.objects.get(pk=key).budget_code for key in first.keys]
    assert codes == ["7654321", "1234502"]


@pytest.mark.django_db(transaction=True)
def test_many_are_done_in_the_background_with_a_workbook_of_answers(
    manager_client: Client, salesperson: User, colleague: User
) -> None:
    found = units(salesperson, 60)
    asked = {"all": "1", "query": "q=UBND"}
    response = answered(manager_client, at(CUSTOMERS), asked, successor=colleague.pk)
    assert response.status_code == 302
    # Between asking and doing, one is edited, and one leaves the list.
    Customer.objects.filter(pk=found[0].pk).update(version=5)
    Customer.objects.filter(pk=found[1].pk).update(name="Khác")
    assert jobs.work_next(BACKGROUND) == 1
    job = BackgroundJob.objects.get()
    assert (job.state, job.done) == (JobState.DONE, 60)
    assert Customer.objects.filter(owner=colleague).count() == 59
    path = jobs.result_of(job)
    assert path
    [rows] = sheets_of(path).values()
    assert len(rows) == 61
    refused = [row for row in rows[1:] if row[2]]
    assert [row[0] for row in refused] == [str(found[0])]
    assert Notice.objects.get(kind="handed_over").params["count"] == 59


@pytest.mark.django_db(transaction=True)
def test_work_that_was_cut_off_goes_on_where_it_stood(
    manager_client: Client,
    salesperson: User,
    colleague: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    units(salesperson, 60)
    answered(manager_client, at(CUSTOMERS), {"all": "1"}, successor=colleague.pk)
    job = BackgroundJob.objects.get()
    gone = Customer.objects.order_by("pk")[25]
    Customer.objects.filter(pk=gone.pk).update(version=9)

    def killed(*_args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as here:
        here.setattr("capphep.platform.bulk.finish", killed)
        with pytest.raises(KeyboardInterrupt):
            jobs.work_next(BACKGROUND)
    BackgroundJob.objects.filter(pk=job.pk).update(next_at=job.created_at)
    assert jobs.work_next(BACKGROUND) == 1
    job.refresh_from_db()
    assert (job.state, job.done) == (JobState.DONE, 60)
    assert set(Customer.objects.filter(owner=colleague).values_list("version", flat=True)) == {2}
    assert Notice.objects.get(kind="handed_over").params["count"] == 59


@pytest.mark.django_db(transaction=True)
def test_of_two_who_hand_over_the_same_customer_one_is_late(
    manager: User, salesperson: User, colleague: User, other_salesperson: User
) -> None:
    [one] = units(salesperson, 1)

    def to(successor: User) -> Callable[[], User | None]:
        return lambda: hand_over_customer(
            actor=manager,
            customer_id=one.pk,
            seen_version=1,
            successor_id=successor.pk,
            with_sales=True,
        )

    outcomes = race([to(colleague), to(other_salesperson)])
    assert [type(each) for each in losers(outcomes)] == [Stale]
    one.refresh_from_db()
    assert one.owner == (colleague if outcomes[0] == salesperson else other_salesperson)
    assert (one.version, entries_of(one).count()) == (2, 1)


@pytest.mark.django_db(transaction=True)
def test_a_customer_never_stays_with_somebody_who_leaves_at_this_moment(
    manager: User,
    administrator: User,
    salesperson: User,
    colleague: User,
    other_salesperson: User,
) -> None:
    [one] = units(salesperson, 1)

    def give() -> object:
        return hand_over_customer(
            actor=manager,
            customer_id=one.pk,
            seen_version=1,
            successor_id=colleague.pk,
            with_sales=True,
        )

    def leave() -> object:
        return deactivate_user(
            actor=administrator,
            user=colleague,
            seen_version=1,
            successor_id=other_salesperson.pk,
        )

    outcomes = race([give, leave])
    one.refresh_from_db()
    assert one.owner
    assert one.owner.is_active
    assert all(isinstance(each, Invalid) for each in losers(outcomes))
