"""The rules of a licence request: pure functions, the day and the base as arguments."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from capphep.catalog.kinds import PackageKind
from capphep.entitlements.rules import Base, Key
from capphep.provisioning.states import EvidenceKind, RequestKind
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
    """One module for one term of months, with what it adds of each resource."""

    module_id: int
    months: int
    quantities: tuple[PlannedQuantity, ...]


def module_lines(
    contents: Iterable[OrderedContent], bases: Mapping[Key, Base]
) -> list[PlannedLine]:
    """RULE R1: added = Σ quantity × units by module, term and resource; total = base + added.

    The lines come in the order of ``contents``. Where a resource is bought for two
    different terms, the second line counts on top of the first.
    """
    added: dict[tuple[int, int], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for content in contents:
        added[content.module_id, content.months][content.resource_id] += content.added
    reached = dict(bases)
    return [
        PlannedLine(module_id, months, _quantities(module_id, by_resource, reached))
        for (module_id, months), by_resource in added.items()
    ]


def _quantities(
    module_id: int, added: Mapping[int, int], reached: dict[Key, Base]
) -> tuple[PlannedQuantity, ...]:
    planned = []
    for resource_id, quantity in added.items():
        base = reached.get((module_id, resource_id), Base(0))
        planned.append(PlannedQuantity(resource_id, base, quantity))
        reached[module_id, resource_id] = Base(base.quantity + quantity)
    return tuple(planned)


def request_kind(package_kinds: Collection[str], *, owns_product: bool) -> RequestKind:
    """RULE R8: the kind follows from the ordered packages and the subscription in force.

    Raises Invalid ``no_subscription`` for an add-on without a subscription and
    ``already_owned`` for a new sale to who owns the product.
    """
    is_new = PackageKind.BASE in package_kinds
    if is_new and owns_product:
        raise Invalid(
            "already_owned",
            gettext_noop("The customer already owns this product: order add-on packages instead."),
            rule="R8",
        )
    if not is_new and not owns_product:
        raise Invalid(
            "no_subscription",
            gettext_noop(
                "The customer has no subscription of this product in force: "
                "order a new sale instead."
            ),
            rule="R8",
        )
    return RequestKind.NEW if is_new else RequestKind.ADD_ON


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


def fingerprint(bases: Iterable[tuple[Key, int]]) -> str:
    """RULE R3: names the bases that an officer saw, to be compared with those at approval."""
    text = ";".join(f"{module}.{resource}={base}" for (module, resource), base in bases)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
