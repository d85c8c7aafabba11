"""An import of subscriptions in force, undone in the ledger: by opposites, once, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from capphep.crm.models import Customer, OwnedProduct
from capphep.entitlements.actions import current_licence
from capphep.entitlements.imports import SHEET
from capphep.entitlements.models import BalanceStep, CheckDocument, Grant, GrantKind, Subscription
from capphep.entitlements.queries import bases, quantity_in_force
from capphep.exchange import actions, running
from capphep.exchange.models import Import
from capphep.ims.actions import BaseMoved, approve
from capphep.ims.ledger import differences
from capphep.ims.queries.holdings import holdings_of
from capphep.platform import clock
from capphep.platform.job_states import JobState
from capphep.platform.models import AuditEntry, BackgroundJob, OutboxEvent, User
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import RequestStatus
from capphep.pure.errors import Conflict, Invalid
from tests import factories, stories
from tests.exchange.sheets import entered, units, work
from tests.factories import SmallCatalogue
from tests.imports.books import line
from tests.plumbing.kills import each_kill_point
from tests.plumbing.races import losers, race, winners

pytestmark = pytest.mark.django_db(transaction=True)
BOOKS = {"module": "Kế toán", "resource": "Bộ sổ kế toán", "quantity": 2}


class Scene:
    """A unit that came with an import of two lines: 50 users and two sets of books."""

    def __init__(self, administrator: User, salesperson: User, officer: User) -> None:
        self.administrator, self.salesperson, self.officer = administrator, salesperson, officer
        self.catalogue = SmallCatalogue()
        self.unit: Customer = factories.customer("1234567", "UBND Xã A")

    def entered(self, **changes: Any) -> Import:
        rows = (line(**changes), line(**BOOKS))
        return entered(self.administrator, units(*rows, columns=SHEET.columns), "subscriptions")

    def undo(self, one: Import) -> None:
        actions.undo(actor=self.administrator, import_id=one.pk)

    def undone(self, **changes: Any) -> Import:
        one = self.entered(**changes)
        self.undo(one)
        work()
        one.refresh_from_db()
        return one

    def sent(self) -> LicenceRequest:
        order = stories.ordered(self.unit, self.salesperson, [(self.catalogue.users_50, 1)])
        return stories.sent(order, self.salesperson)

    @property
    def subscription(self) -> Subscription:
        return Subscription.objects.get(customer=self.unit)

    @property
    def users(self) -> int:
        igov, office, users = self.catalogue.igov, self.catalogue.office, self.catalogue.users
        return quantity_in_force(self.unit, igov, office, users, clock.today())


@pytest.fixture
def scene(transactional_db: None, administrator: User, salesperson: User, officer: User) -> Scene:
    return Scene(administrator, salesperson, officer)


def test_an_undone_import_was_never_in_force(scene: Scene) -> None:
    one = scene.undone()
    assert one.state == "undone"
    assert not one.created.exists()
    assert not BalanceStep.objects.exists()
    assert not OwnedProduct.objects.exists()
    assert CheckDocument.objects.get().document == "{}"
    assert not bases(scene.unit.pk, scene.catalogue.igov.pk, clock.today())
    entered, undone = (Grant.objects.filter(kind=kind) for kind in ("opening", "undone"))
    facts = ("source", "resource", "first_day", "last_day")
    assert set(entered.values_list(*facts)) == set(undone.values_list(*facts))
    assert list(differences()) == []


def test_the_ledger_the_trail_and_programs_tell_of_it(scene: Scene) -> None:
    scene.undone()
    grants = [
        each
        for module in holdings_of(scene.administrator, scene.subscription).on(clock.today())
        for held in module.resources
        for each in held.grants
    ]
    assert [each.state for each in grants] == ["taken_back"] * 2
    entry = AuditEntry.objects.get(verb="opening_undone")
    assert entry.after["grants"] == ["YC-2026-000245/1: -50", "YC-2026-000245/2: -2"]
    told = OutboxEvent.objects.filter(type="entitlement.changed").order_by("pk")
    assert [(each.payload["cause"], len(each.payload["in_force"])) for each in told] == [
        ("opening", 2),
        ("undoing", 0),
    ]


def test_the_same_or_a_corrected_file_enters_again(scene: Scene) -> None:
    scene.undone()
    assert scene.entered().counts["created"] == 2
    assert scene.users == 50
    scene.undo(Import.objects.latest("pk"))
    work()
    other = factories.customer("7654321", "UBND Xã B")
    assert scene.entered(code=other.budget_code, quantity=60).counts["created"] == 1
    sources = Grant.objects.filter(kind=GrantKind.OPENING, resource__code="users")
    assert list(sources.order_by("pk").values_list("source", flat=True)) == [
        "YC-2026-000245/1",
        "YC-2026-000245/3",
        "YC-2026-000245/5",
    ]
    assert list(differences()) == []


def an_approval(scene: Scene) -> str:
    return stories.approved(scene.sent(), scene.officer).request.request_no


def a_draft(scene: Scene) -> str:
    order = stories.ordered(scene.unit, scene.salesperson, [(scene.catalogue.users_50, 1)])
    return stories.drafted(order, scene.salesperson).request_no


def a_licence(scene: Scene) -> str:
    licence = current_licence(actor=scene.salesperson, subscription=scene.subscription)
    return licence.licence_no


def a_usage_report(scene: Scene) -> str:
    stories.in_use(scene.unit, scene.catalogue, 7)
    return "1234567 – Người dùng"


@pytest.mark.parametrize("built", [an_approval, a_draft, a_licence, a_usage_report])
def test_what_builds_on_it_is_named_and_keeps_it(
    scene: Scene, built: Callable[[Scene], str]
) -> None:
    one = scene.entered()
    name = built(scene)
    with pytest.raises(Conflict) as refused:
        scene.undo(one)
    assert refused.value.code == "in_use"
    assert name in str(refused.value.params["what"])
    assert not Grant.objects.filter(kind=GrantKind.UNDONE).exists()


def test_what_was_there_before_or_is_over_keeps_nothing(scene: Scene) -> None:
    stories.opened(scene.unit, scene.catalogue, request_no="YC-2026-000001")
    stories.approved(scene.sent(), scene.officer)
    before = scene.users
    one = scene.entered()
    assert scene.users == before + 50
    scene.undo(one)
    work()
    assert scene.users == before
    assert list(differences()) == []


def test_an_import_from_before_it_was_noted_cannot_be_undone(scene: Scene) -> None:
    one = scene.entered()
    one.created.all().delete()
    with pytest.raises(Conflict) as refused:
        scene.undo(one)
    assert refused.value.code == "not_undone"


def test_what_nobody_entered_is_found_where_it_is_undone(scene: Scene) -> None:
    one = scene.entered()
    scene.undo(one)
    work()
    strange = Grant.objects.filter(kind=GrantKind.UNDONE).latest("pk")
    strange.pk, strange.source, strange.quantity = None, "YC-2026-000245/9", -1
    strange.save(force_insert=True)
    assert any("UNDONE YC-2026-000245/9" in sentence for sentence in differences())


# --- at once -----------------------------------------------------------------------------------


def test_undone_twice_at_once_it_is_undone_once(scene: Scene) -> None:
    one = scene.entered()
    outcomes = race(partial(scene.undo, one), 3)
    assert len(winners(outcomes)) == 1
    assert all(isinstance(loss, Conflict) for loss in losers(outcomes)), outcomes
    race(work, 2)
    one.refresh_from_db()
    assert one.state == "undone"
    assert Grant.objects.filter(kind=GrantKind.UNDONE).count() == 2
    assert AuditEntry.objects.filter(verb="opening_undone").count() == 1
    assert list(differences()) == []


def test_a_request_that_comes_meanwhile_is_approved_or_told(scene: Scene) -> None:
    """Whoever is first: nothing is granted on a base that is gone, nothing is undone below it."""
    one = scene.entered()
    scene.undo(one)
    sent, _worked = race([scene.sent, work])
    one.refresh_from_db()
    if one.state == "undone":
        if isinstance(sent, LicenceRequest):
            with pytest.raises((BaseMoved, Conflict, Invalid)):
                approve(
                    actor=scene.officer,
                    request_id=sent.pk,
                    seen=stories.seen_by_officer(sent),
                )
        assert scene.users == 0
    else:
        assert isinstance(sent, LicenceRequest)
        stories.approved(sent, scene.officer)
        assert scene.users == 100
    assert list(differences()) == []


def test_an_approval_and_an_undo_at_once_leave_one_of_them(scene: Scene) -> None:
    one = scene.entered()
    scene.undo(one)
    request = scene.sent()
    seen = stories.seen_by_officer(request)
    approval, _worked = race(
        [partial(approve, actor=scene.officer, request_id=request.pk, seen=seen), work]
    )
    assert not isinstance(approval, Exception), approval
    request.refresh_from_db()
    one.refresh_from_db()
    assert (request.status, one.state) == (RequestStatus.APPROVED, "begun")
    job = one.job
    assert job is not None
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert scene.users == 100
    assert list(differences()) == []


def killed_undo() -> None:
    BackgroundJob.objects.filter(next_at__isnull=False).update(next_at=timezone.now(), attempts=0)
    running._TAKEN_BACK = 1  # type: ignore[misc]
    work()


def test_a_worker_killed_anywhere_undoes_all_and_nothing_twice(scene: Scene) -> None:
    one = scene.entered()
    scene.undo(one)
    for _statement in each_kill_point(killed_undo, every=6):
        undone = Grant.objects.filter(kind=GrantKind.UNDONE).count()
        assert one.created.count() == 2 - undone
    one.refresh_from_db()
    assert one.state == "undone"
    assert Grant.objects.filter(kind=GrantKind.UNDONE).count() == 2
    assert list(differences()) == []
