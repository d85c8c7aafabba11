"""Drafting: opening, keeping, planning the lines, additional information, giving up."""

from __future__ import annotations

import pytest

from capphep.crm.models import Customer, Order
from capphep.ims.actions import reject
from capphep.platform import clock
from capphep.platform.audit import entries_of
from capphep.platform.models import User
from capphep.platform.versions import Stale
from capphep.provisioning.actions import drafts, extras
from capphep.provisioning.actions.sending import recall_request
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.queries import lines_of
from capphep.provisioning.states import RequestKind, RequestStatus
from capphep.pure.errors import Conflict, Forbidden, Invalid, NotFound
from tests import factories, stories
from tests.factories import SmallCatalogue
from tests.provisioning.conftest import complete_extra, sums

# --- opening -----------------------------------------------------------------------------------


def test_a_draft_is_filled_from_order_customer_and_contact(
    order: Order, salesperson: User, customer: Customer
) -> None:
    draft = drafts.open_request(actor=salesperson, order_id=order.pk)
    assert draft.status == RequestStatus.DRAFT
    assert draft.request_no == f"YC-{clock.today().year}-000246"
    assert (draft.kind, draft.amount, draft.budget_code) == (
        RequestKind.ADD_ON,
        order.total,
        "1234567",
    )
    assert (draft.unit_name, draft.unit_address) == (customer.name, "Thôn Đông")
    assert draft.sector == customer.sector
    assert (draft.admin_name, draft.admin_email) == ("Nguyễn Văn An", "an@example.vn")
    assert sums(draft) == [("office", 12, 100, 50, 150)]
    assert lines_of(draft)[0].quantities.get().base_request_no == "YC-2026-000245"


def test_opening_again_gives_the_same_draft(draft: LicenceRequest, salesperson: User) -> None:
    again = drafts.open_request(actor=salesperson, order_id=draft.order_id)
    assert again.pk == draft.pk
    assert LicenceRequest.objects.count() == 1


def test_an_order_that_waits_opens_its_waiting_request(
    order: Order, salesperson: User, colleague: User
) -> None:
    waiting = stories.sent(order, salesperson)
    for person in (salesperson, colleague):
        assert drafts.open_request(actor=person, order_id=order.pk).pk == waiting.pk


def test_an_add_on_needs_a_subscription_in_force(
    salesperson: User, catalogue: SmallCatalogue
) -> None:
    newcomer = factories.customer("1234570", "Trường Mầm non")
    order = stories.ordered(newcomer, salesperson, [(catalogue.users_50, 1)])
    with pytest.raises(Invalid) as refused:
        drafts.open_request(actor=salesperson, order_id=order.pk)
    assert (refused.value.code, refused.value.rule) == ("no_subscription", "R8")
    assert not LicenceRequest.objects.exists()


def test_a_new_sale_to_an_owner_is_refused(
    customer: Customer, salesperson: User, catalogue: SmallCatalogue
) -> None:
    order = stories.ordered(customer, salesperson, [(catalogue.base, 1)])
    with pytest.raises(Invalid) as refused:
        drafts.open_request(actor=salesperson, order_id=order.pk)
    assert refused.value.code == "already_owned"


def test_a_colleague_cannot_raise_a_request_from_this_order(order: Order, colleague: User) -> None:
    with pytest.raises(Forbidden) as refused:
        drafts.open_request(actor=colleague, order_id=order.pk)
    assert refused.value.code == "not_own_order"


def test_another_team_does_not_know_the_order(order: Order, other_salesperson: User) -> None:
    with pytest.raises(NotFound):
        drafts.open_request(actor=other_salesperson, order_id=order.pk)


