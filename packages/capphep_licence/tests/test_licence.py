"""What a product learns from a file, and why it is refused one."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from capphep_licence import (
    ClockPolicy,
    FileState,
    KeySet,
    Licence,
    MemoryState,
    Reason,
    Refused,
    StateStore,
    Verifier,
)
from samples import DAY, FIRST, HOUR, ISSUED, KEYS, TEXT, VECTORS, Clock, at, claims, signed

TODAY = datetime.date(2026, 11, 25)


def verifier(clock: Clock | None = None, **options: Any) -> Verifier:
    wanted: dict[str, Any] = {"product": "igov", "customer": "1034567", **options}
    return Verifier(KEYS, clock=clock or Clock(), **wanted)


def opened(file: str = TEXT, clock: Clock | None = None, **options: Any) -> Licence:
    return verifier(clock, **options).verify(file)


def refusal(file: str, clock: Clock | None = None, **options: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        opened(file, clock, **options)
    return refused.value


# --- what is allowed -----------------------------------------------------------------------------


def test_the_file_says_whose_it_is_and_what_it_follows() -> None:
    said = opened().claims
    assert (said.customer, said.product, said.number) == ("1034567", "igov", "GP-2026-000012")
    assert (said.version, said.supersedes, said.cause) == (5, "GP-2026-000007", "approval")
    assert (said.valid_from, said.valid_to) == (
        datetime.date(2026, 3, 15),
        datetime.date(2027, 12, 31),
    )
    assert (said.time_zone, said.grace_days) == ("Asia/Ho_Chi_Minh", 14)


def test_what_is_in_force_today_is_allowed_with_the_requests_behind_it() -> None:
    answer = opened().check("igov.office.users")
    assert answer
    assert answer.allowed
    assert (answer.quantity, answer.reason) == (150, Reason.GRANTED)
    assert (answer.first, answer.last) == (TODAY, datetime.date(2027, 3, 14))
    assert answer.requests == ("YC-2026-000003", "YC-2026-000012")
    assert opened().limit("igov.office.users") == 150
    assert opened().limit("igov.office") == 1


@pytest.mark.parametrize(
    ("day", "feature", "quantity", "reason"),
    [
        ("2026-11-24", "igov.office.users", 100, Reason.GRANTED),
        ("2027-03-14", "igov.office.users", 150, Reason.GRANTED),
        ("2027-03-15", "igov.office.users", 50, Reason.GRANTED),
        ("2027-11-25", "igov.office.users", 0, Reason.EXPIRED),
        ("2026-03-14", "igov.office.users", 0, Reason.NOT_BEGUN),
        ("2026-11-25", "igov.accounting", 0, Reason.NOT_BEGUN),
        ("2027-01-01", "igov.accounting", 1, Reason.GRANTED),
        ("2027-01-01", "igov.accounting.books", 2, Reason.GRANTED),
        ("2026-11-25", "igov.chat", 1, Reason.TRIAL),
        ("2026-11-25", "igov.chat.users", 30, Reason.TRIAL),
        ("2026-12-20", "igov.chat.users", 0, Reason.EXPIRED),
        ("2027-11-24", "igov.office", 1, Reason.GRANTED),
        ("2027-11-25", "igov.office", 1, Reason.TRIAL),
        ("2026-11-25", "igov.payroll", 0, Reason.NOT_BOUGHT),
        ("2026-11-25", "IGOV.office", 0, Reason.NOT_BOUGHT),
    ],
)
def test_each_day_has_its_answer(day: str, feature: str, quantity: int, reason: Reason) -> None:
    answer = opened().check(feature, datetime.date.fromisoformat(day))
    assert (answer.quantity, answer.reason, bool(answer)) == (quantity, reason, quantity > 0)


def test_a_day_begins_at_midnight_in_viet_nam() -> None:
    clock = Clock(at("2027-03-14 23:59"))
    text = signed(claims(exp=ISSUED + 400 * DAY))
    licence = opened(text, clock)
    assert licence.limit("igov.office.users") == 150
    clock.now = at("2027-03-15 00:00")
    assert licence.limit("igov.office.users") == 50


def test_a_licence_of_nothing_allows_nothing() -> None:
    licence = opened(VECTORS["files"][2]["file"])
    assert licence.claims.cause == "withdrawal"
    assert licence.check("igov.office").reason is Reason.NOT_BOUGHT


def test_answers_explain_themselves() -> None:
    licence = opened()
    assert (
        licence.check("igov.office.users").explain()
        == "igov.office.users: được dùng đến hết ngày 14/03/2027, số lượng 150."
    )
    assert licence.check("igov.office.users").explain("en").endswith("2027-03-14, 150.")
    assert licence.check("igov.chat").explain() == "igov.chat: dùng thử đến hết ngày 19/12/2026."
    later = licence.check("igov.accounting")
    assert later.explain("en") == "igov.accounting: begins on 2027-01-01."
    assert "không có trong giấy phép" in licence.check("igov.payroll").explain()


# --- how long the file counts --------------------------------------------------------------------


def test_an_old_file_counts_for_the_days_of_grace_and_says_so() -> None:
    clock = Clock(ISSUED + 30 * DAY - 1)
    licence = opened(clock=clock)
    assert licence.warnings == ()
    clock.now += 1
    answer = licence.check("igov.office")
    assert (answer.allowed, answer.warnings) == (True, (Reason.WITHIN_GRACE,))
    assert "25/12/2026 10:00" in licence.warnings[0].explain()
    clock.now = ISSUED + 44 * DAY - 1
    assert licence.check("igov.office")
    clock.now += 1
    answer = licence.check("igov.office")
    assert (answer.allowed, answer.reason) == (False, Reason.FILE_EXPIRED)
    assert "hãy tải tệp mới" in answer.explain()


def test_a_file_that_ran_out_is_refused() -> None:
    assert opened(clock=Clock(ISSUED + 44 * DAY - 1)).warnings[0].reason is Reason.WITHIN_GRACE
    refused = refusal(TEXT, Clock(ISSUED + 44 * DAY))
    assert refused.reason is Reason.FILE_EXPIRED
    assert str(refused) == "The licence file ran out on 08/01/2027 10:00: fetch a new one."


def test_the_same_licence_renewed_counts_on() -> None:
    renewed = VECTORS["files"][1]["file"]
    clock = Clock(ISSUED + 95 * DAY)
    licence = opened(renewed, clock)
    assert licence.claims.number == opened().claims.number
    assert licence.check("igov.office").warnings == ()


# --- whose it is ---------------------------------------------------------------------------------


def test_a_file_for_somebody_else_is_refused() -> None:
    assert refusal(TEXT, product="ihos").reason is Reason.WRONG_PRODUCT
    assert refusal(TEXT, customer="7654321").reason is Reason.WRONG_CUSTOMER
    refused = refusal(TEXT, issuer="https://other.example.vn")
    assert refused.reason is Reason.WRONG_ISSUER
    assert "https://capphep.example.vn" in refused.explain()
    assert opened(issuer="https://capphep.example.vn")


# --- what was seen before ------------------------------------------------------------------------


@pytest.fixture(params=["memory", "file"])
def state(request: pytest.FixtureRequest, tmp_path: Path) -> StateStore:
    return MemoryState() if request.param == "memory" else FileState(tmp_path / "state.json")


def test_a_superseded_file_is_refused_after_the_newer_was_seen(state: StateStore) -> None:
    older, newer = TEXT, VECTORS["files"][2]["file"]
    assert opened(older, state=state)
    assert opened(newer, state=state)
    refused = refusal(older, state=state)
    assert refused.reason is Reason.SUPERSEDED
    assert "GP-2026-000012" in refused.explain()
    assert opened(newer, state=state)
    assert opened(older, state=MemoryState())


def test_each_customer_and_product_is_remembered_apart(state: StateStore) -> None:
    other = signed(claims(sub="7654321", lic_version=9))
    assert opened(other, customer="7654321", state=state)
    assert opened(TEXT, state=state)


def test_a_file_with_a_bad_signature_is_not_remembered(state: StateStore) -> None:
    newer = signed(claims(lic_version=99))
    assert refusal(newer[:-4] + "AAAA", state=state).reason is Reason.BAD_SIGNATURE
    assert state.load() is None
    assert refusal(newer, customer="7654321", state=state)
    assert opened(TEXT, state=state)


@pytest.mark.parametrize(
    ("policy", "allowed"),
    [(ClockPolicy.WARN, True), (ClockPolicy.LIMIT, False), (ClockPolicy.DENY, None)],
)
def test_a_clock_that_was_set_back(
    policy: ClockPolicy, allowed: bool | None, state: StateStore
) -> None:
    """The trial has ended; a clock of before its end would bring it back."""
    opened(clock=Clock(at("2026-12-22 08:00")), state=state)
    back = Clock(at("2026-12-19 08:00"))
    if allowed is None:
        refused = refusal(TEXT, back, state=state, clock_policy=policy)
        assert refused.reason is Reason.CLOCK_ROLLED_BACK
        assert "19/12/2026 08:00" in refused.explain()
        return
    licence = opened(clock=back, state=state, clock_policy=policy)
    answer = licence.check("igov.chat")
    assert answer.allowed is allowed
    assert Reason.CLOCK_ROLLED_BACK in answer.warnings


def test_a_day_of_difference_is_nobodys_fault(state: StateStore) -> None:
    opened(clock=Clock(at("2026-12-10 08:00")), state=state)
    back = Clock(at("2026-12-09 08:00"))
    assert opened(clock=back, state=state, clock_policy=ClockPolicy.DENY).warnings == ()
    back.now -= 1
    reason = refusal(TEXT, back, state=state, clock_policy=ClockPolicy.DENY).reason
    assert reason is Reason.CLOCK_ROLLED_BACK


def test_a_clock_behind_the_files_own_time_is_noticed_without_any_memory() -> None:
    early = Clock(ISSUED - DAY - 1)
    assert opened(clock=early).warnings[0].reason is Reason.CLOCK_ROLLED_BACK
    assert opened(clock=Clock(ISSUED - DAY)).warnings == ()


def test_a_clock_set_back_while_the_program_runs_is_noticed(state: StateStore) -> None:
    clock = Clock()
    licence = opened(clock=clock, state=state, clock_policy=ClockPolicy.DENY)
    clock.now = ISSUED + 10 * DAY
    assert licence.check("igov.office")
    clock.now = ISSUED + 8 * DAY
    assert licence.check("igov.office").reason is Reason.CLOCK_ROLLED_BACK
    clock.now = ISSUED + 10 * DAY
    assert licence.check("igov.office")


def test_a_clock_that_ran_ahead_is_forgiven_with_the_next_file(state: StateStore) -> None:
    with pytest.raises(Refused):
        opened(clock=Clock(at("2099-01-01 00:00")), state=state)
    deny = {"state": state, "clock_policy": ClockPolicy.DENY}
    assert refusal(TEXT, Clock(ISSUED + DAY), **deny).reason is Reason.CLOCK_ROLLED_BACK
    renewed = signed(claims(iat=ISSUED + DAY, nbf=ISSUED + DAY))
    assert opened(renewed, Clock(ISSUED + DAY), **deny).warnings == ()
    assert opened(renewed, Clock(ISSUED + DAY + HOUR), **deny)


def test_a_state_that_was_lost_or_damaged_stops_nobody(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    for content in (
        b"",
        b"{",
        b"[]",
        b"[" * 100_000,
        b'{"igov/1034567": 3}',
        b'{"igov/1034567": {"x": 1}}',
        b'{"igov/1034567": {"time": Infinity}}',
        b'{"igov/1034567": {"issued_at": 99999999999999, "time": 99999999999999}}',
    ):
        path.write_bytes(content)
        assert opened(state=FileState(path))
        assert opened(VECTORS["files"][2]["file"], state=FileState(path))
        assert refusal(TEXT, state=FileState(path)).reason is Reason.SUPERSEDED


def test_a_state_that_cannot_be_kept_is_told_and_stops_nobody(tmp_path: Path) -> None:
    licence = opened(state=FileState(tmp_path / "missing" / "state.json"))
    assert licence.check("igov.office").warnings == (Reason.STATE_NOT_KEPT,)
    assert "No such file" in licence.warnings[0].explain()


def test_asking_writes_once_an_hour_at_most() -> None:
    class Counting(MemoryState):
        saved = 0

        def save(self, content: bytes) -> None:
            self.saved += 1
            super().save(content)

    store, clock = Counting(), Clock()
    licence = opened(clock=clock, state=store)
    for _ in range(3 * 60):
        clock.now += 60
        assert licence.check("igov.office")
    assert store.saved == 4


# --- keys ----------------------------------------------------------------------------------------


def test_an_unknown_key_is_named() -> None:
    other = {"keys": [{**KEYS["keys"][0], "kid": "next"}]}
    with pytest.raises(Refused) as refused:
        Verifier(other, product="igov", customer="1034567", clock=Clock()).verify(TEXT)
    assert refused.value.reason is Reason.UNKNOWN_KEY
    assert KEYS["keys"][0]["kid"] in refused.value.explain()


def test_old_and_new_keys_stand_side_by_side() -> None:
    other = {"kty": "OKP", "crv": "Ed25519", "kid": "next", "x": "A" * 43}
    unlike = {"kty": "RSA", "kid": "other", "n": "AQAB", "e": "AQAB"}
    both = {"keys": [other, unlike, *KEYS["keys"]]}
    assert Verifier(KeySet(both), product="igov", customer="1034567", clock=Clock()).verify(TEXT)


@pytest.mark.parametrize(
    "jwks",
    [
        {},
        {"keys": []},
        {"keys": [{"kty": "RSA", "kid": "a"}]},
        {"keys": [{**KEYS["keys"][0], "x": "AAAA"}]},
        {"keys": [{**KEYS["keys"][0], "x": "!"}]},
        {"keys": None},
        {"keys": ["key"]},
        {"keys": [{"kty": "OKP", "crv": "Ed25519"}]},
    ],
)
def test_a_key_set_that_is_no_use_is_an_error_of_the_product(jwks: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="key"):
        KeySet(jwks)


def test_the_vectors_say_what_they_claim() -> None:
    for vector in VECTORS["files"]:
        found = opened(vector["file"], Clock(vector["claims"]["iat"])).claims
        assert found.issued_at == vector["claims"]["iat"]
        assert set(found.features) == {
            entry["k"] for name in ("mod", "ent") for entry in vector["claims"][name]
        }
    assert FIRST["claims"]["exp"] - FIRST["claims"]["iat"] == 30 * DAY
