"""Compact JWS with Ed25519, read strictly: what is not exactly right is refused."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from capphep_licence.reasons import Reason, Refused

MOST_BYTES: Final = 256 * 1024
"""A longer file is refused unread."""

_TYPE: Final = "licence+jwt"
# EdDSA is what is issued; Ed25519 is its newer name (RFC 9864).
_ALGORITHMS: Final = ("EdDSA", "Ed25519")
_MOST_HEADER: Final = 512
_PARTS: Final = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)", re.ASCII)
_SAFE_INTEGER: Final = 2**53


class KeySet:
    """The public keys that a product trusts, built into it: a JSON Web Key Set.

    Raises ValueError for a set that holds no Ed25519 key, or one that is not well formed.
    """

    def __init__(self, jwks: Mapping[str, Any]) -> None:
        try:
            self._keys = {
                str(key["kid"]): _public_key(key["x"])
                for key in jwks.get("keys", ())
                if (key.get("kty"), key.get("crv")) == ("OKP", "Ed25519")
            }
        except (AttributeError, KeyError, TypeError):
            raise ValueError("the key set is not well formed") from None
        if not self._keys:
            raise ValueError("the key set holds no Ed25519 key")

    def get(self, kid: str) -> Ed25519PublicKey:
        """Raises Refused ``unknown_key``."""
        try:
            return self._keys[kid]
        except KeyError:
            raise Refused(Reason.UNKNOWN_KEY, kid=kid[:64]) from None


def verified(file: str, keys: KeySet) -> Any:
    """What the payload says, once its signature is known to be good. Raises Refused."""
    if len(file) > MOST_BYTES:
        malformed("too long")
    parts = _PARTS.fullmatch(file.strip(" \t\r\n"))
    if not parts:
        malformed("not three parts of base64url")
    header = _json(_decoded(parts[1], most=_MOST_HEADER))
    key = keys.get(_kid(header))
    payload, signature = _decoded(parts[2]), _decoded(parts[3])
    try:
        key.verify(signature, f"{parts[1]}.{parts[2]}".encode("ascii"))
    except InvalidSignature:
        raise Refused(Reason.BAD_SIGNATURE) from None
    return _json(payload)


def malformed(what: str) -> NoReturn:
    raise Refused(Reason.MALFORMED, what=what)


def _kid(header: Any) -> str:
    if not isinstance(header, dict):
        malformed("header is no object")
    if header.get("typ") != _TYPE:
        raise Refused(Reason.WRONG_TYPE, type=str(header.get("typ"))[:64])
    if header.get("alg") not in _ALGORITHMS:
        raise Refused(Reason.WRONG_ALGORITHM, algorithm=str(header.get("alg"))[:64])
    if "crit" in header or "b64" in header:
        malformed("header asks for an extension")
    kid = header.get("kid")
    if not isinstance(kid, str):
        malformed("header names no key")
    return kid


def _public_key(x: object) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(_decoded(str(x)))
    except Refused:
        raise ValueError("a key of the set is not base64url") from None


def _decoded(text: str, most: int = MOST_BYTES) -> bytes:
    """Base64url without padding, in its one right spelling."""
    if len(text) > most:
        malformed("header too long")
    try:
        content = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        malformed("not base64url")
    if base64.urlsafe_b64encode(content).rstrip(b"=") != text.encode():
        malformed("not the right spelling of base64url")
    return content


def _json(content: bytes) -> Any:
    try:
        return json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_int=_integer,
            parse_float=_no_number,
            parse_constant=_no_number,
        )
    except (ValueError, RecursionError):
        malformed("not JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        malformed("a name stands twice")
    return found


def _integer(digits: str) -> int:
    if len(digits) > 17 or abs(int(digits)) > _SAFE_INTEGER:
        malformed("a number is too large")
    return int(digits)


def _no_number(_text: str) -> NoReturn:
    malformed("a number is not whole")
