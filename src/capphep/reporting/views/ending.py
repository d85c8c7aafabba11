"""What ends in the next 90 days, week by week, and of whom."""

from __future__ import annotations

import datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from capphep.crm.models import Customer
from capphep.reporting import texts
from capphep.reporting.charts import Chart, Point, chart
from capphep.reporting.models import EndFact
from capphep.reporting.queries.names import names_of
from capphep.reporting.queries.others import ENDING_DAYS, by_week, ending
from capphep.reporting.views.shown import Asking, Cell, Heading, Report, Table, Tile, row

LISTED: Final = 50
EXPORTED: Final = 5000
_WEEK = datetime.timedelta(days=7)


def report(asking: Asking, *, most: int = LISTED) -> Report:
    """Six statements."""
    rows = ending(asking.actor, asking.asked, asking.day)
    weeks = by_week(rows, asking.day)
    chosen = _chosen(asking, len(weeks))
    number, amount = (sum(week[place] for week in weeks) for place in (0, 1))
    soon = sum(week[0] for week in weeks[:4])
    return Report(
        tiles=[
            Tile(
                _("Ending in %(days)s days") % {"days": ENDING_DAYS},
                texts.number(number),
                url=asking.url(week=""),
            ),
            Tile(_("Of them within four weeks"), texts.number(soon)),
            Tile(_("Last paid for them"), texts.short_dong(amount)),
        ],
        charts=[_chart(asking, weeks)],
        tables=[_table(asking, chosen, weeks, most)],
        note=_("As things stand: what was renewed already ends later and is not among them."),
    )


def _chosen(asking: Asking, count: int) -> int | None:
    """The number of the week that is looked at."""
    text = asking.query.get("week", "")
    return int(text) - 1 if text.isdecimal() and 0 < int(text[:9]) <= count else None


def _days(asking: Asking, week: int) -> tuple[datetime.date, datetime.date]:
    first = asking.day + week * _WEEK
    end = asking.day + datetime.timedelta(days=ENDING_DAYS)
    return first, min(first + _WEEK - datetime.timedelta(days=1), end)


def _chart(asking: Asking, weeks: list[tuple[int, int]]) -> Chart:
    points = []
    for week, (number, amount) in enumerate(weeks):
        first, last = _days(asking, week)
        points.append(
            Point(
                label=f"{first.day}/{first.month}",
                name=f"{first:%d/%m} – {last:%d/%m/%Y}",
                values=[number],
                lines=[
                    (_("Subscriptions"), texts.number(number)),
                    (_("Last paid for them"), texts.dong(amount)),
                ],
                url=asking.url(week=week + 1) if number else "",
            )
        )
    return chart(
        _("Subscriptions that end, by week"),
        points,
        text=texts.number,
        legend=[_("Subscriptions")],
    )


def _table(asking: Asking, chosen: int | None, weeks: list[tuple[int, int]], most: int) -> Table:
    rows = ending(asking.actor, asking.asked, asking.day)
    title, count = _("Who it is"), sum(week[0] for week in weeks)
    if chosen is not None:
        first, last = _days(asking, chosen)
        rows = rows.filter(ends_on__range=(first, last))
        title, count = f"{first:%d/%m} – {last:%d/%m/%Y}", weeks[chosen][0]
    found = list(rows.order_by("ends_on", "subscription")[:most])
    more = _("The next %(most)s of %(count)s; a week's own are found by a click on its column.")
    return Table(
        title=title,
        headings=[
            Heading(_("Customer")),
            Heading(_("In force until"), "date"),
            Heading(_("Days left"), "number"),
            Heading(_("Last paid"), "money"),
            Heading(_("Budget code")),
            Heading(_("Product")),
            Heading(_("Salesperson in charge")),
            Heading(_("Province/City")),
        ],
        rows=_rows(asking, found),
        note=more % {"most": len(found), "count": texts.number(count)}
        if count > len(found)
        else "",
        choices=[(_("All weeks"), asking.url(week=""), False)] if chosen is not None else [],
    )


def _rows(asking: Asking, found: list[EndFact]) -> list[list[Cell]]:
    customers = Customer.objects.in_bulk([one.customer for one in found])
    products = names_of("product", {one.product for one in found})
    people = names_of("salesperson", {one.salesperson for one in found})
    return [
        row(
            Cell(
                customers[one.customer].name,
                url=reverse("ims:subscription", args=[one.subscription]),
            ),
            (one.ends_on, "date"),
            ((one.ends_on - asking.day).days, "number"),
            (one.amount or None, "money"),
            customers[one.customer].budget_code,
            products[one.product],
            people[one.salesperson] if one.salesperson else _("Common pool"),
            one.province,
        )
        for one in found
    ]
