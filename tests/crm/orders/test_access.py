"""Every address of the orders, asked by every role, signed in or not."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from capphep.crm.models import Order
from capphep.crm.order_urls import order_urls
from capphep.platform.models import User
from tests.conftest import signed_in

ROLES = (
    "salesperson",
    "colleague",
    "other_salesperson",
    "officer",
    "auditor",
    "administrator",
)
SELLERS = ("salesperson", "colleague", "other_salesperson")
POSTED = {
    "order_goods",
    "order_goods_pasted",
    "order_goods_lines",
    "order_goods_row",
    "order_reactivate",
}
by_name = pytest.mark.parametrize("pattern", order_urls, ids=lambda each: str(each.name))


def address(pattern: URLPattern, order: Order) -> str:
    values = {"pk": order.pk}
    kwargs = {name: values[name] for name in pattern.pattern.converters}
    return reverse(f"crm:{pattern.name}", kwargs=kwargs)


def expected(name: str, role: str) -> int:
    if name == "order_list":
        return 200
    if name == "order":
        return 404 if role == "other_salesperson" else 200
    if name in ("order_edit", "order_deactivate", "order_reactivate"):
        own = 302 if name in POSTED else 200
        return {"salesperson": own, "other_salesperson": 404}.get(role, 403)
    return 200 if role in SELLERS else 403


@by_name
@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_it_may_and_never_a_server_error(
    order: Order, request: pytest.FixtureRequest, pattern: URLPattern, role: str
) -> None:
    person: User = request.getfixturevalue(role)
    client, name = signed_in(person), str(pattern.name)
    ask = client.post if name in POSTED else client.get
    assert ask(address(pattern, order)).status_code == expected(name, role)


@by_name
def test_nobody_comes_in_without_signing_in(order: Order, pattern: URLPattern) -> None:
    client = Client()
    for ask in (client.get, client.post):
        response = ask(address(pattern, order))
        assert response.status_code == 302
        assert response["Location"].startswith("/login")


@by_name
def test_a_wrong_method_is_no_server_error(order: Order, pattern: URLPattern) -> None:
    client = signed_in(order.salesperson)
    for ask in (client.get, client.post, client.put, client.delete, client.head):
        assert ask(address(pattern, order)).status_code < 500
