"""What is hashed is what every database gives back."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import gettext_lazy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capphep.platform import audit, audit_chain
from capphep.platform.audit_hash import entry_hash, settled
from capphep.platform.models import AuditEntry, Team
from capphep.platform.roles import SYSTEM

pytestmark = pytest.mark.django_db

# PostgreSQL keeps neither NUL nor half a surrogate pair in any text.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
days = st.dates() | st.datetimes(timezones=st.just(datetime.UTC)) | st.times()
amounts = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20)
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
scalars = st.none() | st.booleans() | numbers | texts | days | amounts | st.uuids()
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(texts | st.integers(), inner, max_size=4)
    ),
    max_leaves=6,
)
states = st.dictionaries(texts, values, max_size=4)
MANY = settings(
    max_examples=100,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def team() -> Team:
    return Team.objects.create(name="Nhóm")


def stored(team: Team, before: dict[str, Any], after: dict[str, Any]) -> AuditEntry:
    audit.record(SYSTEM, [audit.Change(team, "edited", before, after)])
    return AuditEntry.objects.latest("id")


def previous(entry: AuditEntry) -> str:
    earlier = AuditEntry.objects.filter(chain=entry.chain, seq=entry.seq - 1).first()
    return earlier.hash if earlier else ""


@MANY
@given(states, states)
def test_whatever_is_recorded_hashes_alike_when_it_is_read(
    team: Team, before: dict[str, Any], after: dict[str, Any]
) -> None:
    entry = stored(team, before, after)
    assert (entry.before, entry.after) == (settled(before), settled(after))
    assert entry_hash(previous(entry), entry) == entry.hash


def test_every_way_to_say_a_number_or_a_day_is_the_same_tomorrow(team: Team) -> None:
    odd = {
        "whole": 1e2,
        "zero": -0.0,
        "large": 1e300,
        "small": 5e-324,
        "third": 1 / 3,
        "money": Decimal("1234567.00"),
        "day": datetime.date(2026, 11, 25),
        "moment": datetime.datetime(2026, 11, 25, 10, 30, 0, 123456, datetime.UTC),
        "label": gettext_lazy("Name"),
        "decomposed": "Nguyê\u0303n",
        "z": 1,
        "a": {"z": 1, "a": [True, None]},
        3: "a number as a key",
    }
    stored(team, odd, {})
    assert list(audit_chain.differences()) == []
    kept = AuditEntry.objects.get().before
    assert (kept["whole"], kept["zero"], kept["large"]) == (100, 0, 10**300)
    assert isinstance(kept["whole"], int)
    assert (kept["money"], kept["day"]) == ("1234567.00", "2026-11-25")
    assert kept["decomposed"] == "Nguyê\u0303n"


def test_what_json_cannot_say_is_refused_when_it_is_recorded(team: Team) -> None:
    for value in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match="not JSON compliant"):
            stored(team, {"value": value}, {})
    assert not AuditEntry.objects.exists()


def test_the_hash_can_be_recomputed_by_hand(team: Team) -> None:
    """As docs/decisions/0008-audit-chains.md tells an auditor to do it."""
    import hashlib
    import json

    entry = stored(team, {"name": "Cũ"}, {"name": "Mới"})
    at = entry.at.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")
    said = ["", at, None, "capphep", "", "edited", "team", team.pk, "Nhóm"]
    said += [{"name": "Cũ"}, {"name": "Mới"}]
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(text.encode("ascii")).hexdigest() == entry.hash
