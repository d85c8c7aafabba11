"""Writes of the texts of e-mails (R13)."""

from __future__ import annotations

from django.db import transaction

from capphep.platform import audit, message_rules, rows, versions
from capphep.platform.messages import Message
from capphep.platform.models import MessageText
from capphep.platform.roles import Actor, Permission, require


@transaction.atomic
def edit_message(
    *, actor: Actor, message: Message, language: str, seen_version: int, subject: str, body: str
) -> MessageText:
    """Let what was typed be sent from now on. ``seen_version`` is 0 where nobody had changed it.

    Raises Forbidden; Invalids (`message_rules.checked`); Stale.
    """
    require(actor, Permission.SETTING_WRITE)
    texts = message_rules.checked(subject, body, message.known, message.required)
    return _write(actor, message, language, seen_version, texts)


@transaction.atomic
def restore_message(
    *, actor: Actor, message: Message, language: str, seen_version: int
) -> MessageText:
    """Let the default be sent again. Raises Forbidden; Stale."""
    require(actor, Permission.SETTING_WRITE)
    return _write(actor, message, language, seen_version, ("", ""))


def _write(
    actor: Actor, message: Message, language: str, seen_version: int, texts: tuple[str, str]
) -> MessageText:
    stored = MessageText.objects.select_for_update().filter(key=message.key, language=language)
    record = stored.first()
    if record is None:
        record = MessageText(key=message.key, language=language, version=0)
        # Of two who write for the first time one is late.
        if seen_version or not rows.insert_new(record):
            raise versions.Stale
    before = _told(message, language, (record.subject, record.body))
    versions.write(record, seen_version, {"subject": texts[0], "body": texts[1]}, actor)
    was, now = audit.differences(before, _told(message, language, texts))
    if now:
        audit.record(actor, [audit.Change(record, "message_set", was, now)])
    return record


def _told(message: Message, language: str, texts: tuple[str, str]) -> dict[str, object]:
    """What counts, as people read it in the trail years later."""
    subject, body = texts if texts[1] else message.default(language)
    return {"subject": subject, "body": body}
