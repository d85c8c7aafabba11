"""Dry runs, second runs, two runs at once, a run that dies: all or nothing, and the same report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from capphep.crm.models import Contact, Customer, Sector
from capphep.entitlements.models import Grant
from capphep.entitlements.queries import ledger_differences
from capphep.platform.models import AuditEntry, Installation, NumberSeries, OutboxEvent
from capphep.shell import customer_import
from capphep.shell.customer_import import Summary, import_customers
from tests import factories
from tests.factories import SmallCatalogue
from tests.imports.books import Imported, Row, book, counts, line, line_counts, unit
from tests.plumbing.kills import killed_at_statement
from tests.plumbing.races import losers, race, winners


def mixed_units() -> list[Row]:
    return [
        unit("1000002", "Trường A", parent="1000001", full_name="An", position="Kế toán"),
        unit("1000001", "UBND Xã Mới"),
        unit("1000001", "UBND Xã Mới"),
        unit("1000001", "UBND Xã Khác"),
        unit("1000003", phone="1"),
        unit("1000004", parent="1000003"),
    ]


def mixed_lines() -> list[Row]:
    return [line("1000002"), line("1000002"), line("1000003"), line("1000001", "YC-2026-000300")]


@pytest.fixture
def scene(transactional_db: None) -> SmallCatalogue:
    """What the migrations left is gone after a test that commits."""
    Installation.objects.get_or_create(pk=1)
    Sector.objects.get_or_create(name="UBND cấp xã")
    return SmallCatalogue()


def everything() -> list[Any]:
    tables = [Customer, Contact, Grant, AuditEntry, OutboxEvent, NumberSeries]
    return [list(table._default_manager.order_by("pk").values()) for table in tables]


@pytest.mark.django_db
@pytest.mark.usefixtures("catalogue")
def test_a_dry_run_reports_what_the_run_reports_and_writes_nothing(imported: Imported) -> None:
    factories.customer("1000001", "UBND Xã Cũ")
    before = everything()
    rehearsed = imported(mixed_units(), mixed_lines(), dry_run=True)
    assert everything() == before
    assert imported(mixed_units(), mixed_lines()) == rehearsed
    assert (counts(rehearsed), line_counts(rehearsed)) == ((1, 1, 1, 3), (2, 1, 1))


@pytest.mark.django_db
def test_a_dry_run_inside_another_transaction_takes_back_only_itself(imported: Imported) -> None:
    with transaction.atomic():
        factories.customer("7654321")
        imported([unit()], dry_run=True)
    assert Customer.objects.get().budget_code == "7654321"


@pytest.mark.django_db
@pytest.mark.usefixtures("catalogue")
def test_a_second_run_changes_nothing(imported: Imported) -> None:
    imported(mixed_units(), mixed_lines())
    before = everything()
    again = imported(mixed_units(), mixed_lines())
    assert (counts(again), line_counts(again)) == ((0, 0, 3, 3), (0, 3, 1))
    assert everything() == before


@pytest.mark.usefixtures("scene")
def test_of_two_imports_at_once_one_enters_and_one_finds_everything(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", mixed_units(), mixed_lines())
    outcomes: list[Summary | Exception] = race(lambda: import_customers(path), 3)
    assert not losers(outcomes)
    assert sorted(counts(each) for each in winners(outcomes)) == [
        (0, 0, 3, 3),
        (0, 0, 3, 3),
        (2, 0, 1, 3),
    ]
    assert sorted(line_counts(each)[0] for each in winners(outcomes)) == [0, 0, 2]
    assert (Customer.objects.count(), Contact.objects.count()) == (2, 1)
    assert Grant.objects.count() == 2
    assert list(ledger_differences()) == []


@pytest.mark.django_db
def test_a_customer_entered_by_somebody_else_meanwhile_is_found_at_a_second_look(
    imported: Imported, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []

    def once_too_late(**arguments: Any) -> Any:
        looks.append(1)
        if len(looks) == 1:
            factories.customer("1234567")
            factories.customer("1234567")
        return original(**arguments)

    original = customer_import.customers.import_customers
    monkeypatch.setattr(customer_import.customers, "import_customers", once_too_late)
    assert counts(imported([unit()])) == (1, 0, 0, 0)
    assert len(looks) == 2


def import_it(path: str) -> None:
    import_customers(Path(path))


@pytest.mark.usefixtures("scene")
@pytest.mark.parametrize("statement", [3, 9, 14, 20, 26, 30])
def test_an_import_that_dies_leaves_nothing(tmp_path: Path, statement: int) -> None:
    path = book(tmp_path / "a.xlsx", mixed_units(), mixed_lines())
    assert killed_at_statement(import_it, statement, str(path))
    assert not Customer.objects.exists() and not Grant.objects.exists()
    assert not AuditEntry.objects.exists()
