"""Comments: who may see and write them, mentions, files, and who is told."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from capphep.collaboration.actions.comments import (
    Upload,
    add_comment,
    edit_comment,
    remove_comment,
)
from capphep.collaboration.actions.following import set_following
from capphep.collaboration.models import Comment
from capphep.crm.models import Customer, Order
from capphep.platform import notices
from capphep.platform.models import AuditEntry, User
from capphep.pure.errors import Conflict, Forbidden, Invalid, NotFound
from tests import factories, stories
from tests.collaboration.conftest import Say
from tests.conftest import signed_in
from tests.plumbing.races import race, winners
from tests.plumbing.sql_counts import Counter

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def told(user: User) -> list[str]:
    return [notices.text_of(one) for one in notices.unread_of(user)]


def panel(order: Order) -> str:
    return reverse("collaboration:panel", args=["order", order.pk])


def post(client: Client, order: Order, body: str, **more: Any) -> Any:
    data = {"body": body, "token": str(uuid.uuid4()), **more}
    return client.post(panel(order), data, headers=HTMX)


def test_what_is_said_reaches_whose_record_it_is(
    salesperson: User, colleague: User, order: Order, say: Say
) -> None:
    say(colleague, "Đơn vị hỏi khi nào có.")
    (notice,) = notices.unread_of(salesperson)
    assert colleague.full_name in notices.text_of(notice)
    assert order.order_no in notices.text_of(notice)
    assert notices.quote_of(notice) == "Đơn vị hỏi khi nào có."
    assert notice.link == f"{reverse('crm:order', args=[order.pk])}#talk"
    assert not told(colleague)


def test_who_wrote_before_is_told_of_the_answer(
    salesperson: User, colleague: User, say: Say
) -> None:
    say(colleague, "Ai biết?")
    say(salesperson, "Tôi.")
    assert len(told(colleague)) == 1


def test_who_does_not_want_to_follow_an_own_record_is_told_nothing(
    salesperson: User, colleague: User, order: Order, say: Say
) -> None:
    set_following(actor=salesperson, record_type="order", record_id=order.pk, is_on=False)
    say(colleague, "Ai biết?")
    assert not told(salesperson)
    say(colleague, f"@{salesperson.username} xem giúp")
    assert len(told(salesperson)) == 1


def test_a_mention_is_told_once_and_not_as_a_comment_too(
    salesperson: User, colleague: User, officer: User, say: Say
) -> None:
    comment = say(colleague, f"@{salesperson.username} và @OFFICER, xem giúp; @nobody, a@b.vn")
    assert len(told(salesperson)) == len(told(officer)) == 1
    edit_comment(actor=colleague, comment_id=comment.pk, body=f"@{salesperson.username} xem!")
    assert len(told(salesperson)) == 1


def test_who_may_not_see_the_record_cannot_be_mentioned(
    colleague: User, other_salesperson: User, say: Say
) -> None:
    with pytest.raises(Invalid) as refused:
        say(colleague, f"@{other_salesperson.username} xem giúp")
    assert refused.value.code == "mention_cannot_see"
    assert not Comment.objects.exists()
    assert not told(other_salesperson)


def test_a_record_that_one_may_not_see_is_not_there(
    other_salesperson: User, order: Order, say: Say, salesperson: User
) -> None:
    comment = say(salesperson, "Riêng của nhóm.", Upload("a.pdf", [stories.PDF]))
    client = signed_in(other_salesperson)
    urls = [
        panel(order),
        reverse("collaboration:comments", args=["order", order.pk]),
        reverse("collaboration:follow", args=["order", order.pk]),
        reverse("collaboration:colleagues", args=["order", order.pk]),
        reverse("collaboration:comment_edit", args=[comment.pk]),
        reverse("collaboration:comment_remove", args=[comment.pk]),
        reverse("collaboration:comment_versions", args=[comment.pk]),
        reverse("collaboration:file", args=[comment.files.get().pk]),
        reverse("collaboration:panel", args=["nothing", order.pk]),
        reverse("collaboration:panel", args=["order", 2**62]),
    ]
    for url in urls:
        assert client.get(url).status_code == 404, url
        assert client.post(url, {"body": "x"}).status_code in {404, 405}, url
    with pytest.raises(NotFound):
        say(other_salesperson, "Tôi không thấy.")


def test_an_auditor_reads_and_does_not_write(
    auditor: User, auditor_client: Client, order: Order, say: Say, salesperson: User
) -> None:
    say(salesperson, "Chào.")
    page = auditor_client.get(panel(order)).content.decode()
    assert "Chào." in page and "data-talk-body" not in page
    assert post(auditor_client, order, "x").status_code == 403
    with pytest.raises(Forbidden):
        say(auditor, "x")


def test_words_are_shown_as_words(sales_client: Client, order: Order, say: Say) -> None:
    author = User.objects.get(username="sales")
    say(author, '<script>alert(1)</script> https://a.vn/x?a=1&b=<i> javascript:alert(1) "q"')
    page = sales_client.get(panel(order)).content.decode()
    assert "<script>alert" not in page and "&lt;script&gt;" in page
    assert 'href="https://a.vn/x?a=1&amp;b="' in page
    assert 'href="javascript' not in page


def test_nothing_said_is_refused_at_the_box(sales_client: Client, order: Order) -> None:
    answer = post(sales_client, order, "  ")
    assert answer.status_code == 422
    assert answer["HX-Retarget"] == "#talk-error"
    plain = sales_client.post(panel(order), {"body": "x" * 4001})
    assert plain.status_code == 422 and "x" * 4001 in plain.content.decode()


def test_files_come_with_a_comment(
    sales_client: Client, order: Order, officer_client: Client
) -> None:
    factories.stored_pdf(stories.PDF)
    file = SimpleUploadedFile("biên bản.pdf", stories.PDF)
    assert post(sales_client, order, "", files=[file]).status_code == 200
    kept = Comment.objects.get().files.get()
    answer = officer_client.get(reverse("collaboration:file", args=[kept.pk]))
    assert b"".join(answer) == stories.PDF  # type: ignore[arg-type]
    assert answer["X-Content-Type-Options"] == "nosniff"
    program = SimpleUploadedFile("tính.exe", b"MZ\x90")
    assert post(sales_client, order, "", files=[program]).status_code == 422
    assert Comment.objects.count() == 1


def test_an_own_comment_is_mended_with_its_history_kept(
    salesperson: User, colleague: User, order: Order, say: Say
) -> None:
    comment = say(salesperson, "50 nguời")
    with pytest.raises(Forbidden):
        edit_comment(actor=colleague, comment_id=comment.pk, body="x")
    edit_comment(actor=salesperson, comment_id=comment.pk, body="50 người")
    assert [one.body for one in comment.versions.all()] == ["50 nguời"]
    entry = AuditEntry.objects.filter(verb="comment_edited").get()
    assert (entry.subject_no, entry.before) == (order.order_no, {"comment": "50 nguời"})
    Comment.objects.update(created_at=timezone.now() - datetime.timedelta(minutes=16))
    with pytest.raises(Conflict) as refused:
        edit_comment(actor=salesperson, comment_id=comment.pk, body="x")
    assert refused.value.code == "comment_is_old"


def test_an_own_comment_is_removed_and_shown_as_that(
    salesperson: User, colleague: User, sales_client: Client, order: Order, say: Say
) -> None:
    comment = say(colleague, f"@{salesperson.username} bí mật", Upload("a.pdf", [stories.PDF]))
    with pytest.raises(Forbidden):
        remove_comment(actor=salesperson, comment_id=comment.pk)
    bell = f"{reverse('shell:notice_panel')}?bell=1"
    assert "bí mật" in sales_client.get(bell, headers=HTMX).content.decode()
    remove_comment(actor=colleague, comment_id=comment.pk)
    remove_comment(actor=colleague, comment_id=comment.pk)
    # It was told: the bell still says so, and quotes nothing.
    shown = sales_client.get(bell, headers=HTMX).content.decode()
    assert colleague.full_name in shown and "bí mật" not in shown
    page = sales_client.get(panel(order)).content.decode()
    assert "bí mật" not in page and "is-removed" in page
    assert not told(salesperson)
    file = reverse("collaboration:file", args=[comment.files.get().pk])
    assert sales_client.get(file).status_code == 404
    assert AuditEntry.objects.filter(verb="comment_removed").count() == 1


def test_the_dialogs_change_the_comment(sales_client: Client, salesperson: User, say: Say) -> None:
    comment = say(salesperson, "Một")
    edit = reverse("collaboration:comment_edit", args=[comment.pk])
    assert "Một" in sales_client.get(edit, headers=HTMX).content.decode()
    assert sales_client.post(edit, {"body": " "}, headers=HTMX).status_code == 422
    answer = sales_client.post(edit, {"body": "Hai"}, headers=HTMX)
    assert answer.status_code == 204 and "talk-changed" in answer["HX-Trigger"]
    versions = reverse("collaboration:comment_versions", args=[comment.pk])
    assert "Một" in sales_client.get(versions, headers=HTMX).content.decode()
    remove = reverse("collaboration:comment_remove", args=[comment.pk])
    assert sales_client.get(remove).status_code == 200
    assert sales_client.post(remove, headers=HTMX).status_code == 204


def test_colleagues_who_may_see_the_record_are_proposed(
    sales_client: Client, colleague: User, other_salesperson: User, officer: User, order: Order
) -> None:
    url = reverse("collaboration:colleagues", args=["order", order.pk])
    found = [one["value"] for one in sales_client.get(url).json()["results"]]
    assert {colleague.username, officer.username} <= set(found)
    assert other_salesperson.username not in found and "sales" not in found
    asked = sales_client.get(f"{url}?q={officer.username[:4].upper()}").json()["results"]
    assert [one["value"] for one in asked] == [officer.username]


def test_long_talk_is_read_in_parts_at_the_same_cost(
    sales_client: Client, salesperson: User, order: Order, say: Say, statements: Counter
) -> None:
    Comment.objects.bulk_create(
        Comment(
            record_type="order",
            record_id=order.pk,
            author=salesperson,
            body=f"câu {n}",
            token=uuid.uuid4(),
        )
        for n in range(40)
    )
    with statements("collaboration.panel", at_most=12):
        page = sales_client.get(panel(order), headers=HTMX)
    assert page.content.decode().count('class="talk-comment"') == 15
    older = sales_client.get(page.context["older"], headers=HTMX).content.decode()
    assert "câu 24" in older and "câu 25" not in older


def test_a_customer_of_the_pool_has_no_owner_to_tell(
    salesperson: User, colleague: User, say: Say
) -> None:
    unit = factories.customer("7654321", "Trường Tiểu học Hoa Sen")
    say(colleague, "Ai nhận?", on=unit)
    assert not told(salesperson)


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_at_once_says_it_once(
    salesperson: User, colleague: User, order: Order
) -> None:
    token = uuid.uuid4()

    def send() -> Comment:
        return add_comment(
            actor=colleague,
            record_type="order",
            record_id=order.pk,
            body=f"@{salesperson.username} xem",
            token=token,
        )

    outcomes = race(send, 3)
    assert len({one.pk for one in winners(outcomes)}) == 1, outcomes
    assert len(winners(outcomes)) == 3
    assert len(told(salesperson)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_comment_edited_and_removed_at_once_ends_removed(salesperson: User, say: Say) -> None:
    comment = say(salesperson, "Một")
    race(
        [
            lambda: edit_comment(actor=salesperson, comment_id=comment.pk, body="Hai"),
            lambda: remove_comment(actor=salesperson, comment_id=comment.pk),
        ]
    )
    comment.refresh_from_db()
    assert comment.removed_at
    assert (comment.body == "Hai") == comment.versions.exists()


def test_the_customer_has_its_own_talk(
    sales_client: Client, customer: Customer, salesperson: User, say: Say
) -> None:
    say(salesperson, "Về đơn vị.", on=customer)
    url = reverse("collaboration:panel", args=["customer", customer.pk])
    assert "Về đơn vị." in sales_client.get(url).content.decode()
