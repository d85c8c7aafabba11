"""The screen *Settings*."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from capphep.platform.models import OptionValue, User
from tests.conftest import signed_in
from tests.plumbing.sql_counts import Counter

pytestmark = pytest.mark.django_db
LIST = "/settings/"
DRAFTS = "/settings/draft_days"


@pytest.mark.parametrize("who", ["sales_client", "manager_client", "officer_client"])
def test_others_do_not_see_the_settings(who: str, request: pytest.FixtureRequest) -> None:
    client: Client = request.getfixturevalue(who)
    for address in (LIST, DRAFTS, f"{DRAFTS}/default"):
        assert client.get(address).status_code == 403
    assert 'href="/settings/"' not in client.get("/").content.decode()


def test_an_auditor_reads_them_and_changes_nothing(auditor_client: Client) -> None:
    page = auditor_client.get(LIST).content.decode()
    assert "Nháp tự kết thúc sau" in page
    assert DRAFTS not in page
    assert auditor_client.get(DRAFTS).status_code == 403
    assert auditor_client.post(DRAFTS, {"value": "3", "version": "0"}).status_code == 403


def test_a_change_is_shown_with_who_made_it(
    admin_client: Client, administrator: User, statements: Counter
) -> None:
    assert "Mặc định: 90 ngày" in admin_client.get(DRAFTS).content.decode()
    admin_client.post(DRAFTS, {"value": "45", "version": "0"})
    with statements("shell.options.list", at_most=5):
        page = admin_client.get(LIST).content.decode()
    assert "45 ngày" in page
    assert administrator.full_name in page
    assert f"{DRAFTS}/default" in page
    assert "45 ngày → 90 ngày" in admin_client.get(f"{DRAFTS}/default").content.decode()
    admin_client.post(f"{DRAFTS}/default", {"version": "1"})
    assert OptionValue.objects.get().value is None


def test_a_wrong_value_is_refused_at_the_field_and_kept(admin_client: Client) -> None:
    answer = admin_client.post(DRAFTS, {"value": "nhiều", "version": "0"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Nhập số nguyên từ 0 đến 3.650." in page
    assert 'value="nhiều"' in page


def test_who_is_late_learns_who_was_faster_and_may_save_again(
    admin_client: Client, administrator: User
) -> None:
    admin_client.post(DRAFTS, {"value": "45", "version": "0"})
    late = signed_in(administrator).post(DRAFTS, {"value": "60", "version": "0"})
    assert late.status_code == 409
    page = late.content.decode()
    assert "45 ngày" in page
    assert 'value="60"' in page
    assert 'name="version" value="1"' in page
    admin_client.post(DRAFTS, {"value": "60", "version": "1"})
    assert OptionValue.objects.get().value == 60


def test_what_the_environment_fixes_is_shown_so(admin_client: Client, settings: Any) -> None:
    settings.GIVEN = frozenset({"CAPPHEP_DRAFT_DAYS"})
    page = admin_client.get(LIST).content.decode()
    assert "CAPPHEP_DRAFT_DAYS" in page
    assert DRAFTS not in page
    assert admin_client.post(DRAFTS, {"value": "3", "version": "0"}).status_code == 422


def test_each_kind_of_setting_is_edited(admin_client: Client) -> None:
    for key, typed in (
        ("two_people", "no"),
        ("blocking_checks", ["amount", "term"]),
        ("usage_percents", "90, 70"),
        ("evidence_max_mib", "5"),
    ):
        assert admin_client.get(f"/settings/{key}").status_code == 200
        answer = admin_client.post(f"/settings/{key}", {"value": typed, "version": "0"})
        assert answer.status_code == 302
    page = admin_client.get(LIST).content.decode()
    assert "70, 90 %" in page
    assert admin_client.get("/settings/nothing").status_code == 404
