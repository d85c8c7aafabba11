"""The signed files of licences and the keys that sign them."""

from __future__ import annotations

import datetime
import json
from typing import Any

import jwt
import pytest
from django.conf import LazySettings
from django.db import transaction
from django.test import Client
from django.utils import timezone
from joserfc.errors import JoseError

from capphep.entitlements import signing
from capphep.entitlements.actions import issue_licence
from capphep.entitlements.actions.keys import (
    ensure_signing_key,
    forget_private_keys,
    rewrap_keys,
    rotate_key,
)
from capphep.entitlements.models import Licence, LicenceCause, SigningKey
from capphep.entitlements.queries import licence_file, published_keys, signing_key
from capphep.entitlements.signing import KeyUnreadable
from capphep.platform.models import AuditEntry
from capphep.pure.errors import Conflict
from tests.entitlements.conftest import DAY, Ledger
from tests.plumbing.races import race, winners

YC, NEXT = "YC-2026-000001", "YC-2026-000002"


def issued(ledger: Ledger, number: str = YC, cause: str = LicenceCause.APPROVAL) -> Licence:
    with transaction.atomic():
        return issue_licence(
            subscription=ledger.locked(), request_no=number, day=ledger.today, cause=cause
        )


def read(file: str) -> dict[str, Any]:
    """What another library reads in it, with the keys that are published."""
    keys = jwt.PyJWKSet.from_dict({"keys": published_keys()})
    kid = jwt.get_unverified_header(file)["kid"]
    claims: dict[str, Any] = jwt.decode(
        file, keys[kid], algorithms=["EdDSA"], audience="igov", issuer="http://127.0.0.1:8000"
    )
    return claims


def terms(claims: dict[str, Any], key: str) -> list[dict[str, Any]]:
    return next(one["terms"] for one in claims["ent"] if one["k"] == key)


def test_an_approval_leaves_a_signed_file(ledger: Ledger) -> None:
    ledger.grant(YC, 50, books=2)
    licence = issued(ledger)
    assert jwt.get_unverified_header(licence.file) == {
        "alg": "EdDSA",
        "typ": "licence+jwt",
        "kid": SigningKey.objects.get().kid,
    }
    claims = read(licence.file)
    assert claims["sub"] == ledger.customer.budget_code
    assert claims["jti"] == claims["lic"]["no"] == licence.licence_no
    assert claims["exp"] - claims["iat"] == 30 * 24 * 60 * 60
    assert claims["iat"] == claims["nbf"] == int(licence.issued_at.timestamp())
    assert claims["lic"]["version"] == licence.version
    assert claims["lic"]["request_no"] == YC
    assert claims["lic"]["supersedes"] is None
    [before, users, *_] = terms(claims, "igov.office.users")
    assert (before["q"], users["q"], users["from"]) == (100, 150, ledger.today.isoformat())
    assert users["req"] == ["YC-2026-000245", YC]


def test_a_licence_names_the_one_that_it_supersedes(ledger: Ledger) -> None:
    ledger.grant(YC, 50)
    first = issued(ledger)
    ledger.grant(NEXT, 20)
    assert read(issued(ledger, NEXT).file)["lic"]["supersedes"] == first.licence_no
    assert read(licence_file(first, ensure_signing_key(), timezone.now()))["lic"]["no"]


def test_what_is_decided_already_for_later_days_is_in_the_file(ledger: Ledger) -> None:
    ledger.grant(YC, 50)
    ledger.grant(NEXT, 20, first=ledger.today + 10 * DAY)
    ledger.withdraw(YC, ledger.today + 20 * DAY)
    licence = issued(ledger, YC, LicenceCause.WITHDRAWAL)
    users = terms(read(licence.file), "igov.office.users")[1:4]
    days = [ledger.today, ledger.today + 10 * DAY, ledger.today + 20 * DAY]
    assert [one["q"] for one in users] == [150, 170, 120]
    assert [one["from"] for one in users] == [day.isoformat() for day in days]


def test_a_change_of_information_brings_no_personal_data_into_the_file(ledger: Ledger) -> None:
    with transaction.atomic():
        licence = issue_licence(
            subscription=ledger.locked(),
            request_no=YC,
            day=ledger.today,
            cause=LicenceCause.INFO_CHANGE,
            information={"admin_email": "lan@example.vn"},
        )
    assert "lan@example.vn" not in json.dumps(read(licence.file))


# --- what is handed out later -------------------------------------------------------------------


def test_the_file_stays_the_same_for_a_third_of_its_life(ledger: Ledger) -> None:
    licence, key = issued(ledger), ensure_signing_key()
    begun = licence.issued_at

    def after(days: float) -> str:
        return licence_file(licence, key, begun + datetime.timedelta(days=days))

    assert after(0) == after(9.9) == licence.file
    assert after(10.1) == after(19.9) != licence.file
    times = [jwt.decode(after(days), options={"verify_signature": False}) for days in (0, 11, 95)]
    assert [(one["iat"] - times[0]["iat"]) / 86_400 for one in times] == [0, 10, 90]
    assert {one["exp"] - one["iat"] for one in times} == {30 * 86_400}


def test_a_superseded_licence_is_not_renewed(ledger: Ledger) -> None:
    first = issued(ledger)
    ledger.grant(NEXT, 20)
    issued(ledger, NEXT)
    later = timezone.now() + datetime.timedelta(days=200)
    assert licence_file(first, ensure_signing_key(), later) == first.file


