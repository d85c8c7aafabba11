"""*Thay đổi thông tin*: drafted from what is known, sent with a difference, written once."""

from __future__ import annotations

import pytest
from django.test import Client

from capphep.crm.actions.customers import edit_customer
from capphep.crm.customer_rules import CustomerInput
from capphep.crm.models import Customer, Sector
from capphep.entitlements.models import Grant, Licence, LicenceCause, Subscription
from capphep.entitlements.queries import ledger_differences
from capphep.identity.models import AccountLink
from capphep.ims.actions import BaseMoved, approve
from capphep.platform.audit import entries_of
from capphep.platform.models import OutboxEvent, User
from capphep.provisioning.actions.without_order import open_info_change
from capphep.provisioning.information import changes_of
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import RequestKind, RequestStatus
from capphep.pure.errors import Forbidden, Invalid, Invalids, NotFound
from tests import factories, stories
from tests.factories import SmallCatalogue
from tests.provisioning.conftest import HTMX, form_data, post, text_of, url

MOVED = {"unit_name": "UBND Phường Đông Hải", "unit_phone": "0912345678"}


@pytest.fixture
def customer(customer: Customer) -> Customer:
    customer.phone = "0987654321"
    customer.save()
    return customer


@pytest.fixture
def draft(customer: Customer, salesperson: User, catalogue: SmallCatalogue) -> LicenceRequest:
    return opened(customer, salesperson, catalogue)


@pytest.fixture
def waiting(customer: Customer, salesperson: User, catalogue: SmallCatalogue) -> LicenceRequest:
    return stories.info_change_sent(customer, salesperson, catalogue.igov, **MOVED)


def opened(customer: Customer, salesperson: User, catalogue: SmallCatalogue) -> LicenceRequest:
    return open_info_change(
        actor=salesperson, customer_id=customer.pk, product_id=catalogue.igov.pk
    )


def sent(draft: LicenceRequest, salesperson: User, **values: object) -> LicenceRequest:
    return stories.send_request(
        actor=salesperson, request_id=draft.pk, seen_version=draft.version, values=values
    )


def codes(refused: pytest.ExceptionInfo[Invalids]) -> set[tuple[str, str]]:
    return {(one.code, one.field) for one in refused.value.refusals}


# --- opening -----------------------------------------------------------------------------------


def test_a_draft_begins_with_what_is_known(
    draft: LicenceRequest, customer: Customer, salesperson: User
) -> None:
    assert (draft.kind, draft.order, draft.amount) == (RequestKind.INFO_CHANGE, None, 0)
    assert (draft.unit_name, draft.unit_phone) == (customer.name, "0987654321")
    assert draft.budget_code == customer.budget_code
    assert not draft.lines.exists()
    assert not any(change.is_changed for change in changes_of(draft))


def test_the_administrator_is_whom_the_latest_approval_named(
    customer: Customer, salesperson: User, officer: User, catalogue: SmallCatalogue
) -> None:
    order = stories.ordered(customer, salesperson, [(catalogue.users_50, 1)])
    stories.approved(stories.sent(order, salesperson), officer)
    draft = opened(customer, salesperson, catalogue)
    assert (draft.admin_name, draft.admin_email) == ("Nguyễn Văn An", "an@example.vn")


def test_opening_again_gives_the_open_one(
    waiting: LicenceRequest, customer: Customer, salesperson: User, catalogue: SmallCatalogue
) -> None:
    assert opened(customer, salesperson, catalogue) == waiting


def test_there_has_to_be_something_in_force(salesperson: User, catalogue: SmallCatalogue) -> None:
    unit = factories.customer("7654321", owner=salesperson, team=salesperson.team)
    with pytest.raises(Invalid) as refused:
        opened(unit, salesperson, catalogue)
    assert (refused.value.code, refused.value.rule) == ("nothing_in_force", "R8")


def test_who_only_tries_the_product_may_change_information_too(
    salesperson: User, officer: User, catalogue: SmallCatalogue
) -> None:
    unit = factories.customer("7654321", owner=salesperson, team=salesperson.team)
    stories.approved(stories.trial_sent(unit, salesperson, catalogue.igov), officer)
    waiting = stories.info_change_sent(unit, salesperson, catalogue.igov, unit_name="Tên mới")
    stories.approved(waiting, officer)
    unit.refresh_from_db()
    assert unit.name == "Tên mới"


