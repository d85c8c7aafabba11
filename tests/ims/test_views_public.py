"""The page behind the QR code: for everybody, about no person."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client, override_settings

from capphep.crm.models import Customer
from capphep.entitlements import public_codes
from capphep.entitlements.models import Licence
from capphep.platform import clock
from capphep.platform.models import User
from capphep.provisioning.models import LicenceRequest
from tests import factories, stories
from tests.factories import SmallCatalogue
from tests.ims.conftest import text_of
from tests.plumbing.sql_counts import Counter

DAY = datetime.timedelta(days=1)


@pytest.fixture
def licence(waiting: LicenceRequest, officer: User) -> Licence:
    return stories.approved(waiting, officer).licence


def page_of(licence: Licence) -> str:
    return f"/gp/{licence.public_code}"


def shown(licence: Licence, **query: str) -> str:
    """As somebody sees it who never signed in."""
    return text_of(Client().get(page_of(licence), query))


def test_it_says_that_a_licence_is_valid_and_for_what(licence: Licence) -> None:
    text = shown(licence)
    for said in (
        '<p class="word">Còn hiệu lực</p>',
        licence.licence_no,
        "UBND Xã Đông Hải",
        "iGOV",
        "Văn phòng số",
        "100 người",
        "50 người",
        f"{clock.today():%d/%m/%Y}",
    ):
        assert said in text, said


def test_it_names_no_person_no_contact_no_price_and_no_order(
    licence: Licence, waiting: LicenceRequest, salesperson: User, officer: User
) -> None:
    order = waiting.order
    assert order
    unit = licence.subscription.customer
    unit.phone, unit.email, unit.address = "0987654321", "ubnd@example.vn", "12 Lê Lợi"
    unit.save()
    for text in (shown(licence), shown(licence, lang="en")):
        for never in (
            "Nguyễn Văn An",
            "an@example.vn",
            "0912345678",
            salesperson.full_name,
            officer.full_name,
            order.order_no,
            order.contract_no,
            waiting.request_no,
            "5.000.000",
            "0987654321",
            "ubnd@example.vn",
            "Lê Lợi",
            "1234567",
        ):
            assert never not in text, never


def test_a_change_of_information_does_not_show_the_new_administrator(
    customer: Customer, catalogue: SmallCatalogue, salesperson: User, officer: User
) -> None:
    request = stories.info_change_sent(
        customer,
        salesperson,
        catalogue.igov,
        unit_name="UBND xã Đông Hải mới",
        admin_name="Trần Thị Bình",
        admin_email="binh@example.vn",
        admin_phone="0909123456",
    )
    text = shown(stories.approved(request, officer).licence)
    assert "UBND xã Đông Hải mới" in text and "Còn hiệu lực" in text
    assert not any(word in text for word in ("Bình", "binh@", "0909123456"))


def test_it_says_which_licence_replaced_it_without_leading_there(
    licence: Licence,
    customer: Customer,
    catalogue: SmallCatalogue,
    salesperson: User,
    officer: User,
) -> None:
    order = stories.ordered(customer, salesperson, [(catalogue.users_50, 1)])
    later = stories.approved(stories.sent(order, salesperson), officer).licence
    text = shown(licence)
    assert '<p class="word">Đã được thay thế</p>' in text
    assert f"Giấy phép {later.licence_no}, phiên bản {later.version}, đã thay thế" in text
    assert later.public_code not in text
    assert later.licence_no in shown(later) and licence.licence_no not in shown(later)


def test_it_says_from_when_a_licence_is_withdrawn(
    licence: Licence, waiting: LicenceRequest, officer: User, other_officer: User
) -> None:
    stories.withdrawn(waiting, officer, other_officer)
    text = shown(licence)
    assert '<p class="word">Đã thu hồi</p>' in text
    assert f"không còn hiệu lực từ ngày {clock.today():%d/%m/%Y}" in text
    assert "chưa thanh toán" not in text


@pytest.fixture
def sample(db: None) -> None:
    """Sample data, of which the day can be chosen."""
    factories.reference_data()
    factories.Installation.objects.update(is_demo=True)


def test_it_says_when_a_licence_has_expired_and_when_one_begins(
    licence: Licence, sample: None
) -> None:
    grants = licence.content["grants"]
    first = datetime.date.fromisoformat(min(each["first_day"] for each in grants))
    last = datetime.date.fromisoformat(max(each["last_day"] for each in grants))
    with override_settings(CLOCK=last + DAY):
        text = shown(licence)
        assert '<p class="word">Hết hạn</p>' in text and f"ngày {last:%d/%m/%Y}" in text
    with override_settings(CLOCK=first - DAY):
        text = shown(licence)
        assert "Chưa có hiệu lực" in text and f"từ ngày {first:%d/%m/%Y}" in text


def test_english_for_who_asks_for_it(licence: Licence) -> None:
    response = Client().get(page_of(licence), {"lang": "en"})
    assert response["Content-Language"] == "en"
    assert 'lang="en"' in text_of(response) and '<p class="word">Valid</p>' in text_of(response)
    assert 'lang="vi"' in shown(licence, lang="xx")


def test_a_code_may_be_typed_in_groups_and_small_letters(licence: Licence) -> None:
    typed = public_codes.shown(licence.public_code).lower()
    assert licence.licence_no in text_of(Client().get(f"/gp/{typed}"))


@pytest.mark.parametrize("wrong", ["0" * 16, "GP-2026-000001", "x", "x" * 3000, "%00", "ß", "１２"])
def test_every_wrong_code_gets_the_same_answer(licence: Licence, wrong: str) -> None:
    response, other = Client().get(f"/gp/{wrong}"), Client().get("/gp/ZZZZZZZZZZZZZZZZ")
    assert response.status_code == other.status_code == 404
    assert response.content == other.content
    assert "Không có giấy phép nào ở địa chỉ này" in text_of(response)
    assert licence.licence_no not in text_of(response)


def test_nobody_keeps_it_indexes_it_frames_it_or_runs_a_script_in_it(licence: Licence) -> None:
    for address in (page_of(licence), "/gp/nothing"):
        response = Client().get(address)
        assert response["Cache-Control"] == "no-store"
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        assert response["X-Frame-Options"] == "DENY"
        policy = response["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "script-src" not in policy and "unsafe" not in policy
        assert "<script" not in text_of(response) and "style=" not in text_of(response)
        assert not response.cookies
    assert Client(enforce_csrf_checks=True).post(page_of(licence)).status_code in (403, 405)
    assert Client().head(page_of(licence)).status_code == 200


def test_names_are_text_here_too(licence: Licence) -> None:
    unit = licence.subscription.customer
    unit.name = "<script>alert(1)</script> & con"
    unit.save()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; con" in shown(licence)


def test_the_vendor_stands_on_top(licence: Licence) -> None:
    with override_settings(VENDOR_NAME="Sao Việt"):
        assert '<p class="vendor">Sao Việt</p>' in shown(licence)
    assert "Dữ liệu mẫu" not in shown(licence)


def test_sample_data_says_so(licence: Licence, sample: None) -> None:
    assert "Dữ liệu mẫu" in shown(licence)


def test_it_takes_few_statements(licence: Licence, statements: Counter) -> None:
    with statements("ims.public_licence", at_most=6):
        Client().get(page_of(licence))
