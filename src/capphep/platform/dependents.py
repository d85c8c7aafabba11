"""What depends on a record, and keeps it from being removed or undone (R13)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from capphep.platform.kit import Text
from capphep.pure.errors import Conflict, gettext_noop

_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Dependents:
    """By what they are called in the reader's language: how many, or the name of each."""

    counts: Counter[str] = field(default_factory=Counter)
    names: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, what: Text, names: Iterable[str]) -> None:
        """Note some by their names; one that is noted already is not counted twice."""
        if found := set(names):
            self.names[str(what)] |= found

    def join(self, others: Dependents) -> None:
        self.counts.update(others.counts)
        for what, names in others.names.items():
            self.add(what, names)

    def refuse(self) -> None:
        """Raises Conflict ``in_use`` unless there are none."""
        listed = [f"{what}: {count}" for what, count in self.counts.most_common()]
        listed += [_named(what, sorted(names)) for what, names in self.names.items()]
        if listed:
            message = gettext_noop("It cannot be undone; something depends on it: %(what)s.")
            raise Conflict("in_use", message, rule="R13", params={"what": ", ".join(listed)})


def _named(what: str, names: list[str]) -> str:
    more = ", …" if len(names) > _NAMED else ""
    return f"{what}: {len(names)} ({', '.join(names[:_NAMED])}{more})"
