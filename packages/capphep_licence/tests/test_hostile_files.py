"""Files that nobody issued: every one is refused, whatever is wrong with it."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capphep_licence import MOST_BYTES, Reason, Refused, Verifier
from samples import KEYS, KID, TEXT, Clock, claims, encoded, signed

HEADER = {"alg": "EdDSA", "typ": "licence+jwt", "kid": KID}
PAYLOAD = json.dumps(claims())


def verify(file: str) -> None:
    Verifier(KEYS, product="igov", customer="1034567", clock=Clock()).verify(file)


def reason(file: str) -> Reason:
    with pytest.raises(Refused) as refused:
        verify(file)
    assert refused.value.explain("vi") != refused.value.explain("en")
    return refused.value.reason


def test_the_file_that_they_are_made_from_is_good() -> None:
    verify(TEXT)
    verify(signed(claims()))
    verify(f"{TEXT}\n")
    verify(signed(claims(), {**HEADER, "alg": "Ed25519"}))
    verify(signed({**claims(), "later": {"versions": ["may", "say"]}}, {**HEADER, "x": 1}))


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 8 * len(TEXT) - 1))
def test_no_bit_can_be_flipped(bit: int) -> None:
    content = bytearray(TEXT.encode())
    content[bit // 8] ^= 1 << bit % 8
    reason(content.decode("latin-1"))


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(TEXT)), st.integers(0, len(TEXT)))
def test_nothing_can_be_cut_out(one: int, other: int) -> None:
    first, after = sorted((one, other))
    if first < after:
        reason(TEXT[:first] + TEXT[after:])


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"alg": "none"}, Reason.WRONG_ALGORITHM),
        ({"alg": "HS256"}, Reason.WRONG_ALGORITHM),
        ({"alg": "ES256"}, Reason.WRONG_ALGORITHM),
        ({"alg": "eddsa"}, Reason.WRONG_ALGORITHM),
        ({"alg": ["EdDSA"]}, Reason.WRONG_ALGORITHM),
        ({"alg": None}, Reason.WRONG_ALGORITHM),
        ({"typ": "JWT"}, Reason.WRONG_TYPE),
        ({"typ": "license+jwt"}, Reason.WRONG_TYPE),
        ({"typ": None}, Reason.WRONG_TYPE),
        ({"kid": "other"}, Reason.UNKNOWN_KEY),
        ({"kid": None}, Reason.MALFORMED),
        ({"kid": 7}, Reason.MALFORMED),
        ({"crit": ["exp"]}, Reason.MALFORMED),
        ({"b64": False}, Reason.MALFORMED),
    ],
)
def test_a_header_that_asks_for_something_else(changes: dict[str, Any], wanted: Reason) -> None:
    """Even where the signature itself is good."""
    assert reason(signed(claims(), {**HEADER, **changes})) is wanted


def test_a_signature_by_the_public_key_as_a_secret_is_no_signature() -> None:
    header = json.dumps({**HEADER, "alg": "HS256"})
    begun = f"{encoded(header.encode())}.{encoded(PAYLOAD.encode())}"
    secret = KEYS["keys"][0]["x"].encode()
    mac = hmac.new(secret, begun.encode(), hashlib.sha256).digest()
    assert reason(f"{begun}.{encoded(mac)}") is Reason.WRONG_ALGORITHM


@pytest.mark.parametrize(
    "file",
    [
        "",
        ".",
        "..",
        "a.b",
        f"{TEXT}.",
        f".{TEXT}",
        f"{TEXT}.{TEXT}",
        TEXT.replace(".", ". ", 1),
        TEXT + "=",
        TEXT.rpartition(".")[0] + ".",
        "=" + TEXT,
        "é" + TEXT,
        TEXT.replace("e", "\u0435", 1),
        "A" * (MOST_BYTES + 1),
        "{}",
        "e30.e30.AAAA",
        "W10.e30.AAAA",
    ],
)
def test_what_is_no_compact_jws(file: str) -> None:
    assert reason(file) in {Reason.MALFORMED, Reason.WRONG_TYPE}


def test_a_second_spelling_of_the_same_bits_is_refused() -> None:
    """64 bytes leave four bits of the last letter unused: they have to be zero."""
    other = {"A": "B", "Q": "R", "g": "h", "w": "x"}[TEXT[-1]]
    assert reason(TEXT[:-1] + other) is Reason.MALFORMED


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "null",
        "[]",
        "7",
        "{",
        PAYLOAD + "x",
        PAYLOAD.replace('"sub"', '"sub": "7654321", "sub"', 1),
        PAYLOAD.replace('"version": 5', '"version": 99, "version": 5', 1),
        PAYLOAD.replace('"version": 5', '"version": 5.0', 1),
        PAYLOAD.replace('"version": 5', '"version": 5e0', 1),
        PAYLOAD.replace('"version": 5', '"version": NaN', 1),
        PAYLOAD.replace('"version": 5', '"version": true', 1),
        PAYLOAD.replace('"version": 5', f'"version": {"9" * 5_000}', 1),
        PAYLOAD.replace('"version": 5', '"version": 0', 1),
        PAYLOAD.replace('"grace_days": 14', '"grace_days": -1', 1),
        PAYLOAD.replace('"grace_days": 14', '"grace_days": 99999', 1),
        PAYLOAD.replace("2027-03-14", "2027-02-30", 1),
        PAYLOAD.replace("2027-03-14", "20270314", 1),
        PAYLOAD.replace("2027-03-14", "2027-W11-1", 1),
        PAYLOAD.replace("2027-03-14", "2020-03-14", 1),
        PAYLOAD.replace("2027-03-14", "2027-03-15", 1),
        PAYLOAD.replace("Asia/Ho_Chi_Minh", "Asia/Atlantis", 1),
        PAYLOAD.replace("Asia/Ho_Chi_Minh", "../../etc/passwd", 1),
        PAYLOAD.replace('"q": 150', '"q": 0', 1),
        PAYLOAD.replace('"q": 150', '"q": -150', 1),
        PAYLOAD.replace('"trial": 30', '"trial": 31', 1),
        json.dumps(claims(iat=2**53 - 2, nbf=2**53 - 2, exp=2**53 - 1)),
        PAYLOAD.replace("igov.office.users", "igov.office", 1),
        PAYLOAD.replace("igov.office.users", "igov.chat.users", 1),
        PAYLOAD.replace("igov.office.users", "igov.office.Users", 1),
        PAYLOAD.replace("GP-2026-000012", "GP-2026-000099", 1),
        "[" * 20_000 + "]" * 20_000,
        '{"iss": "\ud800"}'.encode("utf-8", "surrogatepass").decode("latin-1"),
    ],
)
def test_a_payload_that_says_something_else_than_a_licence(payload: str) -> None:
    """Signed by the right key: the issuer itself would have to be wrong."""
    assert payload != PAYLOAD
    assert reason(signed(payload)) is Reason.MALFORMED


@pytest.mark.parametrize("name", [*claims()])
def test_every_claim_has_to_be_there(name: str) -> None:
    found = claims()
    del found[name]
    assert reason(signed(found)) is Reason.MALFORMED


@pytest.mark.parametrize("name", [name for name in claims()["lic"] if name != "supersedes"])
def test_every_claim_about_the_licence_has_to_be_there(name: str) -> None:
    found = claims()
    del found["lic"][name]
    assert reason(signed(found)) is Reason.MALFORMED


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([*claims()]), JSON)
def test_any_other_value_of_a_claim_is_read_or_refused_and_never_breaks(
    name: str, value: Any
) -> None:
    with contextlib.suppress(Refused):
        verify(signed({**claims(), name: value}))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200) | st.text("abcXYZ019-_.", max_size=200))
def test_any_text_is_refused(text: str) -> None:
    reason(text)
