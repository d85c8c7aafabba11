"""The catalogue in a real browser: for everybody to read, at every width."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from capphep.catalog import imports
from capphep.catalog.models import Item, Product
from capphep.platform.models import User
from capphep.platform.roles import SYSTEM
from tests import factories
from tests.browser.looks import assert_fits_and_is_accessible
from tests.browser.people import sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


def test_products_and_goods_are_open_to_everybody_and_fit_the_window(
    salesperson: User, page: Page
) -> None:
    factories.reference_data()
    imports.load(actor=SYSTEM, content=imports.DEMO_FILE.read_bytes())
    sign_in(page, salesperson.username)
    item, product = Item.objects.get(sku="IHOS-VPS-50"), Product.objects.get(code="ihos")
    for address in (
        "/catalogue/items/",
        f"/catalogue/items/{item.pk}/",
        "/catalogue/products/",
        f"/catalogue/products/{product.pk}/",
    ):
        page.goto(address)
        assert_fits_and_is_accessible(page, address)


def test_from_an_item_to_what_a_trial_of_its_product_grants(salesperson: User, page: Page) -> None:
    factories.reference_data()
    imports.load(actor=SYSTEM, content=imports.DEMO_FILE.read_bytes())
    sign_in(page, salesperson.username)
    page.goto("/catalogue/items/")
    page.get_by_role("link", name="IHOS-VPS-50").click()
    page.get_by_role("link", name="iHOS", exact=True).click()
    row = page.get_by_role("row", name="Chat")
    expect(row).to_contain_text("3.000")
    expect(page.get_by_text("Đồng hạn", exact=False).first).to_be_visible()
