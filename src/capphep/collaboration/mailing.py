"""The worker's jobs: notices are sorted into letters, and letters are sent.

A letter is claimed for a while, sent outside of any transaction, and noted as sent: who dies in
between has it sent again, under the same Message-ID, by which mail programs show one. At least
once, therefore, not exactly once.
"""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Sequence
from email.utils import parseaddr
from typing import Final

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext

from capphep.collaboration import mail_rules
from capphep.collaboration.actions.sorting import sort_notices
from capphep.collaboration.models import Letter, MailProfile
from capphep.platform import leases, notices
from capphep.platform.models import Notice

# Longer than all that a mail server may take.
LEASE: Final = 150
MOST_TOLD: Final = 50
_log = logging.getLogger(__name__)


def post_next() -> int:
    """Sort what is new, and send one letter that is due; returns how much was done."""
    return sort_notices() + send_next()


def send_next() -> int:
    """Send one letter; 1, or 0 where none is due. Who reads on screen meanwhile gets none."""
    letters = Letter.objects.select_related("person").order_by("next_at")
    letter = leases.claim(letters, seconds=LEASE)
    if letter is None:
        return 0
    unread = unread_in(letter)
    problem = _sent(letter, unread) if unread and _can_be_written_to(letter) else ""
    try:
        _note(letter, problem)
    except leases.LeaseLost:
        _log.warning("Letter %s took too long; another worker has it now", letter.uid)
    return 1


def unread_in(letter: Letter) -> list[Notice]:
    """What the letter has to tell still, the oldest first."""
    rows = Notice.objects.filter(mailing__letter=letter, read_at__isnull=True)
    return list(rows.order_by("id"))


def message_of(letter: Letter, told: Sequence[Notice]) -> EmailMultiAlternatives:
    """As text and as HTML in the person's language: names and numbers, never what people wrote."""
    profile = MailProfile.objects.filter(person=letter.person).first()
    language = profile.language if profile else settings.LANGUAGE_CODE
    base = settings.PUBLIC_URL.rstrip("/")
    with translation.override(language):
        rows = [{"text": notices.text_of(one), "url": f"{base}{one.link}"} for one in told]
        preferences = f"{base}{reverse('collaboration:preferences')}"
        subject = _subject(letter, rows[0]["text"], len(rows))
        context = {
            "name": letter.person.full_name,
            "rows": rows[:MOST_TOLD],
            "more": max(0, len(rows) - MOST_TOLD),
            "all_url": f"{base}{reverse('shell:notice_list')}",
            "preferences_url": preferences,
            "subject": subject,
            "language": language,
        }
        domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
        message = EmailMultiAlternatives(
            subject=subject,
            body=render_to_string("collaboration/mail/letter.txt", context),
            to=[letter.person.email],
            headers={
                "Message-ID": f"<{letter.uid}@{domain}>",
                "List-Unsubscribe": f"<{preferences}>",
                "Auto-Submitted": "auto-generated",
            },
        )
        page = render_to_string("collaboration/mail/letter.html", context)
        message.attach_alternative(page, "text/html")
    return message


def _subject(letter: Letter, first: str, count: int) -> str:
    """One line: a single thing by itself, several by their number."""
    if letter.day:
        text = gettext("capphep, %(day)s: %(count)s notices")
        return text % {"day": f"{letter.day:%d/%m/%Y}", "count": count}
    if count == 1:
        return " ".join(first.split())[:150]
    return ngettext("capphep: %(count)s notice", "capphep: %(count)s notices", count) % {
        "count": count
    }


def _can_be_written_to(letter: Letter) -> bool:
    return letter.person.is_active and bool(letter.person.email)


def _sent(letter: Letter, told: Sequence[Notice]) -> str:
    """Outside of any transaction. Returns why it was not sent; "" where it was."""
    try:
        message_of(letter, told).send()
    except (smtplib.SMTPException, OSError) as error:
        _log.warning("Letter %s was not sent: %s", letter.uid, error)
        return type(error).__name__
    return ""


@transaction.atomic
def _note(letter: Letter, problem: str) -> None:
    again = leases.later(mail_rules.MOMENTS, letter.attempts) if problem else None
    leases.release(letter, next_at=again)
    letter.problem = problem
    letter.sent_at = None if problem else timezone.now()
    letter.save(update_fields=["problem", "sent_at"])
