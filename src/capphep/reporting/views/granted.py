"""Resources granted, by module and month."""

from __future__ import annotations

import datetime
from collections import defaultdict
from typing import Any

from django.utils.translation import gettext as _

from capphep.reporting import texts
from capphep.reporting.charts import Chart, Point, chart
from capphep.reporting.queries.names import names_of
from capphep.reporting.queries.others import Granted, granted
from capphep.reporting.views.shown import (
    Asking,
    Cell,
    Heading,
    Report,
    Table,
    Tile,
    before_note,
    compared,
    row,
    share,
)

Key = tuple[int, int]
"""Module and resource."""


def report(asking: Asking) -> Report:
    """Four statements."""
    span = asking.asked.span
    rows = granted(asking.actor, asking.asked, span)
    before = granted(asking.actor, asking.asked, span.before)
    by_key: dict[Key, dict[datetime.date, Granted]] = defaultdict(dict)
    for one in rows:
        by_key[one.module, one.resource][one.month] = one
    earlier: dict[Key, int] = defaultdict(int)
    for one in before:
        earlier[one.module, one.resource] += one.quantity
    names = _Names({*by_key, *earlier})
    order = sorted({*by_key, *earlier}, key=lambda key: (-_sum(by_key[key]), names.text(key)))
    return Report(
        tiles=[
            Tile(_("Grants"), texts.number(sum(one.number for one in rows))),
            Tile(_("Modules"), texts.number(len({key[0] for key in by_key if by_key[key]}))),
            Tile(_("Withdrawn again"), texts.number(sum(1 for one in rows if one.withdrawn))),
        ],
        charts=[_chart(names.text(key), span.months, by_key[key]) for key in order if by_key[key]],
        tables=[_table(asking, order, by_key, earlier, names)],
        note=_("By the month of the approval; what was withdrawn since is not taken off."),
    )


class _Names:
    """What modules and resources are called. Two statements."""

    def __init__(self, keys: set[Key]) -> None:
        self.modules = names_of("module", {key[0] for key in keys})
        self.resources = names_of("resource", {key[1] for key in keys})

    def text(self, key: Key) -> str:
        return f"{self.modules[key[0]]} · {self.resources[key[1]]}"


def _sum(months: dict[datetime.date, Granted], name: str = "quantity") -> int:
    return sum(getattr(one, name) for one in months.values())


def _chart(title: str, months: list[datetime.date], found: dict[datetime.date, Granted]) -> Chart:
    points = []
    for month in months:
        one: Any = found.get(month)
        quantity = one.quantity if one else 0
        lines = [
            (_("Granted"), texts.number(quantity)),
            (_("Grants"), texts.number(one.number if one else 0)),
        ]
        name = _("Month %(month)s") % {"month": texts.month(month)}
        points.append(Point(texts.short_month(month), [quantity], lines, name=name))
    return chart(title, points, text=texts.number, is_small=True)


def _table(
    asking: Asking,
    order: list[Key],
    by_key: dict[Key, dict[datetime.date, Granted]],
    earlier: dict[Key, int],
    names: _Names,
) -> Table:
    # Of different resources nothing adds up: bars compare within a resource.
    most: dict[int, int] = defaultdict(int)
    for key in order:
        most[key[1]] = max(most[key[1]], _sum(by_key[key]))
    return Table(
        title=_("By module and resource"),
        headings=[
            Heading(_("Module")),
            Heading(_("Resource")),
            Heading(_("Grants"), "number"),
            Heading(_("Granted"), "number"),
            Heading(_("Withdrawn again"), "number"),
            Heading(_("The period before"), "number"),
            Heading(_("Change"), "change"),
        ],
        rows=[
            row(
                names.modules[key[0]],
                names.resources[key[1]],
                (_sum(by_key[key], "number"), "number"),
                Cell(_sum(by_key[key]), "number", share=share(_sum(by_key[key]), most[key[1]])),
                (_sum(by_key[key], "withdrawn"), "number"),
                (earlier[key], "number"),
                compared(_sum(by_key[key]), earlier[key]),
            )
            for key in order
        ],
        note=before_note(asking),
    )
