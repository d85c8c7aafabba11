"""Refusals gathered, so that a person sees all of them in one answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from capphep.pure.errors import Invalids, Refusal


class Problems:
    """Refusals gathered, so that a person sees all of them in one answer."""

    def __init__(self) -> None:
        self.refusals: list[Refusal] = []

    @contextmanager
    def noted(self, *, field: str = "") -> Iterator[None]:
        """Note what the block refuses, at ``field`` where one is given, and go on after it."""
        try:
            yield
        except Refusal as refusal:
            self.add(at_field(refusal, field) if field else refusal)
        except Invalids as several:
            self.refusals.extend(several.refusals)

    def add(self, refusal: Refusal) -> None:
        self.refusals.append(refusal)

    def raise_any(self) -> None:
        """Raise Invalids when anything was noted."""
        if self.refusals:
            raise Invalids(self.refusals)


def at_field(refusal: Refusal, field: str) -> Refusal:
    """The same refusal, at another input."""
    return type(refusal)(
        refusal.code, refusal.message, rule=refusal.rule, field=field, params=refusal.params
    )
