"""What checks read follows the ledger in the same transaction, and can be proved and restored."""

from __future__ import annotations

import datetime
import json
from importlib import import_module

import pytest
from django.apps import apps

from capphep.entitlements import actions, check_rules
from capphep.entitlements.models import CheckDocument, GrantKind, LicenceCause
from capphep.entitlements.queries import ledger_differences
from tests.entitlements.conftest import DAY, Ledger

pytestmark = pytest.mark.django_db


def said(ledger: Ledger, flag: str, day: datetime.date) -> check_rules.Answer:
    row = CheckDocument.objects.get(budget_code=ledger.customer.budget_code, product_code="igov")
    return check_rules.answer(json.loads(row.document).get(flag), day.isoformat())


def test_each_change_of_the_ledger_is_in_the_document(ledger: Ledger) -> None:
    assert said(ledger, "office.users", ledger.today).quantity == 100
    ledger.grant("YC-2026-000300", 50)
    assert said(ledger, "office.users", ledger.today).quantity == 150
    assert said(ledger, "office.users", ledger.today).request_no == "YC-2026-000300"
    ledger.withdraw("YC-2026-000300", ledger.today + DAY)
    assert said(ledger, "office.users", ledger.today + DAY).quantity == 100
    assert CheckDocument.objects.get().version == ledger.subscription.version == 3


def test_a_licence_for_changed_information_counts_the_version_up(ledger: Ledger) -> None:
    actions.issue_licence(
        subscription=ledger.locked(),
        request_no="YC-2026-000301",
        day=ledger.today,
        cause=LicenceCause.INFO_CHANGE,
    )
    assert CheckDocument.objects.get().version == ledger.subscription.version
    assert list(ledger_differences()) == []


@pytest.mark.parametrize(
    "change",
    [{"document": "{}"}, {"version": 9}, {"budget_code": "7654321"}, {"product_code": "ihos"}],
)
def test_a_document_that_differs_is_named_and_restored(
    ledger: Ledger, change: dict[str, object]
) -> None:
    CheckDocument.objects.update(**change)
    [sentence] = ledger_differences()
    assert sentence.startswith("CHECKS 1234567 igov: expected 1234567 igov version 1 {")
    actions.restore_balances(ledger.subscription.pk)
    assert list(ledger_differences()) == []


def test_a_document_that_is_missing_is_restored(ledger: Ledger) -> None:
    CheckDocument.objects.all().delete()
    [sentence] = ledger_differences()
    assert sentence.endswith("found nothing")
    actions.restore_balances(ledger.subscription.pk)
    assert said(ledger, "office.users", ledger.today).quantity == 100


def test_the_migration_writes_what_the_ledger_would_write(ledger: Ledger) -> None:
    ledger.grant("YC-2026-000300", 50, first=ledger.today + 5 * DAY, books=2)
    ledger.withdraw("YC-2026-000300", ledger.today + 40 * DAY)
    ledger.grant("YC-2026-000301", 10, kind=GrantKind.TRIAL, months=1)
    ledger.end_trials(ledger.today + 9 * DAY)
    CheckDocument.objects.all().delete()
    migration = import_module("capphep.entitlements.migrations.0008_fill_check_documents")
    migration.fill(apps, None)
    assert list(ledger_differences()) == []
