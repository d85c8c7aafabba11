"""Files as capphep issues them, made with a key whose private half everybody may know."""

from __future__ import annotations

import base64
import copy
import datetime
import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

VECTORS: dict[str, Any] = json.loads(Path(__file__).with_name("vectors.json").read_text("utf-8"))
KEYS: dict[str, Any] = VECTORS["jwks"]
KID: str = VECTORS["jwks"]["keys"][0]["kid"]
_PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(VECTORS["private_key"]))

HOUR, DAY = 3_600, 86_400
FIRST: dict[str, Any] = VECTORS["files"][0]
TEXT: str = FIRST["file"]
ISSUED: int = FIRST["claims"]["iat"]
"""2026-11-25 10:00 in Viet Nam."""


def claims(**changes: Any) -> dict[str, Any]:
    """Those of the first file, some of them otherwise; those of ``lic`` as ``lic_version``."""
    found = copy.deepcopy(FIRST["claims"])
    for name, value in changes.items():
        if name.startswith("lic_"):
            found["lic"][name.removeprefix("lic_")] = value
        else:
            found[name] = value
    return found


def signed(payload: Any, header: dict[str, Any] | None = None) -> str:
    """A good signature over whatever is given: an object, or a text as it is."""
    said = {"alg": "EdDSA", "typ": "licence+jwt", "kid": KID} if header is None else header
    text = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)
    begun = f"{encoded(json.dumps(said).encode())}.{encoded(text.encode())}"
    return f"{begun}.{encoded(_PRIVATE.sign(begun.encode()))}"


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def at(text: str) -> float:
    """The moment of a local time such as ``2026-11-25 10:00``."""
    zone = datetime.timezone(datetime.timedelta(hours=7))
    return datetime.datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


class Clock:
    """A clock that the test sets."""

    def __init__(self, now: float = ISSUED) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now
