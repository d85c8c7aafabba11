"""Two workers at once, one that is killed half-way: each record counts once."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from capphep.platform.models import User
from capphep.reporting import keeping, proof
from capphep.reporting.models import OrderFigure, Progress
from tests import factories, stories
from tests.plumbing.kills import killed_at_statement
from tests.plumbing.races import losers, race
from tests.reporting.conftest import Trade, kept_up

pytestmark = pytest.mark.django_db(transaction=True)


def trade() -> Trade:
    north = factories.team("Bắc")
    salesperson = factories.user("sales", "sales", north)
    return Trade(factories.SmallCatalogue(), salesperson, factories.user("officer", "officer"))


def work_a_little(stopped: threading.Event) -> None:
    while not stopped.is_set():
        keeping.keep_up()


def sell(here: Trade, stopped: threading.Event, seller: User) -> None:
    try:
        for _ in range(2):
            request = here.waiting()
            stories.approved(request, here.officer)
    finally:
        stopped.set()


def agreed() -> bool:
    differences = list(proof.differences(proof.Counts()))
    assert not differences, differences
    return True


def test_three_workers_while_people_sell_count_each_order_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here, stopped = trade(), threading.Event()
    here.approved(), here.waiting()
    monkeypatch.setattr(keeping, "FILLED_AT_ONCE", 1)
    worker = partial(work_a_little, stopped)
    outcomes = race([worker, worker, worker, partial(sell, here, stopped, here.salesperson)])
    assert not losers(outcomes), outcomes
    kept_up()
    assert agreed()
    assert sum(OrderFigure.objects.values_list("number", flat=True)) == 4


def follow() -> None:
    """One look of a worker, after everything was counted once."""
    keeping.keep_up()


def test_a_worker_that_dies_at_any_statement_has_done_nothing() -> None:
    here = trade()
    request = here.waiting()
    kept_up()
    stories.approved(request, here.officer)
    position = Progress.objects.get().position
    before = list(OrderFigure.objects.values_list("status", "number"))
    for statement in range(1, 33, 6):
        assert killed_at_statement(follow, statement)
        assert Progress.objects.get().position == position
        assert list(OrderFigure.objects.values_list("status", "number")) == before
    assert not killed_at_statement(follow, 0)
    assert list(OrderFigure.objects.values_list("status", "number")) == [("approved", 1)]
    assert agreed()


def test_a_count_that_begins_anew_while_another_works_ends_right() -> None:
    here = trade()
    here.approved(), here.waiting()
    kept_up()
    outcomes = race([keeping.begin_anew, kept_up, keeping.begin_anew, kept_up])
    assert not losers(outcomes), outcomes
    kept_up()
    assert agreed()
