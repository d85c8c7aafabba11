"""Files of the register, and what the desk holds about the person who asks."""

from __future__ import annotations

import datetime
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from python_calamine import CalamineWorkbook

from capphep.crm.models import Order
from capphep.platform.audit import entries_of
from capphep.platform.models import AccessKind, PersonalAccess, User
from capphep.privacy import actions
from capphep.privacy.actions import filing
from capphep.privacy.holdings import asked_of
from capphep.privacy.models import SubjectRequest, SubjectRequestFile
from capphep.privacy.rules import RequestInput
from capphep.pure.errors import Conflict, Forbidden, Invalid
from tests import factories, stories
from tests.factories import SmallCatalogue
from tests.plumbing.races import race, winners
from tests.stories import PDF

pytestmark = pytest.mark.django_db
FRIDAY = datetime.date(2026, 11, 20)


def noted_for(administrator: User, **about: Any) -> SubjectRequest:
    typed = RequestInput(kind="view", received_on=FRIDAY, **about)
    return actions.enter_request(actor=administrator, typed=typed)


@pytest.fixture
def noted(administrator: User) -> SubjectRequest:
    return noted_for(administrator, asked_by="Trần Văn Nam", reach="+84 912 345 678")


def attach(actor: User, request: SubjectRequest, name: str = "CCCD.pdf") -> SubjectRequestFile:
    return filing.attach_file(actor=actor, request_id=request.pk, name=name, chunks=[PDF])


def test_a_file_is_attached_once_read_by_auditors_and_noted(
    noted: SubjectRequest, administrator: User, admin_client: Client, auditor_client: Client
) -> None:
    address = f"/privacy/requests/{noted.pk}/files"
    for _ in range(2):
        sent = {"file": SimpleUploadedFile("CCCD.pdf", PDF)}
        assert admin_client.post(f"{address}/new", sent).status_code == 302
    [kept] = noted.files.all()
    assert "CCCD.pdf" in auditor_client.get(address).content.decode()
    assert b"".join(auditor_client.get(f"/privacy/files/{kept.pk}")) == PDF  # type: ignore[arg-type]
    seen = PersonalAccess.objects.get(subject_type="subjectrequest")
    assert (seen.person.username, seen.kind) == ("auditor", AccessKind.VIEW)
    assert [entry.verb for entry in entries_of(noted)] == ["evidence_added", "created"]


def test_what_is_no_document_is_refused_at_the_form(
    noted: SubjectRequest, admin_client: Client
) -> None:
    for content in (b"", b"MZ not a document"):
        sent = {"file": SimpleUploadedFile("x.pdf", content)}
        answer = admin_client.post(f"/privacy/requests/{noted.pk}/files/new", sent)
        assert answer.status_code == 422
    assert not SubjectRequestFile.objects.exists()


def test_others_do_not_come_to_files_or_what_is_held(
    noted: SubjectRequest,
    administrator: User,
    auditor: User,
    officer_client: Client,
    auditor_client: Client,
) -> None:
    kept = attach(administrator, noted)
    own = f"/privacy/requests/{noted.pk}"
    for path in (f"/privacy/files/{kept.pk}", f"{own}/files", f"{own}/held", f"{own}/copy"):
        assert officer_client.get(path).status_code == 403, path
    assert auditor_client.get(f"{own}/held").status_code == 200
    for path in (f"{own}/copy", f"{own}/files/new"):
        assert auditor_client.get(path).status_code == 403, path
    with pytest.raises(Forbidden):
        attach(auditor, noted)
    with pytest.raises(Forbidden):
        filing.remove_file(actor=auditor, file_id=kept.pk)
    assert auditor_client.get("/privacy/files/999999").status_code == 404


