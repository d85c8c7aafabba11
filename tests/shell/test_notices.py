"""The panel of notices on the first page, and the list of all."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from capphep.platform import notices
from capphep.platform.models import Notice, User
from capphep.platform.notices import News
from tests.conftest import signed_in
from tests.plumbing.sql_counts import Counter

pytestmark = pytest.mark.django_db


def tell(user: User, count: int = 1) -> list[Notice]:
    notices.tell(
        (user.pk, News("test", f"thing/{n}", "Waiting for approval", f"/somewhere/{n}"))
        for n in range(count)
    )
    return list(user.notices.order_by("id"))


def test_home_shows_what_is_unread_newest_first(salesperson: User, sales_client: Client) -> None:
    tell(salesperson, 8)
    page = sales_client.get("/")
    assert page.context["told"]["count"] == 8
    shown = [each["notice"].key for each in page.context["told"]["notices"]]
    assert shown == [f"thing/{n}" for n in range(7, 1, -1)]
    assert "/somewhere/7" in page.content.decode()


def test_more_than_can_be_counted_at_a_glance_is_said(
    salesperson: User, sales_client: Client
) -> None:
    tell(salesperson, 25)
    told = sales_client.get("/").context["told"]
    assert (told["count"], told["is_more"]) == (20, True)


def test_one_is_marked_as_read(salesperson: User, sales_client: Client) -> None:
    first, second = tell(salesperson, 2)
    sales_client.post(reverse("shell:notice_read", args=[first.pk]))
    assert list(notices.unread_of(salesperson)) == [second]


def test_all_are_marked_as_read_but_what_came_meanwhile(
    salesperson: User, sales_client: Client
) -> None:
    first, second, later = tell(salesperson, 3)
    sales_client.post(reverse("shell:notices_read"), {"newest": str(second.pk)})
    assert list(notices.unread_of(salesperson)) == [later]
    first.refresh_from_db()
    assert first.read_at


@pytest.mark.parametrize("newest", ["", "x", "-1", "9" * 30, "²"])
def test_a_made_up_newest_is_no_error(newest: str, salesperson: User, sales_client: Client) -> None:
    tell(salesperson)
    assert sales_client.post(reverse("shell:notices_read"), {"newest": newest}).status_code == 302


def test_a_colleagues_notice_stays_theirs(salesperson: User, colleague: User) -> None:
    (notice,) = tell(salesperson)
    other = signed_in(colleague)
    assert other.post(reverse("shell:notice_read", args=[notice.pk])).status_code == 302
    other.post(reverse("shell:notices_read"), {"newest": str(notice.pk)})
    assert notices.unread_of(salesperson).exists()
    assert "somewhere" not in other.get(reverse("shell:notice_list")).content.decode()


def test_a_look_reads_nothing(salesperson: User, sales_client: Client) -> None:
    (notice,) = tell(salesperson)
    for url in (
        reverse("shell:notice_read", args=[notice.pk]),
        reverse("shell:notices_read"),
        reverse("shell:notice_list"),
        reverse("shell:notice_panel"),
    ):
        assert sales_client.get(url).status_code in {200, 302}
    assert notices.unread_of(salesperson).exists()


def test_the_panel_reloads_alone(salesperson: User, sales_client: Client) -> None:
    tell(salesperson)
    page = sales_client.get(reverse("shell:notice_panel"), headers={"HX-Request": "true"})
    text = page.content.decode()
    assert "<html" not in text and "/somewhere/0" in text


def test_the_list_holds_the_read_ones_too(
    salesperson: User, sales_client: Client, statements: Counter
) -> None:
    first, *_rest = tell(salesperson, 3)
    notices.mark_read(actor=salesperson, notice_id=first.pk)
    with statements("shell.notices.list", at_most=8):
        page = sales_client.get(reverse("shell:notice_list"))
    assert page.content.decode().count("/somewhere/") >= 3
    unread = sales_client.get(reverse("shell:notice_list") + "?unread=1")
    assert "/somewhere/0" not in unread.content.decode()
