"""Which customers somebody has worked on since they were entered."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet

from capphep.crm.models import Customer
from capphep.platform.models import AuditEntry


def worked_on(customer_ids: Collection[int]) -> QuerySet[Customer]:
    """RULE R13: those that were edited, or whose people were added or edited.

    Of people the trail alone says who came with the customer and who came later.
    """
    people = AuditEntry.objects.filter(
        subject_type=Customer._meta.model_name,
        subject_id=OuterRef("pk"),
        verb__startswith="contact_",
    )
    return Customer.objects.filter(Q(version__gt=1) | Exists(people), pk__in=customer_ids)
