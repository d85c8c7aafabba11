"""Reads of API tokens."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from capphep.integration.models import ApiToken
from capphep.integration.token_rules import hash_of
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


def token_of(actor: Actor, token_id: int) -> ApiToken:
    """Raises Forbidden, NotFound."""
    found = visible_tokens(actor).filter(pk=token_id).first()
    if found is None:
        raise NotFound("token_not_found", gettext_noop("There is no such token."))
    return found
