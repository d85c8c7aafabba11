"""A unit gets another budget code: the requests that are still being written follow (R11)."""

from __future__ import annotations

from capphep.crm.models import Customer
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import EDITABLE


def give_drafts_code(customer: Customer) -> int:
    """Drafts name the code of today; what was sent and decided keeps what it said.

    The caller holds the requests' locks and has seen that none waits. Returns how many.
    """
    rows = LicenceRequest.objects.filter(customer=customer, status__in=EDITABLE)
    return rows.update(budget_code=customer.budget_code)
