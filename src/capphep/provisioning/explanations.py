"""Sentences that explain a request: where a quantity comes from, why the kind is what it is."""

from __future__ import annotations

import datetime

from django.utils.translation import gettext as _

from capphep.provisioning.states import RequestKind
from capphep.pure.money import format_number


def quantity_sum(*, base: int, base_request_no: str, added: int) -> str:
    """RULE R1 in words: "100 already held (YC-2026-000012) + 50 bought = 150"."""
    values = {
        "base": format_number(base),
        "request_no": base_request_no,
        "added": format_number(added),
        "total": format_number(base + added),
    }
    if base_request_no:
        return _("%(base)s already held (%(request_no)s) + %(added)s bought = %(total)s") % values
    if base:
        # Two terms of one resource: the second line counts on top of the first.
        return _("%(base)s with the line above + %(added)s bought = %(total)s") % values
    return _("None held yet + %(added)s bought = %(total)s") % values


def lapsed_remark(*, base: int, base_request_no: str, lapsed: int) -> str:
    """RULE R1: why less is in force than that request's total; "" where nothing lapsed."""
    if not lapsed:
        return ""
    return _("It was %(then)s after %(request_no)s; %(lapsed)s have expired or been withdrawn.") % {
        "then": format_number(base + lapsed),
        "request_no": base_request_no,
        "lapsed": format_number(lapsed),
    }


def span_remark(
    *, ends_with: datetime.date | None, follows: datetime.date | None, module: str
) -> str:
    """RULE R9 in words: the running term that a line ends with or continues; "" for neither."""
    if ends_with:
        text = _("until %(day)s, together with the running term of %(module)s")
        return text % {"day": f"{ends_with:%d/%m/%Y}", "module": module}
    if follows:
        text = _("continues the running term, which ends on %(day)s")
        return text % {"day": f"{follows:%d/%m/%Y}"}
    return ""


def kind_reason(kind: str, product: str) -> str:
    """RULE R8 in words: what the request kind follows from."""
    text = {
        RequestKind.TRIAL: _("A trial of %(product)s, with what the catalogue gives for it."),
        RequestKind.NEW: _(
            "The customer has no subscription of %(product)s in force "
            "and the order contains a new sale."
        ),
        RequestKind.ADD_ON: _(
            "The customer has a subscription of %(product)s in force "
            "and the order contains add-on packages only."
        ),
        RequestKind.RENEWAL: _(
            "The order was opened to renew the customer's subscription of %(product)s."
        ),
        RequestKind.INFO_CHANGE: _(
            "The subscription of %(product)s keeps its resources; only information changes."
        ),
    }[RequestKind(kind)]
    return text % {"product": product}


def not_ordered_reason(module: str) -> str:
    """Why a module of the product cannot be ticked."""
    return _("The order contains no package of %(module)s.") % {"module": module}
