"""Options about subscriptions: usage, ends, and the files of licences."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from capphep.platform.options import Numbers, WholeNumber

USAGE_PERCENTS: Final = Numbers(
    key="usage_percents",
    label=_("Sales are told when in use"),
    help=_("At each of these percentages of what is in force, once. None: nobody is told."),
    rule="R16",
    most=1000,
    unit="%",
    variable="CAPPHEP_USAGE_PERCENTS",
    default=lambda: list(settings.USAGE_PERCENTS),
)
USAGE_STALE_DAYS: Final = WholeNumber(
    key="usage_stale_days",
    label=_("Usage is old after"),
    help=_("The screens say so when a product has not reported for longer."),
    least=1,
    most=3650,
    unit=_("days"),
    variable="CAPPHEP_USAGE_STALE_DAYS",
    default=lambda: settings.USAGE_STALE_DAYS,
)
USAGE_HISTORY_DAYS: Final = WholeNumber(
    key="usage_history_days",
    label=_("Daily usage is kept"),
    help=_("Older days are removed for good. 0: kept for ever."),
    most=36500,
    unit=_("days"),
    variable="CAPPHEP_USAGE_HISTORY_DAYS",
    default=lambda: settings.USAGE_HISTORY_DAYS,
)
EXPIRY_NOTICE_DAYS: Final = Numbers(
    key="expiry_notice_days",
    label=_("Sales are told before an end"),
    help=_("So many days before a subscription ends, once each. None: nobody is told."),
    rule="R17",
    most=3650,
    unit=_("days"),
    variable="CAPPHEP_EXPIRY_NOTICE_DAYS",
    default=lambda: list(settings.EXPIRY_NOTICE_DAYS),
)
LICENCE_DAYS: Final = WholeNumber(
    key="licence_days",
    label=_("A licence file lives"),
    help=_("A product fetches a new file in time; files handed out before keep their life."),
    least=1,
    most=3650,
    unit=_("days"),
    variable="CAPPHEP_LICENCE_DAYS",
    default=lambda: settings.LICENCE_DAYS,
)
LICENCE_GRACE_DAYS: Final = WholeNumber(
    key="licence_grace_days",
    label=_("Grace of a licence file"),
    help=_("How long a file that was not renewed still counts."),
    most=3650,
    unit=_("days"),
    variable="CAPPHEP_LICENCE_GRACE_DAYS",
    default=lambda: settings.LICENCE_GRACE_DAYS,
)
