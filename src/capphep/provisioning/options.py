"""Options about licence requests."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from capphep.platform.options import WholeNumber, YesNo

EVIDENCE_REQUIRED: Final = YesNo(
    key="evidence_required",
    label=_("Evidence is required"),
    help=_("A new sale or an addition is sent only with a funding decision and a commitment."),
    rule="R7",
    variable="CAPPHEP_EVIDENCE_REQUIRED",
    default=lambda: settings.EVIDENCE_REQUIRED,
)
DRAFT_DAYS: Final = WholeNumber(
    key="draft_days",
    label=_("Drafts end after"),
    help=_("A draft or returned request that nobody changed for so long ends by itself. 0: never."),
    most=3650,
    unit=_("days"),
    variable="CAPPHEP_DRAFT_DAYS",
    default=lambda: settings.DRAFT_DAYS,
)
TARGET_WORKING_DAYS: Final = WholeNumber(
    key="target_days",
    label=_("Time to decide"),
    help=_("Until when the desk means to decide is set when a request is sent."),
    most=250,
    unit=_("working days"),
    variable="CAPPHEP_TARGET_DAYS",
    default=lambda: settings.TARGET_WORKING_DAYS,
)
RENEWAL_DAYS: Final = WholeNumber(
    key="renewal_days",
    label=_("Renewal is offered"),
    help=_("So many days before its end a subscription asks to be renewed."),
    rule="R9",
    most=3650,
    unit=_("days"),
    variable="CAPPHEP_RENEWAL_DAYS",
    default=lambda: settings.RENEWAL_DAYS,
)
RENEWAL_CONTINUES: Final = YesNo(
    key="renewal_continues",
    label=_("A renewal continues the running term"),
    help=_("Yes: what is renewed in time begins the day after the running term. No: at once."),
    rule="R9",
    variable="CAPPHEP_RENEWAL_CONTINUES",
    default=lambda: settings.RENEWAL_CONTINUES,
)
