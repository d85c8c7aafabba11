"""A form sent twice, by a double click or a second Enter, makes one record."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from capphep.crm.models import SentForm
from capphep.platform.roles import Actor

M = TypeVar("M", bound=Model)


def created_once(actor: Actor, token: UUID | None, model: type[M], create: Callable[[], M]) -> M:
    """What ``create`` makes, or what it made when this actor's form with ``token`` came before.

    One transaction. The second of two at once waits for the first; where the first fails,
    the second makes the record. Without a token, or for a command, nothing is remembered.
    """
    with transaction.atomic():
        if token is None or actor.pk is None:
            return create()
        note, is_first = SentForm.objects.get_or_create(
            token=token, user_id=actor.pk, kind=model._meta.label_lower
        )
        if not is_first:
            return model._base_manager.get(pk=note.record_id)
        record = create()
        SentForm.objects.filter(pk=note.pk).update(record_id=record.pk)
        return record
