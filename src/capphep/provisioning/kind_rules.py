"""What kind a request is, and when that kind may be asked for: pure functions (R8)."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Mapping
from typing import Final

from capphep.catalog.kinds import OrderPurpose, PackageKind
from capphep.crm.rules import Ownership
from capphep.provisioning.states import RequestKind
from capphep.provisioning.term_rules import Holdings, Timing
from capphep.pure.errors import Invalid, gettext_noop


def request_kind(package_kinds: Collection[str], *, purpose: str, owned: Ownership) -> RequestKind:
    """RULE R8: the kind follows from the order and from what the customer has of its product.

    Raises Invalid ``no_subscription`` for an add-on without a subscription in force,
    ``already_owned`` and ``begins_later`` for a new sale to who has the product or will,
    ``nothing_to_renew``.
    """
    if purpose == OrderPurpose.RENEWAL:
        _check_renewal(owned)
        return RequestKind.RENEWAL
    if PackageKind.BASE in package_kinds:
        _check_new(owned)
        return RequestKind.NEW
    _check_add_on(owned)
    return RequestKind.ADD_ON


def check_kind(product: str, holdings: Holdings, timing: Timing) -> None:
    """RULE R8: a request may lie for weeks: its kind still has to be possible when granted.

    Raises Invalid as `request_kind` and the checks of this file do.
    """
    owned = holdings.owned(timing.day)
    if timing.kind == RequestKind.TRIAL:
        check_trial(product, owned=owned, trial=holdings.on_trial(timing.day))
    elif timing.kind == RequestKind.INFO_CHANGE:
        check_info_change(product, owned=owned, trial=holdings.on_trial(timing.day))
    elif timing.kind in _CHECKS:
        _CHECKS[timing.kind](owned)
    if timing.first_day > timing.day:
        check_first_day(timing.kind, holdings.owned(timing.first_day), timing.first_day)


def check_first_day(kind: str, owned: Ownership, first_day: datetime.date) -> None:
    """RULE R8: on the first day of an addition there is something to be added to.

    ``owned`` is seen from ``first_day``. Raises Invalid ``lapsed_by_then``.
    """
    if kind == RequestKind.ADD_ON and not owned.until:
        message = gettext_noop(
            "On %(day)s the subscription of this product is no longer in force: "
            "choose an earlier first day, or renew it first."
        )
        params = {"day": f"{first_day:%d/%m/%Y}"}
        raise Invalid("lapsed_by_then", message, rule="R8", field="start_on", params=params)


def _check_renewal(owned: Ownership) -> None:
    if not owned.until and not owned.ended_on:
        message = gettext_noop("The customer never had this product: there is nothing to renew.")
        raise Invalid("nothing_to_renew", message, rule="R8")


def _check_new(owned: Ownership) -> None:
    if owned.until:
        message = gettext_noop(
            "The customer already owns this product: order add-on packages or renew it instead."
        )
        raise Invalid("already_owned", message, rule="R8")
    if owned.begins_on:
        message = gettext_noop(
            "A sale of this product to the customer is approved already and begins on %(day)s: "
            "order add-on packages from that day on."
        )
        params = {"day": f"{owned.begins_on:%d/%m/%Y}"}
        raise Invalid("begins_later", message, rule="R8", params=params)


def _check_add_on(owned: Ownership) -> None:
    if owned.until:
        return
    message = gettext_noop(
        "The customer has no subscription of this product in force: order a new sale instead."
    )
    if owned.begins_on:
        message = gettext_noop(
            "The customer's subscription of this product only begins on %(day)s: "
            "order add-on packages from that day on."
        )
    elif owned.ended_on:
        message = gettext_noop("The customer's subscription of this product has lapsed: renew it.")
    params = {"day": f"{owned.begins_on:%d/%m/%Y}"} if owned.begins_on else None
    raise Invalid("no_subscription", message, rule="R8", params=params)


_CHECKS: Final[Mapping[str, Callable[[Ownership], None]]] = {
    RequestKind.NEW: _check_new,
    RequestKind.ADD_ON: _check_add_on,
    RequestKind.RENEWAL: _check_renewal,
}


def check_trial(product: str, *, owned: Ownership, trial: Ownership) -> None:
    """RULE R8: a trial is for who has the product neither bought nor on trial, now or later.

    Raises Invalid ``already_owned``, ``begins_later``, ``trial_running``.
    """
    if owned.until:
        message = gettext_noop(
            "The customer has %(product)s in force until %(day)s: "
            "order add-on packages instead of a trial."
        )
        raise _refused("already_owned", message, product, owned.until)
    if owned.begins_on:
        message = gettext_noop(
            "A sale of %(product)s to the customer is approved already and begins on %(day)s."
        )
        raise _refused("begins_later", message, product, owned.begins_on)
    if trial.until:
        message = gettext_noop("The customer has %(product)s on trial until %(day)s.")
        raise _refused("trial_running", message, product, trial.until)
    if trial.begins_on:
        message = gettext_noop("A trial of %(product)s is approved already and begins on %(day)s.")
        raise _refused("trial_running", message, product, trial.begins_on)


def check_info_change(product: str, *, owned: Ownership, trial: Ownership) -> None:
    """RULE R8: information changes of what is in force, bought or on trial, now or later.

    Raises Invalid ``nothing_in_force``.
    """
    if owned.until or owned.begins_on or trial.until or trial.begins_on:
        return
    message = gettext_noop(
        "The customer has no subscription of %(product)s in force: "
        "edit the customer's own record instead."
    )
    raise Invalid("nothing_in_force", message, rule="R8", params={"product": product})


def _refused(code: str, message: str, product: str, day: object) -> Invalid:
    params = {"product": product, "day": f"{day:%d/%m/%Y}"}
    return Invalid(code, message, rule="R8", params=params)
