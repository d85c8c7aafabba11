"""What lists are sorted by is served by an index, so that a page costs the same at any length."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.http import QueryDict

from capphep.platform.lists import ListSource, narrowed, source_named
from capphep.platform.models import User

pytestmark = [
    pytest.mark.django_db,
    # Its planner is asked.
    pytest.mark.postgresql,
]
# Lists of what grows for ever; the others have as many rows as a house has people or goods.
GROWING = (
    "crm.customers",
    "crm.opportunities",
    "crm.orders",
    "identity.accounts",
    "ims.queue",
    "ims.subscriptions",
    "integration.deliveries",
    "provisioning.requests",
)


def sorts(source: ListSource, actor: User, query: str) -> list[str]:
    spec = source.of(QueryDict(query)).spec(actor)
    keys = [column.key for column in spec.columns if column.sort]
    return [spec.default_sort, *keys, *(f"-{key}" for key in keys)]


def plan(source: ListSource, actor: User, query: str) -> str:
    rows = narrowed(source, actor, QueryDict(query))[:50]
    with connection.cursor() as cursor:
        # Tables are empty here: without these the planner would sort nothing at no cost.
        for way in ("enable_seqscan", "enable_bitmapscan", "enable_sort"):
            cursor.execute(f"SET LOCAL {way} = off")
    return rows.explain()


@pytest.mark.parametrize("name", GROWING)
def test_each_order_of_a_list_that_grows_reads_from_an_index(
    name: str, administrator: User
) -> None:
    source = source_named(name)
    scope = "status=all&" if name == "ims.queue" else ""
    for sort in sorts(source, administrator, scope):
        found = plan(source, administrator, f"{scope}sort={sort}")
        # A unique number with its key beside it is an "Incremental Sort" of single rows.
        assert not re.search(r"(?<!Incremental )Sort  \(", found), f"{name} by {sort}:\n{found}"


@pytest.mark.parametrize(("query", "index"), [("", "order_newest"), ("active=0", "not_followed")])
def test_the_few_orders_that_nobody_follows_cost_the_list_nothing(
    query: str, index: str, administrator: User
) -> None:
    found = plan(source_named("crm.orders"), administrator, query)
    assert index in found, found
