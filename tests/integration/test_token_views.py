"""The screens of the API tokens."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from capphep.integration.models import ApiToken
from capphep.integration.queries import running_token
from capphep.platform import clock
from capphep.platform.models import User
from capphep.platform.roles import Role
from tests import factories
from tests.integration.apis import token
from tests.plumbing.sql_counts import Counter

LIST, NEW = "/integration/tokens/", "/integration/tokens/new"
TEXT = re.compile(r'value="(capphep_[\w-]{43})"')


def values(acting: User, **more: Any) -> dict[str, Any]:
    day = clock.today() + datetime.timedelta(days=90)
    return {
        "name": "iGOV",
        "user": acting.pk,
        "scopes": ["entitlements:read", "usage:write"],
        "expires_on": f"{day:%d/%m/%Y}",
        "per_minute": "600",
        **more,
    }


@pytest.mark.parametrize("who", ["sales_client", "officer_client", "auditor_client"])
def test_only_an_administrator_comes_to_the_tokens(
    who: str, request: pytest.FixtureRequest, administrator: User
) -> None:
    made, _text = token(administrator)
    client: Client = request.getfixturevalue(who)
    one = f"{LIST}{made.pk}/"
    for address in (LIST, NEW, one, f"{one}rotate", f"{one}revoke"):
        assert client.get(address).status_code == 403, address
        assert client.post(address, values(administrator)).status_code == 403, address
    assert f'href="{LIST}"' not in client.get("/").content.decode()
    assert ApiToken.objects.count() == 1


def test_the_text_is_shown_once(admin_client: Client) -> None:
    program = factories.user("igov", Role.PROGRAM)
    answer = admin_client.post(NEW, values(program))
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    found = TEXT.search(answer.content.decode())
    assert found is not None
    made = running_token(found[1])
    assert made is not None and made.user == program
    page = admin_client.get(f"{LIST}{made.pk}/").content.decode()
    assert f"{clock.today() + datetime.timedelta(days=90):%d/%m/%Y} 23:59" in page
    assert made.prefix in page and found[1] not in page and made.sha256 not in page


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["x"]}, "scopes"),
        ({"user": "0"}, "user"),
        ({"expires_on": "01/01/2020"}, "expires_on"),
        ({"per_minute": "0"}, "per_minute"),
        ({"customer": "x"}, "customer"),
    ],
)
def test_what_is_wrong_comes_back_at_its_field(
    admin_client: Client, salesperson: User, change: dict[str, Any], field: str
) -> None:
    answer = admin_client.post(NEW, values(salesperson, **change))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not ApiToken.objects.exists()


def test_a_token_is_replaced_in_a_dialog(admin_client: Client, salesperson: User) -> None:
    old, _text = token(salesperson)
    address = f"{LIST}{old.pk}/rotate"
    assert admin_client.get(address).status_code == 200
    day = clock.today() + datetime.timedelta(days=30)
    refused = admin_client.post(address, {"overlap": "91", "expires_on": f"{day:%d/%m/%Y}"})
    assert refused.status_code == 422
    answer = admin_client.post(address, {"overlap": "7", "expires_on": f"{day:%d/%m/%Y}"})
    assert TEXT.search(answer.content.decode())
    assert ApiToken.objects.get(replaces=old).expires_at == clock.end_of(day)


def test_a_token_is_revoked_after_a_question(admin_client: Client, salesperson: User) -> None:
    made, text = token(salesperson)
    address = f"{LIST}{made.pk}/revoke"
    assert running_token(text) and admin_client.get(address).status_code == 200
    admin_client.post(address)
    assert running_token(text) is None
    assert admin_client.post(address).status_code == 409


def test_tokens_are_filtered_by_where_they_stand(admin_client: Client, salesperson: User) -> None:
    now = timezone.now()
    token(salesperson, name="running")
    token(salesperson, name="ending", expires_at=now + datetime.timedelta(days=3))
    token(salesperson, name="expired", expires_at=now)
    token(salesperson, name="revoked", revoked_at=now)
    for state in ("running", "ending", "expired", "revoked"):
        rows = admin_client.get(f"{LIST}?state={state}").context["page"].rows
        assert [row.cells[0][1] for row in rows] == [state]


def test_a_program_never_signs_in(client: Client, db: None) -> None:
    factories.user("igov", Role.PROGRAM)
    answer = client.post("/login", {"username": "igov", "password": factories.PASSWORD})
    assert answer.status_code == 200 and answer.context["form"].errors


@pytest.mark.parametrize("more", [0, 12])
def test_the_list_costs_the_same_however_many_there_are(
    more: int, admin_client: Client, salesperson: User, statements: Counter
) -> None:
    for _ in range(3 + more):
        token(salesperson)
    with statements("integration/tokens"):
        admin_client.get(LIST)
