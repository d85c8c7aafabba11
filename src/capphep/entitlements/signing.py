"""Ed25519 keys and compact JWS: made, kept encrypted, used for licences.

A private key is kept under AES-256-GCM, its key derived from CAPPHEP_LICENCE_SECRET by
HKDF-SHA-256, bound to the key's own kid: the nonce and what it encrypts, in base64url.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwa import EdDSAAlgorithm
from joserfc.jwk import OKPKey
from joserfc.util import urlsafe_b64decode, urlsafe_b64encode

from capphep.pure.errors import Refusal, gettext_noop

TYPE: Final = "licence+jwt"
ALGORITHM: Final = "EdDSA"
_NONCE: Final = 12


class KeyUnreadable(Refusal):
    """The secret is not the one with which the signing key was kept: nothing can be signed."""

    status = 503


@dataclass(frozen=True, slots=True)
class KeptKey:
    """A new key as its record keeps it."""

    kid: str
    public_key: str
    private_key: str


class _QuietEdDSA(EdDSAAlgorithm):
    # The name EdDSA gave way to Ed25519 (RFC 9864), which PyJWT and many a product do not know.
    security_warning = ""


class _Registry(jws.JWSRegistry):
    """Knows this one algorithm: nothing else can be signed with or verified by."""

    algorithms = {ALGORITHM: _QuietEdDSA()}
    # What readers take: 256 KiB in base64url, some thousand terms.
    max_payload_length = 190_000


_REGISTRY: Final = _Registry(algorithms=[ALGORITHM])


def new_key(secret: str) -> KeptKey:
    """Its kid is the thumbprint of RFC 7638."""
    key = OKPKey.generate_key("Ed25519", private=True)
    kid, public, private = key.thumbprint(), str(key["x"]), str(key["d"])
    return KeptKey(kid, public, wrapped(kid, private, secret))


def wrapped(kid: str, private: str, secret: str) -> str:
    nonce = os.urandom(_NONCE)
    sealed = _cipher(secret).encrypt(nonce, urlsafe_b64decode(private.encode()), kid.encode())
    return urlsafe_b64encode(nonce + sealed).decode()


def unwrapped(kid: str, kept: str, secret: str) -> str:
    """The private key in base64url. Raises `KeyUnreadable`."""
    content = urlsafe_b64decode(kept.encode())
    try:
        private = _cipher(secret).decrypt(content[:_NONCE], content[_NONCE:], kid.encode())
    except (InvalidTag, ValueError):
        raise KeyUnreadable(
            "signing_key_unreadable",
            gettext_noop(
                "The key that signs licences cannot be read: CAPPHEP_LICENCE_SECRET is not the "
                "one with which it was kept."
            ),
        ) from None
    return urlsafe_b64encode(private).decode()


def public_jwk(kid: str, public_key: str) -> dict[str, str]:
    """The public half as a JSON Web Key (RFC 7517, 8037)."""
    return {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": public_key,
        "kid": kid,
        "use": "sig",
        "alg": ALGORITHM,
    }


def signed(claims: Mapping[str, object], key: KeptKey, secret: str) -> str:
    """The compact JWS of the claims. Raises `KeyUnreadable`."""
    payload = json.dumps(claims, ensure_ascii=False, separators=(",", ":")).encode()
    return jws.serialize_compact(header(key.kid), payload, _opened(key, secret), registry=_REGISTRY)


def read(file: str, keys: Mapping[str, str]) -> dict[str, Any] | None:
    """What a file says that one of these keys signed (public halves by kid); None of any other."""
    try:
        found = jws.extract_compact(file.encode())
        key = _verifying(keys[found.protected["kid"]])
        if not jws.validate_compact(found, key, registry=_REGISTRY):
            return None
        said: dict[str, Any] = json.loads(found.payload)
    except (JoseError, KeyError, ValueError):
        return None
    return said


def header(kid: str) -> dict[str, str]:
    return {"alg": ALGORITHM, "typ": TYPE, "kid": kid}


@lru_cache(maxsize=8)
def _opened(key: KeptKey, secret: str) -> OKPKey:
    # A key never changes under its kid: nothing that is kept here can grow old.
    private = unwrapped(key.kid, key.private_key, secret)
    return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": key.public_key, "d": private})


@lru_cache(maxsize=8)
def _verifying(public_key: str) -> OKPKey:
    return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": public_key})


@lru_cache(maxsize=4)
def _cipher(secret: str) -> AESGCM:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"capphep licence keys")
    return AESGCM(derived.derive(secret.encode()))
