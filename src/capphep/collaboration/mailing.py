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
from django.utils.html import format_html
from django.utils.translation import ngettext

from capphep.collaboration import mail_rules
from capphep.collaboration.actions.sorting import sort_notices
from capphep.collaboration.actions.stopping import stop_token
from capphep.collaboration.mail_kinds import kind_of
from capphep.collaboration.messages import DIGEST, NOTICES, row, stop_row
from capphep.collaboration.models import Letter, MailChoice, MailWhen
from capphep.collaboration.queries.people import language_of
from capphep.platform import leases, notices
from capphep.platform.message_rules import Block, Value, bullets, link
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
    """What the letter has to tell still, the oldest first; nothing that was stopped meanwhile."""
    rows = Notice.objects.filter(mailing__letter=letter, read_at__isnull=True)
    never = MailChoice.objects.filter(person=letter.person, when=MailWhen.NEVER)
    stopped = set(never.values_list("kind", flat=True))
    return [one for one in rows.order_by("id") if kind_of(one.kind).key not in stopped]


def message_of(letter: Letter, told: Sequence[Notice]) -> EmailMultiAlternatives:
    """As text and as HTML in the person's language: names and numbers, never what people wrote."""
    language = language_of(letter.person)
    base = settings.PUBLIC_URL.rstrip("/")
    preferences = f"{base}{reverse('collaboration:preferences')}"
    stop = f"{base}{reverse('collaboration:stop', args=[stop_token(letter)])}"
    with translation.override(language):
        values = _values(letter, told, base)
        values |= {"preferences": link(preferences), "stop": stop_row(stop)}
    written = (DIGEST if letter.day else NOTICES).written(language, values)
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    message = EmailMultiAlternatives(
        subject=written.subject,
        body=written.text,
        to=[letter.person.email],
        headers={
            "Message-ID": f"<{letter.uid}@{domain}>",
            # RFC 8058: the mail program's own button posts there.
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
    context = {"subject": written.subject, "parts": [(language, written.html)]}
    message.attach_alternative(render_to_string("platform/letter.html", context), "text/html")
    return message


def _values(letter: Letter, told: Sequence[Notice], base: str) -> dict[str, Value]:
    """What the placeholders of both letters say, but for the ways out."""
    texts = [notices.text_of(one) for one in told]
    rows = [row(text, f"{base}{one.link}") for text, one in zip(texts, told, strict=True)]
    return {
        "name": letter.person.full_name,
        "notices": bullets(rows[:MOST_TOLD]),
        "more": _more(len(rows) - MOST_TOLD, f"{base}{reverse('shell:notice_list')}"),
        "summary": _summary(texts),
        "day": f"{letter.day:%d/%m/%Y}" if letter.day else "",
        "count": str(len(rows)),
    }


def _more(count: int, url: str) -> Value:
    if count <= 0:
        return ""
    text = ngettext("And %(count)s more", "And %(count)s more", count) % {"count": count}
    return Block(f"{text}: {url}", format_html('<a href="{}">{}</a>', url, text))


def _summary(texts: Sequence[str]) -> str:
    """A single thing by itself, several by their number."""
    if len(texts) == 1:
        return texts[0]
    text = ngettext("capphep: %(count)s notice", "capphep: %(count)s notices", len(texts))
    return text % {"count": len(texts)}


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
