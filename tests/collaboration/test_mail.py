"""Letters: as each person wants them, none twice, with nothing in them that people wrote."""

from __future__ import annotations

import datetime
import smtplib
from typing import Any

import pytest
from django.conf import LazySettings
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from capphep.collaboration import mail_kinds, mail_rules
from capphep.collaboration.actions.preferences import choose
from capphep.collaboration.actions.sorting import sort_notices
from capphep.collaboration.mailing import post_next, send_next
from capphep.collaboration.models import Letter, Mailing
from capphep.platform import leases, notices
from capphep.platform.models import Notice, User
from capphep.platform.notices import News
from capphep.pure.errors import Invalid
from tests.plumbing.races import losers, race

pytestmark = pytest.mark.django_db
HANOI = datetime.timezone(datetime.timedelta(hours=7))


@pytest.fixture(autouse=True)
def mail_server(settings: LazySettings) -> None:
    settings.MAIL_SERVER = {"EMAIL_HOST": "mail.example.vn"}
    settings.DEFAULT_FROM_EMAIL = "capphep <capphep@example.vn>"
    settings.PUBLIC_URL = "https://capphep.example.vn"


@pytest.fixture
def reader(salesperson: User) -> User:
    salesperson.email = "ha@example.vn"
    salesperson.save()
    return salesperson


def tell(user: User, kind: str = "talk.mention", key: str = "1", **params: str) -> None:
    message = "%(author)s mentioned you at %(record)s."
    about = {"author": "Tuấn", "record": "DH-2026-000001", **params}
    notices.notify(recipient_id=user.pk, news=News(kind, key, message, "/crm/orders/1/", about))


def due_now() -> None:
    Letter.objects.filter(next_at__isnull=False).update(next_at=timezone.now())


def post() -> list[Any]:
    """Everything that is to be posted, at once."""
    sort_notices()
    due_now()
    while post_next():
        pass
    return mail.outbox


def test_at_once_in_the_persons_language_without_what_was_written(reader: User) -> None:
    tell(reader, text="Gọi 0912345678")
    (letter,) = post()
    assert letter.to == ["ha@example.vn"]
    assert letter.subject == "Tuấn nhắc tới bạn tại DH-2026-000001."
    page = letter.alternatives[0].content
    for text in (letter.body, page):
        assert "https://capphep.example.vn/crm/orders/1/" in text
        assert "https://capphep.example.vn/talk/preferences" in text
        assert "0912345678" not in text
    choose(actor=reader, language="en", digest_hour=8, choices={})
    tell(reader, key="2")
    assert post()[-1].subject == "Tuấn mentioned you at DH-2026-000001."


def test_what_was_read_meanwhile_is_not_mailed(reader: User) -> None:
    tell(reader)
    sort_notices()
    notices.settle(["1"])
    assert post() == []
    assert Letter.objects.get().next_at is None


def test_nothing_goes_out_before_its_time(reader: User) -> None:
    tell(reader)
    tell(reader, "usage.end", "2")
    while post_next():
        pass
    assert mail.outbox == []
    once, daily = Letter.objects.get(day=None), Letter.objects.exclude(day=None).get()
    assert once.next_at and daily.next_at
    assert once.next_at - timezone.now() <= mail_rules.GRACE
    assert timezone.localtime(daily.next_at).hour == 8


def test_the_day_is_one_letter_and_what_comes_later_is_in_the_next(reader: User) -> None:
    for key in "abc":
        tell(reader, "talk.comment", key)
        sort_notices()
    assert Letter.objects.count() == 1
    (letter,) = post()
    assert letter.body.count("- Tuấn") == 3
    tell(reader, "talk.comment", "d")
    assert len(post()) == 2
    days = Letter.objects.order_by("day").values_list("day", flat=True)
    assert len(set(days)) == 2


def test_never_is_never_and_no_address_is_nobody(
    reader: User, colleague: User, settings: LazySettings
) -> None:
    choose(actor=reader, language="vi", digest_hour=8, choices={"mention": "never"})
    tell(reader)
    tell(colleague)
    assert post() == []
    tell(reader, "request.approved", "2")
    reader.is_active = False
    reader.save()
    assert post() == []
    settings.MAIL_SERVER = {}
    assert not Notice.objects.filter(is_new=True).exists()


def test_without_a_mail_server_nothing_waits(reader: User, settings: LazySettings) -> None:
    settings.MAIL_SERVER = {}
    tell(reader)
    assert sort_notices() == 1
    assert sort_notices() == 0
    assert not Letter.objects.exists()


class Refusing(EmailBackend):
    def send_messages(self, messages: Any) -> int:
        raise smtplib.SMTPServerDisconnected