def test_a_file_is_taken_off_while_the_request_is_open_and_added_to_an_answered_one(
    noted: SubjectRequest, administrator: User, admin_client: Client
) -> None:
    kept = attach(administrator, noted)
    assert admin_client.post(f"/privacy/files/{kept.pk}/remove").status_code == 302
    assert [entry.verb for entry in entries_of(noted)][:1] == ["evidence_removed"]
    actions.end_request(actor=administrator, request_id=noted.pk, verb="answer", answer="Đã gửi.")
    signed = attach(administrator, noted, "Trả lời.pdf")
    with pytest.raises(Conflict):
        filing.remove_file(actor=administrator, file_id=signed.pk)


@pytest.mark.django_db(transaction=True)
def test_the_same_file_from_two_at_once_is_kept_once(
    noted: SubjectRequest, administrator: User
) -> None:
    outcomes = race(lambda: attach(administrator, noted), 2)
    assert len(winners(outcomes)) == 2
    assert noted.files.count() == 1


def test_there_are_not_more_files_than_fit(
    noted: SubjectRequest, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filing, "MOST_FILES", 0)
    with pytest.raises(Invalid):
        attach(administrator, noted)


# --- what is held ------------------------------------------------------------------------------


@pytest.mark.once
def test_the_person_is_known_by_every_phone_and_e_mail_that_was_noted() -> None:
    asked = asked_of(SubjectRequest(asked_by="Trần  NAM", reach="+84 912 345 678, Nam@x.VN; 12"))
    assert asked.phones == {"0912345678"} and asked.emails == {"nam@x.vn"}
    assert asked.fits("", "0912345678", "") and asked.fits("", "", "NAM@x.vn")
    assert asked.fits("trần nam", "", "") and not asked.fits("", "", "")


@pytest.fixture
def order(salesperson: User, catalogue: SmallCatalogue) -> Order:
    unit = factories.customer("1234567", "UBND Xã Đông Hải", owner=salesperson)
    factories.contact(unit, full_name="Trần Văn Nam", phone="0912345678")
    stories.opened(unit, catalogue)
    other = factories.customer("7654321", "UBND Xã Khác", owner=salesperson)
    factories.contact(other, full_name="Lê Thị Khác", phone="0987654321")
    stories.ordered(other, salesperson, [(catalogue.users_50, 1)])
    made = stories.ordered(unit, salesperson, [(catalogue.users_50, 1)])
    Order.objects.filter(pk=made.pk).update(contact_name="Nam", contact_phone="0912345678")
    return made


def test_everything_with_the_persons_phone_is_found_and_handed_over(
    order: Order, noted: SubjectRequest, admin_client: Client, auditor_client: Client
) -> None:
    own = f"/privacy/requests/{noted.pk}"
    page = admin_client.get(f"{own}/held").content.decode()
    assert order.order_no in page and "0912345678" in page and "Lê Thị Khác" not in page
    assert "0912345678" not in auditor_client.get(f"{own}/held").content.decode()
    answer = admin_client.get(f"{own}/copy")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
    values = [str(row[3]) for row in sheet.to_python()]
    assert values.count("0912345678") == 2 and "Trần Văn Nam" in values
    assert PersonalAccess.objects.filter(kind=AccessKind.EXPORT).count() == 1


def test_without_a_phone_the_name_is_looked_for_at_the_customer(
    order: Order, administrator: User, admin_client: Client
) -> None:
    unknown = noted_for(administrator, asked_by="Trần Văn Nam")
    page = admin_client.get(f"/privacy/requests/{unknown.pk}/held").content.decode()
    assert "chọn khách hàng" in page and "Tải bản sao" not in page
    named = noted_for(administrator, asked_by="tran van nam", customer_id=order.customer_id)
    assert "0912345678" in admin_client.get(f"/privacy/requests/{named.pk}/held").content.decode()


def test_the_address_that_takes_a_file_off_leads_to_the_file_where_it_is_only_looked_at(
    noted: SubjectRequest, administrator: User, admin_client: Client
) -> None:
    kept = attach(administrator, noted)
    answer = admin_client.get(f"/privacy/files/{kept.pk}/remove")
    assert (answer.status_code, answer.url) == (302, f"/privacy/files/{kept.pk}")  # type: ignore[attr-defined]
    assert noted.files.exists()
