"""The files by which an implementation of the licence format can be tested.

    .venv/bin/python -m tests.entitlements.licence_vectors    writes them anew

They are what capphep issues, byte for byte: a change here is a change of the format, which
products in the field have to read.
"""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any, Final

from capphep.entitlements import signing
from capphep.entitlements.licence_claims import Addition, Facts, claims, lifetime
from capphep.pure.months import Term

PATH: Final = Path(__file__).resolve().parents[2] / "packages/capphep_licence/tests/vectors.json"
# The first secret of RFC 8032, section 7.1: known to all, good for nothing but tests.
_PRIVATE: Final = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
_PUBLIC: Final = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
_KID: Final = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
_ISSUED: Final = datetime.datetime(2026, 11, 25, 3, tzinfo=datetime.UTC)
_ISSUER: Final = "https://capphep.example.vn"


def made() -> dict[str, Any]:
    said = [_claims(facts, days) for facts, days in _facts()]
    return {
        "private_key": _PRIVATE,
        "jwks": {"keys": [signing.public_jwk(_KID, _PUBLIC)]},
        "files": [{"claims": one, "file": signed(one)} for one in said],
    }


def _facts() -> list[tuple[Facts, float]]:
    """Each with how many days after its issue the file was handed out."""
    first = _licence(
        "GP-2026-000012",
        version=5,
        supersedes="GP-2026-000007",
        additions=[
            _addition("office", "users", 100, "2026-03-15", "2027-03-14", "YC-2026-000003"),
            _addition("office", "users", 50, "2026-11-25", "2027-11-24", "YC-2026-000012"),
            _addition("accounting", "books", 2, "2027-01-01", "2027-12-31", "YC-2026-000012"),
            _addition("chat", "users", 30, "2026-11-20", "2026-12-19", "YC-2026-000011", True),
            _addition("office", "storage", 5, "2027-11-25", "2027-12-24", "YC-2026-000011", True),
        ],
    )
    withdrawn = _licence("GP-2026-000013", version=6, supersedes=first.no, cause="withdrawal")
    return [(first, 0), (first, 95), (withdrawn, 0)]


def _licence(
    no: str,
    *,
    version: int,
    supersedes: str,
    cause: str = "approval",
    additions: list[Addition] | None = None,
) -> Facts:
    return Facts(
        no=no,
        customer="1034567",
        product="igov",
        version=version,
        supersedes=supersedes,
        request_no="YC-2026-000012",
        cause=cause,
        day=datetime.date(2026, 11, 25),
        additions=additions or [],
    )


def _addition(
    module: str, resource: str, quantity: int, first: str, last: str, no: str, trial: bool = False
) -> Addition:
    days = Term(datetime.date.fromisoformat(first), datetime.date.fromisoformat(last))
    return Addition(module, resource, quantity, days, no, trial)


def _claims(facts: Facts, days: float) -> dict[str, object]:
    handed_out = _ISSUED + datetime.timedelta(days=days)
    return claims(facts, lifetime(_ISSUED, handed_out, 30, 14), _ISSUER)


def signed(said: dict[str, object]) -> str:
    secret = "of the vectors"
    private = signing.urlsafe_b64encode(bytes.fromhex(_PRIVATE)).decode()
    key = signing.KeptKey(_KID, _PUBLIC, signing.wrapped(_KID, private, secret))
    return signing.signed(said, key, secret)


if __name__ == "__main__":
    PATH.write_text(json.dumps(made(), ensure_ascii=False, indent=1) + "\n", "utf-8")
