"""Options that administrators change: what counts, how often they are read, who may write."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.utils import translation

from capphep.ims.options import BLOCKING_CHECKS, TWO_PEOPLE
from capphep.platform import options
from capphep.platform.file_options import EVIDENCE_MIB, most_bytes
from capphep.platform.models import AuditEntry, OptionValue, User
from capphep.platform.option_actions import back_to_default, choose
from capphep.platform.options import Line, Numbers, Option, WholeNumber
from capphep.platform.versions import Stale
from capphep.provisioning.options import DRAFT_DAYS
from capphep.pure.errors import Forbidden, Invalid
from capphep.shell.option_groups import GROUPS, option_of
from tests.plumbing.races import losers, race, winners
from tests.plumbing.sql_counts import remember_into

pytestmark = pytest.mark.django_db
NUMBERS = Numbers(key="n", label="n", help="", most=100, default=list)
LINE = Line(key="l", label="l", help="", longest=5, is_required=True, default=str)


def test_the_setting_counts_until_an_administrator_chooses(
    administrator: User, settings: Any
) -> None:
    settings.DRAFT_DAYS = 10
    assert DRAFT_DAYS.value() == 10
    choose(actor=administrator, option=DRAFT_DAYS, seen_version=0, typed=" 1.200 ")
    assert DRAFT_DAYS.value() == 1200
    back_to_default(actor=administrator, option=DRAFT_DAYS, seen_version=1)
    assert DRAFT_DAYS.value() == 10


def test_no_is_a_choice_too(administrator: User) -> None:
    choose(actor=administrator, option=TWO_PEOPLE, seen_version=0, typed="no")
    assert TWO_PEOPLE.value() is False
    choose(actor=administrator, option=BLOCKING_CHECKS, seen_version=0, typed=["term", "amount"])
    assert BLOCKING_CHECKS.value() == {"amount", "term"}


def test_a_choice_that_the_program_lost_is_left_out(administrator: User) -> None:
    OptionValue.objects.create(key="blocking_checks", value=["amount", "of long ago"])
    assert BLOCKING_CHECKS.value() == {"amount"}


def test_the_environment_wins_and_nobody_changes_it(administrator: User, settings: Any) -> None:
    choose(actor=administrator, option=EVIDENCE_MIB, seen_version=0, typed="3")
    assert most_bytes() == 3 * 1024 * 1024
    settings.GIVEN = frozenset({"CAPPHEP_EVIDENCE_MAX_MIB"})
    assert most_bytes() == settings.EVIDENCE_MAX_BYTES
    with pytest.raises(Invalid, match="CAPPHEP_EVIDENCE_MAX_MIB"):
        choose(actor=administrator, option=EVIDENCE_MIB, seen_version=1, typed="4")
    with pytest.raises(Invalid):
        back_to_default(actor=administrator, option=EVIDENCE_MIB, seen_version=1)


def test_within_a_unit_of_work_all_are_read_once_and_beyond_it_again(administrator: User) -> None:
    seen: list[str] = []
    with options.unit(), connection.execute_wrapper(remember_into(seen)):
        assert (TWO_PEOPLE.value(), DRAFT_DAYS.value()) == (True, 90)
        assert TWO_PEOPLE.value()
        assert len(seen) == 1
        with options.unit():
            assert TWO_PEOPLE.value()
        assert len(seen) == 2
    OptionValue.objects.create(key="two_people", value=False)
    with options.unit():
        assert not TWO_PEOPLE.value()
        choose(actor=administrator, option=TWO_PEOPLE, seen_version=1, typed="yes")
        assert TWO_PEOPLE.value()


def test_every_change_is_in_the_trail_with_before_and_after(administrator: User) -> None:
    choose(actor=administrator, option=DRAFT_DAYS, seen_version=0, typed="30")
    choose(actor=administrator, option=DRAFT_DAYS, seen_version=1, typed="30")
    back_to_default(actor=administrator, option=DRAFT_DAYS, seen_version=2)
    entries = AuditEntry.objects.filter(subject_type="optionvalue").order_by("id")
    assert [(one.subject_no, one.actor_id) for one in entries] == [
        ("draft_days", administrator.pk)
    ] * 2
    assert [(one.before["value"], one.after["value"]) for one in entries] == [(90, 30), (30, 90)]


@pytest.mark.parametrize("who", ["salesperson", "manager", "officer", "auditor"])
def test_only_administrators_change_them(who: str, request: pytest.FixtureRequest) -> None:
    actor: User = request.getfixturevalue(who)
    with pytest.raises(Forbidden):
        choose(actor=actor, option=DRAFT_DAYS, seen_version=0, typed="1")
    with pytest.raises(Forbidden):
        back_to_default(actor=actor, option=DRAFT_DAYS, seen_version=0)
    assert not OptionValue.objects.exists()


@pytest.mark.parametrize("seen", [0, 2])
def test_who_saw_an_older_value_is_told(administrator: User, seen: int) -> None:
    choose(actor=administrator, option=DRAFT_DAYS, seen_version=0, typed="30")
    with pytest.raises(Stale):
        choose(actor=administrator, option=DRAFT_DAYS, seen_version=seen, typed="40")
    assert DRAFT_DAYS.value() == 30


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seen", [0, 1], ids=["first choice", "later choice"])
def test_of_two_administrators_at_once_one_is_late(administrator: User, seen: int) -> None:
    if seen:
        choose(actor=administrator, option=DRAFT_DAYS, seen_version=0, typed="30")
    outcomes = race(
        lambda: choose(actor=administrator, option=DRAFT_DAYS, seen_version=seen, typed="40"), 2
    )
    assert len(winners(outcomes)) == 1
    [late] = losers(outcomes)
    assert isinstance(late, Stale)
    assert OptionValue.objects.get().version == seen + 1


@pytest.mark.once
@pytest.mark.parametrize(
    ("option", "typed", "kept"),
    [
        (DRAFT_DAYS, "0", 0),
        (NUMBERS, " 60; 30,7 30", [7, 30, 60]),
        (NUMBERS, "", []),
        (LINE, "  a \u200b b ", "a b"),
        (TWO_PEOPLE, "no", False),
    ],
)
def test_what_was_typed_is_read(option: Option[Any], typed: Any, kept: Any) -> None:
    assert option.parse(typed) == kept


@pytest.mark.once
@pytest.mark.parametrize(
    ("option", "typed"),
    [
        (DRAFT_DAYS, "-1"),
        (DRAFT_DAYS, "3651"),
        (DRAFT_DAYS, ""),
        (DRAFT_DAYS, "٣"),
        (EVIDENCE_MIB, "0"),
        (NUMBERS, "7, x"),
        (NUMBERS, "0"),
        (NUMBERS, "101"),
        (NUMBERS, ",".join(["1"] * 21)),
        (LINE, " "),
        (LINE, "123456"),
        (TWO_PEOPLE, "maybe"),
        (BLOCKING_CHECKS, ["nothing"]),
    ],
)
def test_what_is_wrong_is_refused_at_the_field(option: Option[Any], typed: Any) -> None:
    with pytest.raises(Invalid) as refused:
        option.parse(typed)
    assert refused.value.field == options.FIELD


@pytest.mark.once
def test_every_option_stands_once_on_the_screen_and_reads_its_own_default() -> None:
    known = [option for group in GROUPS for option in group.options]
    assert len({option.key for option in known}) == len(known)
    for option in known:
        assert option_of(option.key) is option
        with translation.override("vi"):
            assert option.shown(option.default())
            option.form_field()
        if option.variable:
            assert not isinstance(option, WholeNumber) or option.least <= option.default()
            kept = option.parse(option.initial(option.default()))
            assert option.read(kept) == option.default()
