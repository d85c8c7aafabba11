"""The plumbing itself: races, kills and counts do what the other tests rely on."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from capphep.platform.models import Team
from tests.plumbing import shares
from tests.plumbing.isolation import end_sessions
from tests.plumbing.kills import each_kill_point, killed_at_statement
from tests.plumbing.races import losers, race, winners
from tests.plumbing.server import database_url
from tests.plumbing.sql_counts import Counter

RUNS = {"sqlite": "database", "postgresql": "database", "beside them": "once"}


def make_two_teams(first: str, second: str) -> None:
    """The victim of the kill tests."""
    with transaction.atomic():
        Team.objects.create(name=first)
        Team.objects.create(name=second)


def make_no_sense() -> None:
    raise RuntimeError("meant")


def test_of_two_racers_for_one_name_one_wins(transactional_db: None) -> None:
    outcomes = race(lambda: Team.objects.create(name="Bắc"), 2)
    assert len(winners(outcomes)) == 1
    assert [type(error) for error in losers(outcomes)] == [IntegrityError]


def test_racers_keep_their_order(transactional_db: None) -> None:
    names = ["a", "b", "c"]
    outcomes = race([lambda name=name: Team.objects.create(name=name).name for name in names])
    assert outcomes == names


def test_a_kill_at_any_statement_leaves_nothing_behind(transactional_db: None) -> None:
    kills = 0
    for _statement in each_kill_point(make_two_teams, "Bắc", "Nam"):
        assert not Team.objects.exists()
        kills += 1
    # Two INSERTs and the COMMIT at least; SQLite's BEGIN is a statement too.
    assert kills >= 3
    assert Team.objects.count() == 2


def test_a_victim_may_outlive_its_statement(transactional_db: None) -> None:
    assert killed_at_statement(make_two_teams, 2, "Bắc", "Nam")
    assert not killed_at_statement(make_two_teams, 50, "Bắc", "Nam")
    assert Team.objects.count() == 2


def test_a_victim_that_fails_by_itself_fails_the_test(transactional_db: None) -> None:
    with pytest.raises(AssertionError, match="failed by itself"):
        killed_at_statement(make_no_sense, 1)


def test_a_count_above_its_limit_fails_and_lists_the_statements(
    db: None, statements: Counter
) -> None:
    too_many = pytest.raises(pytest.fail.Exception, match="2 statements, at most 1")
    with too_many, statements("plumbing.limit", at_most=1):
        Team.objects.create(name="Bắc")
        Team.objects.count()


def test_transaction_control_does_not_count(db: None, statements: Counter) -> None:
    too_many = pytest.raises(pytest.fail.Exception, match="1 statements, at most 0")
    with too_many, statements("plumbing.limit", at_most=0), transaction.atomic():
        Team.objects.count()


def test_the_test_database_is_of_this_run_alone(db: None) -> None:
    assert "test" in str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        assert "capphep-test-" in str(connection.settings_dict["NAME"])


@pytest.mark.postgresql
def test_a_database_can_be_dropped_after_the_sessions_in_it_were_ended(db: None) -> None:
    name = f"test_left_{os.getpid()}"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        try:
            with psycopg.connect(f"{database_url().rpartition('/')[0]}/{name}") as left:
                end_sessions(name)
                cursor.execute(f"DROP DATABASE {name}")
                with pytest.raises(psycopg.OperationalError):
                    left.execute("SELECT 1")
        finally:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.mark.once
@pytest.mark.parametrize(
    ("marks", "path", "runs"),
    [
        ([], "tests/crm/test_views.py", ["sqlite", "postgresql"]),
        (["django_db"], "tests/crm/test_rules.py", ["sqlite", "postgresql"]),
        ([], "tests/crm/test_rules.py", ["beside them"]),
        ([], "tests/pure/test_codes.py", ["beside them"]),
        (["once"], "tests/crm/test_views.py", ["beside them"]),
        (["sqlite", "once"], "tests/crm/test_views.py", ["sqlite"]),
        (["postgresql"], "tests/crm/test_views.py", ["postgresql"]),
    ],
)
def test_a_test_is_done_by_the_runs_that_can_show_something(
    marks: list[str], path: str, runs: list[str]
) -> None:
    item: Any = SimpleNamespace(
        path=Path(__file__).resolve().parents[2] / path,
        get_closest_marker=lambda name: name if name in marks else None,
    )
    vendors = {name: "sqlite" if name == "beside them" else name for name in RUNS}
    done = [name for name, share in RUNS.items() if shares.is_done(item, vendors[name], share)]
    assert done == runs
    assert shares.is_done(item, vendors[runs[0]], None)
