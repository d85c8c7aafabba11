"""Tampering with the audit trail, as somebody who may change the schema can, is found and named.

Three chains of six entries: 1 … 6, 7 … 12, 13 … 18 by their verbs.
"""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F

from capphep.platform import audit, audit_chain
from capphep.platform.audit_chain import differences
from capphep.platform.audit_hash import entry_hash
from capphep.platform.models import AuditChain, AuditEntry, Team, User
from tests.plumbing.append_only import lifted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def trail(salesperson: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """What three transactions at once leave; each entry with its number as its verb."""
    team = Team.objects.create(name="Nhóm đo")
    for first in (1, 7, 13):
        with monkeypatch.context() as held:
            held.setattr(audit_chain, "_free_chain", lambda: None)
            verbs = [str(number) for number in range(first, first + 6)]
            audit.record(salesperson, [audit.Change(team, verb, {"n": verb}) for verb in verbs])
    assert AuditChain.objects.count() == 3
    assert not list(differences())


def entry(number: int) -> AuditEntry:
    return AuditEntry.objects.get(verb=str(number))


def told(number: int) -> str:
    """How a finding names the entry; without its time."""
    return f"Người sales: {number}, team Nhóm đo"


def tampered(change: Callable[[], object]) -> list[str]:
    with lifted():
        change()
    return list(differences())


def move(number: int, **values: object) -> None:
    AuditEntry.objects.filter(verb=str(number)).update(**values)


# --- changed -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        {"at": "2026-01-01T00:00:00Z"},
        {"actor": None},
        {"actor_name": "Người khác"},
        {"origin": "10.0.0.1"},
        {"verb": "9 "},
        {"subject_type": "order"},
        {"subject_id": 1_000_000},
        {"subject_no": "DH-2026-000001"},
        {"before": {"n": "10"}},
        {"after": {"n": 9}},
        {"hash": "0" * 64},
    ],
    ids=lambda values: next(iter(values)),
)
def test_each_column_of_an_entry_is_guarded(values: dict[str, object]) -> None:
    changed = entry(9)
    found = tampered(lambda: move(9, **values))
    assert found
    assert all(f"entry {changed.pk} (" in sentence for sentence in found)


def test_a_changed_entry_is_named_with_what_it_says() -> None:
    (found,) = tampered(lambda: move(9, before={"n": "other"}))
    assert found.startswith(f"Changed: entry {entry(9).pk} (")
    assert told(9) in found
    assert str(entry(9).at.year) in found


def test_the_first_and_the_last_of_a_chain_are_named_too() -> None:
    def change() -> None:
        move(7, before={"n": "other"})
        move(12, before={"n": "other"})

    first, last = tampered(change)
    assert (told(7) in first, told(12) in last) == (True, True)


def test_a_changed_entry_with_a_new_hash_is_named_by_the_one_after_it() -> None:
    def change() -> None:
        forged = entry(9)
        forged.actor_name = "Người khác"
        forged.hash = entry_hash(entry(8).hash, forged)
        move(9, actor_name=forged.actor_name, hash=forged.hash)

    (found,) = tampered(change)
    assert told(10) in found
    assert f"entry {entry(9).pk} (" in found


def test_a_last_entry_with_a_new_hash_does_not_fit_the_head() -> None:
    def change() -> None:
        forged = entry(12)
        forged.before = {"n": "other"}
        move(12, before=forged.before, hash=entry_hash(entry(11).hash, forged))

    (found,) = tampered(change)
    assert found.startswith("Changed: the head of chain")
    assert told(12) in found


def test_two_changes_are_two_findings() -> None:
    def change() -> None:
        move(8, origin="x")
        move(9, origin="x")
        move(17, origin="x")

    found = tampered(change)
    assert [told(number) in one for number, one in zip((8, 9, 17), found, strict=True)] == [
        True
    ] * 3


@pytest.mark.sqlite
def test_a_time_that_is_none_is_a_change() -> None:
    def change() -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE platform_auditentry SET at = 'x' WHERE verb = '9'")

    (found,) = tampered(change)
    assert told(9) in found


