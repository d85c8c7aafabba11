"""Twenty at once, each a process of its own: nothing is granted twice, lost or invented."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest
from django.db import transaction

from capphep.entitlements.models import Grant, GrantKind, Licence
from capphep.ims.actions import BaseMoved, approve
from capphep.platform import clock, numbers
from capphep.platform.models import User
from capphep.provisioning.models import LicenceRequest
from tests import stories
from tests.ims.test_race import Scene
from tests.plumbing.processes import Outcome, race_processes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    return Scene()


def approve_once(request_id: int, officer_id: int, seen: str) -> str:
    officer = User.objects.get(pk=officer_id)
    return approve(actor=officer, request_id=request_id, seen=seen).licence.licence_no


def approve_until_done(request_id: int, officer_id: int) -> str:
    """An officer who looks at each new base and confirms it."""
    seen = stories.seen_by_officer(LicenceRequest.objects.get(pk=request_id))
    while True:
        try:
            return approve_once(request_id, officer_id, seen)
        except BaseMoved as moved:
            seen = moved.review.fingerprint


def take_number() -> str:
    with transaction.atomic():
        return numbers.next_number(numbers.REQUEST, clock.today())


def told(outcomes: list[Outcome]) -> Counter[str]:
    assert not [outcome.broke for outcome in outcomes if outcome.broke]
    return Counter(outcome.refused for outcome in outcomes)


def test_of_twenty_approvals_of_one_request_one_grants(scene: Scene) -> None:
    request = scene.waiting()
    seen = stories.seen_by_officer(request)
    officers = [officer.pk for officer in scene.officers] * 10
    outcomes = race_processes([partial(approve_once, request.pk, pk, seen) for pk in officers])
    assert told(outcomes) == {"": 1, "wrong_state": 19}
    assert scene.users == 150
    assert Grant.objects.filter(kind=GrantKind.APPROVAL).count() == 1
    assert Licence.objects.count() == 1


def test_twenty_requests_of_one_customer_approved_at_once_all_count(scene: Scene) -> None:
    requests = [scene.waiting() for _ in range(20)]
    outcomes = race_processes(
        [partial(approve_until_done, request.pk, scene.officers[0].pk) for request in requests]
    )
    assert told(outcomes) == {"": 20}
    assert scene.users == 100 + 20 * 50
    assert len({outcome.value for outcome in outcomes}) == 20
    assert sorted(Licence.objects.values_list("version", flat=True)) == list(range(2, 22))


def test_twenty_writers_of_one_series_get_twenty_numbers_without_a_gap(scene: Scene) -> None:
    first = int(take_number()[-6:])
    outcomes = race_processes([take_number] * 20)
    assert told(outcomes) == {"": 20}
    given = sorted(int(outcome.value[-6:]) for outcome in outcomes)
    assert given == list(range(first + 1, first + 21))
