"""Which notices are told of by e-mail: sorted into letters, each once."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from capphep.collaboration import mail_rules
from capphep.collaboration.mail_kinds import kind_of
from capphep.collaboration.models import Letter, MailChoice, Mailing, MailProfile, MailWhen
from capphep.platform.models import Notice, User

BATCH: Final = 200
_ONE_DAY: Final = timedelta(days=1)


def has_mail_server() -> bool:
    """Without one nobody is written to: invitations alone go to the console."""
    return "EMAIL_HOST" in settings.MAIL_SERVER


def sort_notices() -> int:
    """RULE N3: put what is new into letters, as each person wants it; returns how many notices.

    One transaction: what is sorted and its letter are true together. Several at once share the
    work (PostgreSQL) or wait for each other. One statement where there is nothing.
    """
    if not Notice.objects.filter(is_new=True).exists():
        return 0
    with transaction.atomic():
        found = _new_notices()
        if has_mail_server():
            _write_letters(found)
        Notice.objects.filter(pk__in=[one.pk for one in found]).update(is_new=False)
    return len(found)


def _new_notices() -> list[Notice]:
    rows = Notice.objects.filter(is_new=True).order_by("id")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    return list(rows.select_related("recipient")[:BATCH])


def _write_letters(found: Iterable[Notice]) -> None:
    wanted: dict[tuple[int, str], list[Notice]] = defaultdict(list)
    people = {one.recipient_id: one.recipient for one in found if _can_be_written_to(one.recipient)}
    # Two that sort for the same person write one daily letter.
    list(User.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk"))
    chosen = {
        (one.person_id, one.kind): one.when
        for one in MailChoice.objects.filter(person__in=list(people))
    }
    for notice in found:
        kind = kind_of(notice.kind)
        when = chosen.get((notice.recipient_id, kind.key), kind.usual.value)
        if notice.recipient_id in people and when != MailWhen.NEVER and not notice.read_at:
            wanted[notice.recipient_id, when].append(notice)
    profiles = MailProfile.objects.in_bulk(list(people))
    for (person_id, when), notices in sorted(wanted.items()):
        hour = profiles[person_id].digest_hour if person_id in profiles else _usual_hour()
        letter = _daily(person_id, hour) if when == MailWhen.DAILY else _at_once(person_id)
        Mailing.objects.bulk_create(
            (Mailing(notice=one, letter=letter) for one in notices), ignore_conflicts=True
        )


def _can_be_written_to(person: User) -> bool:
    return person.is_active and bool(person.email)


def _usual_hour() -> int:
    return int(MailProfile._meta.get_field("digest_hour").default)


def _at_once(person_id: int) -> Letter:
    return _new_letter(person_id, timezone.now() + mail_rules.GRACE)


def _daily(person_id: int, hour: int) -> Letter:
    """The one that waits to be sent; behind it, once it is on its way, that of the next day.

    Its row is locked: a worker that wants to send it waits until it is complete.
    """
    rows = Letter.objects.filter(person=person_id, day__isnull=False, sent_at__isnull=True)
    waiting = rows.filter(attempts=0, next_at__isnull=False).select_for_update(of=("self",))
    found = waiting.order_by("day").first()
    if found:
        return found
    last = Letter.objects.filter(person=person_id).aggregate(Max("day"))["day__max"]
    due = mail_rules.next_digest(timezone.localtime(), hour)
    while last and due.date() <= last:
        due += _ONE_DAY
    return _new_letter(person_id, due, is_daily=True)


def _new_letter(person_id: int, due: datetime, *, is_daily: bool = False) -> Letter:
    return Letter.objects.create(
        person_id=person_id,
        day=due.date() if is_daily else None,
        uid=uuid.uuid4().hex,
        next_at=due,
    )
