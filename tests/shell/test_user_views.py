"""The screens of the user accounts."""

from __future__ import annotations

import pytest
from django.test import Client

from capphep.platform.models import Team, User
from capphep.platform.roles import Role
from tests import factories
from tests.conftest import signed_in
from tests.plumbing.sql_counts import Counter

pytestmark = pytest.mark.django_db
LIST = "/users/"
NEW = "/users/new"
PASSWORD = "sông-hồng-2026"
TYPED = {
    "username": "thu.ha",
    "full_name": "Nguyễn Thị Thu Hà",
    "email": "thuha@example.vn",
    "role": "sales",
    "team": "HCSN miền Trung",
    "is_active": "on",
}


def of(user: User, **changes: str) -> dict[str, str]:
    """What the form of the account posts."""
    values = {
        "version": str(user.version),
        "username": user.username,
        "full_name": user.full_name,
        "email": user.email,
        "role": user.role,
        "team": user.team.name if user.team else "",
        "is_active": "on" if user.is_active else "",
    }
    return values | changes


@pytest.mark.parametrize("who", ["sales_client", "officer_client", "auditor_client"])
def test_only_an_administrator_comes_to_the_accounts(
    who: str, request: pytest.FixtureRequest, administrator: User
) -> None:
    client: Client = request.getfixturevalue(who)
    addresses = (LIST, NEW, f"/users/{administrator.pk}/", f"/users/{administrator.pk}/password")
    for address in addresses:
        assert client.get(address).status_code == 403, address
        assert client.post(address, of(administrator, password=PASSWORD)).status_code == 403
    assert client.get("/users/999999/").status_code == 403
    assert 'href="/users/"' not in client.get("/").content.decode()
    administrator.refresh_from_db()
    assert administrator.version == 1


def test_nobody_sees_the_accounts_without_signing_in(client: Client) -> None:
    for address in (LIST, NEW, "/users/1/", "/users/1/password"):
        assert client.get(address)["Location"].startswith("/login")


@pytest.mark.parametrize("key", ["999999", "9" * 30])
def test_an_account_that_is_not_there_is_a_404(key: str, admin_client: Client) -> None:
    assert admin_client.get(f"/users/{key}/").status_code == 404
    assert admin_client.post(f"/users/{key}/", TYPED).status_code == 404
    assert admin_client.get(f"/users/{key}/password").status_code == 404


def test_accounts_are_searched_without_accents_and_filtered(
    admin_client: Client, administrator: User, south: Team
) -> None:
    hang = factories.user("hang", Role.SALES, south)
    User.objects.filter(pk=hang.pk).update(full_name="Đỗ Thị Hằng", is_active=False)
    cases = {
        "q=do+thi+hang": {"hang"},
        "q=HANG": {"hang"},
        "q=nobody": set(),
        "active=0": {"hang"},
        "active=1": {"admin"},
        "role=admin": {"admin"},
        f"team={south.pk}": {"hang"},
    }
    for query, names in cases.items():
        page = admin_client.get(f"{LIST}?{query}").context["page"]
        assert {row.record.username for row in page.rows} == names, query


@pytest.mark.parametrize("more", [60, 120])
def test_the_list_costs_the_same_however_long(
    more: int, admin_client: Client, north: Team, statements: Counter
) -> None:
    User.objects.bulk_create(
        User(username=f"u{n}", full_name=f"Người {n}", role="sales", team=north)
        for n in range(more)
    )
    with statements("shell.users.list", at_most=8):
        admin_client.get(f"{LIST}?q=nguoi")


def test_an_account_is_added_and_its_owner_signs_in(admin_client: Client) -> None:
    response = admin_client.post(NEW, {**TYPED, "password": PASSWORD}, follow=True)
    assert "Nguyễn Thị Thu Hà" in response.content.decode()
    user = User.objects.get(username="thu.ha")
    assert user.team and user.team.name == "HCSN miền Trung"
    answer = Client().post("/login", {"username": "thu.ha", "password": PASSWORD})
    assert answer.status_code == 302


