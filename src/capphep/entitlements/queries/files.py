"""The signed files of licences, and the keys that sign them."""

from __future__ import annotations

import datetime
from typing import Any, Literal, TypeAlias

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from capphep.entitlements import licence_claims, options, signing
from capphep.entitlements.models import Licence, SigningKey
from capphep.entitlements.signing import KeptKey
from capphep.platform.prepared import prepared

KeyState: TypeAlias = Literal["coming", "active", "retired"]


@prepared
def _signing(now: datetime.datetime) -> QuerySet[SigningKey, tuple[Any, ...]]:
    keys = SigningKey.objects.filter(signs_from__lte=now).order_by("-signs_from")[:1]
    return keys.values_list("kid", "public_key", "private_key")


def signing_key(now: datetime.datetime) -> KeptKey | None:
    """The key that signs now; None before the first was made."""
    return next((KeptKey(*key) for key in _signing(now)), None)


def key_states(now: datetime.datetime) -> list[tuple[SigningKey, KeyState]]:
    """Every key, newest first, and whether it is still to come, signs, or did."""
    active = signing_key(now)
    return [
        (key, _key_state(key, active.kid if active else "", now))
        for key in SigningKey.objects.order_by("-number")
    ]


def _key_state(key: SigningKey, active: str, now: datetime.datetime) -> KeyState:
    if key.kid == active:
        return "active"
    return "coming" if key.signs_from > now else "retired"


def keys_tag() -> str:
    """Another one whenever a key is added; keys are never changed in public."""
    newest = SigningKey.objects.order_by("-number").values_list("kid", flat=True).first()
    return newest or "none"


def published_keys() -> list[dict[str, str]]:
    """All public keys that there ever were, newest first, as JSON Web Keys."""
    keys = SigningKey.objects.order_by("-number").values_list("kid", "public_key")
    return [signing.public_jwk(kid, public_key) for kid, public_key in keys]


def facts(licence: Licence, supersedes: str) -> licence_claims.Facts:
    """What the licence says; ``supersedes`` is the number of the one before it, or empty."""
    return licence_claims.Facts(
        no=licence.licence_no,
        customer=licence.content["customer"],
        product=licence.content["product"],
        version=licence.version,
        supersedes=supersedes,
        request_no=licence.request_no,
        cause=licence.cause,
        day=timezone.localdate(licence.issued_at),
        additions=licence_claims.additions(licence.content),
    )


def signed_file(licence: Licence, supersedes: str, key: KeptKey, now: datetime.datetime) -> str:
    """The licence as a file that is handed out now. Raises `signing.KeyUnreadable`."""
    life = licence_claims.lifetime(
        licence.issued_at, now, options.LICENCE_DAYS.value(), options.LICENCE_GRACE_DAYS.value()
    )
    claims = licence_claims.claims(facts(licence, supersedes), life, settings.PUBLIC_URL)
    return signing.signed(claims, key, settings.LICENCE_SECRET)


def licence_file(licence: Licence, key: KeptKey, now: datetime.datetime) -> str:
    """RULE R14: the file to hand out now, the same until a third of its life has passed.

    A superseded licence stays what it was when it was issued: it is not renewed.
    """
    others = Licence.objects.filter(subscription=licence.subscription_id)
    before = others.filter(version__lt=licence.version).order_by("-version")
    if others.filter(version__gt=licence.version).exists():
        if licence.file:
            return licence.file
        now = licence.issued_at
    supersedes = before.values_list("licence_no", flat=True).first() or ""
    return signed_file(licence, supersedes, key, now)
