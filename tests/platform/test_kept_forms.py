"""What a person typed while the session ended comes back, and to that person alone."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from capphep.platform.models import User
from tests.conftest import signed_in
from tests.factories import PASSWORD


def expired(user: User) -> Client:
    """A browser that the user works in, whose session has just ended."""
    client = signed_in(user)
    client.get(reverse("crm:customer_list"))
    del client.cookies["sessionid"]
    return client


def type_a_project(client: Client) -> str:
    address = reverse("crm:project_new")
    client.post(address, {"code": "DA-1", "name": "Dự án đã gõ", "password1": "bí mật"})
    return address


def sign_in(client: Client, user: User) -> None:
    client.post(reverse("login"), {"username": user.username, "password": PASSWORD})


def test_what_was_typed_is_there_again_after_signing_in(salesperson: User) -> None:
    client = expired(salesperson)
    address = type_a_project(client)
    sign_in(client, salesperson)
    assert "Dự án đã gõ" in client.get(address).content.decode()
    assert "Dự án đã gõ" not in client.get(address).content.decode()


def test_another_person_at_the_same_browser_does_not_get_it(
    salesperson: User, colleague: User
) -> None:
    client = expired(salesperson)
    address = type_a_project(client)
    sign_in(client, colleague)
    assert "Dự án đã gõ" not in client.get(address).content.decode()


def test_a_password_is_never_kept(salesperson: User) -> None:
    client = expired(salesperson)
    type_a_project(client)
    assert "password1" not in client.session["kept_form"]["fields"]


def test_without_scripts_a_stranger_cannot_leave_a_form_behind(salesperson: User) -> None:
    client = Client()
    type_a_project(client)
    assert "kept_form" not in client.session


@pytest.mark.parametrize("value", ["abc", "9" * 30, "-1", "²"])
def test_a_picker_takes_a_value_that_no_record_has(salesperson: User, value: str) -> None:
    client = signed_in(salesperson)
    answer = client.post(reverse("crm:opportunity_new"), {"name": "Thử", "customer": value})
    assert answer.status_code == 422


def test_nothing_is_kept_for_an_address_that_does_not_exist(salesperson: User) -> None:
    client = expired(salesperson)
    client.post("/no-such-page", {"name": "x" * 1000})
    assert "kept_form" not in client.session
