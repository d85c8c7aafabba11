"""A draft says when it ends by itself; what ended can be read and followed."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.test import Client

from capphep.crm.models import Order
from capphep.platform import clock
from capphep.platform.models import User
from capphep.provisioning.actions.expiry import expire_drafts
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import RequestStatus
from tests import stories
from tests.plumbing.times import days_ago
from tests.provisioning.conftest import text_of, url

DAYS = 10


@pytest.fixture
def old(order: Order, salesperson: User, settings: LazySettings) -> LicenceRequest:
    settings.DRAFT_DAYS = DAYS
    with days_ago(DAYS):
        return stories.drafted(order, salesperson)


@pytest.mark.parametrize("page", ["request", "request_edit"])
def test_a_draft_that_soon_ends_says_when(
    old: LicenceRequest, sales_client: Client, page: str
) -> None:
    day = f"{clock.today():%d/%m/%Y}"
    said = f"Nháp này tự hết hạn ngày {day}"
    assert said in text_of(sales_client.get(url(page, old.pk)))


def test_a_fresh_draft_says_nothing_of_it(ready: LicenceRequest, sales_client: Client) -> None:
    assert "tự hết hạn" not in text_of(sales_client.get(url("request_edit", ready.pk)))


def test_what_ended_can_be_read_and_followed_by_a_new_request(
    old: LicenceRequest, sales_client: Client
) -> None:
    expire_drafts(day=clock.today())
    page = text_of(sales_client.get(url("request", old.pk)))
    assert "Hết hạn nháp" in page
    assert "Lập lại yêu cầu" in page
    assert sales_client.get(url("request_edit", old.pk)).status_code == 302
    sales_client.post(url("open_request", old.order_id))
    draft = LicenceRequest.objects.get(status=RequestStatus.DRAFT)
    form = text_of(sales_client.get(url("request_edit", draft.pk)))
    assert old.request_no in form
    assert "bằng chứng của" in form


def test_saving_what_has_just_ended_leads_to_its_page_which_says_so(
    old: LicenceRequest, sales_client: Client
) -> None:
    expire_drafts(day=clock.today())
    answer = sales_client.post(
        url("request_edit", old.pk), {"version": old.version, "intent": "draft"}, follow=True
    )
    assert "Hết hạn nháp" in text_of(answer)
    assert answer.redirect_chain == [(url("request", old.pk), 302)]
