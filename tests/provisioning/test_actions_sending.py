"""Sending and recalling: everything checked, once, in one transaction."""

from __future__ import annotations

import datetime
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.conf import LazySettings

from capphep.crm.models import Customer, Order
from capphep.crm.states import LicenceStatus
from capphep.platform import clock
from capphep.platform.audit import entries_of
from capphep.platform.models import OutboxEvent, User
from capphep.platform.versions import Stale
from capphep.provisioning.actions.drafts import refresh_lines
from capphep.provisioning.actions.sending import recall_request, send_request
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import RequestStatus
from capphep.pure.errors import Conflict, Forbidden, Invalids, NotFound
from capphep.pure.workdays import add_workdays
from tests import factories, stories
from tests.factories import SmallCatalogue
from tests.plumbing.sql_counts import Counter
from tests.provisioning.conftest import complete_extra


def send(actor: User, record: LicenceRequest, **changes: Any) -> LicenceRequest:
    values = stories.complete_fields(record) | changes
    return send_request(
        actor=actor, request_id=record.pk, seen_version=record.version, values=values
    )


def refused(actor: User, record: LicenceRequest, **changes: Any) -> dict[str, str]:
    """The codes of what is refused, by field."""
    with pytest.raises(Invalids) as found:
        send(actor, record, **changes)
    return {refusal.field: refusal.code for refusal in found.value.refusals}


def test_sending_moves_request_and_order_and_tells_it(
    ready: LicenceRequest, salesperson: User
) -> None:
    sent = send(salesperson, ready)
    assert (sent.status, sent.sent_by) == (RequestStatus.WAITING, salesperson)
    order = Order.objects.get(pk=ready.order_id)
    assert order.licence_status == LicenceStatus.PENDING
    assert entries_of(ready)[0].verb == entries_of(order)[0].verb == "send"
    assert OutboxEvent.objects.get(type="request.sent").subject == ready.request_no


def test_sending_sets_the_day_by_which_the_desk_means_to_decide(
    ready: LicenceRequest, salesperson: User, settings: LazySettings
) -> None:
    sent = send(salesperson, ready)
    assert sent.due_on == add_workdays(clock.today(), 2)
    recall_request(actor=salesperson, request_id=ready.pk)
    LicenceRequest.objects.update(due_on=clock.today())
    settings.TARGET_WORKING_DAYS = 5
    ready.refresh_from_db()
    again = send(salesperson, ready)
    assert again.due_on == add_workdays(clock.today(), 5)


def test_what_waited_before_there_was_a_target_time_gets_one(
    ready: LicenceRequest, salesperson: User
) -> None:
    send(salesperson, ready)
    friday_evening = datetime.datetime(2026, 11, 20, 16, 59, tzinfo=datetime.UTC)
    LicenceRequest.objects.update(due_on=None, sent_at=friday_evening)
    migration = import_module("capphep.provisioning.migrations.0006_due_days_of_what_waits")
    migration.set_due_days(apps, None)
    assert LicenceRequest.objects.get().due_on == datetime.date(2026, 11, 24)


def test_sending_costs_a_known_number_of_statements(
    both: LicenceRequest, salesperson: User, statements: Counter
) -> None:
    complete_extra(both, salesperson)
    values = stories.complete_fields(both) | {"unit_phone": "0912345678"}
    with statements("provisioning.send_request", at_most=40):
        send_request(
            actor=salesperson, request_id=both.pk, seen_version=both.version, values=values
        )


def test_evidence_of_both_kinds_is_required(draft: LicenceRequest, salesperson: User) -> None:
    assert refused(salesperson, draft) == {
        "evidence-funding_decision": "evidence_missing",
        "evidence-commitment": "evidence_missing",
    }


def test_evidence_may_be_left_out_where_the_setting_says_so(
    draft: LicenceRequest, salesperson: User, settings: LazySettings
) -> None:
    settings.EVIDENCE_REQUIRED = False
    assert send(salesperson, draft).status == RequestStatus.WAITING


def test_every_reason_is_said_at_once(both: LicenceRequest, salesperson: User) -> None:
    both.evidence.all().delete()
    found = refused(
        salesperson,
        both,
        level=None,
        sector_id=None,
        unit_name="",
        admin_name="",
        admin_email="",
        admin_phone="",
    )
    assert found == {
        "level": "field_required",
        "sector": "field_required",
        "unit_name": "field_required",
        "admin_name": "field_required",
        "admin_email": "field_required",
        "line-1": "extra_incomplete",
        "line-2": "extra_incomplete",
        "evidence-funding_decision": "evidence_missing",
        "evidence-commitment": "evidence_missing",
    }


def test_a_refused_request_is_still_a_draft_as_it_was(
    draft: LicenceRequest, salesperson: User
) -> None:
    refused(salesperson, draft, note="không giữ")
    draft.refresh_from_db()
    assert (draft.status, draft.version, draft.note) == (RequestStatus.DRAFT, 1, "")
    assert not OutboxEvent.objects.filter(type="request.sent").exists()


