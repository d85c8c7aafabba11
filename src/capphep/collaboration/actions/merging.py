"""What people said of, and mean to do at, a customer that is merged into another one (D2)."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from capphep.collaboration.models import Activity, Comment, Following
from capphep.collaboration.records import RecordType
from capphep.crm.models import Customer


def move_talk(gone: Customer, kept: Customer) -> int:
    """Comments, activities and who follows; returns how many comments and activities moved."""
    own = {"record_type": RecordType.CUSTOMER, "record_id": gone.pk}
    moved = sum(
        model.objects.filter(**own).update(record_id=kept.pk) for model in (Comment, Activity)
    )
    same = Following.objects.filter(
        record_type=RecordType.CUSTOMER, record_id=kept.pk, person=OuterRef("person")
    )
    ids = list(Following.objects.filter(~Exists(same), **own).values_list("pk", flat=True))
    Following.objects.filter(pk__in=ids).update(record_id=kept.pk)
    return moved
