"""How a person wants to be told."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.db import transaction

from capphep.collaboration.mail_kinds import is_kind
from capphep.collaboration.models import MailChoice, MailProfile, MailWhen
from capphep.platform.models import User
from capphep.pure.errors import Invalid, gettext_noop

_HOURS = range(24)


@transaction.atomic
def choose(*, actor: User, language: str, digest_hour: int, choices: Mapping[str, str]) -> None:
    """Keep a person's own choices; a never counts for what waits to be sent too.

    ``choices`` are MailWhen by MailKind. Raises Invalid ``mail_choice``. A matter of one's own: the
    audit trail does not tell it.
    """
    is_known = language in dict(settings.LANGUAGES) and digest_hour in _HOURS
    if not is_known or not all(is_kind(key) and when in MailWhen for key, when in choices.items()):
        raise Invalid("mail_choice", gettext_noop("Choose one of the values."))
    MailProfile.objects.update_or_create(
        person=actor, defaults={"language": language, "digest_hour": digest_hour}
    )
    MailChoice.objects.bulk_create(
        (MailChoice(person=actor, kind=key, when=when) for key, when in choices.items()),
        update_conflicts=True,
        unique_fields=["person", "kind"],
        update_fields=["when"],
    )