def test_a_licence_from_before_files_were_signed_gets_one_when_it_is_asked_for(
    ledger: Ledger,
) -> None:
    licence = issued(ledger)
    Licence.objects.update(file="")
    licence.refresh_from_db()
    claims = read(licence_file(licence, ensure_signing_key(), timezone.now()))
    assert claims["jti"] == licence.licence_no


# --- keys ----------------------------------------------------------------------------------------


def test_the_first_key_is_made_when_it_is_needed(db: None) -> None:
    assert signing_key(timezone.now()) is None
    key = ensure_signing_key()
    assert ensure_signing_key() == key
    made = SigningKey.objects.get()
    assert made.number == 1
    assert [entry.verb for entry in AuditEntry.objects.all()] == ["signing_key_made"]


def test_two_who_need_the_first_key_at_once_get_the_same(transactional_db: None) -> None:
    keys = winners(race(ensure_signing_key, 4))
    assert len(keys) == 4
    assert len(set(keys)) == SigningKey.objects.count() == 1


def test_the_private_key_is_not_in_the_database(db: None) -> None:
    key = ensure_signing_key()
    opened = signing.unwrapped(key.kid, key.private_key, settings_secret())
    assert opened not in key.private_key
    with pytest.raises(KeyUnreadable, match="CAPPHEP_LICENCE_SECRET"):
        signing.unwrapped(key.kid, key.private_key, "another secret")
    with pytest.raises(KeyUnreadable):
        signing.unwrapped("another kid", key.private_key, settings_secret())


def settings_secret() -> str:
    from django.conf import settings

    secret: str = settings.LICENCE_SECRET
    return secret


def test_the_next_key_is_published_before_it_signs(ledger: Ledger) -> None:
    first = ensure_signing_key()
    new = rotate_key(days=30)
    assert [one["kid"] for one in published_keys()] == [new.kid, first.kid]
    assert read(issued(ledger).file)
    now = timezone.now()
    assert signing_key(now) == first
    later = signing_key(now + 31 * DAY)
    assert later and later.kid == new.kid
    with pytest.raises(Conflict) as refused:
        rotate_key(days=0)
    assert refused.value.code == "rotation_under_way"


def test_a_new_key_signs_what_is_handed_out_and_old_files_stay_good(ledger: Ledger) -> None:
    licence = issued(ledger)
    new = rotate_key(days=0)
    key = ensure_signing_key()
    assert key.kid == new.kid
    handed_out = licence_file(licence, key, timezone.now())
    assert jwt.get_unverified_header(handed_out)["kid"] == new.kid
    assert read(handed_out) == read(licence.file)


def test_a_key_that_signs_no_more_loses_its_private_half(db: None) -> None:
    first = ensure_signing_key()
    rotate_key(days=30)
    assert forget_private_keys() == 0
    SigningKey.objects.filter(number=2).update(signs_from=timezone.now())
    assert forget_private_keys() == 0
    SigningKey.objects.filter(number=1).update(signs_from=timezone.now() - 90 * DAY)
    SigningKey.objects.filter(number=2).update(signs_from=timezone.now() - DAY)
    assert forget_private_keys() == 1
    assert forget_private_keys() == 0
    assert SigningKey.objects.get(number=1).private_key == ""
    assert first.kid in {one["kid"] for one in published_keys()}
    verbs = AuditEntry.objects.order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["signing_key_made", "signing_key_made", "signing_key_retired"]


def test_of_two_rotations_at_once_one_happens(transactional_db: None) -> None:
    ensure_signing_key()
    outcomes = race(lambda: rotate_key(days=30), 3)
    assert len(winners(outcomes)) == 1
    assert SigningKey.objects.count() == 2


def test_private_keys_move_to_another_secret(db: None, settings: LazySettings) -> None:
    old = settings.LICENCE_SECRET
    ensure_signing_key()
    settings.LICENCE_SECRET = "another"  # type: ignore[misc]
    with pytest.raises(KeyUnreadable):
        rewrap_keys(old_secret="wrong")
    assert rewrap_keys(old_secret=old) == 1
    key = ensure_signing_key()
    assert signing.unwrapped(key.kid, key.private_key, "another")


def test_nothing_is_approved_with_a_key_that_cannot_be_read(
    ledger: Ledger, settings: LazySettings
) -> None:
    ensure_signing_key()
    settings.LICENCE_SECRET = "another"  # type: ignore[misc]
    with pytest.raises(KeyUnreadable):
        issued(ledger)
    assert not Licence.objects.exists()


# --- the public keys -----------------------------------------------------------------------------


def test_the_keys_are_public(client: Client, db: None) -> None:
    key = ensure_signing_key()
    answer = client.get("/.well-known/jwks.json")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/jwk-set+json"
    assert answer["Cache-Control"] == "public, max-age=3600"
    [jwk] = answer.json()["keys"]
    assert jwk == {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": key.public_key,
        "kid": key.kid,
        "use": "sig",
        "alg": "EdDSA",
    }
    again = client.get("/.well-known/jwks.json", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    rotate_key(days=30)
    changed = client.get("/.well-known/jwks.json", headers={"If-None-Match": answer["ETag"]})
    assert len(changed.json()["keys"]) == 2


def test_no_keys_are_an_empty_set(client: Client, db: None) -> None:
    assert client.get("/.well-known/jwks.json").json() == {"keys": []}


def test_nothing_else_is_signed_or_read(db: None) -> None:
    key = ensure_signing_key()
    with pytest.raises(JoseError):
        signing._REGISTRY.get_alg("HS256")
    with pytest.raises(JoseError):
        signing._REGISTRY.get_alg("none")
    assert signing.header(key.kid)["alg"] == "EdDSA"
