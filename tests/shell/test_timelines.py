"""Each record's page tells its history in sentences, whatever happened to it (R13)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Model
from django.utils.translation import override

from capphep.crm.models import Customer, Order
from capphep.entitlements.models import Subscription
from capphep.identity.models import AdminAccount
from capphep.integration.models import ApiToken, Endpoint
from capphep.platform import history
from capphep.platform.audit_chain import differences
from capphep.platform.models import AuditEntry
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.views import history as request_history
from tests.life.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings: Any) -> World:
    """Two requests have lived through all that can happen to one."""
    world = World(settings)
    sales, (officer, other_officer) = world.salespeople[0], world.officers
    unit, school = world.customers
    Customer.objects.update(owner=sales, team=sales.team)
    order = world.order(sales, unit, [(world.items[1], 1)])
    order = world.edit(sales, order, [(world.items[1], 2), (world.items[2], 1)])
    request = world.raise_request(sales, order)
    world.send(sales, request)
    world.recall(sales, request)
    world.send(sales, request)
    world.send_back(officer, request)
    world.send(sales, request)
    world.approve(officer, request, world.look(request))
    world.decline(other_officer, world.propose(officer, request, 3))
    world.confirm(other_officer, world.propose(officer, request, 0))
    trial = world.trial(sales, school)
    world.send(sales, trial)
    world.approve(officer, trial, world.look(trial))
    world.let_days_pass(60)
    return world


def timeline(record: Model) -> list[history.HistoryEntry]:
    if isinstance(record, LicenceRequest):
        return request_history.history_of(record)
    return history.history_of(record)


def records() -> list[Model]:
    models = (Order, Customer, Subscription, LicenceRequest)
    return [record for model in models for record in model._default_manager.all()]


def test_every_entry_is_a_sentence_with_named_facts(world: World) -> None:
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert verbs <= set(history.SENTENCES)
    columns = {name for entry in AuditEntry.objects.all() for name in entry.before | entry.after}
    with override("vi"):
        for record in records():
            told = timeline(record)
            assert told, f"{record} has no history"
            for entry in told:
                assert entry.actor
                assert entry.sentence not in history.SENTENCES.values()
                labels = {label for label, _, _ in entry.changes}
                assert not labels & (columns - {"comments"})
    assert not list(differences())


def test_a_status_is_told_before_and_after(world: World) -> None:
    order, request = Order.objects.get(), LicenceRequest.objects.earliest("id")
    with override("vi"):
        moves = [change for entry in timeline(order) for change in entry.changes]
        assert ("Tình trạng đơn hàng", "KTLicense – Chờ duyệt", "KTLicense – Đã duyệt") in moves
        moves = [change for entry in timeline(request) for change in entry.changes]
        assert ("Trạng thái", "Chờ duyệt", "Đã duyệt") in moves


@pytest.mark.parametrize(
    ("model", "facts"),
    [
        (Customer, ("team", "requests", "accounts", "tokens", "talk")),
        (LicenceRequest, ("created_by",)),
        (AdminAccount, ("closed_from",)),
        (ApiToken, ("replaces",)),
        (Endpoint, ("event", "since", "until", "count")),
    ],
)
def test_a_fact_has_a_name_for_people_on_every_record(
    model: type[Model], facts: tuple[str, ...]
) -> None:
    entry = AuditEntry(verb="edited", after=dict.fromkeys(facts, "x"))
    with override("vi"):
        labels = [label for label, _, _ in history.readable(model(), entry).changes]
    assert not set(labels) & set(facts)
