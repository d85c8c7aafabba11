"""Which rows name a governing unit that cannot be one: unknown, or part of a circle."""

from __future__ import annotations

from collections.abc import Mapping

from capphep.pure.errors import Invalid, Refusal, gettext_noop

_SHOWN = 6


def refused_parents(
    stated: Mapping[str, str], existing: Mapping[str, str | None]
) -> dict[str, Refusal]:
    """The rows that go back for their governing unit, by budget code, each with the reason.

    ``stated`` maps the code of each good row to the governing unit that it names ("" for
    none: what is known stays), ``existing`` the customers there are to theirs. A row that
    goes back takes along the new units that name it. Where a row goes back, what is known
    of its customer counts again, which may close another circle: hence the rounds.
    """
    left, refused = dict(stated), dict[str, Refusal]()
    while found := _Round(left, existing).refused():
        refused |= found
        left = {code: parent for code, parent in left.items() if code not in found}
    return refused


class _Round:
    """One look at all chains of governing units as the rows that are left would make them."""

    def __init__(self, stated: Mapping[str, str], existing: Mapping[str, str | None]) -> None:
        self.stated = stated
        self.existing = existing
        self.verdicts: dict[str, Refusal | None] = {}

    def refused(self) -> dict[str, Refusal]:
        for code in self.stated:
            self._follow(code)
        return {code: found for code, found in self.verdicts.items() if found is not None}

    def _follow(self, code: str) -> None:
        """Walk up until the chain ends or meets what was judged; then judge the way back."""
        path: dict[str, int] = {}
        at: str | None = code
        while at and at not in self.verdicts and at not in path and self._is_there(at):
            path[at] = len(path)
            at = self._parent(at)
        way = list(path)
        if at in path:
            self._judge_circle(way[path[at] :])
            way = way[: path[at]]
        for unit in reversed(way):
            self.verdicts[unit] = self._unknown_parent(unit)

    def _is_there(self, code: str) -> bool:
        return code in self.stated or code in self.existing

    def _parent(self, code: str) -> str | None:
        return self.stated.get(code) or self.existing.get(code)

    def _judge_circle(self, circle: list[str]) -> None:
        codes = " → ".join([*circle[:_SHOWN], "…" if len(circle) > _SHOWN else circle[0]])
        message = gettext_noop("The governing units form a circle: %(codes)s.")
        refusal = Invalid("parent_circle", message, field="parent", params={"codes": codes})
        for code in circle:
            self.verdicts[code] = refusal if self.stated.get(code) else None

    def _unknown_parent(self, code: str) -> Refusal | None:
        parent = self.stated.get(code)
        if not parent or parent in self.existing:
            return None
        if parent in self.stated and self.verdicts.get(parent) is None:
            return None
        message = gettext_noop(
            "The governing unit %(code)s is neither in capphep nor in a good row of this file."
        )
        return Invalid("parent_unknown", message, field="parent", params={"code": parent})
