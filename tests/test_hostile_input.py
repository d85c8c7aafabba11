"""Whatever stands in an address or a field, the answer is never a 500."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from capphep.platform.models import User
from tests import factories, stories
from tests.conftest import signed_in
from tests.factories import SmallCatalogue

LISTS = [
    "crm:customer_list",
    "crm:opportunity_list",
    "crm:project_list",
    "crm:order_list",
    "provisioning:request_list",
    "ims:queue",
    "ims:subscription_list",
    "catalog:item_list",
    "shell:user_list",
    "crm:customer_picker",
    "crm:project_picker",
    "crm:opportunity_picker",
    "crm:parent_picker",
]
TEXTS = ["\0", "a\0b", "%", "_", "\\", "'\"--", "\ud800", "đ" * 5000, "1" * 40, "²", "‮"]
PARAMETERS = ["q", "sort", "after", "before", "status", "level", "customer", "product", "stage"]


@pytest.mark.parametrize("name", LISTS)
def test_no_parameter_of_a_list_or_picker_breaks_it(
    administrator: User, catalogue: SmallCatalogue, name: str
) -> None:
    client = signed_in(administrator)
    for parameter in PARAMETERS:
        for text in TEXTS:
            encoded = text.encode("utf-8", "surrogatepass").decode("latin-1")
            # The rows alone, which is what parameters decide; the page around them for one.
            headers = {} if parameter == "q" else {"HX-Request": "true"}
            answer = client.get(reverse(name), {parameter: encoded}, headers=headers)
            assert answer.status_code < 500, (parameter, text)


@pytest.mark.parametrize("text", [text for text in TEXTS if text != "\ud800"])
def test_no_text_in_a_form_breaks_it(
    sales_client: Client,
    officer_client: Client,
    salesperson: User,
    text: str,
    catalogue: SmallCatalogue,
) -> None:
    customer = factories.customer()
    stories.opened(customer, catalogue)
    order = stories.ordered(customer, salesperson, [(catalogue.users_50, 1)])
    draft = stories.drafted(order, salesperson)
    every_field = [
        "name", "code", "budget_code", "tax_code", "phone", "email", "address", "note", "customer",
        "project", "opportunity", "ordered_on", "contract_no", "description", "contact_name",
        "contact_phone", "contact_email", "discount_kind", "discount_percent", "discount_amount",
        "lines-0-item", "lines-0-quantity", "lines-1-item", "version", "sector", "level",
        "unit_name", "admin_name", "admin_email", "admin_phone", "intent", "token", "parent",
        "expected_amount", "expected_on", "first_day", "q", "pick", "pasted", "full_name",
    ]  # fmt: skip
    fields = dict.fromkeys(every_field, text)
    for address in (
        reverse("crm:customer_new"),
        reverse("crm:customer_edit", args=[customer.pk]),
        reverse("crm:contact_new", args=[customer.pk]),
        reverse("crm:opportunity_new"),
        reverse("crm:project_new"),
        reverse("crm:order_new"),
        reverse("crm:order_edit", args=[order.pk]),
        reverse("crm:order_goods"),
        reverse("crm:order_goods_pasted"),
        reverse("provisioning:request_edit", args=[draft.pk]),
        reverse("provisioning:extra", args=[draft.pk, draft.lines.first().pk]),
    ):
        assert sales_client.post(address, fields).status_code < 500, address
    other = stories.ordered(customer, salesperson, [(catalogue.books_1, 1)])
    request = stories.sent(other, salesperson)
    answer = officer_client.post(reverse("ims:reject", args=[request.pk]), {"reason": text})
    assert answer.status_code < 500


@pytest.mark.parametrize(
    "path",
    [
        "/crm/customers/{}/", "/crm/orders/{}/", "/requests/{}/", "/ims/requests/{}/",
        "/ims/subscriptions/{}/", "/requests/evidence/{}/", "/catalogue/items/{}/",
        "/catalogue/products/{}/",
        "/crm/opportunities/{}/", "/crm/projects/{}/", "/users/{}/edit",
        "/talk/order/{}/", "/paper/print/order/{}/",
    ],
)  # fmt: skip
@pytest.mark.parametrize("key", ["0", "9" * 18, "9" * 30, "-1", "abc", "%00"])
def test_a_key_that_no_record_has_is_not_found(admin_client: Client, path: str, key: str) -> None:
    assert admin_client.get(path.format(key)).status_code == 404
