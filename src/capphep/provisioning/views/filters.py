"""Filters that several lists of requests have."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from capphep.platform import clock
from capphep.platform.pages import Filter
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.queries import decided_on


def decided_filter() -> Filter[LicenceRequest]:
    """Those on which the desk decided today."""
    return Filter(
        "decided",
        _("Decided"),
        [("today", _("Today"))],
        lambda rows, _values: decided_on(rows, clock.today()),
    )