def test_a_colleague_and_another_team_open_none(
    customer: Customer, colleague: User, other_salesperson: User, catalogue: SmallCatalogue
) -> None:
    with pytest.raises(Forbidden):
        opened(customer, colleague, catalogue)
    with pytest.raises(NotFound):
        opened(customer, other_salesperson, catalogue)


# --- sending -----------------------------------------------------------------------------------


def test_without_a_difference_nothing_is_sent(draft: LicenceRequest, salesperson: User) -> None:
    with pytest.raises(Invalids) as refused:
        sent(draft, salesperson)
    assert codes(refused) == {("nothing_changed", "")}


def test_what_the_record_would_refuse_is_refused_at_its_field(
    draft: LicenceRequest, salesperson: User
) -> None:
    wrong = {
        "unit_name": " ",
        "unit_tax_code": "123",
        "unit_chapter_code": "x",
        "unit_phone": "12",
        "unit_email": "x",
        "level": 3,
    }
    with pytest.raises(Invalids) as refused:
        sent(draft, salesperson, **wrong)
    assert {field for _code, field in codes(refused)} == set(wrong)


def test_a_chapter_keeps_its_level(
    draft: LicenceRequest, salesperson: User, customer: Customer
) -> None:
    with pytest.raises(Invalids) as refused:
        sent(draft, salesperson, level=1)
    assert ("chapter_of_other_level", "unit_chapter_code") in codes(refused)


def test_level_and_chapter_change_together(
    customer: Customer, salesperson: User, officer: User, catalogue: SmallCatalogue
) -> None:
    assert customer.chapter_code != "417"
    moved = {"level": 2, "unit_chapter_code": "417"}
    waiting = stories.info_change_sent(customer, salesperson, catalogue.igov, **moved)
    changed = [change.field for change in changes_of(waiting) if change.is_changed]
    assert changed == ["unit_chapter_code", "level"]
    stories.approved(waiting, officer)
    customer.refresh_from_db()
    assert (customer.level, customer.chapter_code) == (2, "417")


def test_what_was_approved_before_the_chapter_was_asked_for_still_shows(
    waiting: LicenceRequest, officer: User, sales_client: Client
) -> None:
    stories.approved(waiting, officer)
    waiting.refresh_from_db()
    kept = {name: one for name, one in waiting.info_before.items() if name != "unit_chapter_code"}
    LicenceRequest.objects.filter(pk=waiting.pk).update(info_before=kept, unit_chapter_code="")
    waiting.refresh_from_db()
    changed = [change.field for change in changes_of(waiting) if change.is_changed]
    assert changed == ["unit_name", "unit_phone"]
    assert sales_client.get(url("request", waiting.pk)).status_code == 200


def test_a_new_administrator_needs_a_name_and_a_way_to_be_reached(
    draft: LicenceRequest, salesperson: User
) -> None:
    with pytest.raises(Invalids) as refused:
        sent(draft, salesperson, admin_position="Văn thư")
    assert codes(refused) == {("field_required", "admin_name"), ("field_required", "admin_email")}


def test_sending_changes_nothing_yet_and_keeps_what_was_known(
    waiting: LicenceRequest, customer: Customer
) -> None:
    assert waiting.status == RequestStatus.WAITING
    customer.refresh_from_db()
    assert customer.name == "UBND Xã Đông Hải"
    waiting.refresh_from_db()
    assert waiting.info_before["unit_name"] == "UBND Xã Đông Hải"
    changed = [change.field for change in changes_of(waiting) if change.is_changed]
    assert changed == ["unit_name", "unit_phone"]


# --- approving ---------------------------------------------------------------------------------


