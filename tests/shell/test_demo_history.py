"""What the sample data say of the past agrees with itself."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Count
from django.utils import timezone

from capphep.collaboration.models import Activity, Comment
from capphep.crm.models import Customer, Order
from capphep.entitlements.models import DailyUsage, Licence, Occasion, Usage
from capphep.identity.models import AccountLink, AdminAccount
from capphep.ims import ledger
from capphep.platform import audit_chain
from capphep.platform.models import AuditEntry, User
from capphep.provisioning.evidence_proof import checked_rounds
from capphep.provisioning.models import LicenceRequest, RequestLine
from capphep.provisioning.queries import missing_extra
from capphep.reporting import proof
from capphep.reporting.keeping import keep_up
from capphep.shell import found_by
from capphep.shell.demo import NOTHING_HAPPENED, load_demo
from capphep.shell.demo_history import load_history
from tests import stories

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(autouse=True)
def files_apart(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path


def test_two_years_of_work_are_complete_and_spare_the_customers_of_the_tour() -> None:
    load_demo()
    load_history(except_for=NOTHING_HAPPENED)
    assert Order.objects.count() > 250
    assert not Order.objects.filter(budget_code__in=NOTHING_HAPPENED).exists()
    assert Customer.objects.filter(budget_code__in=NOTHING_HAPPENED).count() == len(
        NOTHING_HAPPENED
    )
    assert not list(ledger.differences())
    assert not list(audit_chain.differences())
    assert not [one for round_ in checked_rounds() for one in round_.differences]
    assert not list(found_by.differences())
    while keep_up():
        pass
    assert not list(proof.differences(proof.Counts()))
    every_record_tells_what_happened_to_it()
    products_have_reported_for_weeks()
    the_desk_stands_as_on_a_working_day()


def every_record_tells_what_happened_to_it() -> None:
    told = {*AuditEntry.objects.values_list("subject_type", "verb", "subject_id")}
    for held in Licence.objects.values_list("subscription", flat=True).distinct():
        assert {("subscription", verb, held) for verb in ("granted", "licence_issued")} <= told
    approved = LicenceRequest.objects.filter(status="approved")
    orders = approved.values_list("order", flat=True)
    assert {("order", "approve", order) for order in orders} <= told
    accounts = AccountLink.objects.values("customer", "product")
    assert not approved.exclude(customer__in=accounts.values("customer")).exists()
    assert not AdminAccount.objects.filter(next_at__isnull=False).exists()


def products_have_reported_for_weeks() -> None:
    """The last of each trend is what is in use now; who sells is told what is nearly used up."""
    for gauge in Usage.objects.order_by("?")[:20]:
        of_gauge = {
            "subscription": gauge.subscription_id,
            "module": gauge.module_id,
            "resource": gauge.resource_id,
        }
        days = list(DailyUsage.objects.filter(**of_gauge).order_by("day"))
        assert len(days) > 20 and days[-1].last == gauge.in_use
    assert 5 < Occasion.objects.filter(ends_on=None).count() < 60


def the_desk_stands_as_on_a_working_day() -> None:
    """What waits can be approved; whatever was sent has evidence of both kinds."""
    sent = LicenceRequest.objects.filter(sent_at__isnull=False)
    kinds = sent.annotate(kinds=Count("evidence__kind", distinct=True))
    assert not kinds.exclude(kinds=2).exists()
    lines = RequestLine.objects.filter(request__in=sent).select_related("module")
    assert not [line for line in lines if missing_extra(line)]
    waiting = sent.filter(status="waiting")
    ages = {timezone.localdate(one.sent_at) for one in waiting if one.sent_at}
    assert waiting.count() >= 5 and len(ages) >= 4
    assert LicenceRequest.objects.filter(status__in=("returned", "draft")).count() >= 4
    assert Comment.objects.count() > 10 and Activity.objects.count() > 10
    for request in waiting:
        stories.approved(request, User.objects.get(username="officer"))
    assert not list(ledger.differences())
    past = AuditEntry.objects.filter(verb="approve").earliest("at")
    assert past.at < timezone.now() - datetime.timedelta(days=365)
