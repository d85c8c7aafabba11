"""What the hash of an audit entry covers, and how that is written down to be hashed."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from capphep.platform.models import AuditEntry

_stored_form = DjangoJSONEncoder(allow_nan=False).encode
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def settled(values: Mapping[str, object]) -> dict[str, Any]:
    """``values`` as every database gives them back: plain JSON, and no two ways to say a number.

    PostgreSQL keeps 1e2 and -0.0 as 100 and 0.0; so whole numbers become integers before they
    are stored. Raises ValueError for a number that JSON cannot carry, such as NaN.
    """
    plain: dict[str, Any] = json.loads(_stored_form(dict(values)), parse_float=_number)
    return plain


def entry_hash(previous: str, entry: AuditEntry) -> str:
    """SHA-256 (hex) over the hash of the entry before it and everything that the entry says.

    It covers every column but the entry's place: the row's id, which the database gives when
    the hash is already there, and chain and seq, which the link to the entry before it proves.
    """
    said = [
        previous,
        _moment(entry.at),
        entry.actor_id,
        entry.actor_name,
        entry.origin,
        entry.verb,
        entry.subject_type,
        entry.subject_id,
        entry.subject_no,
        entry.before,
        entry.after,
    ]
    return hashlib.sha256(_canonical(said).encode()).hexdigest()


def _number(text: str) -> int | float:
    number = Decimal(text)
    return int(number) if number == number.to_integral_value() else float(text)


def _moment(at: datetime.datetime | None) -> str | None:
    """None is what Django reads from a column that somebody has filled with nonsense."""
    return at.astimezone(datetime.UTC).isoformat(timespec="microseconds") if at else None