# --- removed -----------------------------------------------------------------------------------


def test_an_entry_removed_in_the_middle_is_told_by_its_neighbours() -> None:
    (found,) = tampered(lambda: AuditEntry.objects.filter(verb="9").delete())
    assert found.startswith("Removed: 1 of chain")
    assert told(8) in found
    assert told(10) in found


def test_entries_removed_at_the_beginning_and_at_the_end_are_missed() -> None:
    gone = AuditEntry.objects.filter(verb__in=["7", "8", "18"])
    first, last = tampered(gone.delete)
    assert first.startswith("Removed: 2 of chain")
    assert told(9) in first
    assert last.startswith("Removed: 1 at the end of chain")
    assert told(17) in last


def test_a_removal_that_closes_the_gap_is_found() -> None:
    def change() -> None:
        chain = entry(9).chain
        entry(9).delete()
        for number in (10, 11, 12):
            move(number, seq=F("seq") - 1)
        AuditChain.objects.filter(pk=chain.pk).update(length=F("length") - 1)

    (found,) = tampered(change)
    assert told(10) in found
    assert told(8) in found


def test_a_whole_chain_that_is_removed_is_missed() -> None:
    chain = entry(7).chain
    assert tampered(chain.entries.all().delete) == [f"Removed: all 6 of chain {chain.pk}."]


def test_a_chain_removed_with_its_entries_breaks_the_seal() -> None:
    seal = call("audit", "verify").split("seal ")[1].strip()

    def change() -> None:
        chain = entry(7).chain
        chain.entries.all().delete()
        chain.delete()

    assert tampered(change) == []
    with pytest.raises(CommandError):
        call("audit", "verify", "--seal", seal)


# --- put in ------------------------------------------------------------------------------------


def forged(after: int, **values: object) -> AuditEntry:
    """An entry that fits behind another one."""
    before = entry(after)
    new = AuditEntry(
        at=before.at,
        actor_name="Người lạ",
        verb="forged",
        subject_type="team",
        subject_id=before.subject_id,
        subject_no="Nhóm đo",
        chain=before.chain,
        seq=before.seq + 1,
    )
    new.hash = entry_hash(before.hash, new)
    for name, value in values.items():
        setattr(new, name, value)
    return new


def put_in(new: AuditEntry) -> None:
    for later in AuditEntry.objects.filter(chain=new.chain, seq__gte=new.seq).order_by("-seq"):
        AuditEntry.objects.filter(pk=later.pk).update(seq=F("seq") + 1)
    new.save(force_insert=True)
    AuditChain.objects.filter(pk=new.chain_id).update(length=F("length") + 1)


@pytest.mark.parametrize("values", [{}, {"hash": "0" * 64}], ids=["good hash", "bad hash"])
def test_an_entry_put_into_the_middle_is_named(values: dict[str, object]) -> None:
    found = tampered(lambda: put_in(forged(9, **values)))
    new = AuditEntry.objects.get(verb="forged")
    assert f"Put in or moved: entry {new.pk} (" in found[-1]
    assert all(f"entry {new.pk} (" in sentence for sentence in found)


def test_an_entry_put_in_at_the_beginning_is_named() -> None:
    new = forged(7, seq=1)
    new.hash = entry_hash("", new)
    found = tampered(lambda: put_in(new))
    assert f"Put in or moved: entry {new.pk} (" in found[-1]


@pytest.mark.parametrize("seq", [0, 7, 1000])
def test_an_entry_put_in_outside_a_chain_is_named(seq: int) -> None:
    new = forged(12, seq=seq)
    (found,) = tampered(lambda: new.save(force_insert=True))
    assert found.startswith(f"Put in: entry {new.pk} (")
    assert "Người lạ: forged, team Nhóm đo" in found


def test_an_entry_put_in_at_the_end_with_a_longer_head_is_found() -> None:
    new = forged(12)

    def change() -> None:
        new.save(force_insert=True)
        AuditChain.objects.filter(pk=new.chain_id).update(length=7)

    (found,) = tampered(change)
    assert f"its last entry, entry {new.pk} (" in found


