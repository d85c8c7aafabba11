"""Sending a change of information: what speaks against it, and what it replaces."""

from __future__ import annotations

from collections.abc import Iterator

from capphep.crm.actions.information import check_information
from capphep.platform import clock
from capphep.provisioning.information import (
    OF_CUSTOMER,
    changes_administrator,
    changes_of,
    information_of,
    known_of,
)
from capphep.provisioning.kinds import kind_now
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.plans import basis_of
from capphep.pure.errors import Invalid, Invalids, Refusal, gettext_noop

_FIELDS = {name: field for field, name in OF_CUSTOMER.items()}


def information_problems(request: LicenceRequest) -> Iterator[Refusal]:
    """Every reason why the change cannot be sent as it stands, each at its field."""
    try:
        kind_now(request, basis_of(request), clock.today())
        check_information(request.customer, information_of(request))
    except Invalid as refusal:
        yield refusal
    except Invalids as found:
        for each in found.refusals:
            each.field = _FIELDS.get(each.field, each.field)
            yield each
    changes = changes_of(request)
    if not any(change.is_changed for change in changes):
        message = gettext_noop("Nothing differs from what is known: change something first.")
        yield Invalid("nothing_changed", message)
    if changes_administrator(changes):
        yield from missing_administrator(request)


def missing_administrator(request: LicenceRequest) -> Iterator[Refusal]:
    """RULE R15: an account needs a name, and a way to reach the person."""
    if not request.admin_name:
        message = gettext_noop("Enter the full name of the administrator.")
        yield Invalid("field_required", message, field="admin_name")
    if not request.admin_email and not request.admin_phone:
        message = gettext_noop("Enter the administrator's e-mail or phone.")
        yield Invalid("field_required", message, rule="R15", field="admin_email")


def keep_before(request: LicenceRequest) -> None:
    """Note what is known now: what the request asks to replace, in the caller's transaction."""
    request.info_before = known_of(request.customer, request.product)
    request.save(update_fields=["info_before"])
