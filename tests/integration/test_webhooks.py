"""Events delivered to a real HTTP server: once each, in order, signed, tried again."""

from __future__ import annotations

import datetime
import threading

import pytest
from django.utils import timezone
from standardwebhooks.webhooks import Webhook

from capphep.integration import courier
from capphep.integration.actions import endpoints as actions
from capphep.integration.courier import Courier
from capphep.integration.endpoint_secrets import signing_secrets
from capphep.integration.models import Attempt, BodyFormat, Delivery, Endpoint, SendError
from capphep.integration.states import DeliveryStatus, EndpointStatus
from capphep.integration.views.shown import history
from capphep.platform.audit import entries_of
from capphep.platform.models import Notice, OutboxEvent, User
from capphep.platform.roles import SYSTEM
from capphep.pure.errors import Conflict
from tests import factories
from tests.factories import SmallCatalogue
from tests.integration.hooks import (
    deliver,
    endpoint,
    failing_for,
    hook,
    let_time_pass,
    own_hosts,
    receiver,
    say,
    statuses,
)
from tests.integration.receivers import OK, Received, Receiver, Reply, receiving

__all__ = ["hook", "own_hosts", "receiver"]

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = datetime.timedelta(hours=1)


# --- what is sent -------------------------------------------------------------------------------


def test_an_event_arrives_signed_as_the_official_library_verifies(
    hook: Endpoint, receiver: Receiver
) -> None:
    say("DH-2026-000001", customer="1234567")
    assert deliver(hook) == 1
    (request,) = receiver.requests
    (secret,) = signing_secrets(hook, timezone.now())
    assert Webhook(secret).verify(request.body, request.headers) == request.event
    event = OutboxEvent.objects.get()
    assert request.headers["webhook-id"] == event.public_id == request.event["id"]
    assert request.headers["content-type"] == "application/json"
    assert request.event["type"] == "order.changed"
    assert request.event["data"] == {"số": "DH-2026-000001"}
    assert "Đ".encode() not in request.body and "số".encode() in request.body
    assert request.path == "/hooks"
    assert statuses() == [DeliveryStatus.DELIVERED]
    assert Attempt.objects.get().status == 204


def test_what_happened_before_the_endpoint_is_not_delivered(receiver: Receiver) -> None:
    say("before")
    hook = endpoint(receiver.url)
    say("after")
    assert deliver(hook) == 1
    assert deliver(hook) == 0
    assert receiver.subjects == ["after"]


def test_an_endpoint_gets_the_types_and_the_customers_that_it_was_set_up_for(
    receiver: Receiver, catalogue: SmallCatalogue
) -> None:
    customer = factories.customer("1000001")
    chosen = endpoint(
        receiver.url,
        types=["order.changed", "request.sent"],
        customer=customer,
        product=catalogue.igov,
        body_format=BodyFormat.CLOUDEVENTS,
    )
    say("a", customer="1000001", product="igov")
    say("b", customer="1000001", product="ihos")
    say("c", customer="1000002", product="igov")
    say("d", customer="1000001", product="igov", type_="order.created")
    say("e", customer="1000001", product="igov", type_="request.sent")
    assert deliver(chosen) == 2
    assert receiver.subjects == ["a", "e"]
    assert receiver.requests[0].headers["content-type"] == "application/cloudevents+json"


def test_while_a_secret_is_being_changed_both_sign(hook: Endpoint, receiver: Receiver) -> None:
    (old,) = signing_secrets(hook, timezone.now())
    _, new = actions.rotate_secret(actor=SYSTEM, endpoint_id=hook.pk, overlap=24 * HOUR)
    say("a")
    deliver(hook)
    for secret in (old, new):
        Webhook(secret).verify(receiver.requests[0].body, receiver.requests[0].headers)
    Endpoint.objects.update(old_secret_until=timezone.now())
    say("b")
    deliver(hook)
    Webhook(new).verify(receiver.requests[1].body, receiver.requests[1].headers)
    with pytest.raises(Exception, match="No matching signature"):
        Webhook(old).verify(receiver.requests[1].body, receiver.requests[1].headers)
    kept = Endpoint.objects.get()
    assert new not in kept.secret and old not in kept.old_secret
    assert new not in str([entry.after for entry in entries_of(hook)])


