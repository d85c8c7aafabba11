"""Customers from a sheet: the rows judged together – doubles, governing units – and entered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from capphep.crm.actions.bulk import Entered, enter_customers, require_entry
from capphep.crm.actions.bulk_entries import CustomerEntry
from capphep.crm.actions.bulk_reading import governing_units, owners_of
from capphep.crm.imports.alike import alike_rows, note_alike
from capphep.crm.imports.customer_rows import RowReader
from capphep.crm.imports.governing import refused_parents
from capphep.crm.imports.rows import Rejected, SheetRow
from capphep.crm.queries.customers import may_write
from capphep.crm.queries.former import codes_of_today
from capphep.platform.roles import Actor, Permission, may
from capphep.pure import codes
from capphep.pure.errors import Invalid, Refusal, gettext_noop


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the rows. ``unchanged`` counts repeated rows that say the same, too."""

    created: int
    updated: int
    unchanged: int
    rejected: Sequence[Rejected]
    unusual_codes: Sequence[str]
    """RULE R11: budget codes whose first digit deserves a second look."""
    made: Sequence[int] = ()
    """Keys of the customers that were created."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What would become of the rows: those of new customers, of known ones, and the bad ones."""

    new: Sequence[str]
    known: Sequence[str]
    repeats: int
    rejected: Sequence[Rejected]


def import_customers(
    *, actor: Actor, rows: Iterable[SheetRow], keep_known: bool = False
) -> Outcome:
    """Enter the good rows, in the caller's transaction; return the bad ones with reasons.

    ``keep_known`` leaves customers that are there as they are. Raises Forbidden as
    `enter_customers` does.
    """
    require_entry(actor)
    batch = _judged(actor, rows, keep_known=keep_known)
    kept = len(batch.known) if keep_known else 0
    entries = batch.entries(batch.known if keep_known else ())
    alike = alike_rows(entries)
    entered = enter_customers(actor=actor, entries=entries)
    note_alike(actor, alike)
    return batch.outcome(entered, kept)


def judge_customers(
    *, actor: Actor, rows: Iterable[SheetRow], keep_known: bool, planned: Collection[str]
) -> Judged:
    """The same look at the rows, and nothing is written.

    ``planned`` are the codes of good rows that would have been entered before these.
    """
    batch = _judged(actor, rows, keep_known=keep_known, planned=planned)
    new = [code for code in batch.first if code not in batch.known]
    known = [code for code in batch.first if code in batch.known]
    return Judged(new, known, len(batch.repeats), batch.bad_rows())


def _judged(
    actor: Actor,
    rows: Iterable[SheetRow],
    *,
    keep_known: bool,
    planned: Collection[str] = (),
) -> _Batch:
    reader, batch = RowReader(), _Batch()
    for row in rows:
        batch.take(row.number, reader.entry(row))
    batch.look_up(actor, must_be_own=not keep_known)
    batch.judge_parents(planned)
    return batch


class _Batch:
    """The rows on their way: the first good one of each code, its repeats, and the bad ones."""

    def __init__(self) -> None:
        self.first: dict[str, tuple[int, CustomerEntry]] = {}
        self.repeats: list[tuple[int, str]] = []
        self.rejected: list[Rejected] = []
        self.known: set[str] = set()

    def take(self, number: int, found: CustomerEntry | Rejected) -> None:
        """Of rows with one code the first good one enters; a later one has to say the same."""
        if isinstance(found, Rejected):
            self.rejected.append(found)
            return
        first, entry = self.first.setdefault(found.budget_code, (number, found))
        if entry is found:
            return
        if entry == found:
            self.repeats.append((number, found.budget_code))
        else:
            self.rejected.append(Rejected(number, [_differs(first)]))

    def look_up(self, actor: Actor, *, must_be_own: bool) -> None:
        """Find the customers that are there, and take out the rows of those of others."""
        self._take_out({code: _is_former(code) for code in codes_of_today(self.first)})
        found = owners_of(self.first)
        self.known = set(found)
        if must_be_own and not may(actor, Permission.BULK_ENTER):
            self._take_out(
                {
                    code: of_somebody_else(code)
                    for code, customer in found.items()
                    if not may_write(actor, customer)
                }
            )

    def judge_parents(self, planned: Collection[str]) -> None:
        """Take out the rows whose governing unit cannot be one, and what repeats them."""
        stated = {code: entry.parent_code for code, (_, entry) in self.first.items()}
        existing = governing_units({*stated, *stated.values()})
        wanted = [code for code in stated.values() if code in planned and code not in stated]
        self._take_out(refused_parents(stated, dict.fromkeys(wanted) | existing))

    def _take_out(self, refused: Mapping[str, Refusal]) -> None:
        numbered = [(number, code) for code, (number, _) in self.first.items()]
        for number, code in numbered + self.repeats:
            if code in refused:
                self.rejected.append(Rejected(number, [refused[code]]))
        self.repeats = [(number, code) for number, code in self.repeats if code not in refused]
        for code in refused:
            del self.first[code]

    def entries(self, but: Collection[str]) -> list[CustomerEntry]:
        return [entry for code, (_, entry) in self.first.items() if code not in but]

    def bad_rows(self) -> list[Rejected]:
        return sorted(self.rejected, key=lambda row: row.number)

    def outcome(self, entered: Entered, kept: int) -> Outcome:
        return Outcome(
            created=entered.created,
            updated=entered.updated,
            unchanged=entered.unchanged + len(self.repeats) + kept,
            rejected=self.bad_rows(),
            unusual_codes=[code for code in self.first if codes.unusual_budget_code(code)],
            made=entered.made,
        )


def of_somebody_else(code: str) -> Invalid:
    """It may be one that the actor may not know of: nothing more is said."""
    message = gettext_noop("The budget code %(code)s belongs to a customer of somebody else.")
    params = {"code": code}
    return Invalid("budget_code_taken", message, rule="R11", field="budget_code", params=params)


def _is_former(code: str) -> Invalid:
    """RULE D3: nobody else gets it, and nothing is written about a merged customer."""
    message = gettext_noop("%(code)s is a former code of a unit: enter its code of today.")
    params = {"code": code}
    return Invalid("former_code", message, rule="D3", field="budget_code", params=params)


def _differs(first: int) -> Invalid:
    message = gettext_noop("Row %(row)s has the same budget code and says something else.")
    return Invalid("repeated_code", message, field="budget_code", params={"row": first})
