"""Lists without a screen: every list has a name, and gives the rows that its screen would show."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from capphep.platform.lists import column_cells, columns_of, narrowed, source_named
from capphep.platform.models import User
from capphep.pure.errors import Forbidden, NotFound

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", settings.LISTS)
def test_a_list_is_known_by_its_own_name_and_opens_at_its_address(
    name: str, administrator: User, admin_client: Client
) -> None:
    source = source_named(name)
    assert source.name == name
    page = admin_client.get(source.url)
    assert page.context["title"] == source.title
    assert list(narrowed(source, administrator, QueryDict())) == [
        row.record for row in page.context["page"].rows
    ]


def test_a_name_that_no_list_has_is_not_found() -> None:
    with pytest.raises(NotFound, match="no such list"):
        source_named("crm.nothing")


def test_rows_without_a_screen_are_those_of_the_screen_narrowed_and_in_its_order(
    administrator: User, admin_client: Client, salesperson: User, officer: User
) -> None:
    source = source_named("shell.users")
    for query in (
        "",
        "role=sales&role=officer&sort=-username",
        "q=a&role=nobody",
        "sort=last_login",
    ):
        shown = admin_client.get(f"{reverse('shell:user_list')}?{query}").context["page"].rows
        found = narrowed(source, administrator, QueryDict(query))
        assert list(found) == [row.record for row in shown], query
        cells = [
            column_cells(columns_of(source, administrator, QueryDict(query)), row) for row in found
        ]
        assert cells == [row.cells for row in shown]


def test_a_list_that_is_several_gives_the_one_that_the_query_asks_for(officer: User) -> None:
    queue = source_named("ims.queue")
    waiting = {column.key for column in columns_of(queue, officer, QueryDict())}
    withdrawn = {column.key for column in columns_of(queue, officer, QueryDict("status=withdrawn"))}
    assert "due_on" in waiting
    assert "due_on" not in withdrawn


def test_who_may_not_open_a_list_gets_no_rows_of_it_elsewhere(salesperson: User) -> None:
    for name in ("shell.users", "integration.tokens", "identity.accounts"):
        with pytest.raises(Forbidden):
            narrowed(source_named(name), salesperson, QueryDict())
