"""The keys that sign licences: the first, the next, and those that sign no more."""

from __future__ import annotations

import datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from capphep.entitlements import signing
from capphep.entitlements.models import SigningKey
from capphep.entitlements.queries import signing_key
from capphep.entitlements.signing import KeptKey
from capphep.platform import audit, rows
from capphep.platform.roles import SYSTEM
from capphep.pure.errors import Conflict, gettext_noop

OVERLAP_DAYS: Final = 30
"""For so long a new key is published before it signs, unless told otherwise."""


@transaction.atomic
def ensure_signing_key() -> KeptKey:
    """The key that signs now; the first is made when it is first needed.

    Of two who need it at once one makes it, the other waits for that and takes it.
    """
    now = timezone.now()
    if not SigningKey.objects.exists():
        first = _new_key(1, now)
        if rows.insert_new(first):
            _record(first, "signing_key_made")
    # However the clocks of two servers differ: what was just made signs.
    found = signing_key(now) or signing_key(SigningKey.objects.get(number=1).signs_from)
    assert found is not None
    return found


def ensure_readable_key() -> None:
    """The key that signs is there, and this installation's secret opens it.

    Raises `signing.KeyUnreadable`.
    """
    key = ensure_signing_key()
    signing.unwrapped(key.kid, key.private_key, settings.LICENCE_SECRET)


@transaction.atomic
def rotate_key(*, days: int) -> SigningKey:
    """Make the key that signs from so many days on; its public half is published at once.

    So products learn it before the first file is signed with it. With 0 days it signs from
    now on. It needs no permission: the command that calls it is run on the server itself.
    Raises Conflict ``rotation_under_way`` while another key is still to come.
    """
    ensure_signing_key()
    latest = SigningKey.objects.select_for_update().order_by("number").last()
    assert latest is not None
    now = timezone.now()
    new = _new_key(latest.number + 1, now + datetime.timedelta(days=days))
    if latest.signs_from > now or not rows.insert_new(new):
        raise Conflict(
            "rotation_under_way",
            gettext_noop("The next key is there already and has not begun to sign."),
        )
    _record(new, "signing_key_made")
    return new


@transaction.atomic
def forget_private_keys() -> int:
    """Remove the private halves of keys that sign no more; returns how many there were.

    A day late, so that a server whose clock is behind can still sign with the old one.
    """
    yesterday = timezone.now() - datetime.timedelta(days=1)
    begun = SigningKey.objects.filter(signs_from__lte=yesterday).order_by("-signs_from")
    done = [key for key in begun[1:] if key.private_key]
    for key in done:
        rows.update(SigningKey, {"pk": key.pk}, {"private_key": ""})
    audit.record(SYSTEM, [audit.Change(key, "signing_key_retired") for key in done])
    return len(done)


@transaction.atomic
def rewrap_keys(*, old_secret: str) -> int:
    """Encrypt every private key with the present secret; returns how many there were.

    Raises `signing.KeyUnreadable` unless all of them open with the old one.
    """
    keys = list(SigningKey.objects.select_for_update().exclude(private_key=""))
    for key in keys:
        private = signing.unwrapped(key.kid, key.private_key, old_secret)
        kept = signing.wrapped(key.kid, private, settings.LICENCE_SECRET)
        rows.update(SigningKey, {"pk": key.pk}, {"private_key": kept})
    audit.record(SYSTEM, [audit.Change(key, "signing_key_rewrapped") for key in keys])
    return len(keys)


def _new_key(number: int, signs_from: datetime.datetime) -> SigningKey:
    made = signing.new_key(settings.LICENCE_SECRET)
    return SigningKey(
        number=number,
        kid=made.kid,
        public_key=made.public_key,
        private_key=made.private_key,
        signs_from=signs_from,
    )


def _record(key: SigningKey, verb: str) -> None:
    after = {"number": key.number, "signs_from": key.signs_from.isoformat()}
    audit.record(SYSTEM, [audit.Change(key, verb, after=after)])
