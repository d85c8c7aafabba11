"""One view for all reports: who asks, the figures, a page, a fragment or a workbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy

from capphep.platform import clock
from capphep.platform.htmx import render_page_or_fragment
from capphep.platform.kit import Text
from capphep.platform.signed_in import actor_of
from capphep.pure.errors import NotFound, gettext_noop
from capphep.pure.folding import words_of
from capphep.reporting import texts
from capphep.reporting.queries import names
from capphep.reporting.queries.asked import DEFAULT, PERIODS, asked_of
from capphep.reporting.queries.freshness import freshness
from capphep.reporting.queries.orders import BY
from capphep.reporting.views import answers, ending, granted, leads, orders, usage
from capphep.reporting.views.shown import Asking, Report
from capphep.reporting.workbook import workbook

_FILED: Final = ("product", "project", "salesperson", "team", "province")
_OF_CUSTOMERS: Final = ("product", "salesperson", "team", "province")
LABELS: Final[Mapping[str, Text]] = {
    "period": gettext_lazy("Period"),
    "product": gettext_lazy("Product"),
    "project": gettext_lazy("Sales project"),
    "salesperson": gettext_lazy("Salesperson"),
    "team": gettext_lazy("Team"),
    "province": gettext_lazy("Province/City"),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A report: the ``filters`` that narrow it, ``query`` what else its address may say, with
    the values that it may have (none: any)."""

    title: Text
    make: Callable[[Asking], Report]
    filters: Sequence[str] = _FILED
    query: Mapping[str, Sequence[str]] = field(default_factory=dict)
    has_period: bool = True
    full: Callable[[Asking], Report] | None = None
    """With more rows, for the workbook."""


REPORTS: Final[Mapping[str, Kind]] = {
    "orders": Kind(
        gettext_lazy("Orders and amounts"),
        orders.report,
        query={"by": BY, "measure": ("orders",)},
    ),
    "leads": Kind(gettext_lazy("Lead time"), leads.report),
    "granted": Kind(
        gettext_lazy("Resources granted"), granted.report, ("product", "team", "province")
    ),
    "ending": Kind(
        gettext_lazy("Ending soon"),
        ending.report,
        _OF_CUSTOMERS,
        query={"week": ()},
        has_period=False,
        full=partial(ending.report, most=ending.EXPORTED),
    ),
    "usage": Kind(
        gettext_lazy("Usage"),
        usage.report,
        _OF_CUSTOMERS,
        has_period=False,
        full=partial(usage.report, most=usage.EXPORTED),
    ),
    "answers": Kind(gettext_lazy("Returned and rejected"), answers.report),
}


def index(request: HttpRequest) -> HttpResponse:
    """The first report, with what was asked for."""
    url, query = reverse("reporting:report", args=["orders"]), request.GET.urlencode()
    return redirect(f"{url}?{query}" if query else url)


def report(request: HttpRequest, name: str) -> HttpResponse:
    """context: title, kind, tabs, report (shown.Report), filters, chips, clear_url, kept,
    workbook_url, fresh (freshness.Freshness), empty."""
    kind = REPORTS.get(name)
    if kind is None:
        raise NotFound("report_not_found", gettext_noop("There is no such report."))
    asking = _asking(request, kind)
    if request.GET.get("format") == "xlsx":
        made = (kind.full or kind.make)(asking)
        narrowed = [*_period(asking, kind), *_chips(asking, kind)]
        file = f"{'-'.join(words_of(str(kind.title)))}-{asking.day}"
        return workbook(kind.title, made, narrowed, name=file)
    context = {
        "title": kind.title,
        "kind": kind,
        "tabs": _tabs(asking, name),
        "report": kind.make(asking),
        **_filter_context(asking, kind),
        "workbook_url": asking.url(format="xlsx"),
        "fresh": freshness(),
        "is_usage": name == "usage",
    }
    return render_page_or_fragment(
        request, "reporting/report.html", "reporting/_report.html", context
    )


def _asking(request: HttpRequest, kind: Kind) -> Asking:
    day = clock.today()
    known = {name: request.GET.get(name, "") for name in (*kind.filters, "period")}
    own = {
        name: value
        for name, values in kind.query.items()
        if (value := request.GET.get(name, "")[:20]) and (not values or value in values)
    }
    return Asking(actor_of(request), asked_of(known, day), day, request.path, own)


def _period(asking: Asking, kind: Kind) -> list[dict[str, Any]]:
    """The months that the figures are of: a workbook is read when "12 months" are others."""
    span = asking.asked.span
    first, last = texts.month(span.first), texts.month(span.last)
    value = first if first == last else f"{first} – {last}"
    return [{"label": LABELS["period"], "value": value}] if kind.has_period else []


def _tabs(asking: Asking, current: str) -> list[dict[str, Any]]:
    """The other reports, about the same."""
    tabs = []
    for name, kind in REPORTS.items():
        known = {*kind.filters, *(("period",) if kind.has_period else ())}
        asked = {key: value for key, value in asking.asked.query().items() if key in known}
        other = Asking(
            asking.actor, asking.asked, asking.day, reverse("reporting:report", args=[name])
        )
        dropped = dict.fromkeys(asking.asked.query(), "")
        url = other.url(**{**dropped, **asked})
        tabs.append({"label": kind.title, "url": url, "is_current": name == current})
    return tabs


def _filter_context(asking: Asking, kind: Kind) -> dict[str, Any]:
    """The selects, each as {name, label, value, options}, and the chips of what is chosen."""
    offered = names.choices(asking.actor)
    selects = [
        {
            "name": name,
            "label": LABELS[name],
            "value": asking.asked.filters.get(name, ""),
            "options": offered[name],
        }
        for name in kind.filters
        if name in offered
    ]
    return {
        "filters": selects,
        "periods": list(PERIODS.items()) if kind.has_period else [],
        "period": asking.asked.period,
        "default_period": DEFAULT,
        "chips": _chips(asking, kind, offered),
        "clear_url": asking.url(**dict.fromkeys(asking.asked.filters, "")),
        "kept": [(name, value) for name, value in asking.query.items() if name != "week"],
    }


def _chips(
    asking: Asking, kind: Kind, offered: Mapping[str, Sequence[names.Choice]] | None = None
) -> list[dict[str, Any]]:
    """What narrows the report, each as {label, value, url}; the address is without it."""
    known = offered if offered is not None else names.choices(asking.actor)
    chips = []
    for name, value in asking.asked.filters.items():
        if name in kind.filters:
            found = dict(known.get(name, ()))
            text = found.get(value) or names.names_of(name, [value])[value]
            url = asking.url(**{name: ""})
            chips.append({"label": LABELS[name], "value": text, "url": url})
    return chips
