"""What is announced: every type of event, with the sentence that people choose it by.

docs/events.md says what the data of each are; `tests/setup/test_events.py` compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from capphep.platform.kit import Text

TEST: Final = "webhook.test"
"""Sent by the button of an endpoint, to that endpoint only."""

TYPES: Final[Mapping[str, Text]] = {
    "customer.created": _("A customer was entered"),
    "customer.changed": _("A customer's data changed"),
    "customer.merged": _("A customer was merged into another one"),
    "customer.code_changed": _("A customer got another budget code"),
    "customer.removed": _("A customer that was imported by mistake was removed"),
    "opportunity.created": _("An opportunity was entered"),
    "opportunity.changed": _("An opportunity changed, or was won or lost"),
    "order.created": _("An order was entered"),
    "order.changed": _("An order changed"),
    "order.removed": _("An order that was imported by mistake was removed"),
    "order.status_changed": _("An order's licence status changed"),
    "request.created": _("A request was begun"),
    "request.sent": _("A request was sent to the desk"),
    "request.recalled": _("A request was taken back by its sender"),
    "request.returned": _("A request was returned for changes"),
    "request.approved": _("A request was approved"),
    "request.rejected": _("A request was rejected"),
    "request.discarded": _("A draft was given up"),
    "request.expired": _("A draft ended because nobody touched it"),
    "request.overdue": _("A request waits longer than the desk means it to"),
    "request.withdrawal_proposed": _("The withdrawal of an approved request was proposed"),
    "request.withdrawal_declined": _("A proposed withdrawal was declined"),
    "request.withdrawn": _("An approved request was withdrawn"),
    "entitlement.changed": _("What a customer may use changed"),
    "licence.issued": _("A licence was issued"),
    "account.invited": _("An administrator was invited"),
    "account.linked": _("An administrator's account was linked"),
    "account.failed": _("An administrator's account could not be delivered"),
    "account.closed": _("An administrator's link was closed"),
    "account.deactivated": _("An administrator's account was deactivated"),
    "usage.threshold": _("Usage reached a threshold"),
}
