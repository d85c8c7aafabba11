"""The rules of a licence request: pure functions, the day and the base as arguments."""

from __future__ import annotations

import datetime
import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from capphep.entitlements.rules import Base, Key
from capphep.provisioning.states import EvidenceKind, RequestKind
from capphep.provisioning.term_rules import Additions, Holdings, LineTerm, Timing, line_term
from capphep.pure.errors import Invalid, gettext_noop


@dataclass(frozen=True, slots=True)
class OrderedContent:
    """What one order line buys of one resource: quantity × units per package, for a term."""

    module_id: int
    resource_id: int
    months: int
    added: int


@dataclass(frozen=True, slots=True)
class PlannedQuantity:
    resource_id: int
    base: Base
    added: int

    @property
    def total(self) -> int:
        return self.base.quantity + self.added


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """One module for one term, with what it adds of each resource."""

    module_id: int
    span: LineTerm
    quantities: tuple[PlannedQuantity, ...]

    @property
    def months(self) -> int:
        return self.span.months

    @property
    def ends_with(self) -> datetime.date | None:
        return self.span.ends_with

    @property
    def follows(self) -> datetime.date | None:
        return self.span.follows


def module_lines(
    contents: Iterable[OrderedContent], timing: Timing, holdings: Holdings
) -> list[PlannedLine]:
    """RULE R1: added = Σ quantity × units by module, term and resource; total = base + added.

    The lines come in the order of ``contents``. Where a resource is bought for two
    different terms, the second line counts on top of the first.
    """
    spans: dict[tuple[int, int], LineTerm] = {}
    added: dict[tuple[int, int], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for content in contents:
        span = line_term(content.module_id, content.months, timing, holdings)
        spans[content.module_id, span.months] = span
        added[content.module_id, span.months][content.resource_id] += content.added
    additions = Additions(holdings)
    return [
        PlannedLine(key[0], spans[key], _quantities(key[0], spans[key], by_resource, additions))
        for key, by_resource in added.items()
    ]


def _quantities(
    module_id: int, span: LineTerm, added: Mapping[int, int], additions: Additions
) -> tuple[PlannedQuantity, ...]:
    return tuple(
        PlannedQuantity(
            resource_id,
            additions.base((module_id, resource_id), span.term.first, quantity),
            quantity,
        )
        for resource_id, quantity in added.items()
    )


def needs_evidence(kind: str) -> bool:
    """RULE R7: what is sold has to be proved; a trial and a change of information have not."""
    return kind not in (RequestKind.TRIAL, RequestKind.INFO_CHANGE)


def missing_evidence(present: Collection[str]) -> list[Invalid]:
    """RULE R7: a funding decision and a proof of commitment before sending."""
    messages = {
        EvidenceKind.FUNDING_DECISION: gettext_noop("Attach the funding decision."),
        EvidenceKind.COMMITMENT: gettext_noop("Attach the proof of commitment."),
    }
    return [
        Invalid("evidence_missing", message, rule="R7", field=f"evidence-{kind.value}")
        for kind, message in messages.items()
        if kind not in present
    ]


def draft_ends_on(changed_on: datetime.date, days: int) -> datetime.date:
    """The day on which a draft that was last changed on this one ends by itself (setting)."""
    return changed_on + datetime.timedelta(days=days)


def sealed(request_no: str, sent_at: datetime.datetime | None, bases: str) -> str:
    """RULE R3: ``bases``, a fingerprint, as it was seen of this request as it was sent then.

    What is taken back, changed and sent again is another thing to decide on.
    """
    moment = sent_at.astimezone(datetime.UTC).isoformat() if sent_at else ""
    return f"{hashlib.sha256(f'{request_no};{moment}'.encode()).hexdigest()[:16]}-{bases}"


def same_sending(seen: str, now: str) -> bool:
    """Whether both fingerprints of a request are of one sending; of a text that is none, yes."""
    sending, is_sealed, _bases = seen.partition("-")
    return not is_sealed or sending == now.partition("-")[0]


def fingerprint(seen: Iterable[tuple[Key, int, datetime.date | None]]) -> str:
    """RULE R3: names what an officer saw, to be compared at approval.

    For each quantity its key, its base, and the running term that it ends with or follows.
    """
    text = ";".join(
        f"{module}.{resource}={base}~{running or ''}" for (module, resource), base, running in seen
    )
    return hashlib.sha256(text.encode()).hexdigest()[:16]
