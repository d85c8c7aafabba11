"""What an append-only table refuses, by the ORM and by SQL, and how tests still empty it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.state import ProjectState

from capphep.platform.append_only import AppendOnly, is_append_only
from capphep.platform.models import Team, User
from tests.plumbing.append_only import lifted
from tests.plumbing.emptying import empty_tables

pytestmark = pytest.mark.django_db(transaction=True)

TABLE = Team._meta.db_table
STATE = ProjectState()


@pytest.fixture
def team(transactional_db: None) -> Iterator[Team]:
    """A row of a table that is append-only for this test alone."""
    operation = AppendOnly(TABLE)
    with connection.schema_editor() as editor:
        operation.database_forwards("platform", editor, STATE, STATE)
    yield Team.objects.create(name="Nhóm một")
    with connection.schema_editor() as editor:
        operation.database_backwards("platform", editor, STATE, STATE)


def sql(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def names() -> list[str]:
    return list(Team.objects.order_by("id").values_list("name", flat=True))


def test_rows_are_appended_and_read(team: Team) -> None:
    Team.objects.create(name="Nhóm hai")
    assert names() == ["Nhóm một", "Nhóm hai"]


def test_the_orm_can_neither_change_nor_remove(team: Team) -> None:
    team.name = "Khác"
    with pytest.raises(IntegrityError, match="platform_team is append-only: UPDATE refused"):
        team.save()
    with pytest.raises(IntegrityError, match="platform_team is append-only: UPDATE refused"):
        Team.objects.update(name="Khác")
    with pytest.raises(IntegrityError, match="platform_team is append-only: DELETE refused"):
        Team.objects.filter(pk=team.pk).delete()
    with pytest.raises(IntegrityError, match="append-only: UPDATE refused"):
        Team.objects.bulk_create(
            [Team(pk=team.pk, name="Khác")],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["name"],
        )
    assert names() == ["Nhóm một"]


def test_sql_can_neither_change_nor_remove(team: Team) -> None:
    with pytest.raises(IntegrityError, match="platform_team is append-only: UPDATE refused"):
        sql(f"UPDATE {TABLE} SET name = 'Khác'")
    with pytest.raises(IntegrityError, match="platform_team is append-only: DELETE refused"):
        sql(f"DELETE FROM {TABLE}")
    assert names() == ["Nhóm một"]


def test_the_other_ways_to_remove_are_refused_too(team: Team) -> None:
    ways = {
        "sqlite": [f"REPLACE INTO {TABLE} SELECT * FROM {TABLE}"],
        "postgresql": [
            f"TRUNCATE {TABLE} CASCADE",
            f"SET LOCAL session_replication_role = replica; DELETE FROM {TABLE}",
        ],
    }
    for way in ways[connection.vendor]:
        with pytest.raises(IntegrityError, match=r"append-only: (TRUNCATE|DELETE) refused"):
            sql(way)
    assert names() == ["Nhóm một"]


def test_applied_twice_it_protects_once(team: Team) -> None:
    with connection.schema_editor() as editor:
        AppendOnly(TABLE).database_forwards("platform", editor, STATE, STATE)
    with pytest.raises(IntegrityError, match="append-only"):
        Team.objects.update(name="Khác")


def test_it_is_known_whether_a_table_is_protected(team: Team) -> None:
    assert is_append_only(TABLE)
    with lifted():
        assert not is_append_only(TABLE)
    assert is_append_only(TABLE)
    assert not is_append_only(User._meta.db_table)


def test_taken_back_it_lets_everything_through(team: Team) -> None:
    with connection.schema_editor() as editor:
        AppendOnly(TABLE).database_backwards("platform", editor, STATE, STATE)
    Team.objects.update(name="Khác")
    assert names() == ["Khác"]


def test_emptying_between_tests_empties_it_and_leaves_it_protected(team: Team) -> None:
    empty_tables()
    assert names() == []
    Team.objects.create(name="Nhóm hai")
    with pytest.raises(IntegrityError, match="append-only"):
        Team.objects.all().delete()


def test_somebody_who_may_change_the_schema_can_lift_it(team: Team) -> None:
    with transaction.atomic(), lifted():
        Team.objects.update(name="Khác")
    with pytest.raises(IntegrityError, match="append-only"):
        Team.objects.update(name="Nhóm một")
    assert names() == ["Khác"]
