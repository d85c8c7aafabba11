"""Sentences that explain a request: where a quantity comes from, why the kind is what it is."""

from __future__ import annotations

import datetime

from django.utils.translation import gettext as _

from capphep.provisioning.earlier import trial_before
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import RequestKind
from capphep.pure.money import format_number


def quantity_sum(
    *,
    base: int,
    base_request_no: str,
    added: int,
    kind: str = RequestKind.ADD_ON,
    first_day: datetime.date | None = None,
) -> str:
    """RULE R1 in words: "100 already held (YC-2026-000012) + 50 bought = 150".

    What is renewed is added to what is left on the ``first_day`` of the new term.
    """
    values = {
        "base": format_number(base),
        "request_no": base_request_no,
        "added": format_number(added),
        "total": format_number(base + added),
        "day": f"{first_day:%d/%m/%Y}" if first_day else "",
    }
    if kind == RequestKind.TRIAL:
        return _("%(added)s on trial") % values
    if kind == RequestKind.RENEWAL:
        return _renewed(base, base_request_no, first_day) % values
    if base_request_no:
        return _("%(base)s already held (%(request_no)s) + %(added)s bought = %(total)s") % values
    if base:
        # Two terms of one resource: the second line counts on top of the first.
        return _("%(base)s with the line above + %(added)s bought = %(total)s") % values
    return _("None held yet + %(added)s bought = %(total)s") % values


def _renewed(base: int, base_request_no: str, first_day: datetime.date | None) -> str:
    if base and not base_request_no:
        return _("%(base)s with the line above + %(added)s renewed = %(total)s")
    if first_day:
        return _("%(base)s still in force from %(day)s on + %(added)s renewed = %(total)s")
    return _("%(base)s still in force + %(added)s renewed = %(total)s")


def lapsed_remark(
    *, base: int, base_request_no: str, lapsed: int, kind: str = RequestKind.ADD_ON
) -> str:
    """RULE R1: why less is in force than that request's total; "" where nothing lapsed.

    Of what is renewed or tried this says nothing new: it begins after what was before.
    """
    if not lapsed or kind in (RequestKind.RENEWAL, RequestKind.TRIAL):
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


def reason_of(request: LicenceRequest) -> str:
    """RULE R8 in words: why the request is of its kind; a sale names the trial that it follows.

    At most one statement.
    """
    reason = kind_reason(request.kind, request.product.name)
    trial = trial_before(request)
    if not trial:
        return reason
    text = _(
        "It follows the trial %(request_no)s: its data are taken over, "
        "and what is left of it ends when the sale begins."
    )
    return f"{reason} {text % {'request_no': trial.request_no}}"


def not_ordered_reason(module: str, kind: str = RequestKind.ADD_ON) -> str:
    """Why a module of the product cannot be ticked."""
    if kind == RequestKind.TRIAL:
        return _("A trial does not include %(module)s.") % {"module": module}
    return _("The order contains no package of %(module)s.") % {"module": module}
