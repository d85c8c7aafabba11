"""One unit's whole life in a browser: tries, buys, renews, changes its name."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.conf import LazySettings

from capphep.crm.models import Customer
from capphep.entitlements.models import Subscription
from capphep.entitlements.queries import ledger_differences, quantity_in_force
from capphep.platform import clock
from capphep.platform.models import User
from capphep.provisioning.actions.without_order import open_trial
from tests import factories, stories
from tests.browser.looks import assert_fits_and_is_accessible
from tests.browser.people import Album, attach, menu, sign_in
from tests.factories import SmallCatalogue

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

REQUEST_NO = re.compile(r"YC-\d{4}-\d{6}")


@pytest.fixture
def album(request: pytest.FixtureRequest) -> Album:
    return Album(request.config.getoption("--pictures"))


@pytest.fixture
def catalogue(live_server: object) -> SmallCatalogue:
    factories.reference_data()
    return SmallCatalogue()


@pytest.fixture
def unit(catalogue: SmallCatalogue) -> Customer:
    team = factories.team("Bắc")
    owner = factories.user("sales", "sales", team)
    factories.user("officer", "officer", team)
    found = factories.customer(owner=owner, team=team, address="Thôn Đông")
    factories.contact(found, email="an@example.vn", phone="0912345678")
    return found


def send(page: Page) -> str:
    """*Lưu*; the number of what was sent."""
    page.get_by_role("button", name="Lưu", exact=True).click()
    page.get_by_role("button", name="Lưu", exact=True).wait_for(state="hidden")
    found = REQUEST_NO.search(page.inner_text("main h1"))
    assert found
    return found[0]


def approve(desk: Page, request_no: str, album: Album, name: str) -> None:
    desk.goto("/ims/requests/")
    desk.get_by_role("row", name=re.compile(request_no)).get_by_role("link").first.click()
    album.take(desk, name)
    desk.get_by_role("link", name="Phê duyệt YC cấp giấy phép").first.click()
    desk.get_by_role("button", name="Có", exact=True).click()
    desk.get_by_role("dialog").wait_for(state="hidden")


def fill_in(page: Page) -> None:
    page.get_by_label("Ngành").select_option(label="UBND cấp xã")


def with_evidence(page: Page) -> None:
    attach(page, "Quyết định cấp nguồn", "Quyết định cấp nguồn – xã Đông Hải (bản đã ký).pdf")
    attach(page, "Bằng chứng cam kết", "cam-ket-thanh-toan.pdf")


def test_a_unit_tries_buys_renews_and_changes_its_name(
    unit: Customer,
    catalogue: SmallCatalogue,
    open_page: Callable[..., Page],
    album: Album,
    settings: LazySettings,
) -> None:
    page, desk = open_page(), open_page()
    sign_in(page, "sales")
    sign_in(desk, "officer")
    users = [catalogue.igov, catalogue.office, catalogue.users]

    # Khách hàng → Yêu cầu cấp GPSD/Thuê bao → Dùng thử
    page.goto(f"/crm/customers/{unit.pk}/")
    menu(page).get_by_role("menuitem", name="Yêu cầu cấp GPSD/Thuê bao").click()
    page.get_by_role("dialog").get_by_text("Dùng thử iGOV").wait_for()
    album.take(page, "1-dialog")
    page.get_by_role("dialog").get_by_role("button", name="Lập yêu cầu").click()
    page.get_by_text("100 dùng thử").wait_for()
    fill_in(page)
    album.take(page, "2-trial")
    approve(desk, send(page), album, "3-trial-desk")
    assert quantity_in_force(unit, *users, clock.today()) == 100
    subscription = Subscription.objects.get()
    page.goto(f"/ims/subscriptions/{subscription.pk}/")
    page.get_by_text("Dùng thử").first.wait_for()
    album.take(page, "4-on-trial")

    # Bán mới
    page.goto(f"/crm/orders/new?customer={unit.pk}")
    page.get_by_role("button", name="Chọn hàng hóa").click()
    page.get_by_role("dialog").get_by_role("checkbox", name=re.compile("^IGOV-BASE ")).check()
    page.get_by_role("button", name="Đồng ý").click()
    page.get_by_text("12.000.000 đ").first.wait_for()
    page.get_by_role("button", name="Lưu", exact=True).click()
    page.get_by_text(re.compile(r"DH-\d{4}-000001")).first.wait_for()
    menu(page).get_by_role("menuitem", name="Yêu cầu cấp GPSD/Thuê bao").click()
    page.get_by_text("dữ liệu của yêu cầu dùng thử được lấy sang").wait_for()
    with_evidence(page)
    album.take(page, "5-sale")
    approve(desk, send(page), album, "6-sale-desk")
    assert quantity_in_force(unit, *users, clock.today()) == 20

    # Gia hạn
    settings.RENEWAL_DAYS = 400
    page.goto(f"/ims/subscriptions/{subscription.pk}/")
    album.take(page, "7-subscription")
    page.get_by_role("link", name="Gia hạn").click()
    page.get_by_text("Gia hạn thuê bao iGOV").wait_for()
    page.get_by_text("Văn phòng số – Người dùng").wait_for()
    album.take(page, "8-renewal-order")
    page.get_by_role("button", name="Lưu", exact=True).click()
    page.get_by_text(re.compile(r"DH-\d{4}-000002")).first.wait_for()
    menu(page).get_by_role("menuitem", name="Yêu cầu cấp GPSD/Thuê bao").click()
    page.get_by_text("tiếp nối kỳ hạn đang chạy").first.wait_for()
    with_evidence(page)
    album.take(page, "9-renewal")
    approve(desk, send(page), album, "10-renewal-desk")

    # Thay đổi thông tin
    page.goto(f"/ims/subscriptions/{subscription.pk}/")
    menu(page).get_by_role("menuitem", name="Thay đổi thông tin").click()
    page.get_by_label("Tên đơn vị").fill("UBND Phường Đông Hải")
    album.take(page, "11-info-form")
    number = send(page)
    page.get_by_text("UBND Phường Đông Hải").first.wait_for()
    album.take(page, "12-info-page")
    approve(desk, number, album, "13-info-desk")
    unit.refresh_from_db()
    assert unit.name == "UBND Phường Đông Hải"
    assert not list(ledger_differences())


def test_the_screens_of_each_kind_are_open_to_everybody_and_fit_the_window(
    unit: Customer,
    catalogue: SmallCatalogue,
    open_page: Callable[..., Page],
    album: Album,
) -> None:
    salesperson, officer = User.objects.get(username="sales"), User.objects.get(username="officer")
    newcomer = factories.customer("7654321", owner=salesperson, team=salesperson.team)
    stories.opened(unit, catalogue)
    trial = stories.trial_sent(newcomer, salesperson, catalogue.igov)
    renewal = stories.renewal_sent(unit, salesperson, [(catalogue.base, 1)])
    changed = {"unit_name": "UBND Phường Đông Hải", "unit_address": "Số 1, đường Trần Hưng Đạo"}
    change = stories.info_change_sent(unit, salesperson, catalogue.igov, **changed)
    other = factories.customer("7654322", owner=salesperson, team=salesperson.team)
    draft = open_trial(actor=salesperson, customer_id=other.pk, product_id=catalogue.igov.pk)
    goods = f"{catalogue.base.pk}:1,{catalogue.users_50.pk}:2"
    renew = f"customer={unit.pk}&renew={catalogue.igov.pk}&goods={goods}"
    of_officer = [f"/ims/requests/{each.pk}/" for each in (trial, renewal, change)]
    of_salesperson = [
        f"/requests/for-customer/{unit.pk}/",
        f"/requests/{draft.pk}/edit",
        *(f"/requests/{each.pk}/" for each in (trial, renewal, change)),
        f"/crm/orders/new?{renew}",
        f"/ims/subscriptions/{Subscription.objects.get().pk}/",
    ]
    for who, addresses in (
        (officer, [*of_officer, f"/ims/requests/{change.pk}/approve"]),
        (salesperson, of_salesperson),
    ):
        page = open_page()
        sign_in(page, who.username)
        for number, address in enumerate(addresses):
            page.goto(address)
            assert_fits_and_is_accessible(page, address)
            for width in (1440, 390, 360) if album.folder else ():
                page.set_viewport_size({"width": width, "height": 900})
                album.take(page, f"{width}-{who.username}-{number}")
