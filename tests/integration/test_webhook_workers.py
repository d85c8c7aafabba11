"""Webhooks: many workers at once, those that die, and what is delivered again."""

from __future__ import annotations

import datetime

import pytest
from django.conf import settings
from django.utils import timezone
from standardwebhooks.webhooks import Webhook

from capphep.integration import courier
from capphep.integration.actions import endpoints as actions
from capphep.integration.actions import redelivery
from capphep.integration.actions.handing import hand_over
from capphep.integration.courier import Courier, deliver_next
from capphep.integration.endpoint_secrets import signing_secrets
from capphep.integration.models import Attempt, Delivery, Endpoint
from capphep.integration.states import DeliveryStatus
from capphep.platform.audit import entries_of
from capphep.platform.roles import SYSTEM
from capphep.pure.errors import Conflict, Invalid
from tests.integration.hooks import (
    HOSTS,
    deliver,
    failing_for,
    hook,
    own_hosts,
    receiver,
    say,
    statuses,
)
from tests.integration.receivers import OK, Received, Receiver, Reply
from tests.plumbing.kills import each_kill_point
from tests.plumbing.races import losers, race, winners

__all__ = ["hook", "own_hosts", "receiver"]

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = datetime.timedelta(hours=1)


def numbers(hook: Endpoint) -> list[int]:
    return list(hook.deliveries.order_by("position").values_list("attempts", flat=True))


# --- many at once, and those that die -----------------------------------------------------------


def test_events_are_handed_over_once_by_many_at_once(hook: Endpoint) -> None:
    for number in range(30):
        say(str(number))
    assert losers(race(hand_over, 4)) == []
    assert Delivery.objects.count() == 30
    assert Endpoint.objects.get().position == 30


def test_who_asks_for_a_range_and_who_delivers_do_not_wait_for_each_other(
    hook: Endpoint,
) -> None:
    began = timezone.now()
    for number in range(12):
        say(str(number), customer=str(1_000_000 + number))
    hand_over()

    def work() -> None:
        while Delivery.objects.filter(next_at__isnull=False).exists():
            deliver_next(hook.pk)

    def ask() -> None:
        for _ in range(6):
            redelivery.redeliver_range(
                actor=SYSTEM,
                endpoint_id=hook.pk,
                since=began,
                until=began + HOUR,
                only_missing=False,
            )

    assert losers(race([work, work, ask])) == []
    deliver(hook)
    assert set(statuses()) == {DeliveryStatus.DELIVERED}


def hand_over_all() -> None:
    hand_over()


def test_a_worker_killed_while_handing_over_leaves_it_to_the_next(hook: Endpoint) -> None:
    for number in range(3):
        say(str(number))
    for _statement in each_kill_point(hand_over_all):
        found = (Delivery.objects.count(), Endpoint.objects.get().position)
        assert found in ((0, 0), (3, 3))
    assert Delivery.objects.count() == 3


def test_workers_at_the_same_time_send_each_attempt_once_and_in_order(
    hook: Endpoint, receiver: Receiver
) -> None:
    for number in range(24):
        say(str(number), customer=f"100000{number % 3}")
    hand_over()

    def work() -> int:
        count = 0
        while Delivery.objects.filter(next_at__isnull=False).exists():
            count += deliver_next(hook.pk)
        return count

    outcomes = race(work, 3)
    assert sum(winners(outcomes)) == 24
    assert numbers(hook) == [1] * 24
    for customer in range(3):
        own = [int(one) for one in receiver.subjects if int(one) % 3 == customer]
        assert own == sorted(own)
        assert len(own) == 8


def deliver_with_a_lease_that_is_over(endpoint_id: int, secret_key: str) -> None:
    # In a process of its own, which knows nothing of what this one has set.
    settings.WEBHOOK_HOSTS, settings.SECRET_KEY = HOSTS, secret_key
    courier.LEASE = 0  # type: ignore[misc]
    deliver_next(endpoint_id)


def test_a_worker_killed_at_any_statement_is_followed_by_one_that_delivers_it(
    hook: Endpoint, receiver: Receiver
) -> None:
    say("a")
    hand_over()
    target = deliver_with_a_lease_that_is_over
    for _statement in each_kill_point(target, hook.pk, settings.SECRET_KEY):
        assert Attempt.objects.count() == (statuses() == [DeliveryStatus.DELIVERED])
        if statuses() == [DeliveryStatus.DELIVERED]:
            break
    while deliver_next(hook.pk):
        pass
    assert statuses() == [DeliveryStatus.DELIVERED], list(Attempt.objects.values())
    # Sent and not noted: it came again, and its id says that it is the same.
    assert len(receiver.requests) > 1
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1


