"""What came back or was rejected, and what was said of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capphep.platform.kit import Text
from capphep.provisioning.states import RequestKind
from capphep.provisioning.views.contents import label_of
from capphep.reporting import rules, texts
from capphep.reporting.charts import Point, chart
from capphep.reporting.queries.leads import leads_by_month, together
from capphep.reporting.queries.names import names_of
from capphep.reporting.queries.others import answered_by, answers
from capphep.reporting.views.shown import (
    Asking,
    Cell,
    Heading,
    Report,
    Table,
    Tile,
    before_note,
    row,
    share,
)

_OUTCOMES: Final[tuple[Text, ...]] = (gettext_lazy("Returned"), gettext_lazy("Rejected"))


def report(asking: Asking) -> Report:
    """Seven statements."""
    span = asking.asked.span
    rows = answers(asking.actor, asking.asked, span)
    months = {month: (one, two) for month, one, two in answered_by(rows, "month")}
    was = answered_by(answers(asking.actor, asking.asked, span.before), "month")
    approved = together(leads_by_month(asking.actor, asking.asked, span).values()).number
    now = [sum(each[place] for each in months.values()) for place in (0, 1)]
    before = [sum(each[place] for each in was) for place in (1, 2)]
    points = []
    for month in span.months:
        found = months.get(month, (0, 0))
        lines = [
            (label, texts.number(value)) for label, value in zip(_OUTCOMES, found, strict=True)
        ]
        name = _("Month %(month)s") % {"month": texts.month(month)}
        points.append(Point(texts.short_month(month), found, lines, name=name))
    return Report(
        tiles=_tiles(asking, now, before, approved),
        charts=[
            chart(_("Returned and rejected by month"), points, text=texts.number, legend=_OUTCOMES)
        ],
        tables=[
            _table(_("By what was commented on"), _("Field"), answered_by(rows, "field"), _fields),
            _table(_("By request kind"), _("Request kind"), answered_by(rows, "kind"), _kinds),
            _table(_("By officer"), _("Officer"), answered_by(rows, "officer"), _officers),
        ],
        note=_("Reasons are free text: they are grouped by the field that was commented on."),
    )


def _tiles(asking: Asking, now: list[int], before: list[int], approved: int) -> list[Tile]:
    note = before_note(asking)
    tiles = []
    for label, value, old in zip(_OUTCOMES, now, before, strict=True):
        grown = rules.change(value, old)
        tiles.append(
            Tile(label, texts.number(value), grown, note, None if not grown else grown < 0)
        )
    of_all = round(100 * now[0] / (approved + now[1])) if approved + now[1] else None
    return [
        *tiles,
        Tile(
            _("Returns for each 100 decisions"),
            "–" if of_all is None else texts.number(of_all),
        ),
    ]


def _table(title: str, label: str, found: list[Any], names: Any) -> Table:
    texts_of: Mapping[Any, str] = names([each[0] for each in found])
    most = max((each[1] + each[2] for each in found), default=0)
    return Table(
        title=title,
        headings=[
            Heading(label),
            Heading(_OUTCOMES[0], "number"),
            Heading(_OUTCOMES[1], "number"),
            Heading(_("Together"), "number"),
        ],
        rows=[
            row(
                texts_of[key],
                (returned, "number"),
                (rejected, "number"),
                Cell(returned + rejected, "number", share=share(returned + rejected, most)),
            )
            for key, returned, rejected in found
        ],
    )


def _fields(keys: list[str]) -> dict[str, str]:
    special = {"": _("In general, no field named"), "line": _("Module lines")}
    return {key: special[key] if key in special else label_of(key) for key in keys}


def _kinds(keys: list[str]) -> dict[str, str]:
    labels = dict(RequestKind.choices)
    return {key: str(labels.get(key, key)) for key in keys}


def _officers(keys: list[int]) -> dict[Any, str]:
    return names_of("officer", keys)