@pytest.mark.parametrize("who", ["officer", "auditor", "administrator"])
def test_only_salespeople_raise_requests(
    order: Order, who: str, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(Forbidden) as refused:
        drafts.open_request(actor=request.getfixturevalue(who), order_id=order.pk)
    assert refused.value.code == "not_permitted"


def test_after_a_rejection_the_new_draft_keeps_data_and_evidence(
    both: LicenceRequest, salesperson: User, officer: User
) -> None:
    complete_extra(both, salesperson)
    both.refresh_from_db()
    values = stories.complete_fields(both) | {"note": "Gấp", "admin_position": "Văn thư"}
    sent = stories.send_request(
        actor=salesperson, request_id=both.pk, seen_version=both.version, values=values
    )
    reject(actor=officer, request_id=sent.pk, reason="Thiếu chữ ký")
    again = drafts.open_request(actor=salesperson, order_id=both.order_id)
    assert again.pk != both.pk and again.status == RequestStatus.DRAFT
    assert (again.note, again.admin_position, again.level) == ("Gấp", "Văn thư", 4)
    assert sorted(again.evidence.values_list("kind", "file", "name")) == sorted(
        both.evidence.values_list("kind", "file", "name")
    )
    assert [line.extra for line in lines_of(again)] == [line.extra for line in lines_of(both)]
    assert all(line.extra for line in lines_of(again))


# --- keeping -----------------------------------------------------------------------------------


def test_a_draft_is_kept_however_incomplete(draft: LicenceRequest, salesperson: User) -> None:
    values = {"level": None, "sector": None, "admin_name": "", "note": "Chờ khách"}
    drafts.save_draft(
        actor=salesperson, request_id=draft.pk, seen_version=draft.version, values=values
    )
    draft.refresh_from_db()
    assert (draft.level, draft.sector, draft.note, draft.version) == (None, None, "Chờ khách", 2)
    assert entries_of(draft)[0].verb == "edited"


def test_a_draft_that_was_saved_elsewhere_is_not_overwritten(
    draft: LicenceRequest, salesperson: User
) -> None:
    for seen, note in ((1, "thứ nhất"), (1, "thứ hai")):
        if note == "thứ hai":
            with pytest.raises(Stale):
                drafts.save_draft(
                    actor=salesperson,
                    request_id=draft.pk,
                    seen_version=seen,
                    values={"note": note},
                )
        else:
            drafts.save_draft(
                actor=salesperson, request_id=draft.pk, seen_version=seen, values={"note": note}
            )
    draft.refresh_from_db()
    assert draft.note == "thứ nhất"


WRITES = {
    "save_draft": lambda actor, record: drafts.save_draft(
        actor=actor, request_id=record.pk, seen_version=record.version, values={"note": "x"}
    ),
    "refresh_lines": lambda actor, record: drafts.refresh_lines(actor=actor, request_id=record.pk),
    "save_extra": lambda actor, record: extras.save_extra(
        actor=actor, request_id=record.pk, line_id=record.lines.all()[0].pk, values={}
    ),
    "spread_budget_code": lambda actor, record: extras.spread_budget_code(
        actor=actor, request_id=record.pk
    ),
    "discard_draft": lambda actor, record: drafts.discard_draft(actor=actor, request_id=record.pk),
    "recall_request": lambda actor, record: recall_request(actor=actor, request_id=record.pk),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
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
def test_only_its_own_salesperson_writes_to_a_request(
    draft: LicenceRequest,
    write: object,
    who: str,
    refusal: type[Exception],
    request: pytest.FixtureRequest,
) -> None:
    with pytest.raises(refusal):
        write(request.getfixturevalue(who), draft)  # type: ignore[operator]


@pytest.mark.parametrize(
    "write", [write for name, write in WRITES.items() if name != "recall_request"]
)
def test_what_was_sent_cannot_be_changed(order: Order, salesperson: User, write: object) -> None:
    waiting = stories.sent(order, salesperson)
    before = sums(waiting)
    with pytest.raises(Conflict) as refused:
        write(salesperson, waiting)  # type: ignore[operator]
    assert refused.value.code == "wrong_state"
    assert sums(waiting) == before


# --- giving up ---------------------------------------------------------------------------------


def test_a_discarded_draft_stays_readable_and_the_order_free(
    draft: LicenceRequest, salesperson: User
) -> None:
    drafts.discard_draft(actor=salesperson, request_id=draft.pk)
    draft.refresh_from_db()
    assert draft.status == RequestStatus.DISCARDED
    again = drafts.open_request(actor=salesperson, order_id=draft.order_id)
    assert again.pk != draft.pk
    assert again.request_no > draft.request_no
