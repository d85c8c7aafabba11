"""What was said and planned about a customer goes along when it is merged into another."""

from __future__ import annotations

from typing import Final

from capphep.collaboration.models import Activity, Comment, Following
from capphep.collaboration.records import RecordType
from capphep.platform.roles import Actor, Permission, require

_CUSTOMER: Final = RecordType.CUSTOMER.value


def move_customer(*, actor: Actor, source_id: int, target_id: int) -> int:
    """Comments, activities and who follows are the target's from now on; returns how many
    comments and activities.

    Inside the transaction of the merge, which records it: both customers are locked there.
    """
    require(actor, Permission.CUSTOMER_WRITE)
    comments = Comment.objects.filter(record_type=_CUSTOMER, record_id=source_id)
    activities = Activity.objects.filter(record_type=_CUSTOMER, record_id=source_id)
    moved = comments.update(record_id=target_id) + activities.update(record_id=target_id)
    following = Following.objects.filter(record_type=_CUSTOMER, record_id=source_id)
    known = Following.objects.filter(record_type=_CUSTOMER, record_id=target_id)
    following.filter(person__in=known.values("person")).delete()
    following.update(record_id=target_id)
    return moved