def test_an_approval_writes_the_record_and_issues_a_licence_that_says_so(
    waiting: LicenceRequest, customer: Customer, officer: User
) -> None:
    before = Subscription.objects.get(customer=customer).version
    grants = Grant.objects.count()
    approval = stories.approved(waiting, officer)
    customer.refresh_from_db()
    assert (customer.name, customer.phone) == ("UBND Phường Đông Hải", "0912345678")
    assert "ubnd phuong dong hai" in customer.search_key
    assert customer.budget_code == "1234567"
    assert approval.subscription.version == before + 1
    licence = Licence.objects.get(request_no=waiting.request_no)
    assert (licence.cause, licence.version) == (LicenceCause.INFO_CHANGE, before + 1)
    assert licence.content["information"]["unit_name"] == "UBND Phường Đông Hải"
    assert licence.content["grants"]
    assert Grant.objects.count() == grants
    assert not AccountLink.objects.exists()
    assert not list(ledger_differences())


def test_trail_and_events_tell_it(
    waiting: LicenceRequest, customer: Customer, officer: User
) -> None:
    stories.approved(waiting, officer)
    told = entries_of(customer)[0]
    assert (told.verb, told.actor) == ("info_changed", officer)
    assert told.before == {"name": "UBND Xã Đông Hải", "phone": "0987654321"}
    assert told.after == {
        "name": "UBND Phường Đông Hải",
        "phone": "0912345678",
        "request_no": waiting.request_no,
    }
    types = set(OutboxEvent.objects.values_list("type", flat=True))
    assert {
        "request.approved",
        "entitlement.changed",
        "licence.issued",
        "customer.changed",
    } <= types


def test_orders_are_found_by_the_new_name(
    customer: Customer, salesperson: User, officer: User, catalogue: SmallCatalogue
) -> None:
    order = stories.ordered(customer, salesperson, [(catalogue.users_50, 1)])
    waiting = stories.info_change_sent(customer, salesperson, catalogue.igov, **MOVED)
    stories.approved(waiting, officer)
    order.refresh_from_db()
    assert "phuong dong hai" in order.search_key


def test_another_administrator_is_invited_and_the_former_one_stays(
    customer: Customer, salesperson: User, officer: User, catalogue: SmallCatalogue
) -> None:
    order = stories.ordered(customer, salesperson, [(catalogue.users_50, 1)])
    stories.approved(stories.sent(order, salesperson), officer)
    binh = {
        "admin_name": "Trần Thị Bình",
        "admin_email": "binh@example.vn",
        "admin_phone": "0987654321",
    }
    waiting = stories.info_change_sent(customer, salesperson, catalogue.igov, **binh)
    stories.approved(waiting, officer)
    names = AccountLink.objects.order_by("id").values_list("account__full_name", flat=True)
    assert list(names) == ["Nguyễn Văn An", "Trần Thị Bình"]
    again = opened(customer, salesperson, catalogue)
    assert again.admin_name == "Trần Thị Bình"


def test_the_officer_is_told_when_the_record_changed_meanwhile(
    waiting: LicenceRequest, customer: Customer, salesperson: User, officer: User
) -> None:
    seen = stories.seen_by_officer(waiting)
    customer.refresh_from_db()
    edit_customer(
        actor=salesperson,
        customer_id=customer.pk,
        seen_version=customer.version,
        typed=CustomerInput(
            budget_code=customer.budget_code,
            name="UBND Xã Đông Hải B",
            org_type=customer.org_type,
            public_unit_kind=customer.public_unit_kind,
            level=customer.level,
            chapter_code=customer.chapter_code,
        ),
    )
    with pytest.raises(BaseMoved, match="data have changed") as moved:
        approve(actor=officer, request_id=waiting.pk, seen=seen)
    (name,) = [one for one in moved.value.review.changes if one.field == "unit_name"]
    assert (name.then, name.before) == ("UBND Xã Đông Hải", "UBND Xã Đông Hải B")
    approve(actor=officer, request_id=waiting.pk, seen=moved.value.review.fingerprint)
    waiting.refresh_from_db()
    assert waiting.info_before["unit_name"] == "UBND Xã Đông Hải B"


