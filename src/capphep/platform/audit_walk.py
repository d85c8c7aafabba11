"""Walking the chains of the audit trail: what was changed, removed or put in, by name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import groupby

from django.db.models import Exists, OuterRef
from django.utils import timezone

from capphep.platform.append_only import is_append_only
from capphep.platform.audit_hash import entry_hash
from capphep.platform.models import AuditChain, AuditEntry

_AT_A_TIME = 500


class Seal:
    """How long each chain was at some moment, and one digest over all their heads then.

    Written down outside, it shows years later whether the trail still holds all that it held.
    As text: ``1:1201,2:40=<SHA-256>``.
    """

    def __init__(self, lengths: dict[int, int], digest: str) -> None:
        self.lengths = lengths
        self.digest = digest

    @classmethod
    def over(cls, heads: dict[int, tuple[int, str]]) -> Seal:
        """The seal over chains by id, each with its length and the hash at that length."""
        lines = [f"{chain} {length} {head}\n" for chain, (length, head) in sorted(heads.items())]
        lengths = {chain: length for chain, (length, _) in sorted(heads.items())}
        return cls(lengths, hashlib.sha256("".join(lines).encode()).hexdigest())

    @classmethod
    def parse(cls, text: str) -> Seal:
        """Raises ValueError for a text that is no seal."""
        lengths, _, digest = text.strip().partition("=")
        pairs = (pair.split(":") for pair in lengths.split(",") if pair)
        return cls({int(chain): int(length) for chain, length in pairs}, digest)

    def __str__(self) -> str:
        lengths = ",".join(f"{chain}:{length}" for chain, length in self.lengths.items())
        return f"{lengths}={self.digest}"


class Walk:
    """One reading of all chains; bounded memory. Counts and seals are known after it."""

    def __init__(self, earlier: Seal | None = None) -> None:
        self.entries = 0
        self.heads: dict[int, tuple[int, str]] = {}
        self.earlier = earlier
        self.earlier_heads: dict[int, tuple[int, str]] = {}

    @property
    def seal(self) -> Seal:
        return Seal.over(self.heads)

    def differences(self) -> Iterator[str]:
        """One statement reads heads and entries: what is recorded meanwhile does not disturb."""
        table = AuditEntry._meta.db_table
        if not is_append_only(table):
            yield f"Open: {table} can be changed, its triggers are missing or switched off."
        rows = AuditEntry.objects.select_related("chain").order_by("chain_id", "seq")
        entries = self._counted(rows.iterator(chunk_size=_AT_A_TIME))
        for _, one_chain in groupby(entries, key=lambda entry: entry.chain_id):
            yield from _of_chain(one_chain)
        yield from _emptied()
        yield from _strays()
        if self.earlier and Seal.over(self.earlier_heads).digest != self.earlier.digest:
            yield "The trail no longer holds what it held when the given seal was made."

    def _counted(self, entries: Iterator[AuditEntry]) -> Iterator[AuditEntry]:
        for entry in entries:
            self.entries += 1
            self.heads[entry.chain_id] = (entry.chain.length, entry.chain.head)
            if self.earlier and self.earlier.lengths.get(entry.chain_id) == entry.seq:
                self.earlier_heads[entry.chain_id] = (entry.seq, entry.hash)
            yield entry


def _of_chain(entries: Iterable[AuditEntry]) -> Iterator[str]:
    links = _Links()
    for entry in entries:
        yield from links.next(entry)
    yield from links.end()


class _Links:
    """Follows one chain; remembers two entries, so that it can tell changed from put in."""

    def __init__(self) -> None:
        self.last: AuditEntry | None = None
        self.earlier: AuditEntry | None = None
        self.doubt = ""
        """What is wrong with the last entry, unless the next one shows that it was put in."""

    def next(self, entry: AuditEntry) -> Iterator[str]:
        expected = self.last.seq + 1 if self.last else 1
        if not expected <= entry.seq <= entry.chain.length:
            yield f"Put in: {told(entry)}, at no place of chain {entry.chain_id}."
            return
        if self.last and entry.pk < self.last.pk:
            yield f"Moved: {told(entry)}, or {told(self.last)}; their ids are not in order."
        if entry.seq > expected:
            yield from self._gap(entry, entry.seq - expected)
        else:
            yield from self._link(entry)
        self.earlier, self.last = self.last, entry

    def end(self) -> Iterator[str]:
        yield from self._settle()
        if self.last is None:
            return
        chain = self.last.chain
        if chain.length > self.last.seq:
            count = chain.length - self.last.seq
            yield f"Removed: {count} at the end of chain {chain.pk}, after {told(self.last)}."
        elif chain.head != self.last.hash:
            yield f"Changed: the head of chain {chain.pk}, or its last entry, {told(self.last)}."

    def _gap(self, entry: AuditEntry, count: int) -> Iterator[str]:
        yield from self._settle()
        after = f"after {told(self.last)}, " if self.last else ""
        yield f"Removed: {count} of chain {entry.chain_id}, {after}before {told(entry)}."

    def _link(self, entry: AuditEntry) -> Iterator[str]:
        if _follows(entry, self.last):
            yield from self._settle()
        elif self.last and _follows(entry, self.earlier):
            yield f"Put in or moved: {told(self.last)}."
            self.doubt = ""
        else:
            yield from self._settle()
            before = f"; or, with its hash, {told(self.last)}" if self.last else ""
            self.doubt = f"Changed: {told(entry)}{before}."

    def _settle(self) -> Iterator[str]:
        if self.doubt:
            yield self.doubt
        self.doubt = ""


def _follows(entry: AuditEntry, before: AuditEntry | None) -> bool:
    return entry.hash == entry_hash(before.hash if before else "", entry)


def _emptied() -> Iterator[str]:
    entries = AuditEntry.objects.filter(chain=OuterRef("pk"))
    for chain in AuditChain.objects.filter(~Exists(entries), length__gt=0).order_by("pk"):
        yield f"Removed: all {chain.length} of chain {chain.pk}."


def _strays() -> Iterator[str]:
    """Entries whose chain is gone; a database that enforces foreign keys has none."""
    chain = AuditChain.objects.filter(pk=OuterRef("chain_id"))
    for entry in AuditEntry.objects.filter(~Exists(chain)).order_by("pk").iterator():
        yield f"Put in: {told(entry)}; or its chain {entry.chain_id} was removed."


def told(entry: AuditEntry) -> str:
    """Which entry: its id, when, who, what, on which record."""
    at = timezone.localtime(entry.at).strftime("%d/%m/%Y %H:%M:%S") if entry.at else "no time"
    subject = f"{entry.subject_type} {entry.subject_no}"
    return f"entry {entry.pk} ({at}, {entry.actor_name}: {entry.verb}, {subject})"
