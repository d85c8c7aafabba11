"""The automatic checks by their codes: what each compares, and why it matters.

The codes are those of the setting CAPPHEP_BLOCKING_CHECKS.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from capphep.pure.errors import gettext_noop


class CheckCode(StrEnum):
    """In the order in which an approver reads them."""

    BUDGET_CODE = "budget_code"
    AMOUNT = "amount"
    ELIGIBLE = "eligible"
    BASE = "base"
    TERM = "term"
    DUPLICATE = "duplicate"
    ACCOUNT = "account"
    EVIDENCE = "evidence"
    READABLE = "readable"
    FILE_ELSEWHERE = "file_elsewhere"
    DECISION = "decision"
    DECISION_AMOUNT = "decision_amount"
    TEXT_BUDGET_CODE = "text_budget_code"
    TEXT_AMOUNT = "text_amount"


TITLES: Final[Mapping[CheckCode, str]] = {
    CheckCode.BUDGET_CODE: gettext_noop("Budget code of the customer"),
    CheckCode.AMOUNT: gettext_noop("Amount of the order"),
    CheckCode.ELIGIBLE: gettext_noop("The customer may buy this today"),
    CheckCode.BASE: gettext_noop("Resources as when the request was sent"),
    CheckCode.TERM: gettext_noop("Months and last day"),
    CheckCode.DUPLICATE: gettext_noop("No second open request"),
    CheckCode.ACCOUNT: gettext_noop("The administrator's own account"),
    CheckCode.EVIDENCE: gettext_noop("Evidence is complete"),
    CheckCode.READABLE: gettext_noop("Evidence can be read"),
    CheckCode.FILE_ELSEWHERE: gettext_noop("Evidence is used for the first time"),
    CheckCode.DECISION: gettext_noop("Number and date of the decision"),
    CheckCode.DECISION_AMOUNT: gettext_noop("The decision covers the amount"),
    CheckCode.TEXT_BUDGET_CODE: gettext_noop("Evidence names the budget code"),
    CheckCode.TEXT_AMOUNT: gettext_noop("Evidence names the amount"),
}

REASONS: Final[Mapping[CheckCode, str]] = {
    CheckCode.BUDGET_CODE: gettext_noop(
        "The licence is issued to this code: with a wrong one another unit gets the resources."
    ),
    CheckCode.AMOUNT: gettext_noop("What is granted has to be what was ordered and will be paid."),
    CheckCode.ELIGIBLE: gettext_noop(
        "Subscription and catalogue may have changed since the request was sent."
    ),
    CheckCode.BASE: gettext_noop(
        "Only what was bought is granted, on top of what is in force when it is approved."
    ),
    CheckCode.TERM: gettext_noop(
        "A term ends the day before the same day that many months later; "
        "its months are those of the ordered items."
    ),
    CheckCode.DUPLICATE: gettext_noop(
        "Two open requests for one product may be one purchase that was entered twice."
    ),
    CheckCode.ACCOUNT: gettext_noop(
        "Who has the account administers: an office's shared phone may be another person's."
    ),
    CheckCode.EVIDENCE: gettext_noop(
        "The decision says who pays, the commitment that it will be paid."
    ),
    CheckCode.READABLE: gettext_noop(
        "A file that nobody can open proves nothing, today or to an auditor."
    ),
    CheckCode.FILE_ELSEWHERE: gettext_noop("One decision pays for one purchase."),
    CheckCode.DECISION: gettext_noop("An auditor finds a decision by its number and date."),
    CheckCode.DECISION_AMOUNT: gettext_noop(
        "A decision for less than the order's amount does not pay for it."
    ),
    CheckCode.TEXT_BUDGET_CODE: gettext_noop(
        "A decision for another unit does not pay for this order. "
        "A scan has no text to search: look at it."
    ),
    CheckCode.TEXT_AMOUNT: gettext_noop(
        "The amount may be written in figures or in words. "
        "A scan has no text to search: look at it."
    ),
}
