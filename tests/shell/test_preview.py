"""*Xem như*: what a role or a person sees, read only."""

from __future__ import annotations

import pytest
from django.test import Client

from capphep.platform import audit
from capphep.platform.models import AuditEntry, Team, User
from capphep.platform.roles import Role
from capphep.pure.errors import Forbidden
from capphep.shell import actions
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db


def see_as(client: Client, person: User) -> None:
    assert client.post(f"/users/{person.pk}/preview").status_code == 302


def test_an_administrator_sees_what_a_salesperson_sees_and_stops(
    admin_client: Client, administrator: User, salesperson: User
) -> None:
    see_as(admin_client, salesperson)
    page = admin_client.get("/").content.decode()
    assert f"Đang xem như: {salesperson.full_name}" in page
    assert 'href="/users/"' not in page
    assert admin_client.get("/users/").status_code == 403
    answer = admin_client.post("/preview/end", follow=True).content.decode()
    assert "Đang xem như" not in answer
    assert admin_client.get("/users/").status_code == 200
    entries = AuditEntry.objects.order_by("id").values_list("actor_id", "verb", "subject_id")
    assert list(entries) == [
        (administrator.pk, "preview_began", salesperson.pk),
        (administrator.pk, "preview_ended", administrator.pk),
    ]


@pytest.mark.parametrize("role", ["sales", "manager", "officer", "auditor", "admin"])
def test_each_role_is_seen_without_a_person(role: str, admin_client: Client, north: Team) -> None:
    assert "Xem như" in admin_client.get(f"/roles/{role}/preview").content.decode()
    assert admin_client.post(f"/roles/{role}/preview", {"team": north.pk}).status_code == 302
    for address in ("/", "/crm/orders/", "/crm/customers/", "/notices/"):
        page = admin_client.get(address)
        assert page.status_code == 200, address
        assert "Đang xem như: " in page.content.decode()
        assert north.name in page.content.decode()


def test_every_write_is_refused_meanwhile(
    admin_client: Client, salesperson: User, colleague: User
) -> None:
    see_as(admin_client, salesperson)
    before = AuditEntry.objects.count()
    for address in ("/crm/customers/new", "/notices/read", f"/users/{colleague.pk}/preview"):
        answer = admin_client.post(address, {"name": "x"})
        assert answer.status_code == 403, address
        assert "chỉ đang xem" in answer.content.decode()
    htmx = admin_client.post("/notices/read", headers={"HX-Request": "true"})
    assert (htmx.status_code, "data-refused" in htmx.content.decode()) == (403, True)
    assert AuditEntry.objects.count() == before


def test_who_sees_as_nobody_else_ends_nothing(auditor_client: Client) -> None:
    before = AuditEntry.objects.count()
    assert auditor_client.post("/preview/end").status_code == 302
    assert AuditEntry.objects.count() == before


def test_nothing_is_written_in_the_name_of_who_is_looked_at(
    administrator: User, salesperson: User
) -> None:
    seen = User.objects.get(pk=administrator.pk)
    seen.is_previewed = True  # type: ignore[attr-defined]
    with pytest.raises(Forbidden, match="only looking"):
        actions.set_password(actor=seen, user_id=salesperson.pk, password="sông-hồng-2026")
    with pytest.raises(Forbidden):
        audit.record(seen, [audit.Change(salesperson, "edited")])


@pytest.mark.parametrize("who", ["sales_client", "manager_client", "officer_client"])
def test_nobody_else_sees_as_somebody(
    who: str, request: pytest.FixtureRequest, administrator: User
) -> None:
    client: Client = request.getfixturevalue(who)
    assert client.get("/roles/").status_code == 403
    assert client.post(f"/users/{administrator.pk}/preview").status_code == 403
    assert client.post("/roles/admin/preview").status_code == 403
    assert "Đang xem như" not in client.get("/").content.decode()


def test_an_auditor_reads_the_roles(auditor_client: Client) -> None:
    page = auditor_client.get("/roles/").content.decode()
    assert "Mỗi vai trò được làm gì" in page
    assert "/preview" not in page


def test_the_screens_are_not_seen_as_a_program_oneself_or_who_left(
    admin_client: Client, administrator: User, salesperson: User
) -> None:
    for person, change in (
        (administrator, {}),
        (salesperson, {"is_active": False}),
        (salesperson, {"is_active": True, "role": Role.PROGRAM}),
    ):
        User.objects.filter(pk=person.pk).update(**change)
        assert admin_client.post(f"/users/{person.pk}/preview").status_code == 403
    assert admin_client.post("/roles/program/preview").status_code == 404


def test_a_preview_ends_with_the_right_to_it(
    admin_client: Client, administrator: User, salesperson: User
) -> None:
    see_as(admin_client, salesperson)
    User.objects.filter(pk=administrator.pk).update(role=Role.OFFICER)
    page = admin_client.get("/").content.decode()
    assert "Đang xem như" not in page
    assert administrator.full_name in page


def test_it_ends_when_the_person_is_deactivated(admin_client: Client, salesperson: User) -> None:
    see_as(admin_client, salesperson)
    User.objects.filter(pk=salesperson.pk).update(is_active=False)
    assert admin_client.get("/users/").status_code == 200


def test_signing_out_needs_no_other_step(admin_client: Client, salesperson: User) -> None:
    see_as(admin_client, salesperson)
    assert admin_client.post("/logout").status_code == 302
    assert "Đang xem như" not in signed_in(salesperson).get("/").content.decode()
