"""The licence format as others read it: other libraries, and the package made for products."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from typing import Any

import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from capphep.entitlements import rules
from capphep.entitlements.licence_claims import Addition, Facts, claims, lifetime
from capphep.pure.months import Term
from capphep_licence import Reason, Refused, Verifier
from tests.entitlements import licence_vectors as vectors
from tests.plumbing.node import run_node

pytestmark = pytest.mark.once

MADE = vectors.made()
KEYS: dict[str, Any] = MADE["jwks"]
FILES: list[str] = [one["file"] for one in MADE["files"]]
CLAIMS: list[dict[str, Any]] = [one["claims"] for one in MADE["files"]]
ISSUER, NOW = CLAIMS[0]["iss"], CLAIMS[0]["iat"]


def tampered(file: str) -> str:
    """The same with one letter of its payload exchanged."""
    at = file.index(".") + 20
    return file[:at] + ("A" if file[at] != "A" else "B") + file[at + 1 :]


def test_what_is_issued_is_what_products_in_the_field_were_tested_with() -> None:
    """A change here is a change of the format: docs/licence-format.md says what that takes."""
    assert json.loads(vectors.PATH.read_text("utf-8")) == MADE


def test_jose_on_node_reads_it_and_refuses_another() -> None:
    given_files = [FILES[0], FILES[2], tampered(FILES[0]), FILES[1]]
    read = run_node(
        "licence.mjs", files=given_files, jwks=KEYS, issuer=ISSUER, audience="igov", now=NOW
    )
    assert read[:2] == [CLAIMS[0], CLAIMS[2]]
    # The third was changed; the fourth is of a later day than the clock.
    assert read[2:] == ["ERR_JWS_SIGNATURE_VERIFICATION_FAILED", "ERR_JWT_CLAIM_VALIDATION_FAILED"]


def test_pyjwt_reads_it_and_refuses_another() -> None:
    key = jwt.PyJWKSet.from_dict(KEYS).keys[0]
    options: Any = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}

    def read(file: str) -> Any:
        return jwt.decode(file, key, ["EdDSA"], options, audience="igov", issuer=ISSUER)

    assert [read(file) for file in FILES] == CLAIMS
    with pytest.raises(jwt.InvalidSignatureError):
        read(tampered(FILES[0]))


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
def test_joserfc_reads_it_and_refuses_another() -> None:
    keys = KeySet.import_key_set(KEYS)  # type: ignore[arg-type]
    assert json.loads(jws.deserialize_compact(FILES[0], keys, ["EdDSA"]).payload) == CLAIMS[0]
    with pytest.raises(JoseError):
        jws.deserialize_compact(tampered(FILES[0]), keys, ["EdDSA"])


# --- any content, there and back -----------------------------------------------------------------

FIRST_DAY = datetime.date(2026, 1, 1)
ISSUED = datetime.datetime(2026, 11, 25, 3, tzinfo=datetime.UTC)


@st.composite
def additions(draw: st.DrawFn) -> Addition:
    first = FIRST_DAY + datetime.timedelta(days=draw(st.integers(0, 700)))
    last = first + datetime.timedelta(days=draw(st.integers(0, 400)))
    return Addition(
        module=draw(st.sampled_from(["office", "accounting", "Chat-2", "one_ai"])),
        resource=draw(st.sampled_from(["users", "books", "GB"])),
        quantity=draw(st.integers(1, 2**31 - 1)),
        days=Term(first, last),
        request_no=f"YC-2026-{draw(st.integers(1, 4)):06d}",
        is_trial=draw(st.booleans()),
    )


@settings(max_examples=60)
@given(st.lists(additions(), max_size=8), st.lists(st.integers(0, 1_200), min_size=1, max_size=6))
def test_a_product_reads_the_sums_of_the_ledger_for_any_day(
    found: Sequence[Addition], days: Sequence[int]
) -> None:
    """RULE R2: what the file says of a day is the sum of the grants that cover it."""
    licence = verifier().verify(signed(found))
    spans = [as_span(one) for one in found]
    for offset in days:
        day = FIRST_DAY + datetime.timedelta(days=offset)
        sums = rules.in_force(spans, day)
        for one in found:
            module, resource = f"igov.{one.module}".lower(), one.resource.lower()
            total = sums.get(as_span(one).key, 0)
            assert licence.limit(f"{module}.{resource}", day) == total
            of_module = [each for each in found if each.module == one.module]
            is_in_force = any(sums.get(as_span(each).key) for each in of_module)
            assert licence.limit(module, day) == int(is_in_force)


def as_span(one: Addition) -> rules.Span:
    key = (hash(one.module), hash(one.resource))
    return rules.Span(key, one.quantity, one.days.first, one.days.last, one.request_no)


def verifier() -> Verifier:
    return Verifier(
        KEYS, product="igov", customer="1034567", issuer=ISSUER, clock=lambda: float(NOW)
    )


def signed(found: Sequence[Addition]) -> str:
    facts = Facts(
        no="GP-2026-000001",
        customer="1034567",
        product="igov",
        version=3,
        supersedes="",
        request_no="",
        cause="opening",
        day=datetime.date(2026, 11, 25),
        additions=found,
    )
    return vectors.signed(claims(facts, lifetime(ISSUED, ISSUED, 30, 14), ISSUER))


@settings(max_examples=60)
@given(st.lists(additions(), min_size=1, max_size=4), st.data())
def test_no_bit_of_any_file_can_be_flipped(found: Sequence[Addition], data: st.DataObject) -> None:
    content = bytearray(signed(found).encode())
    bit = data.draw(st.integers(0, 8 * len(content) - 1))
    content[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Refused) as refused:
        verifier().verify(content.decode("latin-1"))
    assert refused.value.reason in {
        Reason.BAD_SIGNATURE,
        Reason.MALFORMED,
        Reason.UNKNOWN_KEY,
        Reason.WRONG_ALGORITHM,
        Reason.WRONG_TYPE,
    }


def test_a_file_of_hundreds_of_overlapping_grants_is_still_read() -> None:
    found = [
        Addition(
            module="office",
            resource="users",
            quantity=1,
            days=Term(FIRST_DAY, FIRST_DAY + datetime.timedelta(days=300 + number)),
            request_no=f"YC-2026-{number:06d}",
        )
        for number in range(500)
    ]
    answer = verifier().verify(signed(found)).check("igov.office.users", FIRST_DAY)
    assert answer.quantity == 500
    assert answer.requests == tuple(f"YC-2026-{number:06d}" for number in range(495, 500))


# --- how long a file lives ------------------------------------------------------------------------


@settings(max_examples=100)
@given(st.integers(1, 400), st.floats(-1, 5_000))
def test_what_is_handed_out_has_two_thirds_of_its_life_before_it(days: int, after: float) -> None:
    now = ISSUED + datetime.timedelta(days=after)
    life = lifetime(ISSUED, now, days, 14)
    whole = datetime.timedelta(days=days)
    assert life.ends - life.begins == whole
    assert life.begins <= max(now, ISSUED)
    assert life.ends - now > whole * 2 / 3 - datetime.timedelta(seconds=1)
