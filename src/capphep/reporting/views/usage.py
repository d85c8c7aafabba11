"""Usage against entitlement: who is nearly out of what they bought."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capphep.crm.models import Customer
from capphep.platform.kit import Text
from capphep.reporting import texts
from capphep.reporting.charts import parts
from capphep.reporting.models import TightFact
from capphep.reporting.queries.names import names_of
from capphep.reporting.queries.others import Used, tight, used
from capphep.reporting.rules import BANDS, TIGHT
from capphep.reporting.views.shown import (
    Asking,
    Bar,
    Bars,
    Cell,
    Heading,
    Report,
    Table,
    Tile,
    row,
)

LISTED: Final = 50
EXPORTED: Final = 5000
_BANDS: Final[tuple[Text, ...]] = (
    gettext_lazy("below 50%"),
    gettext_lazy("50 to 79%"),
    gettext_lazy("80 to 99%"),
    gettext_lazy("all of it"),
    gettext_lazy("more than it has"),
)
assert len(_BANDS) == len(BANDS)


def report(asking: Asking, *, most: int = LISTED) -> Report:
    """Seven statements."""
    found = used(asking.actor, asking.asked)
    rows = tight(asking.actor, asking.asked)
    listed = list(rows[:most])
    near, over = (sum(one.number for one in found if one.band in bands) for bands in ((2, 3), (4,)))
    return Report(
        tiles=[
            Tile(
                _("Nearly used up (%(percent)s %% and more)") % {"percent": TIGHT},
                texts.number(near),
            ),
            Tile(_("More in use than bought"), texts.number(over)),
            Tile(_("Measured resources"), texts.number(sum(one.number for one in found))),
        ],
        bars=[_bars(found)],
        tables=[_table(listed, near + over)],
        note=_("A resource of a subscription counts once; what was never reported does not."),
    )


def _bars(found: list[Used]) -> Bars:
    by_key: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0] * len(_BANDS))
    sums: dict[tuple[int, int], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for one in found:
        key = (one.module, one.resource)
        by_key[key][one.band] += one.number
        sums[key] = (sums[key][0] + one.in_use, sums[key][1] + one.in_force)
    modules = names_of("module", {key[0] for key in by_key})
    resources = names_of("resource", {key[1] for key in by_key})
    return Bars(
        title=_("How much subscriptions use of what they have"),
        bars=[
            Bar(
                f"{modules[key[0]]} · {resources[key[1]]}",
                parts(by_key[key], _BANDS, texts.number),
                _("%(percent)s %% in use")
                % {"percent": sums[key][0] * 100 // sums[key][1] if sums[key][1] else 0},
            )
            for key in sorted(by_key, key=lambda key: -sum(by_key[key][2:]))
        ],
        legend=_BANDS,
        scale="bands",
    )


def _table(listed: list[TightFact], count: int) -> Table:
    customers = Customer.objects.in_bulk([one.customer for one in listed])
    modules = names_of("module", {one.module for one in listed})
    resources = names_of("resource", {one.resource for one in listed})
    people = names_of("salesperson", {one.salesperson for one in listed})
    return Table(
        title=_("Nearly used up, the fullest first"),
        headings=[
            Heading(_("Customer")),
            Heading(_("Share"), "percent"),
            Heading(_("In use"), "number"),
            Heading(_("In force"), "number"),
            Heading(_("Module")),
            Heading(_("Resource")),
            Heading(_("Salesperson in charge")),
            Heading(_("Province/City")),
        ],
        rows=[
            row(
                Cell(
                    customers[one.customer].name,
                    url=reverse("ims:subscription", args=[one.subscription]),
                ),
                Cell(one.percent, "percent", share=min(one.percent, 100)),
                (one.in_use, "number"),
                (one.in_force, "number"),
                modules[one.module],
                resources[one.resource],
                people[one.salesperson] if one.salesperson else _("Common pool"),
                one.province,
            )
            for one in listed
        ],
        note=_("The first %(most)s of %(count)s.")
        % {"most": len(listed), "count": texts.number(count)}
        if count > len(listed)
        else "",
    )
