"""The same approval from several programs at once: it grants once."""

from __future__ import annotations

from typing import Any

import pytest

from capphep.entitlements.models import Grant, GrantKind
from capphep.entitlements.queries import ledger_differences
from capphep.platform.models import IdempotentAnswer
from tests import factories, stories
from tests.factories import SmallCatalogue
from tests.integration.apis import Program, program, token
from tests.plumbing.races import losers, race

pytestmark = pytest.mark.django_db(transaction=True)


class Scene:
    def __init__(self) -> None:
        team = factories.team("Bắc")
        salesperson = factories.user("sales", "sales", team)
        officers = [factories.user(name, "officer", team) for name in ("officer", "officer2")]
        catalogue, unit = SmallCatalogue(), factories.customer()
        stories.opened(unit, catalogue)
        order = stories.ordered(unit, salesperson, [(catalogue.users_50, 1)])
        request = stories.sent(order, salesperson)
        self.path = f"/requests/{request.request_no}/approve"
        self.seen = {"fingerprint": stories.seen_by_officer(request)}
        self.desks = [program(officer) for officer in officers]
        self.text = token(officers[0])[1]


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    return Scene()


def assert_granted_once() -> None:
    assert Grant.objects.filter(kind=GrantKind.APPROVAL).count() == 1
    assert not list(ledger_differences())


def test_of_eight_approvals_without_a_key_one_grants(scene: Scene) -> None:
    def approve(desk: Program) -> Any:
        return lambda: desk.post(scene.path, scene.seen).status_code

    outcomes = race([approve(scene.desks[turn % 2]) for turn in range(8)])
    assert not losers(outcomes)
    assert sorted(outcomes) == [200] + [409] * 7
    assert_granted_once()


def test_of_six_approvals_with_one_key_all_get_the_answer_of_the_first(scene: Scene) -> None:
    outcomes = race(
        lambda: Program(scene.text).post(scene.path, scene.seen, idempotency_key="k"), 6
    )
    assert not losers(outcomes)
    assert {(answer.status_code, answer.content) for answer in outcomes} == {
        (200, outcomes[0].content)
    }
    assert IdempotentAnswer.objects.count() == 1
    assert_granted_once()
