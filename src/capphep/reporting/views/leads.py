"""From the order to the approval: how long, and where it waits."""

from __future__ import annotations

import datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capphep.platform.kit import Text
from capphep.reporting import rules, texts
from capphep.reporting.charts import Point, chart, parts
from capphep.reporting.queries.leads import Lead, leads_by_month, together
from capphep.reporting.views.shown import (
    Asking,
    Bar,
    Bars,
    Cell,
    Heading,
    Report,
    Table,
    Tile,
    before_note,
    row,
    share,
)

PLACES: Final[tuple[Text, ...]] = (
    gettext_lazy("Being written"),
    gettext_lazy("With an officer"),
    gettext_lazy("Back with sales"),
)
_UNITS: Final = (60, 1440)


def report(asking: Asking) -> Report:
    """Two statements."""
    span = asking.asked.span
    found = leads_by_month(asking.actor, asking.asked, span)
    now = together(found.values())
    before = together(leads_by_month(asking.actor, asking.asked, span.before).values())
    months = [(month, found.get(month, Lead())) for month in span.months]
    longest = max((lead.p90 or 0 for _month, lead in months), default=0)
    return Report(
        tiles=_tiles(asking, now, before),
        charts=[
            chart(
                _("Time from order to approval"),
                [_point(month, lead) for month, lead in months],
                text=texts.duration,
                legend=[_("Median")],
                mark_label=_("Nine of ten are faster"),
                unit=_UNITS[longest > 2 * _UNITS[1]],
            )
        ],
        bars=[_places(asking, now, before)],
        tables=[_table(months, now)],
    )


def _tiles(asking: Asking, now: Lead, before: Lead) -> list[Tile]:
    note = before_note(asking)

    def tile(label: Text, minutes: int | None, old: int | None) -> Tile:
        grown = rules.change(minutes, old) if minutes is not None and old else None
        return Tile(label, texts.duration(minutes), grown, note, None if not grown else grown < 0)

    return [
        tile(_("Median"), now.median, before.median),
        tile(_("Nine of ten are faster"), now.p90, before.p90),
        tile(_("With an officer, on average"), _desk(now), _desk(before)),
        Tile(_("Approvals"), texts.number(now.number)),
    ]


def _desk(lead: Lead) -> int | None:
    return lead.means[1] if lead.number else None


def _point(month: datetime.date, lead: Lead) -> Point:
    return Point(
        label=texts.short_month(month),
        name=_("Month %(month)s") % {"month": texts.month(month)},
        values=[lead.median or 0],
        mark=lead.p90,
        lines=[
            (_("Median"), texts.duration(lead.median)),
            (_("Nine of ten are faster"), texts.duration(lead.p90)),
            (_("Approvals"), texts.number(lead.number)),
        ],
    )


def _places(asking: Asking, now: Lead, before: Lead) -> Bars:
    """Where the average approval waited, against the period before."""
    rows = [(_("This period"), now), (before_note(asking), before)]
    return Bars(
        title=_("Where an average approval waits"),
        bars=[
            Bar(label, parts(lead.means, PLACES, texts.duration), texts.duration(sum(lead.means)))
            for label, lead in rows
            if lead.number
        ],
        legend=PLACES,
    )


def _table(months: list[tuple[datetime.date, Lead]], now: Lead) -> Table:
    most = max((lead.median or 0 for _month, lead in months), default=0)
    return Table(
        title=_("By month"),
        headings=[
            Heading(_("Month of approval")),
            Heading(_("Approvals"), "number"),
            Heading(_("Median"), "duration"),
            Heading(_("Nine of ten are faster"), "duration"),
            *(Heading(place, "duration") for place in PLACES),
        ],
        rows=[
            row(
                texts.month(month),
                (lead.number, "number"),
                Cell(lead.median, "duration", share=share(lead.median or 0, most)),
                (lead.p90, "duration"),
                *((mean if lead.number else None, "duration") for mean in lead.means),
            )
            for month, lead in months[::-1]
        ],
        total=row(
            _("Together"),
            (now.number, "number"),
            (now.median, "duration"),
            (now.p90, "duration"),
            *((mean if now.number else None, "duration") for mean in now.means),
        ),
        note=_("Days have 24 hours here; nights and holidays count. Times are at most 5 % off."),
    )