def test_a_program_needs_no_password_and_gets_none(admin_client: Client) -> None:
    values = {**TYPED, "username": "igov", "role": "program"}
    answer = admin_client.post(NEW, values, follow=True)
    assert "Đặt mật khẩu mới" not in answer.content.decode()
    assert not User.objects.get(username="igov").has_usable_password()
    assert admin_client.post(NEW, {**values, "role": "sales"}).status_code == 422


def test_nothing_typed_is_lost_by_a_mistake(admin_client: Client, administrator: User) -> None:
    values = {**TYPED, "username": "admin", "password": PASSWORD}
    response = admin_client.post(NEW, values)
    assert response.status_code == 422
    page = response.content.decode()
    assert "Tên đăng nhập “admin” đã có người dùng." in page
    for text in ("Nguyễn Thị Thu Hà", "thuha@example.vn", "HCSN miền Trung", PASSWORD):
        assert text in page
    assert admin_client.post(NEW, {**values, "role": "system"}).status_code == 422
    assert admin_client.post(NEW, {}).status_code == 422


def test_a_weak_password_is_explained(admin_client: Client) -> None:
    response = admin_client.post(NEW, {**TYPED, "password": "12345"})
    assert response.status_code == 422
    page = response.content.decode()
    assert "Mật khẩu có ít nhất 10 ký tự." in page
    assert "Mật khẩu không được chỉ gồm chữ số." in page


def test_an_account_is_edited_and_its_history_shown(
    admin_client: Client, salesperson: User
) -> None:
    address = f"/users/{salesperson.pk}/"
    assert salesperson.full_name in admin_client.get(address).content.decode()
    response = admin_client.post(address, of(salesperson, role="officer"), follow=True)
    assert response.status_code == 200
    assert "Cán bộ cấp phép" in response.content.decode()
    salesperson.refresh_from_db()
    assert salesperson.role == Role.OFFICER


def test_the_own_account_cannot_be_deactivated(admin_client: Client, administrator: User) -> None:
    response = admin_client.post(f"/users/{administrator.pk}/", of(administrator, is_active=""))
    assert response.status_code == 422
    assert "Bạn không thể ngừng hoạt động tài khoản của chính mình." in response.content.decode()
    administrator.refresh_from_db()
    assert administrator.is_active


@pytest.mark.parametrize("version", ["1", "", "x", "9" * 30])
def test_a_stale_edit_shows_the_others_change_beside_what_was_typed(
    version: str, admin_client: Client, salesperson: User
) -> None:
    address = f"/users/{salesperson.pk}/"
    typed = of(salesperson, full_name="Tên tôi gõ", version=version)
    User.objects.filter(pk=salesperson.pk).update(full_name="Tên người kia", version=2)
    response = admin_client.post(address, typed)
    assert response.status_code in (409, 422)
    page = response.content.decode()
    assert "Tên tôi gõ" in page
    if version == "1":
        assert response.status_code == 409 and "Tên người kia" in page
        assert response.context["form"]["version"].value() == "2"


def test_a_new_password_ends_the_sessions_of_its_owner(
    admin_client: Client, salesperson: User
) -> None:
    theirs = signed_in(salesperson)
    address = f"/users/{salesperson.pk}/password"
    assert "Mật khẩu mới" in admin_client.get(address).content.decode()
    assert admin_client.post(address, {"password": "short"}).status_code == 422
    assert admin_client.post(address, {"password": ""}).status_code == 422
    assert theirs.get("/").status_code == 200
    assert admin_client.post(address, {"password": PASSWORD}).status_code == 302
    assert theirs.get("/")["Location"].startswith("/login")
    answer = Client().post("/login", {"username": "sales", "password": PASSWORD})
    assert answer.status_code == 302


def test_an_administrator_who_changes_the_own_password_stays_signed_in(
    admin_client: Client, administrator: User
) -> None:
    admin_client.post(f"/users/{administrator.pk}/password", {"password": PASSWORD})
    assert admin_client.get(LIST).status_code == 200


def test_a_deactivated_person_is_signed_out(admin_client: Client, salesperson: User) -> None:
    theirs = signed_in(salesperson)
    admin_client.post(f"/users/{salesperson.pk}/", of(salesperson, is_active=""))
    assert theirs.get("/")["Location"].startswith("/login")
