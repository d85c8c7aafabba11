"""Reads of API tokens."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils import timezone

from capphep.integration.models import ApiToken
from capphep.integration.token_rules import SOON, State, hash_of
from capphep.platform.roles import Actor, Permission, require
from capphep.pure.errors import NotFound, gettext_noop


def running_token(text: str) -> ApiToken | None:
    """The token with this text, unless it has ended or its user is inactive. One statement."""
    tokens = ApiToken.objects.select_related("user__team").filter(
        sha256=hash_of(text),
        revoked_at=None,
        expires_at__gt=timezone.now(),
        user__is_active=True,
    )
    return tokens.first()


def visible_tokens(actor: Actor) -> QuerySet[ApiToken]:
    """All tokens, for administrators. Raises Forbidden."""
    require(actor, Permission.INTEGRATION_WRITE)
    return ApiToken.objects.select_related("user", "product", "customer")


def in_states(
    tokens: QuerySet[ApiToken], states: Iterable[str], now: datetime.datetime
) -> QuerySet[ApiToken]:
    """Those that are at this moment in one of the states (`token_rules.state_of`)."""
    going = Q(revoked_at=None, expires_at__gt=now)
    soon = Q(expires_at__lte=now + SOON)
    meant = {
        State.RUNNING: going & ~soon,
        State.ENDING: going & soon,
        State.EXPIRED: Q(revoked_at=None, expires_at__lte=now),
        State.REVOKED: Q(revoked_at__isnull=False),
    }
    wanted = Q(pk__in=())
    for state in states:
        wanted |= meant[State(state)]
    return tokens.filter(wanted)


def token_of(actor: Actor, token_id: int) -> ApiToken:
    """Raises Forbidden, NotFound."""
    found = visible_tokens(actor).filter(pk=token_id).first()
    if found is None:
        raise NotFound("token_not_found", gettext_noop("There is no such token."))
    return found