def test_a_sector_is_kept_by_its_name(
    customer: Customer, salesperson: User, officer: User, catalogue: SmallCatalogue
) -> None:
    health = Sector.objects.get(name="Y tế")
    waiting = stories.info_change_sent(customer, salesperson, catalogue.igov, sector_id=health.pk)
    stories.approved(waiting, officer)
    customer.refresh_from_db()
    assert customer.sector == health
    assert entries_of(customer)[0].after["sector"] == "Y tế"


# --- on the screens ----------------------------------------------------------------------------


def typed(record: LicenceRequest, **changes: object) -> dict[str, object]:
    data = form_data(record, unit_phone="0987654321", admin_name="", admin_position="")
    data |= {"unit_chapter_code": record.unit_chapter_code}
    return data | {"admin_phone": "", "admin_email": "", **changes}


def test_the_subscription_leads_to_the_form(
    customer: Customer, sales_client: Client, catalogue: SmallCatalogue
) -> None:
    record = Subscription.objects.get(customer=customer)
    address = url("open_info_change", customer.pk, catalogue.igov.pk)
    assert address in text_of(sales_client.get(f"/ims/subscriptions/{record.pk}/"))
    assert address in text_of(sales_client.get(url("for_customer", customer.pk), headers=HTMX))
    response = sales_client.post(address)
    assert response.headers["Location"] == url("request_edit", LicenceRequest.objects.get().pk)


def test_the_form_has_no_lines_and_says_what_is_known(
    draft: LicenceRequest, sales_client: Client
) -> None:
    text = text_of(sales_client.get(url("request_edit", draft.pk)))
    assert "Hiện tại: UBND Xã Đông Hải" in text and "Hiện tại: 0987654321" in text
    assert "Cập nhật thông tin nghiệp vụ" not in text
    assert 'name="start_on"' not in text and 'name="write_back"' not in text
    assert 'value="1234567" readonly' in text
    assert 'name="unit_chapter_code"' in text and "Hiện tại: 805" in text
    assert "chỉ thay đổi thông tin" in text or "giữ nguyên tài nguyên" in text


def test_the_form_is_kept_and_sent(draft: LicenceRequest, sales_client: Client) -> None:
    data = typed(draft, unit_name="Tên mới", intent="send")
    assert post(sales_client, draft, data).status_code == 302
    draft.refresh_from_db()
    assert (draft.status, draft.unit_name) == (RequestStatus.WAITING, "Tên mới")


def test_sending_the_form_without_a_difference_says_so(
    draft: LicenceRequest, sales_client: Client
) -> None:
    data = typed(draft, intent="send", note="", sector=draft.sector_id)
    response = post(sales_client, draft, data)
    assert response.status_code == 422
    assert "Chưa có thông tin nào thay đổi" in text_of(response)


def test_page_desk_and_dialog_show_before_and_after(
    waiting: LicenceRequest, sales_client: Client, officer_client: Client
) -> None:
    for client, address in [
        (sales_client, url("request", waiting.pk)),
        (officer_client, f"/ims/requests/{waiting.pk}/"),
        (officer_client, f"/ims/requests/{waiting.pk}/approve"),
    ]:
        text = text_of(client.get(address))
        assert "<del>UBND Xã Đông Hải</del>" in text
        assert "<ins>UBND Phường Đông Hải</ins>" in text


def test_the_page_keeps_before_and_after_once_approved(
    waiting: LicenceRequest, officer: User, sales_client: Client, officer_client: Client
) -> None:
    stories.approved(waiting, officer)
    for client, address in [
        (sales_client, url("request", waiting.pk)),
        (officer_client, f"/ims/requests/{waiting.pk}/"),
    ]:
        text = text_of(client.get(address))
        assert "<del>UBND Xã Đông Hải</del>" in text


def test_yes_on_the_desk_changes_the_record(
    waiting: LicenceRequest, officer_client: Client, customer: Customer
) -> None:
    seen = stories.seen_by_officer(waiting)
    address = f"/ims/requests/{waiting.pk}/approve"
    response = officer_client.post(address, {"seen": seen}, headers=HTMX)
    assert response.status_code == 204
    customer.refresh_from_db()
    assert customer.name == "UBND Phường Đông Hải"
    stale = officer_client.post(address, {"seen": seen}, headers=HTMX)
    assert stale.status_code == 409
