"""Which flags there are, and what each of them says: OFREP's evaluations."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from capphep.entitlements import check_rules
from capphep.entitlements.check_rules import Document, Steps
from capphep.integration.ofrep import asked, clock
from capphep.integration.ofrep.reader import Held, Reader, Token, Unavailable

Evaluation: TypeAlias = dict[str, Any]

_FRESH: Final = 1.0
"""Seconds for which the list of what can be bought is taken to be complete."""
_AGAIN: Final = 10.0
"""Seconds until it is read again after that failed."""


@dataclass(frozen=True, slots=True)
class Flags:
    """All that the catalogue knows, by the product's flag code: its key, its flags in order."""

    by_product: Mapping[str, tuple[int, Mapping[str, None]]] = field(default_factory=dict)
    digest: bytes = b""

    def of(self, token: Token) -> dict[str, Mapping[str, None]]:
        """The flags of each product that the token may know of."""
        return {
            product: flags
            for product, (product_id, flags) in self.by_product.items()
            if token.product_id in (None, product_id)
        }


class Catalogue:
    """What could be bought. Nothing that was bought needs it: that stands in the documents."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._flags = Flags()
        self._stale_at = 0.0

    def flags(self) -> Flags:
        """At most a second old; older where the catalogue's tables cannot be read now."""
        now = time.monotonic()
        if now >= self._stale_at:
            try:
                self._flags, self._stale_at = _listed(self._reader.catalogue()), now + _FRESH
            except Unavailable:
                if not self._flags.by_product:
                    raise
                self._stale_at = now + _AGAIN
        return self._flags

    def owner(self, product: str, flag: str) -> int | None:
        """The key of the product, if it has this flag. Raises Unavailable."""
        # What was known once is not taken out of the catalogue.
        for flags in (self._flags, self.flags()):
            product_id, known = flags.by_product.get(product, (None, {}))
            if flag in known:
                return product_id
        return None


def _listed(rows: Iterable[tuple[int, str, str, str]]) -> Flags:
    found: dict[str, tuple[int, dict[str, None]]] = {}
    for product_id, product, module, resource in rows:
        _, flags = found.setdefault(check_rules.flag_code(product), (product_id, {}))
        flags[check_rules.flag_name(module)] = None
        if resource:
            flags[check_rules.flag_name(module, resource)] = None
    names = {product: [product_id, *flags] for product, (product_id, flags) in found.items()}
    return Flags(found, hashlib.sha256(json.dumps(names).encode()).digest())


def evaluation(product: str, flag: str, day: str, steps: Steps | None, version: int) -> Evaluation:
    """What a flag of the product with these steps says on the local day (ISO form)."""
    answer = check_rules.answer(steps, day)
    metadata: dict[str, str | int] = {"reason_code": answer.reason, "version": version}
    if answer.request_no:
        metadata["request_no"] = answer.request_no
    if answer.until:
        metadata["valid_until"] = answer.until
    return {
        "key": f"{product}.{flag}",
        "value": answer.quantity if "." in flag else bool(answer.quantity),
        "reason": "TARGETING_MATCH" if answer.quantity else "DEFAULT",
        "variant": answer.reason,
        "metadata": metadata,
    }


def require_within(token: Token, customer_id: int | None) -> None:
    """A customer beyond the token's bounds is like one that there is not. Raises Refused."""
    if customer_id is None or token.customer_id not in (None, customer_id):
        raise asked.unknown_customer()


@dataclass(frozen=True, slots=True)
class Holdings:
    """All that a token may know about a customer."""

    token: Token
    budget_code: str
    held: Sequence[Held]
    flags: Flags
    documents: Mapping[str, Document]

    def evaluations(self, day: str) -> list[Evaluation]:
        """Every flag: those of the catalogue, and what was granted without being in it now."""
        versions = {each.product: each.version for each in self.held}
        return [
            evaluation(product, flag, day, found.get(flag), versions.get(product, 0))
            for product, known in self._known().items()
            for found in [self.documents.get(product, {})]
            for flag in known
        ]

    def _known(self) -> dict[str, dict[str, None]]:
        known = {product: dict(flags) for product, flags in self.flags.of(self.token).items()}
        for product, found in self.documents.items():
            known.setdefault(product, {}).update(dict.fromkeys(found))
        return known

    def etag(self, day: str) -> str:
        """A strong entity tag: another one whenever anything that is told is another.

        Of who asks about whom, of what is held and what is known, and of the latest day on
        which anything began or ended; of the stream's address, which has to be renewed.
        """
        turns = (check_rules.last_turn(found, day) for found in self.documents.values())
        said = [self.budget_code, self.token.id, max(turns, default=""), clock.window()]
        said += [[each.product, each.version, each.document] for each in self.held]
        digest = hashlib.sha256(self.flags.digest + json.dumps(said).encode())
        return f'"{digest.hexdigest()[:32]}"'


def holdings(
    reader: Reader, catalogue: Catalogue, token: Token, budget_code: str, held: Sequence[Held]
) -> Holdings:
    """What this token may know, ``held`` having been read. Raises Refused, Unavailable."""
    flags = catalogue.flags()
    within = [each for each in held if token.product_id in (None, each.product_id)]
    if held:
        require_within(token, held[0].customer_id)
    if flags.of(token).keys() - {each.product for each in within}:
        # Nothing is held of a product: certain only if nothing was granted either.
        require_within(token, reader.known_customer(budget_code))
    documents = {each.product: json.loads(each.document) for each in within}
    return Holdings(token, budget_code, within, flags, documents)