def test_a_secret_that_cannot_be_read_is_said_and_nothing_is_sent(
    hook: Endpoint, receiver: Receiver
) -> None:
    Endpoint.objects.update(secret="gAAAA")
    say("a")
    deliver(hook)
    assert Attempt.objects.get().error == SendError.SECRET_LOST
    assert receiver.requests == []


# --- what fails ---------------------------------------------------------------------------------


def test_what_failed_is_tried_again_with_the_same_id(hook: Endpoint, receiver: Receiver) -> None:
    receiver.reply = failing_for("a")
    say("a")
    assert deliver(hook) == 1
    assert deliver(hook) == 0
    first = Attempt.objects.get()
    assert first.retry_at is not None and first.retry_at > timezone.now()
    receiver.reply = failing_for()
    let_time_pass(datetime.timedelta(seconds=10))
    assert deliver(hook) == 1
    one, other = receiver.requests
    assert one.headers["webhook-id"] == other.headers["webhook-id"]
    assert one.body == other.body
    assert statuses() == [DeliveryStatus.DELIVERED]
    assert [attempt.status for attempt in Attempt.objects.order_by("number")] == [500, 204]


def test_after_about_a_day_it_is_given_up(hook: Endpoint, receiver: Receiver) -> None:
    receiver.reply = failing_for("a", status=400)
    say("a")
    # Something else goes well all the time: the endpoint stays.
    total = datetime.timedelta()
    while statuses()[:1] != [DeliveryStatus.FAILED]:
        deliver(hook)
        Endpoint.objects.update(failing_since=None)
        waiting = Delivery.objects.get().next_at
        if waiting:
            total += waiting - timezone.now()
            let_time_pass(datetime.timedelta(days=1))
    assert len(receiver.requests) == 10
    assert 21 * HOUR < total < 27 * HOUR


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirection_is_a_failure_and_not_followed(
    hook: Endpoint, receiver: Receiver, status: int
) -> None:
    receiver.reply = failing_for("a", status=status, Location=f"{receiver.url}/elsewhere")
    say("a")
    deliver(hook)
    assert [request.path for request in receiver.requests] == ["/hooks"]
    assert statuses() == [DeliveryStatus.WAITING]


def test_who_asks_to_wait_is_not_called_before(hook: Endpoint, receiver: Receiver) -> None:
    receiver.reply = failing_for("a", status=429, **{"Retry-After": "3600"})
    say("a", customer="1000001")
    say("b", customer="1000002")
    deliver(hook)
    assert receiver.subjects == ["a"]
    kept = Endpoint.objects.get()
    assert kept.rests_until is not None and kept.rests_until > timezone.now() + HOUR * 0.9
    assert Delivery.objects.order_by("id")[0].next_at > timezone.now() + HOUR * 0.9  # type: ignore[operator]
    let_time_pass(HOUR)
    receiver.reply = failing_for()
    assert deliver(hook) == 2
    assert sorted(receiver.subjects[1:]) == ["a", "b"]


def test_a_success_brings_what_waits_for_a_later_try(hook: Endpoint, receiver: Receiver) -> None:
    receiver.reply = failing_for("a", "b", status=503)
    say("a", customer="1000001")
    deliver(hook)
    for _ in range(3):
        let_time_pass(2 * HOUR)
        deliver(hook)
    later = Delivery.objects.get().next_at
    assert later is not None and later > timezone.now() + HOUR
    receiver.reply = failing_for()
    Endpoint.objects.update(rests_until=None)
    say("b", customer="1000002")
    deliver(hook)
    assert receiver.subjects[-2:] == ["b", "a"]


def test_gone_switches_the_endpoint_off_and_administrators_are_told(
    hook: Endpoint, receiver: Receiver, administrator: User
) -> None:
    receiver.reply = failing_for("a", status=410)
    say("a", customer="1000001")
    say("b", customer="1000002")
    deliver(hook)
    assert receiver.subjects == ["a"]
    assert Endpoint.objects.get().status == EndpointStatus.DISABLED
    assert statuses() == [DeliveryStatus.FAILED, DeliveryStatus.WAITING]
    notice = Notice.objects.get()
    assert (notice.recipient, notice.kind) == (administrator, "webhook_disabled")
    assert entries_of(hook)[0].verb == "endpoint_disabled"
    said = {after for _label, _before, after in history(hook)[0].changes}
    assert "gone" not in said and any("410" in text for text in said)


