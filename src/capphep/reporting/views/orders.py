"""Orders and their amounts, by month and by who, where and what."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capphep.crm.states import LicenceStatus
from capphep.platform.kit import Text
from capphep.reporting import rules, texts
from capphep.reporting.charts import Chart, Point, chart
from capphep.reporting.queries.names import names_of
from capphep.reporting.queries.orders import BY, NOTHING, Sold, sold_by, total
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

_LABELS: Final[Mapping[str, Text]] = {
    "month": gettext_lazy("Month"),
    "salesperson": gettext_lazy("Salesperson"),
    "team": gettext_lazy("Team"),
    "project": gettext_lazy("Sales project"),
    "province": gettext_lazy("Province/City"),
    "product": gettext_lazy("Product"),
    "status": gettext_lazy("Order status"),
}


def report(asking: Asking) -> Report:
    """Seven statements at most."""
    span = asking.asked.span
    by = asking.query.get("by", "month")
    months = sold_by(asking.actor, asking.asked, "month", span)
    before = sold_by(asking.actor, asking.asked, "month", span.before)
    if by == "month":
        found, earlier = months, before
    else:
        found = sold_by(asking.actor, asking.asked, by, span)
        earlier = sold_by(asking.actor, asking.asked, by, span.before)
    return Report(
        tiles=_tiles(asking, months, before),
        charts=[chart_of(asking, months, before)],
        tables=[_table(asking, by, found, earlier)],
        choices=[
            (_("Amount"), asking.url(measure=""), not _counts(asking)),
            (_("Orders"), asking.url(measure="orders"), _counts(asking)),
        ],
    )


def _counts(asking: Asking) -> bool:
    return asking.query.get("measure") == "orders"


def _tiles(asking: Asking, found: Mapping[Any, Sold], earlier: Mapping[Any, Sold]) -> list[Tile]:
    now, before, note = total(found), total(earlier), before_note(asking)

    def tile(label: Text, text: str, value: int, old: int) -> Tile:
        grown = rules.change(value, old)
        return Tile(label, text, grown, note, None if not grown else grown > 0)

    mean, old_mean = (one.amount // one.number if one.number else 0 for one in (now, before))
    return [
        tile(_("Amount"), texts.short_dong(now.amount), now.amount, before.amount),
        tile(_("Orders"), texts.number(now.number), now.number, before.number),
        tile(_("Amount of an order"), texts.short_dong(mean), mean, old_mean),
    ]


def chart_of(asking: Asking, found: Mapping[Any, Sold], earlier: Mapping[Any, Sold]) -> Chart:
    """Each month beside the one before; by amount, or by number where that was asked for."""
    span, counts = asking.asked.span, _counts(asking)
    write = texts.number if counts else texts.short_dong

    def value(sold: Sold) -> int:
        return sold.number if counts else sold.amount

    points = [
        _point(month, found.get(month, NOTHING), earlier.get(old, NOTHING), value)
        for month, old in zip(span.months, span.before.months, strict=True)
    ]
    return chart(
        _("Orders by month") if counts else _("Amount by month"),
        points,
        text=write,
        legend=[_("This period")],
        mark_label=_("The period before"),
    )


def _point(month: datetime.date, sold: Sold, old: Sold, value: Any) -> Point:
    return Point(
        label=texts.short_month(month),
        name=_("Month %(month)s") % {"month": texts.month(month)},
        values=[value(sold)],
        mark=value(old),
        lines=[
            (_("Amount"), texts.dong(sold.amount)),
            (_("Orders"), texts.number(sold.number)),
            (_("The period before"), texts.short_dong(old.amount)),
        ],
    )


def _table(
    asking: Asking, by: str, found: Mapping[Any, Sold], earlier: Mapping[Any, Sold]
) -> Table:
    keys = _keys(asking, by, found)
    names = _names(by, keys)
    most = max((sold.amount for sold in found.values()), default=0)
    old = dict(zip(asking.asked.span.months, asking.asked.span.before.months, strict=True))
    rows = []
    for key in keys:
        sold = found.get(key, NOTHING)
        was = earlier.get(old[key] if by == "month" else key, NOTHING)
        url = asking.url(**{by: key, "by": ""}) if key and by not in ("month", "status") else ""
        rows.append(
            row(
                Cell(names[key], url=url),
                Cell(sold.number, "number", url=_listed(asking, by, key) if sold.number else ""),
                Cell(sold.amount, "money", share=share(sold.amount, most)),
                (was.amount, "money"),
                compared(sold.amount, was.amount),
            )
        )
    now, before = total(found), total(earlier)
    return Table(
        title=_("By %(what)s") % {"what": str(_LABELS[by]).lower()},
        headings=[
            Heading(_LABELS[by]),
            Heading(_("Orders"), "number"),
            Heading(_("Amount"), "money"),
            Heading(_("The period before"), "money"),
            Heading(_("Change"), "change"),
        ],
        rows=rows,
        total=row(
            _("Total"),
            (now.number, "number"),
            (now.amount, "money"),
            (before.amount, "money"),
            compared(now.amount, before.amount),
        ),
        choices=[
            (_LABELS[each], asking.url(by="" if each == "month" else each), each == by)
            for each in BY
        ],
    )


def _listed(asking: Asking, by: str, key: Any) -> str:
    """The list of these very orders; "" where it has no such filter: by team, or without any."""
    span, filters = asking.asked.span, asking.asked.filters
    if not key or "team" in (by, *filters):
        return ""
    first, last = (key, key) if by == "month" else (span.first, span.last)
    end = rules.months_later(last, 1) - datetime.timedelta(days=1)
    days = {"ordered_from": first.isoformat(), "ordered_to": end.isoformat()}
    own = {} if by == "month" else {by: key}
    return f"{reverse('crm:order_list')}?{urlencode({**filters, **own, **days})}"


def _keys(asking: Asking, by: str, found: Mapping[Any, Sold]) -> list[Any]:
    """Months as they follow, the latest first; anything else by its amount."""
    if by == "month":
        return asking.asked.span.months[::-1]
    return sorted(found, key=lambda key: (-found[key].amount, -found[key].number, str(key)))


def _names(by: str, keys: Collection[Any]) -> Mapping[Any, str]:
    if by == "month":
        return {key: texts.month(key) for key in keys}
    if by == "status":
        labels = dict(LicenceStatus.choices)
        return {key: str(labels.get(key, key)) for key in keys}
    return names_of(by, keys)
