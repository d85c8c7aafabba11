"""Making, rotating and revoking API tokens."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils import timezone

from capphep.integration.actions.tokens import (
    NewToken,
    create_token,
    revoke_token,
    rotate_token,
)
from capphep.integration.models import ApiToken
from capphep.integration.queries import running_token
from capphep.integration.token_rules import hash_of
from capphep.platform.models import AuditEntry, User
from capphep.pure.errors import Conflict, Forbidden, Invalids, NotFound
from tests.integration.apis import token

A_DAY = datetime.timedelta(days=1)


def wanted(user: User, **changes: Any) -> NewToken:
    values: dict[str, Any] = {
        "name": " CRM ",
        "user": user,
        "scopes": ["orders:write", "orders:read"],
        "expires_at": timezone.now() + 30 * A_DAY,
    }
    return NewToken(**{**values, **changes})


def test_a_token_is_kept_as_its_hash_alone(administrator: User, salesperson: User) -> None:
    made, text = create_token(actor=administrator, wanted=wanted(salesperson))
    assert (made.name, made.scopes) == ("CRM", ["orders:read", "orders:write"])
    assert made.sha256 == hash_of(text) and text.startswith(made.prefix)
    assert running_token(text) == made
    row = ApiToken.objects.values().get()
    trail = AuditEntry.objects.values_list("subject_no", "before", "after")
    assert text not in repr(row) and text not in repr(list(trail))


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"name": " "}, "name_missing", "name"),
        ({"scopes": []}, "scopes_missing", "scopes"),
        ({"scopes": ["everything"]}, "scope_unknown", "scopes"),
        ({"expires_at": timezone.now() - A_DAY}, "expiry_invalid", "expires_at"),
        ({"expires_at": timezone.now() + 2000 * A_DAY}, "expiry_invalid", "expires_at"),
        ({"per_minute": 0}, "rate_invalid", "per_minute"),
    ],
)
def test_what_is_wrong_is_named_at_its_field(
    administrator: User, salesperson: User, change: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(Invalids) as refused:
        create_token(actor=administrator, wanted=wanted(salesperson, **change))
    assert [(one.code, one.field) for one in refused.value.refusals] == [(code, field)]
    assert not ApiToken.objects.exists()


def test_an_inactive_user_gets_no_token(administrator: User, salesperson: User) -> None:
    salesperson.is_active = False
    with pytest.raises(Invalids, match="inactive"):
        create_token(actor=administrator, wanted=wanted(salesperson))


def test_only_an_administrator_makes_ends_and_replaces_tokens(
    salesperson: User, officer: User, auditor: User
) -> None:
    made, _text = token(salesperson)
    later = timezone.now() + A_DAY
    for actor in (salesperson, officer, auditor):
        with pytest.raises(Forbidden):
            create_token(actor=actor, wanted=wanted(actor))
        with pytest.raises(Forbidden):
            revoke_token(actor=actor, token_id=made.pk)
        with pytest.raises(Forbidden):
            rotate_token(actor=actor, token_id=made.pk, overlap=A_DAY, expires_at=later)


def test_both_work_during_the_overlap_and_the_old_one_ends_after_it(
    administrator: User, salesperson: User
) -> None:
    old, old_text = create_token(actor=administrator, wanted=wanted(salesperson))
    new, new_text = rotate_token(
        actor=administrator,
        token_id=old.pk,
        overlap=7 * A_DAY,
        expires_at=timezone.now() + 365 * A_DAY,
    )
    assert (running_token(old_text), running_token(new_text)) == (old, new)
    assert (new.replaces, new.scopes, new.user) == (old, old.scopes, old.user)
    old.refresh_from_db()
    assert 6 * A_DAY < old.expires_at - timezone.now() <= 7 * A_DAY


def test_an_overlap_never_prolongs_the_old_token(administrator: User, salesperson: User) -> None:
    tomorrow = timezone.now() + A_DAY
    old, _text = create_token(actor=administrator, wanted=wanted(salesperson, expires_at=tomorrow))
    later = tomorrow + 30 * A_DAY
    rotate_token(actor=administrator, token_id=old.pk, overlap=90 * A_DAY, expires_at=later)
    old.refresh_from_db()
    assert old.expires_at == tomorrow


def test_a_revoked_token_is_refused_at_once_and_stays_so(
    administrator: User, salesperson: User
) -> None:
    made, text = create_token(actor=administrator, wanted=wanted(salesperson))
    revoke_token(actor=administrator, token_id=made.pk)
    assert running_token(text) is None
    later = timezone.now() + A_DAY
    with pytest.raises(Conflict):
        revoke_token(actor=administrator, token_id=made.pk)
    with pytest.raises(Conflict):
        rotate_token(actor=administrator, token_id=made.pk, overlap=A_DAY, expires_at=later)
    verbs = AuditEntry.objects.filter(subject_type="apitoken").order_by("id")
    assert list(verbs.values_list("verb", flat=True)) == ["created", "revoked"]


def test_a_token_that_is_not_there(administrator: User) -> None:
    with pytest.raises(NotFound):
        revoke_token(actor=administrator, token_id=99)
