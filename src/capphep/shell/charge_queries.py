"""What a person is in charge of: told before the account is deactivated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from capphep.collaboration.models import Activity
from capphep.crm.queries.people import chances_of, customers_of, orders_of
from capphep.platform.kit import Text
from capphep.platform.models import User
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import OPEN, RequestStatus


@dataclass(frozen=True, slots=True)
class Charge:
    """How much of something is theirs; ``url`` leads to the list of it."""

    label: Text
    count: int
    url: str


def charges_of(user: User) -> Sequence[Charge]:
    """What somebody else has to take over, without what there is none of. Six statements."""
    customers, orders, chances = customers_of(user), orders_of(user), chances_of(user)
    handled = LicenceRequest.objects.filter(assigned_to=user, status=RequestStatus.WAITING)
    own = LicenceRequest.objects.filter(created_by=user, status__in=OPEN)
    activities = Activity.objects.filter(assignee=user, done_at__isnull=True)
    found = (
        Charge(_("Customers"), customers.count(), reverse("crm:customer_list")),
        Charge(_("Open opportunities"), chances.count(), reverse("crm:opportunity_list")),
        Charge(_("Open orders"), orders.count(), reverse("crm:order_list")),
        Charge(_("Open requests of their own"), own.count(), reverse("ims:queue")),
        Charge(_("Requests that they handle"), handled.count(), reverse("ims:queue")),
        Charge(_("Things to do"), activities.count(), reverse("collaboration:todo")),
    )
    return [charge for charge in found if charge.count]