def test_a_mail_server_that_fails_is_asked_again(reader: User, settings: LazySettings) -> None:
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    tell(reader)
    sort_notices()
    due_now()
    assert send_next() == 1
    letter = Letter.objects.get()
    assert letter.problem == "SMTPServerDisconnected" and letter.next_at and not letter.sent_at
    settings.EMAIL_BACKEND = backend
    (sent,) = post()
    assert sent.extra_headers["Message-ID"] == f"<{letter.uid}@example.vn>"


@pytest.mark.parametrize("hour", range(24))
def test_the_letter_of_the_day_is_never_due_already(hour: int) -> None:
    now = datetime.datetime(2026, 12, 31, 9, 30, tzinfo=HANOI)
    due = mail_rules.next_digest(now, hour)
    assert now < due <= now + datetime.timedelta(days=1)
    assert (due.hour, due.minute) == (hour, 0)


def test_each_kind_has_its_row() -> None:
    kinds = {
        "request.approved": "answer",
        "request.sent": "desk",
        "request.withdrawal_proposed": "desk",
        "talk.mention": "mention",
        "talk.comment": "comment",
        "activity.due": "activity",
        "usage.end": "usage",
        "job": "job",
        "endpoint.disabled": "other",
    }
    assert {kind: mail_kinds.kind_of(kind).key for kind in kinds} == kinds


def test_the_page_keeps_what_was_chosen(sales_client: Client, reader: User) -> None:
    url = reverse("collaboration:preferences")
    form = sales_client.get(url).context["form"]
    assert "desk" not in form.fields and form["answer"].initial == "now"
    data = {kind.key: "daily" for kind in form.kinds}
    data |= {"mention": "never", "digest_hour": "17", "language": "en"}
    assert sales_client.post(url, data | {"mention": "x"}).status_code == 422
    assert sales_client.post(url, data).status_code == 302
    again = sales_client.get(url).context["form"]
    assert (again["mention"].initial, again["digest_hour"].initial) == ("never", 17)
    tell(reader)
    assert post() == []


@pytest.mark.parametrize("wrong", [("xx", 8, {}), ("vi", 24, {}), ("vi", 8, {"mention": "x"})])
def test_a_choice_that_does_not_exist_is_refused(wrong: Any, reader: User) -> None:
    language, hour, choices = wrong
    with pytest.raises(Invalid):
        choose(actor=reader, language=language, digest_hour=hour, choices=choices)


def way_out(letter: Any) -> str:
    """The path that a mail program posts to (RFC 8058)."""
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = letter.extra_headers["List-Unsubscribe"].strip("<>")
    assert url.startswith("https://capphep.example.vn/talk/stop/")
    assert url in letter.body and url in letter.alternatives[0].content
    return str(url.removeprefix("https://capphep.example.vn"))


def test_the_way_out_of_a_letter_needs_no_signing_in_and_a_look_changes_nothing(
    reader: User,
) -> None:
    tell(reader)
    path, stranger = way_out(post()[0]), Client(enforce_csrf_checks=True)
    page = stranger.get(path).content.decode()
    assert "ha@example.vn" in page and "Có người nhắc tới tôi" in page
    assert stranger.head(path).status_code == 200
    tell(reader, key="2")
    assert len(post()) == 2
    tell(reader, key="3")
    sort_notices()
    done = stranger.post(path, {"List-Unsubscribe": "One-Click"})
    assert done.status_code == 200 and "ha@example.vn" in done.content.decode()
    assert stranger.post(path).status_code == 200
    tell(reader, key="4")
    assert len(post()) == 2
    tell(reader, "request.approved", "5")
    assert len(post()) == 3


def test_the_way_out_of_the_daily_letter_ends_all_of_it(reader: User) -> None:
    tell(reader, "talk.comment")
    (letter,) = post()
    Client().post(way_out(letter))
    tell(reader, "usage.end", "2")
    assert len(post()) == 1
    tell(reader, "talk.mention", "3")
    assert len(post()) == 2


def test_who_only_knows_a_letters_name_cannot_stop_it(reader: User) -> None:
    tell(reader)
    post()
    uid = Letter.objects.get().uid
    for token in (uid, f"{uid}:x", "x"):
        assert Client().post(f"/talk/stop/{token}").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_send_each_thing_once(reader: User) -> None:
    for n in range(6):
        tell(reader, "talk.comment" if n % 2 else "talk.mention", str(n))
    assert not losers(outcomes := race(sort_notices, 3)), outcomes
    while sort_notices():
        pass
    assert Mailing.objects.count() == 6
    assert Letter.objects.filter(day__isnull=False).count() == 1
    due_now()
    assert not losers(outcomes := race(send_next, 3)), outcomes
    sent = post()
    assert len(sent) == Letter.objects.count()
    assert sum(one.body.count("- Tuấn") for one in sent) == 6


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_died_after_claiming_leaves_the_letter_to_the_next(reader: User) -> None:
    tell(reader)
    sort_notices()
    due_now()
    assert leases.claim(Letter.objects.order_by("next_at"), seconds=60)
    assert send_next() == 0
    assert len(post()) == 1
