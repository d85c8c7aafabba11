"""The public page of a licence, and where certificates are offered, in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests import stories
from tests.browser.looks import assert_fits_and_is_accessible
from tests.browser.people import menu, sign_in
from tests.ims.test_race import Scene

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


def test_everybody_reads_the_public_page_without_scripts(
    transactional_db: None, page: Page
) -> None:
    scene = Scene()
    licence = stories.approved(scene.waiting(), scene.officers[0]).licence
    page.goto(f"/gp/{licence.public_code}")
    expect(page.get_by_text("Còn hiệu lực", exact=True)).to_be_visible()
    page.get_by_role("link", name="English").click()
    expect(page.get_by_text("Valid", exact=True)).to_be_visible()
    page.goto("/gp/0000")
    assert_fits_and_is_accessible(page, "the public page of no licence")


def test_a_salesperson_takes_the_certificate_from_the_order(
    transactional_db: None, page: Page
) -> None:
    scene = Scene()
    request = scene.waiting()
    licence = stories.approved(request, scene.officers[0]).licence
    sign_in(page, "sales")
    page.goto(f"/crm/customers/{scene.customer.pk}/")
    expect(page.get_by_text(licence.licence_no).first).to_be_visible()
    page.goto(f"/crm/orders/{request.order_id}/")
    with page.expect_download() as download:
        menu(page).get_by_role("menuitem", name="Giấy phép (PDF)").click()
    assert download.value.suggested_filename == f"giay-phep-{licence.licence_no}.pdf"
