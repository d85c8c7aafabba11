"""*Phê duyệt các yêu cầu đã chọn*: each on its own, and again without harm."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from capphep.crm.models import Customer
from capphep.entitlements.models import Grant, GrantKind, Licence
from capphep.ims.actions import reject, take
from capphep.platform.models import User
from capphep.provisioning.actions.sending import recall_request
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import RequestStatus
from tests import stories
from tests.factories import SmallCatalogue
from tests.ims.conftest import HTMX, text_of
from tests.ims.test_views_queue import QUEUE, another_waiting

URL = "/ims/requests/approve"


@pytest.fixture
def three(
    waiting: LicenceRequest, salesperson: User, catalogue: SmallCatalogue
) -> list[LicenceRequest]:
    """One of the unit that has 100 users, two of other units."""
    more = [
        another_waiting(salesperson, catalogue, f"123457{number}", f"Trường số {number}")
        for number in range(2)
    ]
    return [waiting, *more]


def asked(client: Client, *records: LicenceRequest) -> Any:
    return client.get(URL, {"id": [record.pk for record in records]}, headers=HTMX)


def answered(client: Client, dialog: Any) -> Any:
    values: dict[str, list[Any]] = {}
    for name, value in dialog.context["hidden"]:
        values.setdefault(name, []).append(value)
    return client.post(URL, values, headers=HTMX)


def words(response: Any) -> list[str]:
    return [str(result.status.label) for result in response.context["results"]]


def granted() -> int:
    return Grant.objects.filter(kind=GrantKind.APPROVAL).count()


def test_rows_that_wait_can_be_ticked_by_who_may_approve_them(
    three: list[LicenceRequest], officer_client: Client, auditor_client: Client
) -> None:
    assert reverse("ims:approve_ticked") == URL
    text = text_of(officer_client.get(QUEUE))
    assert text.count('name="id"') == 3 and "Phê duyệt các yêu cầu đã chọn" in text
    for client, query in [(auditor_client, {}), (officer_client, {"status": "all"})]:
        assert 'name="id"' not in text_of(client.get(QUEUE, query))


def test_the_dialog_lists_each_with_its_difference_and_checks(
    three: list[LicenceRequest], other_officer: User, officer_client: Client
) -> None:
    take(actor=other_officer, request_id=three[1].pk)
    text = text_of(asked(officer_client, *three))
    assert "Phê duyệt 3 yêu cầu?" in text
    for record in three:
        assert record.request_no in text and record.customer.name in text
    assert text.count(">150<") == 3 and "cần xem" in text
    assert "Đang do Người officer2 xử lý." in text
    assert granted() == 0


def test_yes_approves_each_and_says_with_which_licence(
    three: list[LicenceRequest], officer_client: Client
) -> None:
    response = answered(officer_client, asked(officer_client, *three))
    assert response.status_code == 200
    assert words(response) == ["Đã duyệt"] * 3
    text = text_of(response)
    assert all(licence.licence_no in text for licence in Licence.objects.all())
    assert "Đã phê duyệt 3 yêu cầu" in text
    assert response["HX-Trigger"] == "record-changed"
    assert granted() == 3


def test_running_it_again_grants_nothing_twice(
    three: list[LicenceRequest], officer_client: Client
) -> None:
    dialog = asked(officer_client, *three)
    answered(officer_client, dialog)
    again = answered(officer_client, dialog)
    assert words(again) == ["Đã duyệt từ trước"] * 3
    assert granted() == 3


def test_those_that_cannot_be_approved_are_left_out_with_the_reason(
    three: list[LicenceRequest], salesperson: User, other_officer: User, officer_client: Client
) -> None:
    own, rejected, fine = three
    LicenceRequest.objects.filter(pk=own.pk).update(
        created_by=signed_in_officer(officer_client), sent_by=salesperson
    )
    reject(actor=other_officer, request_id=rejected.pk, reason="Thiếu dấu")
    dialog = asked(officer_client, *three)
    text = text_of(dialog)
    assert "Phê duyệt 1 yêu cầu?" in text
    assert "không được tự quyết định" in text and "Người officer2 đã từ chối" in text
    assert words(answered(officer_client, dialog)) == ["Đã duyệt"]
    fine.refresh_from_db()
    assert fine.status == RequestStatus.APPROVED
    assert granted() == 1


def signed_in_officer(client: Client) -> int:
    return int(client.session["_auth_user_id"])


def test_a_base_that_moved_is_looked_at_again_and_the_others_go_on(
    three: list[LicenceRequest],
    customer: Customer,
    salesperson: User,
    other_officer: User,
    catalogue: SmallCatalogue,
    officer_client: Client,
) -> None:
    dialog = asked(officer_client, *three)
    order = stories.ordered(customer, salesperson, [(catalogue.users_50, 2)])
    stories.approved(stories.sent(order, salesperson), other_officer)
    response = answered(officer_client, dialog)
    assert words(response) == ["Xem lại", "Đã duyệt", "Đã duyệt"]
    again = response.context["again_url"]
    assert again == f"{URL}?id={three[0].pk}"
    second = officer_client.get(again, headers=HTMX)
    assert ">250<" in text_of(second)
    assert words(answered(officer_client, second)) == ["Đã duyệt"]
    assert granted() == 4


def test_two_requests_of_one_customer_need_a_second_look(
    waiting: LicenceRequest,
    customer: Customer,
    salesperson: User,
    catalogue: SmallCatalogue,
    officer_client: Client,
) -> None:
    order = stories.ordered(customer, salesperson, [(catalogue.users_50, 1)])
    dialog = asked(officer_client, waiting, stories.sent(order, salesperson))
    assert words(answered(officer_client, dialog)) == ["Đã duyệt", "Xem lại"]


def test_one_that_was_taken_back_meanwhile_says_so(
    three: list[LicenceRequest], salesperson: User, officer_client: Client
) -> None:
    dialog = asked(officer_client, *three)
    recall_request(actor=salesperson, request_id=three[0].pk)
    response = answered(officer_client, dialog)
    assert words(response) == ["Không duyệt được", "Đã duyệt", "Đã duyệt"]
    assert "đã thu hồi yêu cầu này" in text_of(response)


@pytest.mark.parametrize(
    "query", [{}, {"id": ["", "x", "-1", "0"]}, {"id": ["9" * 30, "\x00"]}, {"id": ["²"]}]
)
def test_nothing_ticked_is_nothing_to_approve(
    waiting: LicenceRequest, officer_client: Client, query: dict[str, list[str]]
) -> None:
    response = officer_client.get(URL, query, headers=HTMX)
    assert response.status_code == 200
    assert "Không có yêu cầu nào" in text_of(response)
    assert officer_client.post(URL, query, headers=HTMX).status_code == 200
    assert granted() == 0


def test_without_having_seen_the_bases_nothing_is_granted(
    three: list[LicenceRequest], officer_client: Client
) -> None:
    response = officer_client.post(URL, {"id": [one.pk for one in three]}, headers=HTMX)
    assert words(response) == ["Xem lại"] * 3
    assert granted() == 0


def test_without_scripts_question_and_answer_are_pages(
    three: list[LicenceRequest], officer_client: Client
) -> None:
    page = officer_client.get(URL, {"id": [one.pk for one in three]})
    assert "<html" in text_of(page)
    values: dict[str, list[Any]] = {}
    for name, value in page.context["hidden"]:
        values.setdefault(name, []).append(value)
    answer = officer_client.post(URL, values)
    assert "<html" in text_of(answer) and words(answer) == ["Đã duyệt"] * 3


def test_only_officers_approve(
    three: list[LicenceRequest],
    sales_client: Client,
    auditor_client: Client,
    admin_client: Client,
) -> None:
    for client in (sales_client, auditor_client, admin_client):
        for response in (
            asked(client, *three),
            client.post(URL, {"id": [one.pk for one in three]}, headers=HTMX),
        ):
            assert response.status_code == 403
    assert granted() == 0


def test_several_reasons_against_one_leave_the_others_approved(
    three: list[LicenceRequest],
    customer: Customer,
    salesperson: User,
    officer_client: Client,
    catalogue: SmallCatalogue,
) -> None:
    binh = {"admin_name": "Trần Thị Bình", "admin_email": "binh@example.vn"}
    change = stories.info_change_sent(customer, salesperson, catalogue.igov, **binh)
    # As if it had been sent before chapters had to fit levels.
    LicenceRequest.objects.filter(pk=change.pk).update(unit_chapter_code="422")
    dialog = asked(officer_client, change, *three[1:])
    answer = answered(officer_client, dialog)
    assert answer.status_code == 200
    assert sorted(words(answer)) == ["Không duyệt được", "Đã duyệt", "Đã duyệt"]
    change.refresh_from_db()
    assert change.status == RequestStatus.WAITING


def test_all_results_are_looked_through_some_at_a_time(
    three: list[LicenceRequest], officer_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capphep.ims.views.bulk.MOST", 2)
    dialog = officer_client.get(URL, {"all": "1", "query": "status=waiting"}, headers=HTMX)
    assert [row.record for row in dialog.context["rows"]] == three[:2]
    answer = answered(officer_client, dialog)
    assert words(answer) == ["Đã duyệt"] * 2
    rest = officer_client.get(answer.context["rest_url"], headers=HTMX)
    assert [row.record for row in rest.context["rows"]] == three[2:]
    assert not rest.context["rest_url"]
    narrowed = {"all": "1", "query": f"q={three[2].request_no}&status=waiting"}
    only = officer_client.get(URL, narrowed, headers=HTMX)
    assert [row.record for row in only.context["rows"]] == three[2:]
