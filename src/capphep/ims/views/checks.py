"""The automatic checks as the approver sees them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from capphep.ims.checks import Check, Outcome
from capphep.platform.kit import Tone

_TONES: Final[Mapping[Outcome, Tone]] = {
    Outcome.BLOCKED: "bad",
    Outcome.WARN: "waiting",
    Outcome.UNKNOWN: "info",
    Outcome.OK: "good",
}
_ICONS: Final[Mapping[Outcome, str]] = {
    Outcome.OK: "circle-check",
    Outcome.WARN: "alert-triangle",
    Outcome.UNKNOWN: "help",
    Outcome.BLOCKED: "ban",
}


@dataclass(frozen=True, slots=True)
class ShownCheck:
    """What is not right stands open; what is right opens on a click."""

    check: Check

    @property
    def tone(self) -> Tone:
        return _TONES[self.check.outcome]

    @property
    def icon(self) -> str:
        return _ICONS[self.check.outcome]

    @property
    def is_open(self) -> bool:
        return self.check.outcome != Outcome.OK


@dataclass(frozen=True, slots=True)
class ShownChecks:
    rows: Sequence[ShownCheck]

    @property
    def counts(self) -> dict[str, int]:
        """How many there are of each outcome, by its name."""
        return dict(Counter(row.check.outcome.value for row in self.rows))


def shown(found: Sequence[Check]) -> ShownChecks:
    """What stops or needs a look comes first."""
    worst_first = sorted(found, key=lambda check: list(_TONES).index(check.outcome))
    return ShownChecks([ShownCheck(check) for check in worst_first])


def warnings(found: Sequence[Check]) -> list[Check]:
    """What an approver has to have seen before saying yes."""
    return [check for check in found if check.outcome in (Outcome.WARN, Outcome.BLOCKED)]