# --- moved, and heads --------------------------------------------------------------------------


def test_two_entries_that_change_places_are_named() -> None:
    nine, ten = entry(9), entry(10)

    def change() -> None:
        move(9, seq=99)
        move(10, seq=nine.seq)
        move(9, seq=ten.seq)

    found = " ".join(tampered(change))
    assert f"entry {nine.pk} (" in found
    assert f"entry {ten.pk} (" in found


def test_two_entries_that_exchange_their_ids_are_named() -> None:
    nine, ten = entry(9), entry(10)

    def change() -> None:
        move(9, id=1_000_000)
        move(10, id=nine.pk)
        move(9, id=ten.pk)

    (found,) = tampered(change)
    assert found.startswith("Moved: ")
    assert told(9) in found
    assert told(10) in found


def test_two_entries_of_two_chains_that_change_places_are_named() -> None:
    nine, fifteen = entry(9), entry(15)

    def change() -> None:
        move(9, seq=99)
        move(15, chain=nine.chain, seq=nine.seq)
        move(9, chain=fifteen.chain, seq=fifteen.seq)

    found = " ".join(tampered(change))
    assert f"entry {nine.pk} (" in found
    assert f"entry {fifteen.pk} (" in found


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"head": "0" * 64}, "Changed: the head of chain"),
        ({"length": 5}, "Put in: "),
        ({"length": 8}, "Removed: 2 at the end of chain"),
    ],
)
def test_a_changed_head_is_found_without_ddl_rights(
    values: dict[str, object], sentence: str
) -> None:
    AuditChain.objects.filter(pk=entry(7).chain_id).update(**values)
    found = list(differences())
    assert any(one.startswith(sentence) and told(12) in one for one in found)


def test_a_table_that_lies_open_is_a_difference() -> None:
    with lifted():
        (found,) = differences()
    assert found.startswith("Open: platform_auditentry can be changed")


# --- the command -------------------------------------------------------------------------------


def call(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def test_the_command_counts_and_seals() -> None:
    counts, seal = call("audit", "verify").splitlines()
    assert counts == "3 chains, 18 entries, 0 differences"
    lengths, _, digest = seal.removeprefix("seal ").partition("=")
    assert [pair.split(":")[1] for pair in lengths.split(",")] == ["6", "6", "6"]
    assert len(digest) == 64


def test_the_command_says_what_it_found_and_fails() -> None:
    with lifted():
        move(9, origin="x")
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 differences"):
        call_command("audit", "verify", stdout=out)
    sentence, counts, _ = out.getvalue().splitlines()
    assert told(9) in sentence
    assert counts == "3 chains, 18 entries, 1 differences"


def test_a_seal_holds_while_the_trail_grows(officer: User) -> None:
    seal = call("audit", "verify").split("seal ")[1].strip()
    audit.record(officer, [audit.Change(Team.objects.earliest("id"), "edited")])
    assert " 0 differences" in call("audit", "verify", "--seal", seal)
    assert seal not in call("audit", "verify")


def test_a_seal_shows_a_trail_that_was_rewritten_without_a_flaw() -> None:
    seal = call("audit", "verify").split("seal ")[1].strip()

    def change() -> None:
        forged = entry(12)
        forged.before = {"n": "other"}
        forged.hash = entry_hash(entry(11).hash, forged)
        move(12, before=forged.before, hash=forged.hash)
        AuditChain.objects.filter(pk=forged.chain_id).update(head=forged.hash)

    assert tampered(change) == []
    with pytest.raises(CommandError):
        call("audit", "verify", "--seal", seal)


@pytest.mark.parametrize("text", ["x", "1=2=3", "a:b=c", ""])
def test_what_is_no_seal_is_refused(text: str) -> None:
    with pytest.raises(CommandError):
        call("audit", "verify", "--seal", text)


def test_an_empty_trail_has_no_differences() -> None:
    with lifted(), transaction.atomic():
        AuditEntry.objects.all().delete()
        AuditChain.objects.all().delete()
    assert call("audit", "verify").startswith("0 chains, 0 entries, 0 differences")
