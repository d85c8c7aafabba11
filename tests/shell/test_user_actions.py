"""User accounts: who may write them, what is refused, what is recorded."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capphep.platform.audit import entries_of
from capphep.platform.models import AuditEntry, Team, User
from capphep.platform.roles import SYSTEM, Role
from capphep.platform.versions import Stale
from capphep.pure.errors import Forbidden, Invalids, NotFound
from capphep.shell import actions
from capphep.shell.user_rules import UserInput, user_values
from tests import factories
from tests.plumbing.races import losers, race, winners

NEW = UserInput(
    username="  Thu.Ha ",
    full_name="Nguyễn Thị  Thu Hà",
    role="sales",
    email="thuha@Example.VN",
    team="HCSN miền Trung",
)
PASSWORD = "sông-hồng-2026"


def codes_of(found: pytest.ExceptionInfo[Invalids]) -> dict[str, str]:
    """Field to code."""
    return {refusal.field: refusal.code for refusal in found.value.refusals}


def as_typed(user: User) -> UserInput:
    return UserInput(
        username=user.username,
        full_name=user.full_name,
        role=user.role,
        email=user.email,
        team=user.team.name if user.team else "",
        is_active=user.is_active,
    )


def edited(actor: User, user: User, **changes: object) -> User:
    return actions.edit_user(
        actor=actor,
        user_id=user.pk,
        seen_version=user.version,
        typed=replace(as_typed(user), **changes),  # type: ignore[arg-type]
    )


@pytest.mark.django_db
def test_an_administrator_makes_an_account_and_its_team(administrator: User) -> None:
    user = actions.create_user(actor=administrator, typed=NEW, password=PASSWORD)
    user.refresh_from_db()
    assert (user.username, user.full_name) == ("thu.ha", "Nguyễn Thị Thu Hà")
    assert (user.email, user.role, user.is_active) == ("thuha@example.vn", Role.SALES, True)
    assert user.team and user.team.name == "HCSN miền Trung"
    assert user.check_password(PASSWORD)
    entry = entries_of(user).get()
    assert (entry.actor, entry.verb) == (administrator, "created")
    assert entry.after["team"] == "HCSN miền Trung"
    assert entries_of(user.team).get().verb == "created"
    assert not any("password" in entry.after for entry in AuditEntry.objects.all())


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["HCSN miền Bắc", "hcsn  MIEN BAC"])
def test_a_team_that_exists_is_joined_however_it_is_typed(
    typed: str, administrator: User, north: Team
) -> None:
    user = actions.create_user(
        actor=administrator, typed=replace(NEW, team=typed), password=PASSWORD
    )
    assert user.team == north
    assert Team.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["salesperson", "officer", "auditor"])
def test_nobody_but_an_administrator_writes_accounts(
    role: str, request: pytest.FixtureRequest, administrator: User
) -> None:
    actor: User = request.getfixturevalue(role)
    with pytest.raises(Forbidden):
        actions.create_user(actor=actor, typed=NEW, password=PASSWORD)
    with pytest.raises(Forbidden):
        edited(actor, administrator, role="sales")
    with pytest.raises(Forbidden):
        edited(actor, actor, role="admin")
    with pytest.raises(Forbidden):
        actions.set_password(actor=actor, user_id=actor.pk, password=PASSWORD)
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db
def test_a_deactivated_administrator_writes_no_more(administrator: User) -> None:
    late = User.objects.get(pk=administrator.pk)
    User.objects.filter(pk=administrator.pk).update(is_active=False)
    with pytest.raises(Forbidden):
        actions.create_user(actor=late, typed=NEW, password=PASSWORD)


BAD: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "nothing typed": (
        {"username": "", "full_name": " ", "role": ""},
        {
            "username": "username_form",
            "full_name": "full_name_required",
            "role": "role_unknown",
        },
    ),
    "accents and spaces": ({"username": "thu hà"}, {"username": "username_form"}),
    "a role that nobody has": ({"role": "king"}, {"role": "role_unknown"}),
    "the system's role": ({"role": "system"}, {"role": "role_unknown"}),
    "no e-mail address": ({"email": "thuha@"}, {"email": "email_form"}),
    "a long name": ({"full_name": "x" * 151}, {"full_name": "too_long"}),
    "a long team": ({"team": "x" * 101}, {"team": "too_long"}),
}


@pytest.mark.django_db
@pytest.mark.parametrize("case", BAD)
def test_each_mistake_is_reported_at_its_field(case: str, administrator: User) -> None:
    changes, codes = BAD[case]
    typed = replace(NEW, **changes)  # type: ignore[arg-type]
    with pytest.raises(Invalids) as found:
        actions.create_user(actor=administrator, typed=typed, password=PASSWORD)
    assert codes_of(found) == codes
    assert User.objects.count() == 1


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_whatever_is_typed_is_kept_clean_or_refused(
    username: str, full_name: str, email: str, team: str
) -> None:
    typed = UserInput(username=username, full_name=full_name, email=email, team=team, role="sales")
    try:
        values = user_values(typed)
    except Invalids as found:
        assert all(refusal.field for refusal in found.refusals)
    else:
        again = user_values(UserInput(**values))  # type: ignore[arg-type]
        assert again == values


@pytest.mark.django_db
def test_a_user_name_belongs_to_one_account(administrator: User, salesperson: User) -> None:
    with pytest.raises(Invalids) as found:
        actions.create_user(
            actor=administrator, typed=replace(NEW, username="Sales"), password=PASSWORD
        )
    assert codes_of(found) == {"username": "username_taken"}
    with pytest.raises(Invalids) as found:
        edited(administrator, salesperson, username="admin")
    assert codes_of(found) == {"username": "username_taken"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "password", ["", "short", "1234567890123", "password123", "thuha@example.vn"]
)
def test_a_weak_password_is_refused_with_its_reasons(password: str, administrator: User) -> None:
    with pytest.raises(Invalids) as found:
        actions.create_user(actor=administrator, typed=NEW, password=password)
    assert codes_of(found) == {"password": "password_weak"}
    assert not User.objects.filter(username="thu.ha").exists()


@pytest.mark.django_db
def test_a_change_is_written_once_and_recorded(administrator: User, salesperson: User) -> None:
    edited(administrator, salesperson, role="officer", team="")
    salesperson.refresh_from_db()
    assert (salesperson.role, salesperson.team, salesperson.version) == ("officer", None, 2)
    entry = entries_of(salesperson).get()
    assert entry.verb == "edited"
    assert entry.before == {"role": "sales", "team": "HCSN miền Bắc"}
    assert entry.after == {"role": "officer", "team": None}
    edited(administrator, salesperson)
    assert entries_of(salesperson).count() == 1


@pytest.mark.django_db
def test_a_deactivated_account_comes_back(administrator: User, salesperson: User) -> None:
    edited(administrator, salesperson, is_active=False)
    salesperson.refresh_from_db()
    edited(administrator, salesperson, is_active=True)
    verbs = [entry.verb for entry in entries_of(salesperson)]
    assert verbs == ["reactivated", "deactivated"]


@pytest.mark.django_db
def test_the_own_account_stays_active_and_an_administrators(administrator: User) -> None:
    with pytest.raises(Invalids) as found:
        edited(administrator, administrator, is_active=False, role="sales")
    assert codes_of(found) == {"is_active": "own_account", "role": "own_account"}
    assert edited(administrator, administrator, full_name="Đặng Hoài Phương").version == 2


@pytest.mark.django_db
def test_a_stale_edit_is_refused(administrator: User, salesperson: User) -> None:
    old = User.objects.get(pk=salesperson.pk)
    edited(administrator, salesperson, full_name="Tên mới")
    with pytest.raises(Stale):
        edited(administrator, old, full_name="Tên khác")


@pytest.mark.django_db
def test_an_account_that_is_not_there_is_not_found(administrator: User) -> None:
    with pytest.raises(NotFound):
        actions.set_password(actor=administrator, user_id=10**9, password=PASSWORD)
    with pytest.raises(NotFound):
        actions.edit_user(actor=administrator, user_id=10**30, seen_version=1, typed=NEW)


@pytest.mark.django_db
def test_a_new_password_replaces_the_old_one(administrator: User, salesperson: User) -> None:
    actions.set_password(actor=administrator, user_id=salesperson.pk, password=PASSWORD)
    salesperson.refresh_from_db()
    assert salesperson.check_password(PASSWORD) and salesperson.version == 2
    entry = entries_of(salesperson).get()
    assert (entry.verb, entry.before, entry.after) == ("password_set", {}, {})


@pytest.mark.django_db
def test_the_system_makes_accounts_without_an_account_of_its_own() -> None:
    user = actions.create_user(actor=SYSTEM, typed=NEW, password=PASSWORD)
    assert user.updated_by is None


@pytest.mark.django_db(transaction=True)
def test_of_two_administrators_who_deactivate_each_other_one_is_late() -> None:
    first, second = (factories.user(name, Role.ADMIN) for name in ("admin", "admin2"))
    outcomes = race(
        [
            lambda: edited(first, second, is_active=False),
            lambda: edited(second, first, is_active=False),
        ]
    )
    assert len(winners(outcomes)) == 1
    assert [type(error) for error in losers(outcomes)] == [Forbidden]
    assert User.objects.filter(role=Role.ADMIN, is_active=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_accounts_with_one_user_name_one_is_made() -> None:
    administrator = factories.user("admin", Role.ADMIN)
    outcomes = race(
        lambda: actions.create_user(actor=administrator, typed=NEW, password=PASSWORD), 3
    )
    assert len(winners(outcomes)) == 1
    assert {type(error) for error in losers(outcomes)} == {Invalids}
    assert Team.objects.count() == 1