def test_a_day_of_failures_switches_it_off_and_what_waits_comes_when_it_is_resumed(
    hook: Endpoint, receiver: Receiver, administrator: User
) -> None:
    receiver.reply = failing_for("a", "b", status=500)
    say("a")
    deliver(hook)
    let_time_pass(24 * HOUR)
    deliver(hook)
    assert Endpoint.objects.get().status == EndpointStatus.DISABLED
    assert Notice.objects.count() == 1
    say("b")
    let_time_pass(24 * HOUR)
    assert deliver(hook) == 0
    receiver.reply = failing_for()
    actions.resume_endpoint(actor=SYSTEM, endpoint_id=hook.pk)
    deliver(hook)
    assert receiver.subjects[-2:] == ["a", "b"]
    with pytest.raises(Conflict):
        actions.resume_endpoint(actor=SYSTEM, endpoint_id=hook.pk)


def test_what_happened_during_a_pause_may_be_left_out(hook: Endpoint, receiver: Receiver) -> None:
    actions.pause_endpoint(actor=SYSTEM, endpoint_id=hook.pk)
    say("a")
    assert deliver(hook) == 0
    actions.resume_endpoint(actor=SYSTEM, endpoint_id=hook.pk, with_missed=False)
    say("b")
    deliver(hook)
    assert receiver.subjects == ["b"]


def test_of_the_answer_only_the_beginning_is_kept(hook: Endpoint, receiver: Receiver) -> None:
    receiver.reply = lambda _: (200, {}, b"\0" + "đ".encode() * 5000)
    say("a")
    deliver(hook)
    kept = Attempt.objects.get().response
    assert kept.startswith("�đđ") and len(kept.encode()) < 1010


# --- order --------------------------------------------------------------------------------------


def test_a_customers_events_come_in_their_order_and_hold_up_nobody_else(
    hook: Endpoint, receiver: Receiver
) -> None:
    receiver.reply = failing_for("a1", status=400)
    for subject, customer in [("a1", "1000001"), ("b1", "1000002"), ("a2", "1000001")]:
        say(subject, customer=customer)
    deliver(hook)
    assert receiver.subjects == ["a1", "b1"]
    receiver.reply = failing_for()
    let_time_pass(datetime.timedelta(seconds=10))
    deliver(hook)
    assert receiver.subjects[2:] == ["a1", "a2"]


def test_what_is_given_up_lets_the_next_pass(hook: Endpoint, receiver: Receiver) -> None:
    receiver.reply = failing_for("a1", status=400)
    say("a1", customer="1000001")
    say("a2", customer="1000001")
    deliver(hook)
    Delivery.objects.filter(event__subject="a1").update(attempts=9, tries_before=0)
    let_time_pass(HOUR)
    Endpoint.objects.update(failing_since=None)
    deliver(hook)
    assert statuses() == [DeliveryStatus.FAILED, DeliveryStatus.DELIVERED]


def test_one_dead_endpoint_delays_no_other(receiver: Receiver) -> None:
    """The dead one hangs on every request until the living one has everything."""
    living_done = threading.Event()
    with receiving() as dead:

        def hang(_: Received) -> Reply:
            living_done.wait(30)
            return (500, {}, b"")

        def live(request: Received) -> Reply:
            if len(receiver.requests) == 30:
                living_done.set()
            return OK

        dead.reply, receiver.reply = hang, live
        for _ in range(5):
            endpoint(dead.url)
        endpoint(receiver.url)
        for number in range(30):
            say(f"{number}", customer=f"{1_000_000 + number % 7}")
        one = Courier()
        for _ in range(200):
            one.look()
            if living_done.wait(0.05):
                break
        one.finish()
    assert len(receiver.requests) == 30
    # All went while the dead ones were still being waited for: at most four each.
    assert len(dead.requests) <= 5 * 4
    for customer in range(7):
        own = [int(one) for one in receiver.subjects if int(one) % 7 == customer]
        assert own == sorted(own)


def test_a_thread_stays_with_an_endpoint_for_its_turn_only(
    hook: Endpoint, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "TURN", 0)
    for number in range(9):
        say(f"{number}", customer=f"{1_000_000 + number}")
    one = Courier()
    begun = 0
    while one.look():
        begun += 1
        one.finish()
    assert len(receiver.requests) == 9
    assert begun >= 9 / courier.PER_ENDPOINT
