"""What is done with an account besides editing it, and own passwords."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from capphep.platform.audit import entries_of
from capphep.platform.models import Team, User
from capphep.pure.errors import Invalids, NotFound
from capphep.shell import account_actions, actions
from capphep.shell.account_actions import LINKS
from capphep.shell.user_rules import UserInput
from tests import factories
from tests.conftest import signed_in
from tests.plumbing.races import losers, race, winners

pytestmark = pytest.mark.django_db
OLD, NEW = "sông-hồng-2026", "sông-đà-2027"


def verbs(user: User) -> list[str]:
    return [entry.verb for entry in entries_of(user)]


def test_a_password_that_somebody_else_chose_is_changed_first(
    admin_client: Client, salesperson: User
) -> None:
    admin_client.post(f"/users/{salesperson.pk}/password", {"password": OLD})
    client = Client()
    client.post("/login", {"username": "sales", "password": OLD})
    assert client.get("/crm/orders/")["Location"] == "/me/password"
    assert "người khác đặt" in client.get("/me/password").content.decode()
    assert client.get("/me/password").status_code == 200
    typed = {"current": OLD, "password": NEW, "again": NEW}
    assert client.post("/me/password", typed)["Location"] == "/"
    assert client.get("/crm/orders/").status_code == 200
    assert verbs(salesperson)[0] == "password_chosen"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"current": "something else"}, "không phải mật khẩu hiện tại"),
        ({"again": OLD}, "không giống nhau"),
        ({"password": "short", "again": "short"}, "Mật khẩu có ít nhất 10 ký tự"),
        ({"password": OLD, "again": OLD}, "khác mật khẩu hiện tại"),
    ],
)
def test_a_wrong_own_password_is_explained(
    changes: dict[str, str], text: str, salesperson: User
) -> None:
    salesperson.set_password(OLD)
    salesperson.save()
    typed = {"current": OLD, "password": NEW, "again": NEW, **changes}
    answer = signed_in(salesperson).post("/me/password", typed)
    assert answer.status_code == 422
    assert text in answer.content.decode()


def test_guesses_of_the_own_password_lock_as_failed_sign_ins_do(
    salesperson: User, settings: Any
) -> None:
    settings.AXES_FAILURE_LIMIT = 2
    salesperson.set_password(OLD)
    salesperson.save()
    theirs, typed = signed_in(salesperson), {"password": NEW, "again": NEW}
    answers = [theirs.post("/me/password", {**typed, "current": "guess"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [422, 429]
    refused = theirs.post("/me/password", {**typed, "current": OLD})
    assert refused.status_code == 429
    assert "Sai mật khẩu quá nhiều lần" in refused.content.decode()
    salesperson.refresh_from_db()
    assert salesperson.check_password(OLD)


def test_a_link_gives_the_first_password_once(admin_client: Client, administrator: User) -> None:
    typed = UserInput(username="thu.ha", full_name="Thu Hà", role="sales")
    user = actions.create_user(actor=administrator, typed=typed, password=None)
    assert not user.has_usable_password()
    page = admin_client.post(f"/users/{user.pk}/invite").content.decode()
    [path] = re.findall(r"http://testserver(/welcome/[^\"]+)", page)
    visitor = Client()
    assert "thu.ha" in visitor.get(path).content.decode()
    assert visitor.post(path, {"password": NEW, "again": OLD}).status_code == 422
    assert visitor.post(path, {"password": NEW, "again": NEW})["Location"] == "/login"
    assert visitor.get(path).status_code == 404
    assert visitor.post("/login", {"username": "thu.ha", "password": NEW}).status_code == 302
    assert verbs(user) == ["password_chosen", "invited_user", "created"]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_a_link_at_once_one_is_late(salesperson: User) -> None:
    salesperson.set_unusable_password()
    salesperson.save()
    token = LINKS.make_token(salesperson)
    outcomes = race(
        [
            lambda password=password: account_actions.accept_invitation(  # type: ignore[misc]
                user_id=salesperson.pk, token=token, password=password
            )
            for password in (OLD, NEW)
        ]
    )
    assert len(winners(outcomes)) == 1
    assert [type(one) for one in losers(outcomes)] == [NotFound]


def test_a_link_of_who_left_is_worth_nothing(salesperson: User) -> None:
    token = LINKS.make_token(salesperson)
    User.objects.filter(pk=salesperson.pk).update(is_active=False)
    assert Client().get(f"/welcome/{salesperson.pk}/{token}").status_code == 404
    assert Client().get(f"/welcome/999999/{token}").status_code == 404


def test_all_sessions_of_a_person_end(admin_client: Client, salesperson: User) -> None:
    theirs = signed_in(salesperson)
    assert theirs.get("/").status_code == 200
    admin_client.post(f"/users/{salesperson.pk}/sessions")
    assert theirs.get("/")["Location"].startswith("/login")
    assert signed_in(User.objects.get(pk=salesperson.pk)).get("/").status_code == 200
    assert verbs(salesperson) == ["sessions_ended"]


def test_a_locked_account_is_shown_and_unlocked(
    admin_client: Client, salesperson: User, settings: Any
) -> None:
    settings.AXES_FAILURE_LIMIT = 2
    salesperson.set_password(OLD)
    salesperson.save()
    for _ in range(2):
        Client().post("/login", {"username": "sales", "password": "wrong"})
    assert "tạm khóa" in admin_client.get(f"/users/{salesperson.pk}/").content.decode()
    refused = Client().post("/login", {"username": "sales", "password": OLD})
    assert refused.status_code == 429
    assert "Sai mật khẩu quá nhiều lần" in refused.content.decode()
    admin_client.post(f"/users/{salesperson.pk}/unlock")
    assert "tạm khóa" not in admin_client.get(f"/users/{salesperson.pk}/").content.decode()
    assert Client().post("/login", {"username": "sales", "password": OLD}).status_code == 302
    assert verbs(salesperson) == ["unlocked"]


def test_what_a_person_is_in_charge_of_is_told_before_deactivation(
    admin_client: Client, salesperson: User
) -> None:
    address = f"/users/{salesperson.pk}/deactivate"
    page = admin_client.get(address).content.decode()
    assert "không phụ trách việc gì" in page
    factories.customer(owner=salesperson)
    page = admin_client.get(address).content.decode()
    assert "Khách hàng: 1" in page
    assert admin_client.post(address, {"version": "9"}).status_code == 409
    assert admin_client.post(address, {"version": str(salesperson.version)}).status_code == 302
    salesperson.refresh_from_db()
    assert not salesperson.is_active
    assert verbs(salesperson) == ["deactivated"]


@pytest.mark.parametrize("what", ["sessions", "unlock", "invite", "deactivate"])
def test_nobody_but_an_administrator_does_this(
    what: str, officer_client: Client, salesperson: User
) -> None:
    assert officer_client.post(f"/users/{salesperson.pk}/{what}").status_code == 403
    salesperson.refresh_from_db()
    assert salesperson.version == 1


# --- teams -------------------------------------------------------------------------------------


def test_a_team_is_made_renamed_and_ended(admin_client: Client, north: Team) -> None:
    assert admin_client.post("/teams/new", {"name": "hcsn mien bac"}).status_code == 422
    answer = admin_client.post("/teams/new", {"name": " HCSN  miền Trung "})
    team = Team.objects.get(name="HCSN miền Trung")
    assert answer["Location"] == f"/teams/{team.pk}/"
    typed = {"version": "1", "name": "Miền Trung", "is_active": ""}
    assert admin_client.post(f"/teams/{team.pk}/", typed).status_code == 302
    team.refresh_from_db()
    assert (team.name, team.is_active, team.version) == ("Miền Trung", False, 2)
    assert admin_client.post(f"/teams/{team.pk}/", typed).status_code == 409
    assert {row.record.pk for row in admin_client.get("/teams/?active=1").context["page"].rows} == {
        north.pk
    }
    assert verbs(team) == ["edited", "created"]  # type: ignore[arg-type]


def test_a_team_with_people_does_not_end(admin_client: Client, salesperson: User) -> None:
    team = salesperson.team
    assert team
    answer = admin_client.post(f"/teams/{team.pk}/", {"version": "1", "name": team.name})
    assert answer.status_code == 422
    assert "còn 1 người" in answer.content.decode()


def test_people_change_teams(
    admin_client: Client, salesperson: User, north: Team, south: Team
) -> None:
    assert salesperson.full_name in admin_client.get(f"/teams/{north.pk}/").content.decode()
    assert "rời nhóm đó" in admin_client.get(f"/teams/{south.pk}/add").content.decode()
    admin_client.post(f"/teams/{south.pk}/add", {"user": salesperson.pk})
    salesperson.refresh_from_db()
    assert salesperson.team == south
    # Too late: they are elsewhere by now.
    admin_client.post(f"/teams/{north.pk}/people/{salesperson.pk}/leave")
    salesperson.refresh_from_db()
    assert salesperson.team == south
    admin_client.post(f"/teams/{south.pk}/people/{salesperson.pk}/leave")
    salesperson.refresh_from_db()
    assert salesperson.team is None


def test_nobody_joins_a_team_that_ended(administrator: User, south: Team) -> None:
    Team.objects.filter(pk=south.pk).update(is_active=False)
    typed = UserInput(username="a.b", full_name="A B", role="sales", team=south.name)
    with pytest.raises(Invalids):
        actions.create_user(actor=administrator, typed=typed, password=OLD)


@pytest.mark.parametrize("address", ["/teams/", "/teams/new", "/teams/1/", "/teams/1/add"])
def test_only_administrators_see_teams(address: str, auditor_client: Client) -> None:
    assert auditor_client.get(address).status_code == 403
