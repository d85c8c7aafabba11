"""The proof that every signed file is one of ours and says what its licence says."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from capphep.entitlements import licence_claims, signing
from capphep.entitlements.models import Licence, SigningKey
from capphep.entitlements.queries.files import facts

_OF_THE_FILE = ("iss", "iat", "nbf", "exp")


@dataclass
class FileCounts:
    licences: int = 0
    unsigned: int = 0
    differences: int = 0


def file_differences(counts: FileCounts) -> Iterator[str]:
    """A sentence for each file whose signature is not good or that says something else.

    Licences from before files were signed have none; they are counted.
    """
    keys = dict(SigningKey.objects.values_list("kid", "public_key"))
    before: dict[int, str] = {}
    for licence in Licence.objects.order_by("subscription_id", "version").iterator():
        supersedes = before.get(licence.subscription_id, "")
        before[licence.subscription_id] = licence.licence_no
        counts.licences += 1
        if not licence.file:
            counts.unsigned += 1
        elif why := _difference(licence, supersedes, keys):
            counts.differences += 1
            yield f"LICENCE {licence.licence_no}: {why}"


def _difference(licence: Licence, supersedes: str, keys: Mapping[str, str]) -> str:
    """Empty where there is none."""
    said = signing.read(licence.file, keys)
    if said is None:
        return "the signature of its file is not good"
    wanted = _claims(licence, supersedes, said)
    differing = sorted(name for name in {*said, *wanted} if said.get(name) != wanted.get(name))
    return f"its file says something else ({', '.join(differing)})" if differing else ""


def _claims(licence: Licence, supersedes: str, said: Mapping[str, Any]) -> dict[str, object]:
    """What the file has to say; how long it lives and who issued it was up to the settings."""
    moment = datetime.datetime.fromtimestamp(0, datetime.UTC)
    life = licence_claims.Lifetime(moment, moment, said["lic"]["grace_days"])
    wanted = licence_claims.claims(facts(licence, supersedes), life, "")
    return wanted | {name: said[name] for name in _OF_THE_FILE}
