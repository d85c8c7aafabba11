"""How much of each resource is in force over time, drawn as steps (R2)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeAlias

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capphep.entitlements.rules import Reason, Turn
from capphep.ims.queries.holdings import HeldGrant, HeldModule, HeldResource
from capphep.pure.money import format_number

WIDTH: Final = 400
HEIGHT: Final = 150
_LEFT, _RIGHT, _TOP, _BOTTOM = 6, 394, 36, 128
# A label wider than this would leave the drawing on one side.
_LABEL = 34
_ONE_DAY = datetime.timedelta(days=1)
_WHY: Final = {
    "begins": gettext_lazy("begins"),
    "lapses": gettext_lazy("ends"),
    "withdrawal": gettext_lazy("withdrawn"),
    "trial_end": gettext_lazy("the trial ends"),
    "moved": gettext_lazy("moved with a merge of customers"),
}

Piece: TypeAlias = tuple[float, float, float]
"""From x to x at y."""


@dataclass(frozen=True, slots=True)
class Part:
    """One grant's part in a step: how much, why, and where its request is to be read."""

    change: str
    why: str
    request_no: str
    url: str


@dataclass(frozen=True, slots=True)
class Mark:
    """One step. Coordinates are texts: no language may write them with its own comma."""

    x: str
    y: str
    is_future: bool
    day: datetime.date
    quantity: int
    change: str
    parts: Sequence[Part]
    title: str

    @property
    def url(self) -> str:
        """The request behind the step, where the reader may see one."""
        return next((part.url for part in self.parts if part.url), "")


@dataclass(frozen=True, slots=True)
class Line:
    """One stretch of the drawing: the line itself, and the area below it."""

    line: str
    area: str


@dataclass(frozen=True, slots=True)
class Upright:
    """A marked day. ``anchor`` keeps its label inside the drawing."""

    x: str
    anchor: str
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """One resource: what was, what is decided and will be, and each step."""

    module: str
    held: HeldResource
    past: Line
    future: Line
    marks: Sequence[Mark]
    today: Upright
    day: Upright | None
    first: datetime.date
    last: datetime.date
    top: int


@dataclass(frozen=True, slots=True)
class Scale:
    """Days and quantities as places in the drawing."""

    first: datetime.date
    last: datetime.date
    top: int

    def x(self, day: datetime.date) -> float:
        span = (self.last - self.first).days or 1
        return _LEFT + (_RIGHT - _LEFT) * (day - self.first).days / span

    def y(self, quantity: int) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * quantity / (self.top or 1)

    def upright(self, day: datetime.date, label: str) -> Upright:
        x = self.x(day)
        anchor = "start" if x < _LABEL else "end" if x > WIDTH - _LABEL else "middle"
        return Upright(f"{x:.1f}", anchor, label)


def charts_of(
    modules: Iterable[HeldModule], *, day: datetime.date, today: datetime.date, request_page: str
) -> list[Chart]:
    """One chart for each resource that was ever in force, all over the same days.

    ``day`` is the day that the reader looks at; ``request_page`` the URL name of a request.
    """
    held = [(each.module.name, one) for each in modules for one in each.resources if one.turns]
    if not held:
        return []
    days = [today, *(turn.from_day for _module, one in held for turn in one.turns)]
    margin = datetime.timedelta(days=max((max(days) - min(days)).days // 40, 7))
    first, last = min(days) - margin, max(days) + margin
    return [
        _chart(
            module,
            one,
            Scale(first, last, max(turn.quantity for turn in one.turns)),
            day=day,
            today=today,
            request_page=request_page,
        )
        for module, one in held
    ]


def _chart(
    module: str,
    held: HeldResource,
    scale: Scale,
    *,
    day: datetime.date,
    today: datetime.date,
    request_page: str,
) -> Chart:
    now = scale.x(today)
    pieces = list(_pieces(held.turns, scale))
    grants = {one.grant.pk: one for one in held.grants}
    is_shown = day != today and scale.first <= day <= scale.last
    return Chart(
        module=module,
        held=held,
        past=_line([(a, min(b, now), y) for a, b, y in pieces if a < now]),
        future=_line([(max(a, now), b, y) for a, b, y in pieces if b > now]),
        marks=[
            _mark(turn, held.resource.unit, grants, scale, today, request_page)
            for turn in held.turns
        ],
        today=scale.upright(today, _("Today")),
        day=scale.upright(day, f"{day:%d/%m/%Y}") if is_shown else None,
        first=scale.first,
        last=scale.last,
        top=scale.top,
    )


def _pieces(turns: Sequence[Turn], scale: Scale) -> Iterator[Piece]:
    for turn, following in pairwise(turns):
        yield scale.x(turn.from_day), scale.x(following.from_day), scale.y(turn.quantity)


def _line(pieces: Sequence[Piece]) -> Line:
    """The pieces as one path, which rises and falls from one to the next."""
    if not pieces:
        return Line("", "")
    begin = pieces[0][0]
    steps = " ".join(f"V{y:.1f} H{until:.1f}" for _from, until, y in pieces)
    return Line(
        line=f"M{begin:.1f} {pieces[0][2]:.1f} {steps}",
        area=f"M{begin:.1f} {_BOTTOM} {steps} V{_BOTTOM} H{begin:.1f} Z",
    )


def _mark(
    turn: Turn,
    unit: str,
    grants: dict[int, HeldGrant],
    scale: Scale,
    today: datetime.date,
    request_page: str,
) -> Mark:
    parts = [_part(reason, grants[reason.grant_id], request_page) for reason in turn.reasons]
    values = {
        "day": f"{turn.from_day:%d/%m/%Y}",
        "quantity": format_number(turn.quantity),
        "unit": unit,
        "parts": "; ".join(f"{part.change} {part.request_no} {part.why}" for part in parts),
    }
    return Mark(
        x=f"{scale.x(turn.from_day):.1f}",
        y=f"{scale.y(turn.quantity):.1f}",
        is_future=turn.from_day > today,
        day=turn.from_day,
        quantity=turn.quantity,
        change=signed(turn.change),
        parts=parts,
        title=_("From %(day)s: %(quantity)s %(unit)s (%(parts)s)") % values,
    )


def _part(reason: Reason, held: HeldGrant, request_page: str) -> Part:
    url = reverse(request_page, args=[held.request_id]) if held.request_id else ""
    why = str(_WHY[reason.why])
    return Part(signed(reason.quantity), why, held.grant.request_no, url)


def signed(quantity: int) -> str:
    """+50, −50, ±0: with the signs that people read."""
    sign = "+" if quantity > 0 else "−" if quantity < 0 else "±"
    return f"{sign}{format_number(abs(quantity))}"
