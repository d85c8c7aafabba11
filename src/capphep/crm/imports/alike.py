"""Which rows of a file may be a unit that is entered already (D1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from capphep.crm.actions.bulk_entries import CustomerEntry
from capphep.crm.actions.bulk_reading import BATCH
from capphep.crm.duplicate_rules import duplicate_keys
from capphep.crm.models import Alike, Customer, DuplicatePair
from capphep.crm.queries.duplicates import MOST, alike_to_many
from capphep.platform.roles import Actor
from capphep.pure.batching import batches


@dataclass(frozen=True, slots=True)
class _Unit:
    """What one is compared by; of a row or of a customer."""

    budget_code: str
    name: str
    tax_code: str
    name_key: str
    place_key: str

    def may_be_where(self, other: _Unit) -> bool:
        """Where one of both has no commune, the province has to be enough."""
        return self.place_key == other.place_key or not (self.place_key and other.place_key)


@dataclass(frozen=True, slots=True)
class Pair:
    """A new row's budget code, and that of the customer or earlier row which it looks like."""

    code: str
    other: str
    alike: Alike


def alike_rows(entries: Sequence[CustomerEntry]) -> list[Pair]:
    """RULE D1: which new rows may be a unit that there is, or that an earlier row names.

    A row that names the other's budget code under *Không trùng với* is a unit of its own.
    Three statements a batch, none of them for single rows.
    """
    known = _Known()
    found: list[Pair] = []
    for batch in batches(entries, BATCH):
        there = _existing(batch)
        new = [entry for entry in batch if entry.budget_code not in there]
        units = [_unit_of(entry) for entry in new]
        known.read(units)
        for entry, unit in zip(new, units, strict=True):
            pairs = known.pairs(unit)
            found += [pair for pair in pairs if pair.other not in entry.not_same_as]
            known.add(unit)
    return found


def note_alike(actor: Actor, pairs: Sequence[Pair]) -> None:
    """RULE D1: keep the pairs to be judged; what did not enter after all is left out."""
    for batch in batches(pairs, BATCH):
        codes = {code for pair in batch for code in (pair.code, pair.other)}
        rows = Customer.objects.filter(budget_code__in=codes)
        ids = dict(rows.values_list("budget_code", "pk"))
        noted = [
            _noted(actor, ids[pair.code], ids[pair.other], pair.alike)
            for pair in batch
            if pair.code in ids and pair.other in ids
        ]
        DuplicatePair.objects.bulk_create(noted, ignore_conflicts=True)


def _noted(actor: Actor, one: int, other: int, alike: Alike) -> DuplicatePair:
    first, second = sorted((one, other))
    return DuplicatePair(first_id=first, second_id=second, alike=alike, noted_by_id=actor.pk)


class _Known:
    """Customers and accepted rows, by what they are compared by."""

    def __init__(self) -> None:
        self.by_tax: dict[str, list[_Unit]] = defaultdict(list)
        self.by_name: dict[str, list[_Unit]] = defaultdict(list)

    def read(self, units: Sequence[_Unit]) -> None:
        taxes = {unit.tax_code for unit in units} - self.by_tax.keys()
        names = {unit.name_key for unit in units} - self.by_name.keys()
        by_tax, by_name = alike_to_many(taxes, names)
        for found, known in ((by_tax, self.by_tax), (by_name, self.by_name)):
            for key, customers in found.items():
                known[key] += [_unit_in(customer) for customer in customers]

    def pairs(self, unit: _Unit) -> list[Pair]:
        same_tax = self.by_tax.get(unit.tax_code, ())
        same_name = [one for one in self.by_name.get(unit.name_key, ()) if unit.may_be_where(one)]
        found = [(one, Alike.TAX_CODE) for one in same_tax[:MOST]]
        found += [(one, Alike.NAME) for one in same_name[:MOST] if one not in same_tax]
        return [Pair(unit.budget_code, one.budget_code, alike) for one, alike in found]

    def add(self, unit: _Unit) -> None:
        if unit.tax_code:
            self.by_tax[unit.tax_code].append(unit)
        if unit.name_key:
            self.by_name[unit.name_key].append(unit)


def _existing(entries: Sequence[CustomerEntry]) -> set[str]:
    codes = [entry.budget_code for entry in entries]
    rows = Customer.objects.filter(budget_code__in=codes)
    return set(rows.values_list("budget_code", flat=True))


def _unit_of(entry: CustomerEntry) -> _Unit:
    said = {
        name: str(entry.values.get(name, ""))
        for name in ("name", "tax_code", "province", "commune")
    }
    keys = duplicate_keys(said["name"], said["province"], said["commune"])
    return _Unit(entry.budget_code, said["name"], said["tax_code"], **keys)


def _unit_in(customer: Customer) -> _Unit:
    return _Unit(
        customer.budget_code,
        customer.name,
        customer.tax_code,
        customer.name_key,
        customer.place_key,
    )
