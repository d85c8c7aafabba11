"""*Mẫu tin nhắn*: what administrators change is what is sent."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from capphep.collaboration.messages import DIGEST
from capphep.identity.messages import INVITATION
from capphep.identity.models import AccountLink
from capphep.platform import message_actions
from capphep.platform.models import AuditEntry, MessageText, User
from capphep.platform.versions import Stale
from capphep.shell.views.messages import MESSAGES
from tests.collaboration.test_mail import mail_server, post, reader, tell
from tests.identity.conftest import customer, link
from tests.identity.test_scim import delivered
from tests.plumbing.races import race

pytestmark = pytest.mark.django_db
__all__ = ["customer", "link", "mail_server", "reader"]
URL = "/messages/invitation/vi"
OURS = "Chào {name}!\n\n<b>{units}</b>\n\nHỏi: {contacts}"


def typed(**changes: object) -> dict[str, object]:
    return {"version": 0, "subject": "Mời {name}", "body": OURS, **changes}


@pytest.mark.parametrize("who", ["sales_client", "manager_client", "officer_client"])
def test_others_do_not_see_them(who: str, request: pytest.FixtureRequest) -> None:
    client: Client = request.getfixturevalue(who)
    for address in ("/messages/", URL, f"{URL}/default"):
        assert client.get(address).status_code == 403
    assert client.post(f"{URL}/preview").status_code == 403
    assert 'href="/messages/"' not in client.get("/").content.decode()


def test_an_auditor_reads_them_and_changes_nothing(auditor_client: Client) -> None:
    page = auditor_client.get("/messages/").content.decode()
    assert "Bạn là người quản trị {products} tại {unit}" in page
    assert URL not in page
    assert auditor_client.post(URL, typed()).status_code == 403


def test_what_was_written_is_sent_in_that_language_and_the_default_taken_back(
    admin_client: Client, link: AccountLink
) -> None:
    assert admin_client.post(URL, typed()).status_code == 302
    record = MessageText.objects.get()
    entry = AuditEntry.objects.get(verb="message_set")
    assert entry.before["subject"] == "Bạn là người quản trị {products} tại {unit}"
    assert entry.after["subject"] == "Mời {name}"
    delivered(link)
    message: Any = mail.outbox[0]
    assert message.subject == "Mời Nguyễn Văn An"
    assert message.body.startswith("Chào Nguyễn Văn An!\n\n<b>- iGOV")
    assert "Dear Nguyễn Văn An" in message.body
    assert "&lt;b&gt;" in message.alternatives[0][0]
    page = admin_client.get(URL).content.decode()
    assert "Chào {name}!" in page
    assert "đã sửa mẫu tin nhắn" in page
    assert admin_client.post(f"{URL}/default", {"version": record.version}).status_code == 302
    assert INVITATION.texts("vi") == INVITATION.default("vi")
    assert admin_client.get(f"{URL}/default").status_code == 404


def test_a_letter_of_notices_takes_its_own_text(reader: User, administrator: User) -> None:
    message_actions.edit_message(
        actor=administrator,
        message=DIGEST,
        language="vi",
        seen_version=0,
        subject="{count} tin ngày {day}",
        body="{notices}\n\n{preferences}",
    )
    tell(reader, "talk.comment")
    (letter,) = post()
    assert letter.subject.startswith("1 tin ngày ")
    assert letter.body.startswith("- Tuấn")


def test_what_cannot_be_sent_is_refused_at_its_field_and_nothing_typed_is_lost(
    admin_client: Client,
) -> None:
    answer = admin_client.post(URL, typed(subject="{ai}", body="Chào {name} của {units}"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Không có biến này ở đây: {ai}" in page
    assert "Nội dung phải có: {contacts}" in page
    assert "Chào {name} của {units}" in page
    assert not MessageText.objects.exists()


def test_two_at_once_the_later_one_is_told(admin_client: Client) -> None:
    admin_client.post(URL, typed())
    answer = admin_client.post(URL, typed(body=f"Khác. {OURS}"))
    assert answer.status_code == 409
    assert "Khác. Chào {name}!" in answer.content.decode()
    assert MessageText.objects.get().body == OURS


@pytest.mark.parametrize("message", MESSAGES, ids=lambda one: one.key)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_each_default_is_complete_and_previewed(
    message: Any, language: str, admin_client: Client
) -> None:
    address = f"/messages/{message.key}/{language}"
    assert admin_client.get(address).status_code == 200
    subject, body = message.default(language)
    page = admin_client.post(f"{address}/preview", {"subject": subject, "body": body})
    assert "style=" not in page.content.decode()
    assert page.status_code == 200
    text = page.content.decode()
    assert "Trần Thị Hà" in text
    assert "{" not in text
    refused = admin_client.post(f"{address}/preview", {"subject": "{x}", "body": ""})
    assert "{x}" in refused.content.decode()


@pytest.mark.parametrize("address", ["/messages/x/vi", "/messages/digest/fr"])
def test_there_is_no_other(address: str, admin_client: Client) -> None:
    assert admin_client.get(address).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_two_who_write_for_the_first_time_one_is_late(
    administrator: User,
) -> None:
    def write() -> None:
        message_actions.edit_message(
            actor=administrator,
            message=INVITATION,
            language="vi",
            seen_version=0,
            subject="A",
            body=OURS,
        )

    outcomes = race(write)
    assert sum(isinstance(one, Stale) for one in outcomes) == 1
    assert MessageText.objects.get().version == 1
