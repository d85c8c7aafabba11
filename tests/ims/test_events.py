"""What a whole story announces: records after each change, small, and nothing about people."""

from __future__ import annotations

import datetime
import json

import pytest
from django.core.serializers.json import DjangoJSONEncoder

from capphep.catalog.models import Item
from capphep.crm.actions.customers import deactivate_customer
from capphep.crm.events import customer_event, order_event
from capphep.crm.models import Customer, Order, OrderLine
from capphep.ims.actions import reject, return_request
from capphep.platform import clock
from capphep.platform.event_types import TYPES
from capphep.platform.models import OutboxEvent, User
from capphep.provisioning.actions.drafts import discard_draft
from capphep.provisioning.actions.sending import recall_request
from capphep.provisioning.models import LicenceRequest
from tests import factories, stories
from tests.factories import SmallCatalogue

pytestmark = [pytest.mark.django_db, pytest.mark.once]

PEOPLE = ("Nguyễn Văn An", "an@example.vn", "0912345678", "Người sales", "Người officer")
MOST_BYTES = 20_000


def events() -> list[OutboxEvent]:
    return list(OutboxEvent.objects.order_by("id"))


def types(start: int = 0) -> list[str]:
    return [event.type for event in events()[start:]]


def in_force(event: OutboxEvent) -> dict[str, int]:
    return {held["resource"]: held["quantity"] for held in event.payload["in_force"]}


def test_a_whole_story_tells_small_events_that_name_nobody(
    waiting: LicenceRequest, officer: User, other_officer: User
) -> None:
    stories.approved(waiting, officer)
    stories.withdrawn(waiting, officer, other_officer, from_day=clock.today())
    for event in events():
        text = json.dumps(event.payload, ensure_ascii=False)
        assert len(text.encode()) < MOST_BYTES
        assert not [name for name in PEOPLE if name in text]
        assert event.type in TYPES
        assert event.customer == waiting.budget_code
        assert event.product or event.type.startswith("customer.")


def test_a_request_moves_its_order_and_both_say_so(waiting: LicenceRequest, officer: User) -> None:
    before = OutboxEvent.objects.count()
    stories.approved(waiting, officer)
    assert types(before) == [
        "request.approved",
        "order.status_changed",
        "entitlement.changed",
        "licence.issued",
    ]
    approved, order, changed, _ = events()[before:]
    assert order.payload["licence_status"] == Order.objects.get().licence_status
    (line,) = approved.payload["lines"]
    assert line["resources"] == [{"resource": "users", "base": 100, "added": 50, "total": 150}]
    assert approved.payload["status"] == "approved"
    assert approved.payload["decided_at"]
    assert changed.payload["effective_on"] == clock.today().isoformat()
    assert in_force(changed) == {"books": 1, "users": 150}


@pytest.mark.parametrize(
    ("verb", "expected"),
    [
        ("recall", ["request.recalled", "order.status_changed"]),
        ("reject", ["request.rejected", "order.status_changed"]),
        ("return", ["request.returned", "order.status_changed"]),
    ],
)
def test_what_ends_the_waiting_says_so(
    waiting: LicenceRequest, officer: User, salesperson: User, verb: str, expected: list[str]
) -> None:
    before = OutboxEvent.objects.count()
    if verb == "recall":
        recall_request(actor=salesperson, request_id=waiting.pk)
    elif verb == "reject":
        reject(actor=officer, request_id=waiting.pk, reason="Sai mã")
    else:
        return_request(actor=officer, request_id=waiting.pk, comment="Xem lại", comments={})
    assert types(before) == expected


def test_drafts_begin_and_end(
    customer: Customer, salesperson: User, catalogue: SmallCatalogue
) -> None:
    order = stories.ordered(customer, salesperson, [(catalogue.users_50, 1)])
    before = OutboxEvent.objects.count()
    request = stories.drafted(order, salesperson)
    discard_draft(actor=salesperson, request_id=request.pk)
    assert types(before) == ["request.created", "request.discarded"]


def test_a_withdrawal_says_what_is_left_on_its_day(
    waiting: LicenceRequest, officer: User, other_officer: User
) -> None:
    stories.approved(waiting, officer)
    before = OutboxEvent.objects.count()
    day = clock.today() + datetime.timedelta(days=10)
    stories.withdrawn(waiting, officer, other_officer, from_day=day)
    assert types(before) == [
        "request.withdrawal_proposed",
        "request.withdrawn",
        "order.status_changed",
        "entitlement.changed",
        "licence.issued",
    ]
    changed = events()[before + 3]
    assert (changed.payload["cause"], changed.payload["effective_on"]) == (
        "withdrawal",
        day.isoformat(),
    )
    assert in_force(changed) == {"books": 1, "users": 100}


def test_what_was_in_force_before_says_so(customer: Customer) -> None:
    (opened,) = OutboxEvent.objects.filter(type="entitlement.changed")
    assert opened.payload["cause"] == "opening"
    assert in_force(opened) == {"books": 1, "users": 100}
    assert all(held["until"] > clock.today().isoformat() for held in opened.payload["in_force"])


def test_a_customer_that_is_no_longer_followed_says_so(
    customer: Customer, salesperson: User
) -> None:
    Customer.objects.update(owner=salesperson, team=salesperson.team)
    deactivate_customer(actor=salesperson, customer_id=customer.pk)
    payload = OutboxEvent.objects.get(type="customer.changed").payload
    assert payload["is_active"] is False


def test_an_order_of_500_lines_is_told_without_them(
    customer: Customer, salesperson: User, catalogue: SmallCatalogue
) -> None:
    order = stories.ordered(customer, salesperson, [(catalogue.users_50, 1)])
    item = Item.objects.first()
    few = [OrderLine(item=item, sku="S" * 60, quantity=1, unit_price=10**12)] * 50
    event = order_event("order.created", order, few * 10)
    assert "lines" not in event.payload
    assert event.payload["line_count"] == 500
    order.description = "ề" * 300
    full = order_event("order.created", order, few)
    assert len(json.dumps(full.payload, cls=DjangoJSONEncoder)) < MOST_BYTES


def test_a_customer_is_told_with_its_governing_unit(db: None) -> None:
    parent = factories.customer("1000001", "UBND Tỉnh")
    unit = factories.customer("1000002", "UBND Xã", parent=parent)
    unit.refresh_from_db()
    payload = customer_event("customer.created", unit).payload
    assert (payload["parent"], payload["sector"]) == ("1000001", None)
