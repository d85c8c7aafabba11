"""*Thay đổi thông tin*, approved: the customer's record, the account, a licence that says so."""

from __future__ import annotations

import datetime

from capphep.crm.actions.information import change_information
from capphep.entitlements import actions as entitlements
from capphep.entitlements.models import LicenceCause, Subscription
from capphep.identity.actions import Person, ensure_account
from capphep.ims.actions.effects import Effect
from capphep.platform import audit
from capphep.platform.roles import Actor
from capphep.provisioning.information import asked_by, changes_administrator, information_of
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.reviews import Review


def take_information(
    actor: Actor,
    request: LicenceRequest,
    subscription: Subscription,
    review: Review,
    day: datetime.date,
) -> Effect:
    """Write what was asked for, within the approval's transaction; it grants nothing.

    The request keeps what it replaced. Raises Invalids where the customer's record can no
    longer be so.
    """
    request.info_before = {change.field: change.before for change in review.changes}
    request.save(update_fields=["info_before"])
    of_customer = change_information(
        actor=actor,
        customer=request.customer,
        information=information_of(request),
        request_no=request.request_no,
    )
    licence = entitlements.issue_licence(
        subscription=subscription,
        request_no=request.request_no,
        day=day,
        cause=LicenceCause.INFO_CHANGE,
        information=asked_by(request),
    )
    return Effect(licence, [*of_customer, *_account(request, review)], day)


def _account(request: LicenceRequest, review: Review) -> list[audit.Change]:
    """RULE R15: another administrator is linked or invited; the former ones stay."""
    if not changes_administrator(review.changes):
        return []
    _, changes = ensure_account(
        person=Person(request.admin_name, request.admin_email, request.admin_phone),
        customer=request.customer,
        product=request.product,
        request_no=request.request_no,
    )
    return changes
