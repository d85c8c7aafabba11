"""*Nguồn gốc*: from a granted number back to the order, the evidence and the people behind it."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from capphep.catalog.models import ItemContent
from capphep.crm.models import Customer
from capphep.entitlements import actions
from capphep.entitlements.models import Grant, GrantKind, Subscription
from capphep.platform import clock
from capphep.platform.models import User
from capphep.provisioning.models import Evidence, LicenceRequest
from tests import factories, stories
from tests.conftest import signed_in
from tests.factories import SmallCatalogue
from tests.ims.conftest import HTMX, text_of
from tests.plumbing.sql_counts import Counter


@pytest.fixture
def granted(waiting: LicenceRequest, officer: User) -> Grant:
    stories.approved(waiting, officer)
    return Grant.objects.get(kind=GrantKind.APPROVAL)


def origin(grant: Grant) -> str:
    return reverse("ims:grant_origin", args=[grant.subscription_id, grant.pk])


def test_each_number_of_the_subscription_opens_its_origin(
    granted: Grant, officer_client: Client
) -> None:
    page = reverse("ims:subscription", args=[granted.subscription_id])
    text = text_of(officer_client.get(page))
    for grant in Grant.objects.all():
        assert f'href="{origin(grant)}" hx-get="{origin(grant)}"' in text


def test_the_chain_goes_from_the_order_to_the_licence(
    granted: Grant, waiting: LicenceRequest, officer: User, officer_client: Client
) -> None:
    text = text_of(officer_client.get(origin(granted)))
    files = [reverse("provisioning:evidence", args=[one.pk]) for one in Evidence.objects.all()]
    chain = [
        "Đơn hàng",
        reverse("crm:order", args=[waiting.order_id]),
        "IGOV-VPS-50 VPS 50 người dùng · 1 × 50 = <b>50</b>",
        "Yêu cầu",
        reverse("ims:request", args=[waiting.pk]),
        "100 đã có (YC-2026-000245) + 50 mua thêm = 150",
        "Sổ cấp",
        "+50",
        "quyết định ngày",
        *files,
        Evidence.objects.all()[0].file_id,
        "Gửi và phê duyệt",
        "Người sales",
        officer.full_name,
        "Giấy phép đã cấp",
        "GP-2026-000001",
    ]
    place = text.index('class="origin"')
    for shown in chain:
        if shown not in files:
            place = text.index(shown, place)
        assert shown in text, shown


def test_a_withdrawal_belongs_to_the_chain(
    granted: Grant, waiting: LicenceRequest, officer: User, other_officer: User
) -> None:
    stories.withdrawn(waiting, officer, other_officer)
    text = text_of(signed_in(officer).get(origin(granted)))
    for shown in (
        "−50",
        "Thu hồi từ",
        "Đơn vị trả lại, chưa thanh toán",
        f"Người đề nghị {officer.full_name} · người xác nhận {other_officer.full_name}",
        f"Người duyệt <b>{officer.full_name}</b>",
        "GP-2026-000002",
    ):
        assert shown in text, shown


def test_what_was_in_force_before_capphep_has_no_request_behind_it(
    granted: Grant, officer_client: Client
) -> None:
    opening = Grant.objects.filter(kind=GrantKind.OPENING)[0]
    text = text_of(officer_client.get(origin(opening)))
    assert "Có từ trước khi dùng capphep, theo số cũ YC-2026-000245" in text
    assert "Đơn hàng" not in text[text.index('class="origin"') : text.index("</main>")]


def test_a_trial_says_that_its_quantity_is_the_default(
    granted: Grant, waiting: LicenceRequest, officer_client: Client
) -> None:
    LicenceRequest.objects.filter(pk=waiting.pk).update(order=None, kind="trial")
    assert "Dùng thử không có đơn hàng" in text_of(officer_client.get(origin(granted)))


def test_a_catalogue_that_changed_since_is_not_made_to_add_up(
    granted: Grant, officer_client: Client
) -> None:
    ItemContent.objects.update(units=60)
    assert "danh mục đã thay đổi sau đó" in text_of(officer_client.get(origin(granted)))


@pytest.mark.parametrize("person", ["salesperson", "colleague", "auditor", "administrator"])
def test_who_may_see_the_request_sees_the_whole_chain(
    granted: Grant, waiting: LicenceRequest, person: str, request: pytest.FixtureRequest
) -> None:
    response = signed_in(request.getfixturevalue(person)).get(origin(granted))
    assert "IGOV-VPS-50" in text_of(response) and "quyết định.pdf" in text_of(response)


def test_a_salesperson_of_another_team_sees_what_the_subscription_shows_and_no_more(
    granted: Grant, waiting: LicenceRequest, other_salesperson: User
) -> None:
    text = text_of(signed_in(other_salesperson).get(origin(granted)))
    assert f"Yêu cầu {waiting.request_no} thuộc nhóm khác" in text and "+50" in text
    for hidden in ("IGOV-VPS-50", "quyết định.pdf", "<b>Người sales</b>", "DH-2026"):
        assert hidden not in text, hidden


def test_who_may_not_see_the_subscription_sees_no_origin(
    granted: Grant, customer: Customer, salesperson: User, other_salesperson: User
) -> None:
    Customer.objects.update(owner=salesperson, team=salesperson.team)
    assert signed_in(other_salesperson).get(origin(granted)).status_code == 404


def test_only_what_was_added_to_this_subscription_has_an_origin_here(
    granted: Grant, catalogue: SmallCatalogue, officer_client: Client
) -> None:
    other = factories.customer("1234568", "Trường THCS")
    stories.opened(other, catalogue, request_no="YC-2026-000400")
    theirs = Subscription.objects.get(customer=other)
    for pk in (granted.pk, 0, 10**30):
        url = reverse("ims:grant_origin", args=[theirs.pk, pk])
        assert officer_client.get(url).status_code == 404
    with transaction.atomic():
        actions.withdraw_grants(
            subscription=granted.subscription,
            request_no=granted.request_no,
            from_day=clock.today(),
            day=clock.today(),
        )
    taken = Grant.objects.get(kind=GrantKind.WITHDRAWAL)
    assert officer_client.get(origin(taken)).status_code == 404


def test_the_origin_is_a_dialog_and_without_scripts_a_page(
    granted: Grant, officer_client: Client
) -> None:
    assert text_of(officer_client.get(origin(granted), headers=HTMX)).startswith("<dialog")
    page = text_of(officer_client.get(origin(granted)))
    assert "<html" in page and "ims/ledger.css" in page


def test_the_origin_takes_few_statements(
    granted: Grant, officer_client: Client, statements: Counter
) -> None:
    with statements("ims.grant_origin", at_most=16):
        officer_client.get(origin(granted))
