"""The queue over a full day: what is late, who handles what, and handing it over."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from capphep.ims.actions import enter_absence, take
from capphep.platform import clock
from capphep.platform.models import User
from capphep.provisioning.models import LicenceRequest
from tests import factories, stories
from tests.conftest import signed_in
from tests.factories import SmallCatalogue
from tests.ims.conftest import HTMX, text_of
from tests.ims.test_views_queue import QUEUE, another_waiting, found

A_DAY = datetime.timedelta(days=1)


def url(verb: str, record: LicenceRequest) -> str:
    return reverse(f"ims:{verb}", args=[record.pk])


def due_in(record: LicenceRequest, days: int) -> None:
    LicenceRequest.objects.filter(pk=record.pk).update(due_on=clock.today() + days * A_DAY)


@pytest.fixture
def second(waiting: LicenceRequest, salesperson: User, catalogue: SmallCatalogue) -> LicenceRequest:
    return another_waiting(salesperson, catalogue, "1234568", "Trường Tiểu học Đông Hải")


@pytest.fixture
def away(officer: User, other_officer: User) -> None:
    """The other officer is away today; ``officer`` stands in."""
    enter_absence(
        actor=other_officer,
        officer_id=other_officer.pk,
        substitute_id=officer.pk,
        first_day=clock.today(),
        last_day=clock.today() + A_DAY,
    )


# --- age ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "word", "filtered"),
    [
        (1, "Trong hạn · gửi hôm nay", "on_time"),
        (0, "Hạn hôm nay · gửi hôm nay", "today"),
        (-3, "Quá hạn 3 ngày · gửi hôm nay", "overdue"),
    ],
)
def test_the_queue_says_in_colour_and_word_how_a_request_stands_to_its_target_day(
    waiting: LicenceRequest, officer_client: Client, days: int, word: str, filtered: str
) -> None:
    due_in(waiting, days)
    assert word in text_of(officer_client.get(QUEUE))
    for state in ("on_time", "today", "overdue"):
        expected = [waiting.request_no] if state == filtered else []
        assert found(officer_client, ageing=state) == expected


def test_how_long_it_waits_counts_from_the_day_it_was_sent(
    waiting: LicenceRequest, officer_client: Client
) -> None:
    assert waiting.sent_at
    LicenceRequest.objects.update(sent_at=waiting.sent_at - 3 * A_DAY)
    assert "chờ 3 ngày" in text_of(officer_client.get(QUEUE))


def test_what_was_decided_has_no_target_time_any_more(
    waiting: LicenceRequest, officer: User, officer_client: Client
) -> None:
    due_in(waiting, -3)
    stories.approved(waiting, officer)
    assert "Quá hạn 3" not in text_of(officer_client.get(QUEUE, {"status": "all"}))
    assert found(officer_client, status="all", ageing="overdue") == []


def test_the_queue_sorts_by_target_day_and_links_to_what_waits_longest(
    waiting: LicenceRequest, second: LicenceRequest, officer_client: Client
) -> None:
    due_in(waiting, 5)
    assert found(officer_client, sort="due_on") == [second.request_no, waiting.request_no]
    links = dict(officer_client.get(QUEUE).context["often"])
    assert found_at(officer_client, links, "Chờ lâu nhất") == [
        waiting.request_no,
        second.request_no,
    ]


def found_at(client: Client, links: dict[Any, str], label: str) -> list[str]:
    address = {str(text): link for text, link in links.items()}[label]
    return [row.record.request_no for row in client.get(address).context["page"].rows]


def test_kind_and_product_narrow_the_queue(
    waiting: LicenceRequest, catalogue: SmallCatalogue, officer_client: Client
) -> None:
    assert found(officer_client, kind="add_on") == [waiting.request_no]
    assert found(officer_client, kind="renewal") == []
    assert found(officer_client, product=str(catalogue.igov.pk)) == [waiting.request_no]
    assert found(officer_client, product=str(catalogue.ihos.pk)) == []


# --- who handles it ----------------------------------------------------------------------------


def test_the_queue_is_narrowed_to_ones_own_to_nobodys_and_to_an_officers(
    waiting: LicenceRequest,
    second: LicenceRequest,
    officer: User,
    other_officer: User,
    officer_client: Client,
) -> None:
    take(actor=officer, request_id=waiting.pk)
    assert found(officer_client, holder="mine") == [waiting.request_no]
    assert found(officer_client, holder="none") == [second.request_no]
    assert found(officer_client, holder=str(officer.pk)) == [waiting.request_no]
    assert found(officer_client, holder=str(other_officer.pk)) == []
    assert found(signed_in(other_officer), holder="mine") == []


def test_what_who_is_away_handles_is_the_substitutes_own_and_marked(
    waiting: LicenceRequest, other_officer: User, away: None, officer_client: Client
) -> None:
    take(actor=other_officer, request_id=waiting.pk)
    assert found(officer_client, holder="mine") == [waiting.request_no]
    assert "Bạn thay Người officer2" in text_of(officer_client.get(QUEUE))
    third = signed_in(factories.user("officer3", "officer"))
    assert "Người officer2 (vắng, Người officer thay)" in text_of(third.get(QUEUE))
    assert found(third, holder="mine") == []


def test_a_person_who_left_and_still_handles_something_can_be_filtered_by(
    waiting: LicenceRequest, other_officer: User, officer_client: Client
) -> None:
    take(actor=other_officer, request_id=waiting.pk)
    other_officer.is_active = False
    other_officer.save()
    assert found(officer_client, holder=str(other_officer.pk)) == [waiting.request_no]


def test_an_auditor_has_no_requests_of_their_own(
    waiting: LicenceRequest, auditor_client: Client
) -> None:
    labels = [str(label) for label, _ in auditor_client.get(QUEUE).context["often"]]
    assert "Của tôi" not in labels and "Quá hạn" in labels
    assert found(auditor_client, holder="mine") == [waiting.request_no]  # not one of the choices


# --- taking ------------------------------------------------------------------------------------


def test_taking_from_the_menu_of_a_row_closes_it_and_reloads_the_list(
    waiting: LicenceRequest, officer: User, officer_client: Client
) -> None:
    response = officer_client.post(url("take", waiting), headers=HTMX)
    assert response.status_code == 204
    triggers = json.loads(response["HX-Trigger"])
    assert triggers["toast"]["text"] == f"Bạn đã nhận xử lý {waiting.request_no}."
    assert "record-changed" in triggers
    waiting.refresh_from_db()
    assert waiting.assigned_to == officer


def test_without_scripts_taking_leads_to_the_request(
    waiting: LicenceRequest, officer_client: Client
) -> None:
    response = officer_client.post(url("take", waiting))
    assert response.status_code == 302
    assert response["Location"] == url("request", waiting)
    assert officer_client.get(url("take", waiting))["Location"] == url("request", waiting)


def test_who_comes_second_is_told_who_took_it(
    waiting: LicenceRequest, other_officer: User, officer_client: Client
) -> None:
    take(actor=other_officer, request_id=waiting.pk)
    response = officer_client.post(url("take", waiting), headers=HTMX)
    assert response.status_code == 409
    assert "Người officer2 đang xử lý yêu cầu này." in text_of(response)
    assert "record-changed" in response["HX-Trigger"]


@pytest.mark.parametrize("verb", ["take", "assign", "release"])
def test_what_was_decided_changes_hands_no_more(
    waiting: LicenceRequest, other_officer: User, officer: User, officer_client: Client, verb: str
) -> None:
    stories.approved(waiting, other_officer)
    response = officer_client.post(url(verb, waiting), {"officer": officer.pk}, headers=HTMX)
    assert response.status_code == 409
    assert "Người officer2 đã phê duyệt" in text_of(response)


@pytest.mark.parametrize("verb", ["take", "assign", "release"])
def test_only_officers_take_give_and_put_back(
    waiting: LicenceRequest,
    sales_client: Client,
    auditor_client: Client,
    admin_client: Client,
    officer: User,
    verb: str,
) -> None:
    for client in (sales_client, auditor_client, admin_client):
        response = client.post(url(verb, waiting), {"officer": officer.pk}, headers=HTMX)
        assert response.status_code == 403
    waiting.refresh_from_db()
    assert waiting.assigned_to is None


# --- giving and putting back -------------------------------------------------------------------


def test_a_request_is_given_in_a_dialog_that_says_who_has_it(
    waiting: LicenceRequest, officer: User, other_officer: User, officer_client: Client
) -> None:
    take(actor=officer, request_id=waiting.pk)
    dialog = officer_client.get(url("assign", waiting), headers=HTMX)
    assert "Đang do Người officer xử lý." in text_of(dialog)
    seen = dialog.context["form"]["seen"].value()
    values = {"officer": other_officer.pk, "seen": seen}
    response = officer_client.post(url("assign", waiting), values, headers=HTMX)
    assert response.status_code == 204
    waiting.refresh_from_db()
    assert waiting.assigned_to == other_officer


def test_a_request_that_changed_hands_behind_the_dialog_stays_where_it_is(
    waiting: LicenceRequest, officer: User, other_officer: User, officer_client: Client
) -> None:
    take(actor=other_officer, request_id=waiting.pk)
    values = {"officer": officer.pk, "seen": ""}
    for verb in ("assign", "release"):
        response = officer_client.post(url(verb, waiting), values, headers=HTMX)
        assert response.status_code == 409
        assert "đã có người xử lý" in text_of(response)


@pytest.mark.parametrize("officer_id", ["", "x", "0", "999999999999999999999"])
def test_giving_to_nobody_comes_back_at_the_field(
    waiting: LicenceRequest, officer_client: Client, officer_id: str
) -> None:
    response = officer_client.post(url("assign", waiting), {"officer": officer_id}, headers=HTMX)
    assert response.status_code == 422
    assert response.context["form"].errors["officer"]


def test_giving_to_who_is_away_offers_the_substitute_and_asks(
    waiting: LicenceRequest,
    officer: User,
    other_officer: User,
    away: None,
    officer_client: Client,
) -> None:
    dialog = text_of(officer_client.get(url("assign", waiting), headers=HTMX))
    assert "Người officer2 – vắng đến hết" in dialog
    assert "Vẫn giao" not in dialog
    values: dict[str, Any] = {"officer": other_officer.pk, "seen": ""}
    asked = officer_client.post(url("assign", waiting), values, headers=HTMX)
    assert asked.status_code == 422
    text = text_of(asked)
    assert "Người officer là người thay." in text
    assert "Giao cho Người officer" in text and "Vẫn giao cho người đang vắng" in text
    waiting.refresh_from_db()
    assert waiting.assigned_to is None
    values["officer"] = [other_officer.pk, officer.pk]  # the list, then the button
    assert officer_client.post(url("assign", waiting), values, headers=HTMX).status_code == 204
    waiting.refresh_from_db()
    assert waiting.assigned_to == officer


def test_giving_to_who_is_away_goes_on_when_that_is_meant(
    waiting: LicenceRequest, other_officer: User, away: None, officer_client: Client
) -> None:
    values = {"officer": other_officer.pk, "seen": "", "although_absent": "on"}
    assert officer_client.post(url("assign", waiting), values, headers=HTMX).status_code == 204
    waiting.refresh_from_db()
    assert waiting.assigned_to == other_officer


def test_putting_back_asks_and_frees_it(
    waiting: LicenceRequest, officer: User, officer_client: Client
) -> None:
    take(actor=officer, request_id=waiting.pk)
    dialog = officer_client.get(url("release", waiting), headers=HTMX)
    seen = dict(dialog.context["hidden"])
    assert officer_client.post(url("release", waiting), seen, headers=HTMX).status_code == 204
    waiting.refresh_from_db()
    assert waiting.assigned_to is None


@pytest.mark.parametrize("seen", ["9" * 30, "9" * 5000, str(2**63), "²", "-1"])
def test_a_holder_that_cannot_be_is_told_like_any_other_that_is_not(
    seen: str,
    waiting: LicenceRequest,
    officer: User,
    other_officer: User,
    officer_client: Client,
) -> None:
    take(actor=officer, request_id=waiting.pk)
    assert officer_client.post(url("release", waiting), {"seen": seen}).status_code == 409
    given = {"officer": other_officer.pk, "seen": seen}
    assert officer_client.post(url("assign", waiting), given).status_code in (409, 422)
    waiting.refresh_from_db()
    assert waiting.assigned_to == officer
