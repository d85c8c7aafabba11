"""How the CRM's records are shown: their status, and what they own, in words."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from capphep.crm.models import Opportunity
from capphep.crm.queries.customers import Owned
from capphep.crm.states import OpportunityStage
from capphep.platform.addresses import url_if_any
from capphep.platform.kit import MenuItem, Status, Text, Tone
from capphep.platform.list_spec import Bulk

_STAGE_TONES: dict[str, Tone] = {
    OpportunityStage.OPEN: "info",
    OpportunityStage.WON: "good",
    OpportunityStage.LOST: "gone",
}
FOLLOWED = (("1", _("Followed")), ("0", _("No longer followed")))


def followed(is_active: bool) -> Status:
    """Whether the record is still followed (R13)."""
    return Status(_("Followed"), "good") if is_active else Status(_("No longer followed"), "gone")


def stage_of(opportunity: Opportunity) -> Status:
    return Status(opportunity.get_stage_display(), _STAGE_TONES[opportunity.stage])


def printed_together(*several: tuple[str, Text]) -> list[Bulk]:
    """What is printed of many rows of a list: pairs of the paper's name for it and a label."""
    found = [(label, url_if_any("paper:several", source)) for source, label in several]
    return [Bulk(label, url, "file-text") for label, url in found if url]


def next_step(actions: Iterable[MenuItem]) -> MenuItem | None:
    """The order to create, where it may be: what a salesperson mostly opens the record for."""
    order = reverse("crm:order_new")
    return next((a for a in actions if a.url.startswith(order) and not a.disabled_reason), None)


def in_words(owned: Owned) -> str:
    """ "iGOV đến 31/12/2026"."""
    return gettext("%(product)s until %(day)s") % {
        "product": owned.product,
        "day": short_day(owned.last_day),
    }


def short_day(day: datetime.date) -> str:
    return f"{day:%d/%m/%Y}"
