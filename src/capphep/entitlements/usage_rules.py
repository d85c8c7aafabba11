"""What a measurement means: pure functions over what the products report."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from capphep.entitlements.rules import Key, Span
from capphep.pure.errors import Invalid, gettext_noop

MOST_IN_USE: Final = 2**31 - 1
FUTURE: Final = datetime.timedelta(minutes=5)
"""How far a product's clock may run ahead."""
FIRST_MOMENT: Final = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
_ONE_DAY = datetime.timedelta(days=1)

UsageKey: TypeAlias = tuple[int, int, int]
"""Subscription id, module id, resource id: what one gauge measures."""


@dataclass(frozen=True, slots=True, order=True)
class Measured:
    """So much was in use at a moment. The later one counts; of the same moment, the larger:
    in whatever order reports come, the same one stands in the end."""

    at: datetime.datetime
    in_use: int


@dataclass(frozen=True, slots=True)
class DayMeasured:
    """What was measured on one local day: the last of it, and the highest value."""

    last: Measured
    peak: int


def check_measured(measured: Measured, now: datetime.datetime) -> None:
    """RULE R16: what cannot be true is refused.

    Raises Invalid in_use_out_of_range, measured_in_future, measured_too_old.
    """
    if not 0 <= measured.in_use <= MOST_IN_USE:
        raise Invalid(
            "in_use_out_of_range",
            gettext_noop("In use is a whole number from 0 to 2,147,483,647."),
            field="in_use",
        )
    if measured.at > now + FUTURE:
        message = gettext_noop("This was measured in the future: the clock runs ahead.")
        raise Invalid("measured_in_future", message, field="measured_at")
    if measured.at < FIRST_MOMENT:
        message = gettext_noop("This was measured too long ago.")
        raise Invalid("measured_too_old", message, field="measured_at")


def newest(rows: Iterable[tuple[UsageKey, Measured]]) -> dict[UsageKey, Measured]:
    """RULE R16: of several measurements of the same gauge the newest counts."""
    found: dict[UsageKey, Measured] = {}
    for key, measured in rows:
        found[key] = max(measured, found.get(key, measured))
    return found


def by_day(
    rows: Iterable[tuple[UsageKey, Measured]], zone: datetime.tzinfo
) -> dict[tuple[UsageKey, datetime.date], DayMeasured]:
    """RULE R16: each gauge's last and highest value of each day in the ``zone``."""
    found: dict[tuple[UsageKey, datetime.date], DayMeasured] = {}
    for key, measured in rows:
        place = (key, measured.at.astimezone(zone).date())
        known = found.get(place, DayMeasured(measured, measured.in_use))
        found[place] = DayMeasured(max(known.last, measured), max(known.peak, measured.in_use))
    return found


def reached(in_use: int, in_force: int, percents: Collection[int]) -> int | None:
    """RULE R16: the highest of the marks that is reached; None below all of them.

    Where nothing is in force there is no mark to reach: that it ended was told (R17).
    """
    if in_force <= 0:
        return None
    return max((one for one in percents if in_use * 100 >= one * in_force), default=None)


def needed(in_use: int, in_force: int, percent: int) -> int:
    """RULE R16: how much more has to be in force for usage to be below the mark; at least 1."""
    return max(in_use * 100 // percent + 1 - max(in_force, 0), 1)


def in_force_since(spans: Iterable[Span], key: Key, day: datetime.date) -> datetime.date | None:
    """RULE R16: the last day until now on which any of it began or ended.

    A mark is told once while the same is in force: what was bought or renewed since makes it
    another thing, even where the sum is the same. None where nothing has begun.
    """
    turning = (
        turn
        for span in spans
        if span.key == key
        for turn in (span.first_day, span.last_day + _ONE_DAY)
        if turn <= day
    )
    return max(turning, default=None)


def ending(spans: Sequence[Span], last_day: datetime.date) -> dict[Key, int]:
    """RULE R17: how much ends by itself with the day and is not followed by anything.

    What was taken back does not end any more; what begins on the next day takes its place.
    Keys of which nothing is lost are left out.
    """
    lost: dict[Key, int] = {}
    for span in spans:
        if span.last_day == last_day:
            lost[span.key] = lost.get(span.key, 0) + span.quantity
        elif span.first_day == last_day + _ONE_DAY and span.quantity > 0:
            lost[span.key] = lost.get(span.key, 0) - span.quantity
    return {key: quantity for key, quantity in lost.items() if quantity > 0}


@dataclass(frozen=True, slots=True)
class Offered:
    """An item that this customer may buy: so much of the resource in a package, at that price."""

    item_id: int
    units: int
    unit_price: int


def add_on_for(offered: Iterable[Offered], units: int) -> tuple[Offered, int] | None:
    """RULE R16: the item and the quantity of it that bring at least so many units for least money.

    Of those that cost the same the one that brings less, then the one that is older in the
    catalogue. None where nothing is offered.
    """
    ways = [(one, -(-units // one.units)) for one in offered]
    return min(
        ways,
        key=lambda way: (way[1] * way[0].unit_price, way[1] * way[0].units, way[0].item_id),
        default=None,
    )


def not_told(levels: Mapping[str, int], told: Mapping[str, Collection[int]]) -> dict[str, int]:
    """RULE R16: the things whose mark is higher than every mark that was told of them."""
    highest = {thing: max(told.get(thing, ()), default=0) for thing in levels}
    return {thing: level for thing, level in levels.items() if level > highest[thing]}
