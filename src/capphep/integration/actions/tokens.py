"""Writing API tokens, for administrators (R13)."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.db import transaction
from django.utils import timezone

from capphep.catalog.models import Product
from capphep.crm.models import Customer
from capphep.integration.models import ApiToken
from capphep.integration.token_rules import PREFIX_LENGTH, hash_of, new_text
from capphep.platform import audit
from capphep.platform.api import Scope
from capphep.platform.models import User
from capphep.platform.roles import Actor, Permission, require
from capphep.pure.errors import Conflict, Invalid, Invalids, NotFound, gettext_noop

LONGEST: Final = datetime.timedelta(days=1100)
LONGEST_OVERLAP: Final = datetime.timedelta(days=90)
_USED_EVERY: Final = datetime.timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class NewToken:
    """What an administrator decides about a token."""

    name: str
    user: User
    scopes: Sequence[str]
    expires_at: datetime.datetime
    product: Product | None = None
    customer: Customer | None = None
    per_minute: int = 600


@transaction.atomic
def create_token(*, actor: Actor, wanted: NewToken) -> tuple[ApiToken, str]:
    """Make a token; returns it with its text, which is never shown again.

    Raises Forbidden; Invalids ``name_missing``, ``scopes_missing``, ``scope_unknown``,
    ``user_inactive``, ``expiry_invalid``, ``rate_invalid``.
    """
    require(actor, Permission.INTEGRATION_WRITE)
    problems = list(_problems(wanted))
    if problems:
        raise Invalids(problems)
    return _made(actor, wanted)


def _problems(wanted: NewToken) -> list[Invalid]:
    now = timezone.now()
    found = [
        (not wanted.name.strip(), "name_missing", gettext_noop("Give the token a name."), "name"),
        (
            not wanted.scopes,
            "scopes_missing",
            gettext_noop("Choose what the token is for."),
            "scopes",
        ),
        (
            not set(wanted.scopes) <= set(Scope.values),
            "scope_unknown",
            gettext_noop("There is no such scope."),
            "scopes",
        ),
        (
            not wanted.user.is_active,
            "user_inactive",
            gettext_noop("This user is inactive: the token could do nothing."),
            "user",
        ),
        (
            not now < wanted.expires_at <= now + LONGEST,
            "expiry_invalid",
            gettext_noop("A token ends in the future, within three years."),
            "expires_at",
        ),
        (
            not 1 <= wanted.per_minute <= 1_000_000,
            "rate_invalid",
            gettext_noop("Between 1 and 1,000,000 requests a minute."),
            "per_minute",
        ),
    ]
    return [Invalid(code, text, field=field) for is_so, code, text, field in found if is_so]


def _made(actor: Actor, wanted: NewToken, replaces: ApiToken | None = None) -> tuple[ApiToken, str]:
    text = new_text()
    token = ApiToken.objects.create(
        name=wanted.name.strip(),
        user=wanted.user,
        prefix=text[:PREFIX_LENGTH],
        sha256=hash_of(text),
        scopes=sorted(wanted.scopes),
        product=wanted.product,
        customer=wanted.customer,
        per_minute=wanted.per_minute,
        expires_at=wanted.expires_at,
        replaces=replaces,
        created_by_id=actor.pk,
    )
    audit.record(actor, [audit.Change(token, "created", after=_facts(token))])
    return token, text


def _facts(token: ApiToken) -> dict[str, object]:
    facts: dict[str, object] = {
        "user": str(token.user),
        "scopes": list(token.scopes),
        "expires_at": token.expires_at.isoformat(),
        "per_minute": token.per_minute,
    }
    bounds = {"product": token.product, "customer": token.customer, "replaces": token.replaces}
    return facts | {name: str(value) for name, value in bounds.items() if value is not None}


@transaction.atomic
def rotate_token(
    *,
    actor: Actor,
    token_id: int,
    overlap: datetime.timedelta,
    expires_at: datetime.datetime,
) -> tuple[ApiToken, str]:
    """Make the token's successor; the old one ends after ``overlap``, so that nothing stops.

    Raises Forbidden, NotFound; Conflict ``token_ended``; Invalids ``overlap_invalid``,
    ``expiry_invalid``, ``user_inactive``.
    """
    token = _locked(actor, token_id)
    _require_running(token)
    if not datetime.timedelta() <= overlap <= LONGEST_OVERLAP:
        message = gettext_noop("The old token may go on for 0 to 90 days.")
        raise Invalids([Invalid("overlap_invalid", message, field="overlap")])
    wanted = replace(_wanted(token), expires_at=expires_at)
    problems = _problems(wanted)
    if problems:
        raise Invalids(problems)
    made = _made(actor, wanted, replaces=token)
    ends = min(token.expires_at, timezone.now() + overlap)
    _write(actor, token, "rotated", expires_at=ends)
    return made


def _wanted(token: ApiToken) -> NewToken:
    return NewToken(
        name=token.name,
        user=token.user,
        scopes=token.scopes,
        expires_at=token.expires_at,
        product=token.product,
        customer=token.customer,
        per_minute=token.per_minute,
    )


@transaction.atomic
def revoke_token(*, actor: Actor, token_id: int) -> ApiToken:
    """End a token at once. Raises Forbidden, NotFound; Conflict ``token_ended``."""
    token = _locked(actor, token_id)
    _require_running(token)
    _write(actor, token, "revoked", revoked_at=timezone.now())
    return token


def _write(actor: Actor, token: ApiToken, verb: str, **values: datetime.datetime) -> None:
    before = {name: getattr(token, name) for name in values}
    for name, value in values.items():
        setattr(token, name, value)
    token.save(update_fields=list(values))
    audit.record(actor, [audit.Change(token, verb, _plain(before), _plain(values))])


def _plain(values: dict[str, datetime.datetime]) -> dict[str, object]:
    return {name: value and value.isoformat() for name, value in values.items()}


def _locked(actor: Actor, token_id: int) -> ApiToken:
    require(actor, Permission.INTEGRATION_WRITE)
    rows = ApiToken.objects.select_for_update(of=("self",))
    related = rows.select_related("user", "product", "customer", "replaces")
    found = related.filter(pk=token_id).first()
    if found is None:
        raise NotFound("token_not_found", gettext_noop("There is no such token."))
    return found


def _require_running(token: ApiToken) -> None:
    if token.revoked_at or token.expires_at <= timezone.now():
        raise Conflict("token_ended", gettext_noop("This token has ended already."))


def note_use(token: ApiToken) -> None:
    """Remember that the token was used, at most every five minutes."""
    now = timezone.now()
    if token.last_used_at is None or token.last_used_at < now - _USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