def test_who_is_slower_than_the_lease_notes_nothing(
    hook: Endpoint, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "LEASE", 0)
    taken_over: list[int] = []

    def reply(_: Received) -> Reply:
        if not taken_over:
            taken_over.append(1)
            outcome = race([lambda: deliver_next(hook.pk)])
            assert winners(outcome) == [True]
        return OK

    receiver.reply = reply
    say("a")
    deliver(hook)
    assert [attempt.number for attempt in Attempt.objects.all()] == [2]
    assert statuses() == [DeliveryStatus.DELIVERED]


# --- again --------------------------------------------------------------------------------------


def test_one_is_delivered_again_with_its_id(hook: Endpoint, receiver: Receiver) -> None:
    say("a")
    deliver(hook)
    delivery = Delivery.objects.get()
    redelivery.redeliver(actor=SYSTEM, delivery_id=delivery.pk)
    with pytest.raises(Conflict):
        redelivery.redeliver(actor=SYSTEM, delivery_id=delivery.pk)
    deliver(hook)
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1
    assert [attempt.number for attempt in Attempt.objects.order_by("number")] == [1, 2]
    assert entries_of(hook)[0].verb == "redelivered"


def test_what_is_delivered_again_is_tried_as_often_as_the_first_time(
    hook: Endpoint, receiver: Receiver
) -> None:
    say("a")
    deliver(hook)
    Delivery.objects.update(attempts=10)
    redelivery.redeliver(actor=SYSTEM, delivery_id=Delivery.objects.get().pk)
    receiver.reply = failing_for("a", status=400)
    deliver(hook)
    assert statuses() == [DeliveryStatus.WAITING]


def test_a_range_brings_what_is_missing_or_everything(hook: Endpoint, receiver: Receiver) -> None:
    began = timezone.now()
    actions.pause_endpoint(actor=SYSTEM, endpoint_id=hook.pk)
    say("missed")
    actions.resume_endpoint(actor=SYSTEM, endpoint_id=hook.pk, with_missed=False)
    say("had")
    deliver(hook)
    say("to come")
    span = {"since": began, "until": timezone.now() + HOUR}
    again = redelivery.redeliver_range(actor=SYSTEM, endpoint_id=hook.pk, **span)
    assert again == 1
    deliver(hook)
    assert receiver.subjects == ["had", "missed", "to come"]
    everything = redelivery.redeliver_range(
        actor=SYSTEM, endpoint_id=hook.pk, only_missing=False, **span
    )
    assert everything == 3
    deliver(hook)
    assert receiver.subjects[3:] == ["missed", "had", "to come"]
    with pytest.raises(Invalid) as refused:
        redelivery.redeliver_range(
            actor=SYSTEM, endpoint_id=hook.pk, since=span["until"], until=began
        )
    assert refused.value.code == "range_invalid"


def test_a_test_goes_out_once_even_where_the_endpoint_is_paused(
    hook: Endpoint, receiver: Receiver
) -> None:
    actions.pause_endpoint(actor=SYSTEM, endpoint_id=hook.pk)
    actions.send_test(actor=SYSTEM, endpoint_id=hook.pk)
    one = Courier()
    assert one.look() == 1
    one.finish()
    (request,) = receiver.requests
    assert request.event["type"] == "webhook.test"
    (secret,) = signing_secrets(hook, timezone.now())
    Webhook(secret).verify(request.body, request.headers)
    receiver.reply = lambda _: (500, {}, b"")
    actions.send_test(actor=SYSTEM, endpoint_id=hook.pk)
    deliver(hook)
    assert statuses() == [DeliveryStatus.DELIVERED, DeliveryStatus.FAILED]


def test_only_what_is_right_is_kept(hook: Endpoint) -> None:
    from capphep.pure.errors import Invalids

    typed = actions.EndpointInput(
        name=" ", url="https://10.0.0.1/", types=["x.y"], body_format="text/html"
    )
    with pytest.raises(Invalids) as refused:
        actions.create_endpoint(actor=SYSTEM, typed=typed)
    assert {refusal.field for refusal in refused.value.refusals} == {
        "name",
        "url",
        "types",
        "body_format",
    }
