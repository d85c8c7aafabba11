"""Following a record: being told of what is said about it."""

from __future__ import annotations

from capphep.collaboration.models import Following
from capphep.collaboration.records import Talked, record_of
from capphep.platform.models import User


def follow(*, person_id: int, record: Talked) -> None:
    """From now on the person is told, unless they said before whether they want to be."""
    row = Following(record_type=record.type, record_id=record.pk, person_id=person_id)
    Following.objects.bulk_create([row], ignore_conflicts=True)


def set_following(*, actor: User, record_type: str, record_id: int, is_on: bool) -> None:
    """Be told of what is said about a record, or not any more, even of an own one.

    Raises NotFound. Of no interest to anybody else: the audit trail does not tell it.
    """
    record = record_of(actor, record_type, record_id)
    Following.objects.update_or_create(
        record_type=record.type, record_id=record.pk, person=actor, defaults={"is_on": is_on}
    )
