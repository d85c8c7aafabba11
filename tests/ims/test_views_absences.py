"""*Vắng mặt và người thay* on screen."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from capphep.ims.actions import enter_absence, take
from capphep.ims.models import Absence
from capphep.platform import clock
from capphep.platform.models import User
from capphep.provisioning.models import LicenceRequest
from tests import factories
from tests.conftest import signed_in
from tests.ims.conftest import HTMX, text_of
from tests.ims.test_views_queue import found
from tests.plumbing.sql_counts import Counter

LIST, NEW = "/ims/absences/", "/ims/absences/new"
A_DAY = datetime.timedelta(days=1)


def values(substitute: User, first: int = 0, last: int = 4, **more: Any) -> dict[str, Any]:
    return {
        "substitute": substitute.pk,
        "first_day": f"{clock.today() + first * A_DAY:%d/%m/%Y}",
        "last_day": f"{clock.today() + last * A_DAY:%d/%m/%Y}",
        **more,
    }


def entered(officer: User, substitute: User, first: int = 0, last: int = 4) -> Absence:
    return enter_absence(
        actor=officer,
        officer_id=officer.pk,
        substitute_id=substitute.pk,
        first_day=clock.today() + first * A_DAY,
        last_day=clock.today() + last * A_DAY,
    )


def test_an_officer_enters_their_own_absence_and_the_substitute_sees_what_they_handle(
    waiting: LicenceRequest, officer: User, other_officer: User, officer_client: Client
) -> None:
    assert reverse("ims:absence_list") == LIST
    take(actor=officer, request_id=waiting.pk)
    form = officer_client.get(NEW)
    assert "officer" not in form.context["form"].fields
    response = officer_client.post(NEW, values(other_officer), follow=True)
    text = text_of(response)
    assert response.redirect_chain == [(LIST, 302)]
    assert "Người officer2 là người thay." in text and "Đang vắng" in text
    assert found(signed_in(other_officer), holder="mine") == [waiting.request_no]


def test_an_administrator_enters_it_for_an_officer(
    officer: User, other_officer: User, administrator: User, admin_client: Client
) -> None:
    response = admin_client.post(NEW, values(other_officer, officer=officer.pk))
    assert response.status_code == 302
    absence = Absence.objects.get()
    assert (absence.officer, absence.created_by) == (officer, administrator)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"substitute": ""}, "substitute"),
        ({"substitute": "x"}, "substitute"),
        ({"first_day": "31/02/2026"}, "first_day"),
        ({"last_day": "01/01/2020"}, "last_day"),
    ],
)
def test_what_is_wrong_comes_back_at_its_field(
    officer: User, other_officer: User, officer_client: Client, changes: dict[str, Any], field: str
) -> None:
    response = officer_client.post(NEW, values(other_officer) | changes)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {field}
    assert not Absence.objects.exists()


def test_days_that_overlap_and_an_absent_substitute_are_refused_with_the_days(
    officer: User, other_officer: User, officer_client: Client
) -> None:
    third = factories.user("officer3", "officer")
    entered(other_officer, third, 2, 3)
    refused = officer_client.post(NEW, values(other_officer))
    assert refused.status_code == 422
    assert "Người officer2 cũng vắng mặt" in text_of(refused)
    officer_client.post(NEW, values(third))
    overlapping = officer_client.post(NEW, values(third, 4, 6))
    assert overlapping.status_code == 422
    assert "Đã có lần vắng mặt" in str(overlapping.context["form"].errors["first_day"])


def test_who_stands_in_for_somebody_in_those_days_is_warned(
    officer: User, other_officer: User, officer_client: Client
) -> None:
    third = factories.user("officer3", "officer")
    entered(third, officer, 1, 2)
    text = text_of(officer_client.post(NEW, values(other_officer), follow=True))
    assert "đang là người thay của Người officer3" in text


def test_the_list_says_who_is_away_now_and_later(
    officer: User, other_officer: User, auditor_client: Client
) -> None:
    entered(officer, other_officer, -3, -1)
    entered(officer, other_officer)
    entered(officer, other_officer, 10, 12)
    rows = auditor_client.get(LIST).context["page"].rows
    assert [str(row.cells[4][1].label) for row in rows] == ["Chưa đến ngày", "Đang vắng", "Đã qua"]
    for state in ("now", "later", "over"):
        assert auditor_client.get(LIST, {"state": state}).context["page"].count == 1
    assert NEW not in text_of(auditor_client.get(LIST))


def test_an_absence_is_cancelled_in_a_dialog(
    officer: User, other_officer: User, officer_client: Client
) -> None:
    absence = entered(officer, other_officer)
    url = reverse("ims:absence_cancel", args=[absence.pk])
    assert "Người officer" in text_of(officer_client.get(url, headers=HTMX))
    response = officer_client.post(url, headers=HTMX)
    assert response.status_code == 204
    assert "record-changed" in json.loads(response["HX-Trigger"])
    assert officer_client.get(LIST).context["page"].count == 0
    assert officer_client.post(url, headers=HTMX).status_code == 404


def test_only_the_officer_and_administrators_cancel_it(
    officer: User,
    other_officer: User,
    auditor_client: Client,
    sales_client: Client,
    admin_client: Client,
) -> None:
    url = reverse("ims:absence_cancel", args=[entered(officer, other_officer).pk])
    for client in (signed_in(other_officer), auditor_client, sales_client):
        assert client.get(url).status_code == 403
        assert client.post(url).status_code == 403
    assert admin_client.post(url).status_code == 302


def test_who_has_no_desk_knows_of_no_absence(
    sales_client: Client, auditor_client: Client, other_officer: User
) -> None:
    assert sales_client.get(LIST).status_code == 403
    for client in (sales_client, auditor_client):
        assert client.get(NEW).status_code == 403
        assert client.post(NEW, values(other_officer)).status_code == 403


def test_the_list_takes_the_same_statements_for_one_and_for_many(
    officer: User, other_officer: User, officer_client: Client, statements: Counter
) -> None:
    for number in range(3):
        entered(officer, other_officer, number * 10, number * 10 + 1)
        with statements("ims.absences", at_most=6):
            officer_client.get(LIST)
