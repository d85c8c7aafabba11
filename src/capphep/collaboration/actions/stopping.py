"""*Ngừng gửi*: a letter's own way out, which needs no signing in (RFC 8058)."""

from __future__ import annotations

from typing import Final

from django.core.signing import BadSignature, Signer
from django.db import transaction

from capphep.collaboration.mail_kinds import MailKind, kind_of, kinds_for
from capphep.collaboration.models import Letter, MailChoice, MailWhen
from capphep.platform.models import Notice
from capphep.pure.errors import NotFound, gettext_noop

_SIGNER: Final = Signer(salt="capphep.collaboration.stopping")


def stop_token(letter: Letter) -> str:
    """What proves that somebody holds the letter: its name alone stands in every copy's header."""
    return _SIGNER.sign(letter.uid)


def letter_of(token: str) -> Letter:
    """For as long as the letter is kept. Raises NotFound ``letter_unknown``."""
    try:
        uid = _SIGNER.unsign(token)
    except BadSignature:
        uid = ""
    found = Letter.objects.select_related("person").filter(uid=uid).first() if uid else None
    if found is None:
        message = gettext_noop("This link belongs to no e-mail of ours.")
        raise NotFound("letter_unknown", message)
    return found


def told_by(letter: Letter) -> list[MailKind]:
    """RULE N4: what ends with a letter: all of the daily one, or the kinds that it told of.

    Without those that are mailed never already.
    """
    chosen = dict(MailChoice.objects.filter(person=letter.person).values_list("kind", "when"))
    ways = {kind: chosen.get(kind.key, kind.usual) for kind in _candidates(letter)}
    if letter.day:
        return [kind for kind, when in ways.items() if when == MailWhen.DAILY]
    return [kind for kind, when in ways.items() if when != MailWhen.NEVER]


def _candidates(letter: Letter) -> list[MailKind]:
    if letter.day:
        return kinds_for(letter.person.role)
    told = Notice.objects.filter(mailing__letter=letter).order_by("id")
    return list(dict.fromkeys(kind_of(each) for each in told.values_list("kind", flat=True)))


@transaction.atomic
def stop(letter: Letter) -> list[MailKind]:
    """Nothing of it is mailed to the person any more; the kinds that end. Again, it does nothing.

    A matter of one's own, as `preferences.choose`: the audit trail does not tell it.
    """
    ended = told_by(letter)
    MailChoice.objects.bulk_create(
        (MailChoice(person=letter.person, kind=kind.key, when=MailWhen.NEVER) for kind in ended),
        update_conflicts=True,
        unique_fields=["person", "kind"],
        update_fields=["when"],
    )
    return ended
