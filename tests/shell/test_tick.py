"""`./capphep tick`: whoever looks at the calendar first works through the day, once."""

from __future__ import annotations

import datetime
from io import StringIO

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from capphep.catalog.models import Item, Module, Resource
from capphep.entitlements import actions
from capphep.entitlements.models import Subscription
from capphep.platform import clock, notices
from capphep.platform.models import FileText, IdempotentAnswer, OutboxEvent, Tick
from capphep.pure.months import term
from capphep.shell import tick, worker
from tests import factories, pdfs, stories
from tests.plumbing.kills import each_kill_point
from tests.plumbing.races import race, winners
from tests.plumbing.times import days_ago

ONE_DAY = datetime.timedelta(days=1)


@pytest.fixture
def begins_today(transactional_db: None) -> Subscription:
    """A grant of yesterday that begins today; yesterday was worked through."""
    catalogue, customer = factories.SmallCatalogue(), factories.customer()
    stories.opened(customer, catalogue)
    today = clock.today()
    days = term(today, 12)
    with transaction.atomic():
        subscription = actions.lock_subscription(customer, catalogue.igov)
        actions.append_grants(
            subscription=subscription,
            request_no="YC-2026-000001",
            day=today - ONE_DAY,
            grants=[
                actions.NewGrant(
                    module=catalogue.office,
                    resource=catalogue.users,
                    quantity=50,
                    months=12,
                    first_day=days.first,
                    last_day=days.last,
                    source="YC-2026-000001/1",
                )
            ],
        )
    Tick.objects.create(id=1, last_day=today - ONE_DAY)
    return subscription


def announced() -> int:
    return OutboxEvent.objects.filter(type="entitlement.changed", payload__cause="day").count()


def run_tick() -> None:
    tick.run()


def test_the_command_says_what_happened(begins_today: Subscription) -> None:
    said = StringIO()
    call_command("tick", stdout=said)
    assert "days: 1" in said.getvalue()
    assert "entitlements: 1" in said.getvalue()
    call_command("tick", stdout=said)
    assert announced() == 1


def test_a_draft_that_nobody_touched_ends(
    begins_today: Subscription, settings: LazySettings
) -> None:
    settings.DRAFT_DAYS = 10
    salesperson = factories.user("sales", "sales")
    item = Item.objects.get(sku="IGOV-VPS-50")
    with days_ago(10):
        order = stories.ordered(begins_today.customer, salesperson, [(item, 1)])
        stories.drafted(order, salesperson)
    assert tick.run()["drafts"] == 1
    assert tick.run()["drafts"] == 0


def test_what_ends_soon_is_told_and_usage_of_long_ago_forgotten(
    begins_today: Subscription, settings: LazySettings
) -> None:
    seller = factories.user("sales", "sales")
    ends_in = (term(clock.today() - 60 * ONE_DAY, 12).last - clock.today()).days
    settings.EXPIRY_NOTICE_DAYS, settings.USAGE_HISTORY_DAYS = [ends_in], 10
    office, users = Module.objects.get(code="office"), Resource.objects.get(code="users")
    long_ago = timezone.now() - 10 * ONE_DAY
    stories.reported(stories.used(begins_today.customer, office, users, 5, long_ago))
    settings.USAGE_HISTORY_DAYS = 9
    counts = tick.run()
    assert (counts["ends"], counts["usage_forgotten"]) == (1, 1)
    assert notices.unread_of(seller).count() == 1
    assert not tick.run().total()


@pytest.mark.django_db
def test_evidence_that_was_never_read_is_read() -> None:
    factories.stored_pdf(pdfs.empty())
    FileText.objects.all().delete()
    assert tick.run()["texts"] == 1
    assert tick.run()["texts"] == 0


def test_four_that_look_at_once_work_through_the_day_once(begins_today: Subscription) -> None:
    outcomes = race(tick.run, 4)
    assert len(winners(outcomes)) == 4
    assert announced() == 1


def test_a_run_killed_at_any_statement_leaves_the_day_to_the_next(
    begins_today: Subscription,
) -> None:
    for _statement in each_kill_point(run_tick):
        assert announced() == (Tick.objects.get().last_day == clock.today())
    assert announced() == 1


def test_the_servers_worker_lets_the_calendar_go_on(begins_today: Subscription) -> None:
    worker.work_once()
    worker.work_once()
    assert announced() == 1


def test_answers_are_kept_for_their_keys_a_day_and_then_go(transactional_db: None) -> None:
    for key in ("old", "new"):
        IdempotentAnswer.objects.create(token_id=1, key=key, fingerprint="", status=201)
    past = timezone.now() - datetime.timedelta(hours=25)
    IdempotentAnswer.objects.filter(key="old").update(at=past)
    assert tick.run()["answers_forgotten"] == 1
    assert IdempotentAnswer.objects.get().key == "new"
