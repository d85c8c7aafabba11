"""Charts as places in a drawing: percent of its width and height, so that it fits every window.

Coordinates are texts: no language may write them with its own comma.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from capphep.platform.kit import Text
from capphep.reporting import rules

_WIDTH: Final = 0.64
_FEWEST: Final = 6
"""So many columns share the width at least: one month alone is no wall."""
_TOP: Final = 92.0
"""How high the largest value of the axis stands, in percent: a number fits above it."""
_MANY: Final = 14
_NUMBER: Final = 12.0
"""How high a number is, in percent."""


@dataclass(frozen=True, slots=True)
class Point:
    """What one column shows: ``values`` upon each other, and a ``mark`` across it.

    ``lines`` are (what, how much) as a reader is told them, ``url`` where they lead to.
    """

    label: str
    values: Sequence[int]
    lines: Sequence[tuple[Text, str]]
    mark: int | None = None
    url: str = ""
    name: str = ""

    @property
    def total(self) -> int:
        return sum(self.values)


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a column; ``tone`` counts from 1 as the legend does."""

    x: str
    y: str
    width: str
    height: str
    tone: int


@dataclass(frozen=True, slots=True)
class Mark:
    left: str
    right: str
    y: str


@dataclass(frozen=True, slots=True)
class Column:
    """``told`` is all of it in one sentence. ``is_minor``: its label yields to its neighbours."""

    point: Point
    left: str
    middle: str
    width: str
    blocks: Sequence[Block]
    mark: Mark | None
    text: str
    text_y: str
    is_minor: bool

    @property
    def told(self) -> str:
        lines = "; ".join(f"{what}: {much}" for what, much in self.point.lines)
        return f"{self.point.name or self.point.label}: {lines}"


@dataclass(frozen=True, slots=True)
class Tick:
    y: str
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """``legend`` names what the tones mean, ``mark_label`` what the marks are."""

    title: Text
    columns: Sequence[Column]
    ticks: Sequence[Tick]
    legend: Sequence[Text]
    mark_label: Text = ""
    is_small: bool = False

    @property
    def height(self) -> int:
        """Of the columns, in pixels; their labels stand below."""
        return 118 if self.is_small else 234

    @property
    def is_empty(self) -> bool:
        return not any(column.point.total or column.point.mark for column in self.columns)


def chart(
    title: Text,
    points: Sequence[Point],
    *,
    text: Callable[[int], str],
    legend: Sequence[Text] = (),
    mark_label: Text = "",
    unit: int = 1,
    is_small: bool = False,
) -> Chart:
    """Columns side by side. ``text`` writes a number; the axis ends on a round one of ``unit``."""
    largest = max((max(point.total, point.mark or 0) for point in points), default=0)
    top = rules.nice_top([-(-largest // unit)]) * unit
    slot = 100 / max(len(points), _FEWEST)
    marked = _worth_a_number(points)
    every = 1 if len(points) <= _MANY else 2
    return Chart(
        title=title,
        columns=[
            _column(
                point,
                number * slot,
                slot,
                top,
                text(point.total) if number in marked else "",
                is_minor=(len(points) - 1 - number) % (2 * every) != 0,
            )
            for number, point in enumerate(points)
        ],
        ticks=[Tick(_percent(_y(value, top)), text(value)) for value in (top, top // 2)],
        legend=legend,
        mark_label=mark_label,
        is_small=is_small,
    )


def _worth_a_number(points: Sequence[Point]) -> set[int]:
    """The largest and the latest; two that stand side by side would run into each other."""
    shown = [number for number, point in enumerate(points) if point.total]
    if not shown:
        return set()
    largest = max(shown, key=lambda number: points[number].total)
    return {largest} if abs(largest - shown[-1]) < 3 else {largest, shown[-1]}


def _column(
    point: Point, left: float, slot: float, top: int, text: str, *, is_minor: bool
) -> Column:
    x, width = left + slot * (1 - _WIDTH) / 2, slot * _WIDTH
    blocks, below = [], 0
    for tone, value in enumerate(point.values, start=1):
        if value > 0:
            y = _y(below + value, top)
            height = _y(below, top) - y
            blocks.append(Block(_percent(x), _percent(y), _percent(width), _percent(height), tone))
            below += value
    mark = None
    if point.mark:
        reach = slot * 0.1
        mark = Mark(_percent(x - reach), _percent(x + width + reach), _percent(_y(point.mark, top)))
    return Column(
        point=point,
        left=_percent(left),
        middle=_percent(left + slot / 2),
        width=_percent(slot),
        blocks=blocks,
        mark=mark,
        text=text,
        text_y=_percent(_text_y(below, point.mark or 0, top)),
        is_minor=is_minor,
    )


def _text_y(value: int, mark: int, top: int) -> float:
    """On the column, or on the mark where it would cross the number."""
    y, marked = _y(value, top), _y(mark, top)
    return marked if 0 < y - marked < _NUMBER else y


def _y(value: int, top: int) -> float:
    return 100 - _TOP * value / top


def _percent(value: float) -> str:
    return f"{value:.2f}%"


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a bar that is full together with the others."""

    x: str
    width: str
    tone: int
    label: Text
    text: str
    percent: int


def parts(values: Sequence[int], labels: Sequence[Text], text: Callable[[int], str]) -> list[Part]:
    """One bar, divided; nothing for what there is none of."""
    total, x, found = sum(values) or 1, 0.0, []
    for tone, (value, label) in enumerate(zip(values, labels, strict=True), start=1):
        if value:
            width = 100 * value / total
            share = round(width)
            found.append(Part(_percent(x), _percent(width), tone, label, text(value), share))
            x += width
    return found
