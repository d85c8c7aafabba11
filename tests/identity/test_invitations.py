"""Without an identity provider: an e-mail invites, once, and says what there is to know."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from capphep.crm.models import Customer
from capphep.identity.actions import send_again
from capphep.identity.delivery import deliver_next
from capphep.identity.models import AccountLink, AdminAccount
from capphep.identity.states import AccountStatus
from capphep.platform.models import OutboxEvent, User
from tests import factories
from tests.factories import SmallCatalogue
from tests.identity.conftest import noted
from tests.identity.test_scim import closed, delivered


@pytest.fixture
def one_mail(link: AccountLink, settings: Any, salesperson: User) -> EmailMultiAlternatives:
    salesperson.email = "nvkd@example.vn"
    salesperson.save()
    Customer.objects.update(owner=salesperson)
    settings.PRODUCT_URL = "https://igov.example.vn"
    delivered(link)
    (message,) = mail.outbox
    assert isinstance(message, EmailMultiAlternatives)
    return message


def test_the_invitation_says_product_unit_and_whom_to_ask(
    one_mail: EmailMultiAlternatives,
) -> None:
    assert one_mail.to == ["an@example.vn"]
    assert one_mail.reply_to == ["nvkd@example.vn"]
    assert one_mail.subject == "Bạn là người quản trị iGOV tại UBND Xã Đông Hải"
    (html, kind) = one_mail.alternatives[0]
    assert kind == "text/html"
    for body in (one_mail.body, str(html)):
        vietnamese, english = body.index("Kính gửi Nguyễn Văn An"), body.index("Dear Nguyễn Văn An")
        assert vietnamese < english
        for said in (
            "UBND Xã Đông Hải",
            "Người sales",
            "nvkd@example.vn",
            "https://igov.example.vn",
        ):
            assert body.count(said) >= 2, said


def test_the_text_has_no_marks_of_html_and_html_no_gaps(one_mail: EmailMultiAlternatives) -> None:
    assert "<" not in one_mail.body.replace("<nvkd", "")
    assert "\n\n\n" not in one_mail.body


def test_names_are_text_in_html(customer: Customer, catalogue: SmallCatalogue) -> None:
    Customer.objects.update(name="Xã <b>A & B</b>")
    delivered(noted(customer, catalogue, name="<script>An</script>"))
    message: Any = mail.outbox[0]
    html = message.alternatives[0][0]
    assert "<script>" not in html and "Xã &lt;b&gt;A &amp; B&lt;/b&gt;" in html
    assert "Xã <b>A & B</b>" in message.body
    assert "\n" not in message.subject


def test_who_was_invited_is_linked_the_next_time(
    link: AccountLink, catalogue: SmallCatalogue
) -> None:
    assert delivered(link).status == AccountStatus.INVITED
    second = noted(factories.customer("1234568", "Trường Tiểu học Đông Hải"), catalogue)
    assert delivered(second).status == AccountStatus.LINKED
    assert len(mail.outbox) == 1


def test_two_units_at_once_are_one_e_mail(link: AccountLink, catalogue: SmallCatalogue) -> None:
    noted(factories.customer("1234568", "Trường Tiểu học Đông Hải"), catalogue)
    delivered(link)
    (message,) = mail.outbox
    assert "UBND Xã Đông Hải" in message.body and "Trường Tiểu học Đông Hải" in message.body


def test_nobody_is_written_to_who_has_no_e_mail(
    customer: Customer, catalogue: SmallCatalogue
) -> None:
    link = noted(customer, catalogue, email="", phone="0987654321")
    assert delivered(link).status == AccountStatus.LINKED
    assert not mail.outbox


def test_a_link_that_ends_sends_nothing(link: AccountLink) -> None:
    delivered(link)
    closed(link)
    assert delivered(link).status == AccountStatus.CLOSED
    assert len(mail.outbox) == 1
    assert OutboxEvent.objects.last().type == "account.deactivated"  # type: ignore[union-attr]


def test_sent_again_it_is_another_e_mail(link: AccountLink, officer: User) -> None:
    delivered(link)
    send_again(actor=officer, link_id=link.pk)
    assert delivered(link).status == AccountStatus.INVITED
    first, second = (message.extra_headers["Message-ID"] for message in mail.outbox)
    assert first != second and first.endswith(">")


# --- mail servers that do not take it ------------------------------------------------------------


@contextmanager
def mail_server(*answers: str) -> Iterator[int]:
    """The port of a server that greets, and then says these things one after the other."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _address = server.accept()
            with connection, connection.makefile("rwb") as lines:
                for answer in ("220 ready", *answers):
                    lines.write(answer.encode() + b"\r\n")
                    lines.flush()
                    lines.readline()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(5)


@pytest.mark.once
@pytest.mark.parametrize(
    ("answers", "error", "status"),
    [
        (("250 hello", "250 from", "550 no such user", "250 reset"), "address", 550),
        (("250 hello", "451 later", "250 reset"), "mail", 451),
        (("554 go away", "554 go away"), "mail", 554),
        ((), "mail", None),
    ],
)
def test_a_mail_server_that_refuses_is_said_and_asked_again(
    link: AccountLink, settings: Any, answers: tuple[str, ...], error: str, status: int | None
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 3
    with mail_server(*answers) as settings.EMAIL_PORT:
        assert deliver_next() == 1
    link.refresh_from_db()
    account = AdminAccount.objects.get()
    assert (account.error, account.error_status) == (error, status)
    assert link.status == AccountStatus.FAILED
    assert account.next_at is not None