def test_an_order_that_was_edited_meanwhile_has_to_be_looked_at(
    ready: LicenceRequest, salesperson: User
) -> None:
    ready.order.lines.update(quantity=2)
    assert refused(salesperson, ready) == {"lines": "lines_outdated"}
    refresh_lines(actor=salesperson, request_id=ready.pk)
    assert send(salesperson, ready).lines.get().quantities.get().total == 200


def test_a_base_that_moved_meanwhile_has_to_be_looked_at(
    ready: LicenceRequest,
    customer: Customer,
    salesperson: User,
    officer: User,
    catalogue: SmallCatalogue,
) -> None:
    other = stories.ordered(customer, salesperson, [(catalogue.users_50, 1)])
    stories.approved(stories.sent(other, salesperson), officer)
    assert refused(salesperson, ready) == {"lines": "lines_outdated"}
    refresh_lines(actor=salesperson, request_id=ready.pk)
    quantity = send(salesperson, ready).lines.get().quantities.get()
    assert (quantity.base, quantity.added, quantity.total) == (150, 50, 200)


def test_sending_twice_sends_once(ready: LicenceRequest, salesperson: User) -> None:
    send(salesperson, ready)
    with pytest.raises(Conflict) as found:
        send(salesperson, ready)
    assert found.value.code == "wrong_state"
    assert OutboxEvent.objects.filter(type="request.sent").count() == 1


def test_what_another_window_saved_is_not_overwritten(
    ready: LicenceRequest, salesperson: User
) -> None:
    LicenceRequest.objects.filter(pk=ready.pk).update(version=2, note="cửa sổ kia")
    with pytest.raises(Stale):
        send(salesperson, ready)
    ready.refresh_from_db()
    assert (ready.status, ready.note) == (RequestStatus.DRAFT, "cửa sổ kia")


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ("colleague", Forbidden),
        ("other_salesperson", NotFound),
        ("officer", Forbidden),
        ("auditor", Forbidden),
        ("administrator", Forbidden),
    ],
)
def test_only_its_own_salesperson_sends_a_request(
    ready: LicenceRequest, who: str, refusal: type[Exception], request: pytest.FixtureRequest
) -> None:
    with pytest.raises(refusal):
        send(request.getfixturevalue(who), ready)


# --- new data for the customer -----------------------------------------------------------------


def test_new_data_goes_back_to_the_customer_and_what_stood_there_stays(
    ready: LicenceRequest, salesperson: User, customer: Customer
) -> None:
    send(
        salesperson,
        ready,
        unit_phone="0912345678",
        unit_address="Thôn Tây",
        admin_name="Trần Thị Bình",
    )
    customer.refresh_from_db()
    assert (customer.phone, customer.address) == ("0912345678", "Thôn Đông")
    assert customer.contacts.get().full_name == "Trần Thị Bình"
    assert {entry.verb for entry in entries_of(customer)} >= {"completed", "contact_added"}


def test_nothing_goes_back_unless_it_is_wanted(
    ready: LicenceRequest, salesperson: User, customer: Customer
) -> None:
    send(salesperson, ready, unit_phone="0912345678", write_back=False)
    customer.refresh_from_db()
    assert customer.phone == ""


def test_a_customer_of_a_colleague_is_left_alone(
    ready: LicenceRequest, salesperson: User, colleague: User, customer: Customer
) -> None:
    Customer.objects.filter(pk=customer.pk).update(owner=colleague)
    assert send(salesperson, ready, unit_phone="0912345678").status == RequestStatus.WAITING
    customer.refresh_from_db()
    assert customer.phone == ""


# --- recalling ---------------------------------------------------------------------------------


def test_a_recalled_request_is_a_draft_again_and_its_order_free(
    order: Order, salesperson: User
) -> None:
    waiting = stories.sent(order, salesperson)
    recall_request(actor=salesperson, request_id=waiting.pk)
    waiting.refresh_from_db()
    order.refresh_from_db()
    assert waiting.status == RequestStatus.DRAFT
    assert order.licence_status == LicenceStatus.NOT_REQUESTED
    assert send(salesperson, waiting).status == RequestStatus.WAITING


def test_what_was_decided_cannot_be_recalled(
    order: Order, salesperson: User, officer: User
) -> None:
    waiting = stories.sent(order, salesperson)
    stories.approved(waiting, officer)
    with pytest.raises(Conflict):
        recall_request(actor=salesperson, request_id=waiting.pk)


def test_a_new_sale_is_sent_for_a_customer_without_a_subscription(
    salesperson: User, catalogue: SmallCatalogue
) -> None:
    newcomer = factories.customer("1234571", "Trường Mầm non Hoa Sen", owner=salesperson)
    order = stories.ordered(newcomer, salesperson, [(catalogue.base, 1)])
    assert stories.sent(order, salesperson).status == RequestStatus.WAITING
