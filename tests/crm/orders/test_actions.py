"""Orders are entered and changed under the rules, or refused with the input named."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from capphep.catalog.models import Item, ItemTax
from capphep.crm.actions.found_by import refresh_found_by
from capphep.crm.actions.orders import (
    LineInput,
    OrderDetails,
    OrderHeader,
    amend_header,
    create_order,
    edit_order,
    move_licence_status,
)
from capphep.crm.models import Customer, Opportunity, Order, SalesProject
from capphep.platform import clock
from capphep.platform.audit import entries_of
from capphep.platform.models import AuditEntry, OutboxEvent, User
from capphep.platform.roles import SYSTEM
from capphep.platform.versions import Stale
from capphep.pure.errors import Conflict, Forbidden, Invalids, NotFound
from capphep.pure.money import Discount, DiscountKind
from tests import factories


def refused_fields(call: Callable[[], object]) -> dict[str, str]:
    """What the call refuses: the code by the input that has to change."""
    with pytest.raises(Invalids) as caught:
        call()
    return {refusal.field: refusal.code for refusal in caught.value.refusals}


class Desk:
    """A salesperson at work: an order of the customer, with what a test changes about it."""

    def __init__(self, actor: User, customer: Customer, item: Item) -> None:
        self.actor, self.customer, self.item = actor, customer, item

    def create(self, lines: list[LineInput] | None = None, **changes: Any) -> Order:
        discount = changes.pop("discount", Discount(DiscountKind.NONE))
        token = changes.pop("token", None)
        header = OrderHeader(**{"customer_id": self.customer.pk, **changes})
        rows = [LineInput(self.item.pk, "1")] if lines is None else lines
        return create_order(
            actor=self.actor, header=header, lines=rows, discount=discount, token=token
        )

    def edit(
        self, order: Order, lines: list[LineInput], seen_version: int = 1, **changes: Any
    ) -> Order:
        discount = changes.pop("discount", Discount(DiscountKind.NONE))
        return edit_order(
            actor=changes.pop("actor", self.actor),
            order_id=order.pk,
            seen_version=seen_version,
            header=OrderHeader(**{"customer_id": self.customer.pk, **changes}),
            lines=lines,
            discount=discount,
        )


@pytest.fixture
def desk(salesperson: User, customer: Customer, catalogue: factories.SmallCatalogue) -> Desk:
    return Desk(salesperson, customer, catalogue.books_1)


# --- entering ------------------------------------------------------------------------------------


def test_an_order_gets_its_number_amounts_and_search_key(order: Order, salesperson: User) -> None:
    order.refresh_from_db()
    assert order.order_no == f"DH-{clock.today().year}-000001"
    assert (order.gross, order.discount, order.tax, order.total) == (11_000_000, 0, 0, 11_000_000)
    assert (order.salesperson, order.team) == (salesperson, salesperson.team)
    assert order.ordered_on == clock.today()
    assert "hd-01/2026 1234567 ubnd xa dong hai" in order.search_key
    lines = order.lines.values_list("position", "sku", "quantity", "unit_price", "tax_rate")
    assert list(lines) == [
        (1, "IGOV-KT-1", 2, 3_000_000, "KCT"),
        (2, "IGOV-VPS-50", 1, 5_000_000, "KCT"),
    ]


def test_entering_an_order_is_audited_and_announced(order: Order, salesperson: User) -> None:
    entry, event = AuditEntry.objects.get(), OutboxEvent.objects.get()
    assert (entry.actor, entry.verb, entry.subject_no) == (salesperson, "created", order.order_no)
    assert entry.after["customer"] == "1234567 · UBND Xã Đông Hải"
    assert entry.after["lines"]["IGOV-KT-1"] == "2 × 3.000.000 đ"
    assert (event.type, event.subject) == ("order.created", order.order_no)
    assert event.payload["total"] == 11_000_000


def test_an_order_without_customer_and_lines_says_both(desk: Desk) -> None:
    assert refused_fields(lambda: desk.create([], customer_id=None)) == {
        "customer": "customer_required",
        "lines": "lines_required",
    }
    assert not Order.objects.exists()


def test_wrong_quantities_are_named_by_row(desk: Desk, catalogue: factories.SmallCatalogue) -> None:
    rows = [LineInput(catalogue.books_1.pk, "0"), LineInput(catalogue.users_50.pk, 10**12)]
    assert refused_fields(lambda: desk.create(rows)) == {
        "lines-1-quantity": "quantity_too_small",
        "lines-2-quantity": "quantity_too_large",
    }


def test_an_item_that_the_customer_may_not_buy_is_refused_under_r8(
    desk: Desk, catalogue: factories.SmallCatalogue
) -> None:
    rows = [LineInput(catalogue.users_50.pk, 1), LineInput(catalogue.base.pk, 1)]
    assert refused_fields(lambda: desk.create(rows)) == {"lines-2-item": "not_eligible"}


def test_an_add_on_without_a_subscription_is_refused_under_r8(
    desk: Desk, salesperson: User
) -> None:
    newcomer = factories.customer("2345678", "Trường Tiểu học Kim Đồng", owner=salesperson)
    assert refused_fields(lambda: desk.create(customer_id=newcomer.pk)) == {
        "lines-1-item": "no_subscription"
    }


@pytest.mark.parametrize("item_id", [0, -1, 999_999, 2**70])
def test_an_item_that_does_not_exist_is_refused(desk: Desk, item_id: int) -> None:
    assert refused_fields(lambda: desk.create([LineInput(item_id, 1)])) == {
        "lines-1-item": "item_unknown"
    }


def test_an_item_that_is_no_longer_sold_is_refused(desk: Desk) -> None:
    Item.objects.filter(pk=desk.item.pk).update(is_active=False)
    assert refused_fields(desk.create) == {"lines-1-item": "not_sold"}


def test_an_item_twice_and_a_second_product_are_refused_by_row(
    desk: Desk, catalogue: factories.SmallCatalogue
) -> None:
    rows = [
        LineInput(catalogue.books_1.pk, 1),
        LineInput(catalogue.books_1.pk, 1),
        LineInput(catalogue.ihos_base.pk, 1),
    ]
    assert refused_fields(lambda: desk.create(rows)) == {
        "lines-2-item": "item_twice",
        "lines-3-item": "one_product",
    }


def test_more_than_500_lines_are_refused(desk: Desk) -> None:
    rows = [LineInput(desk.item.pk, 1)] * 501
    assert refused_fields(lambda: desk.create(rows))["lines"] == "too_many_lines"


def test_price_and_tax_come_from_the_catalogue_on_the_order_date(desk: Desk) -> None:
    ItemTax.objects.create(item=desk.item, rate="10", from_day=datetime.date(2026, 7, 1))
    before = desk.create(ordered_on=datetime.date(2026, 6, 30))
    after = desk.create(ordered_on=datetime.date(2026, 7, 1))
    assert (before.tax, after.tax) == (0, 300_000)
    assert after.total == 3_300_000


@pytest.mark.parametrize(
    ("discount", "off"),
    [
        (Discount(DiscountKind.NONE), 0),
        (Discount(DiscountKind.PERCENT, percent=Decimal("12.5")), 375_000),
        (Discount(DiscountKind.AMOUNT, amount=1), 1),
    ],
)
def test_an_order_has_one_kind_of_discount(desk: Desk, discount: Discount, off: int) -> None:
    order = desk.create(discount=discount)
    assert (order.discount_kind, order.discount) == (discount.kind, off)
    assert order.total == 3_000_000 - off


def test_a_discount_by_line_is_stored_with_its_line(desk: Desk) -> None:
    line = LineInput(desk.item.pk, 2, "10")
    order = desk.create([line], discount=Discount(DiscountKind.LINE))
    stored = order.lines.get()
    assert (stored.discount_percent, stored.net, order.total) == (10, 5_400_000, 5_400_000)


def test_a_discount_larger_than_the_goods_is_refused(desk: Desk) -> None:
    discount = Discount(DiscountKind.AMOUNT, amount=3_000_001)
    assert refused_fields(lambda: desk.create(discount=discount)) == {
        "discount_amount": "discount_exceeds_amount"
    }


def test_contact_data_is_normalised_or_refused_at_its_field(desk: Desk) -> None:
    order = desk.create(contact_phone="+84 912.345.678", contact_email=" An@Example.VN ")
    assert (order.contact_phone, order.contact_email) == ("0912345678", "An@example.vn")
    wrong = {"contact_phone": "123", "contact_email": "an@", "contract_no": "x" * 61}
    assert refused_fields(lambda: desk.create(**wrong)) == {
        "contact_phone": "phone_digits",
        "contact_email": "email_form",
        "contract_no": "too_long",
    }


def test_what_an_order_refers_to_has_to_exist(desk: Desk, salesperson: User) -> None:
    other = factories.customer("2345678", "Sở Tài chính", owner=salesperson)
    opportunity = Opportunity.objects.create(
        name="Mua thêm", search_key="", customer=other, salesperson=salesperson
    )
    closed = SalesProject.objects.create(code="A", name="A", search_key="a", is_active=False)
    wrong = {"opportunity_id": opportunity.pk, "project_id": closed.pk, "salesperson_id": 999}
    assert refused_fields(lambda: desk.create(**wrong)) == {
        "opportunity": "opportunity_of_other_customer",
        "project": "project_unknown",
        "salesperson": "salesperson_other",
    }


@pytest.mark.parametrize(
    ("owner", "fields", "code"),
    [
        ("salesperson", {"is_active": False}, "customer_inactive"),
        ("colleague", {}, "customer_of_colleague"),
        ("other_salesperson", {}, "customer_unknown"),
    ],
)
def test_a_salesperson_sells_to_customers_of_their_own(
    desk: Desk, request: pytest.FixtureRequest, owner: str, fields: dict[str, Any], code: str
) -> None:
    person = request.getfixturevalue(owner)
    other = factories.customer("2345678", "Sở Y tế", owner=person, team=person.team, **fields)
    assert refused_fields(lambda: desk.create(customer_id=other.pk))["customer"] == code


def test_an_order_names_no_opportunity_of_another_team(
    desk: Desk, catalogue: factories.SmallCatalogue, other_salesperson: User
) -> None:
    free = factories.customer("2345678", "Sở Y tế")
    theirs = Opportunity.objects.create(
        name="Mua thêm",
        search_key="",
        customer=free,
        salesperson=other_salesperson,
        team=other_salesperson.team,
    )
    wanted = {"customer_id": free.pk, "opportunity_id": theirs.pk}
    refused = refused_fields(lambda: desk.create(**wanted))
    assert refused["opportunity"] == "opportunity_of_other_customer"


def test_a_customer_of_the_pool_may_be_sold_to(
    desk: Desk, catalogue: factories.SmallCatalogue
) -> None:
    free = factories.customer("2345678", "Sở Y tế")
    order = desk.create([LineInput(catalogue.base.pk, 1)], customer_id=free.pk)
    assert order.product == catalogue.igov


@pytest.mark.parametrize("role", ["officer", "auditor", "administrator"])
def test_only_salespeople_write_orders(
    desk: Desk, order: Order, request: pytest.FixtureRequest, role: str
) -> None:
    desk.actor = request.getfixturevalue(role)
    with pytest.raises(Forbidden):
        desk.create()
    with pytest.raises(Forbidden):
        desk.edit(order, [LineInput(desk.item.pk, 1)])


def test_a_command_names_the_salesperson(desk: Desk, salesperson: User) -> None:
    desk.actor = SYSTEM  # type: ignore[assignment]
    assert refused_fields(desk.create) == {"salesperson": "salesperson_required"}
    assert desk.create(salesperson_id=salesperson.pk).team == salesperson.team


def test_a_form_sent_twice_makes_one_order(desk: Desk) -> None:
    token = uuid4()
    assert desk.create(token=token) == desk.create(token=token)
    assert Order.objects.count() == 1


# --- changing ------------------------------------------------------------------------------------


def test_a_line_whose_item_stays_keeps_its_id_and_its_price(
    desk: Desk, order: Order, catalogue: factories.SmallCatalogue
) -> None:
    kept = order.lines.get(item=catalogue.users_50)
    Item.objects.filter(pk=catalogue.users_50.pk).update(unit_price=9_000_000, name="Tên mới")
    changed = desk.edit(order, [LineInput(catalogue.users_50.pk, "3")], contract_no="HĐ-01/2026")
    line = order.lines.get()
    assert (line.pk, line.position, line.quantity) == (kept.pk, 1, 3)
    assert (line.name, line.unit_price, line.net) == (kept.name, 5_000_000, 15_000_000)
    assert (changed.version, changed.total) == (2, 15_000_000)
    entry = entries_of(order)[0]
    assert entry.before["lines"] == {
        "IGOV-KT-1": "2 × 3.000.000 đ",
        "IGOV-VPS-50": "1 × 5.000.000 đ",
    }
    assert entry.after["lines"] == {"IGOV-VPS-50": "3 × 5.000.000 đ"}
    assert OutboxEvent.objects.filter(type="order.changed").count() == 1


def test_lines_may_change_places(
    desk: Desk, order: Order, catalogue: factories.SmallCatalogue
) -> None:
    before = {line.item_id: line.pk for line in order.lines.all()}
    swapped = [LineInput(catalogue.users_50.pk, 1), LineInput(catalogue.books_1.pk, 2)]
    desk.edit(order, swapped)
    after = list(order.lines.values_list("position", "item_id", "pk"))
    users, books = catalogue.users_50.pk, catalogue.books_1.pk
    assert after == [(1, users, before[users]), (2, books, before[books])]


def test_saving_what_stands_there_already_changes_nothing(
    desk: Desk, order: Order, catalogue: factories.SmallCatalogue
) -> None:
    rows = [LineInput(catalogue.books_1.pk, "2"), LineInput(catalogue.users_50.pk, "1")]
    assert desk.edit(order, rows, contract_no="HĐ-01/2026").version == 1
    assert (AuditEntry.objects.count(), OutboxEvent.objects.count()) == (1, 1)


def test_the_contract_number_is_found_after_a_change(desk: Desk, order: Order) -> None:
    desk.edit(order, [LineInput(desk.item.pk, 1)], contract_no="HĐ-99")
    order.refresh_from_db()
    assert "hd-99" in order.search_key
    assert "search_key" not in entries_of(order)[0].after


def test_a_renamed_customer_is_found_by_its_new_name(order: Order, customer: Customer) -> None:
    Customer.objects.filter(pk=customer.pk).update(name="UBND Phường Đông Hải")
    customer.refresh_from_db()
    refresh_found_by([customer])
    order.refresh_from_db()
    assert "ubnd phuong dong hai" in order.search_key


def test_two_people_edit_one_order_the_later_is_told(desk: Desk, order: Order) -> None:
    desk.edit(order, [LineInput(desk.item.pk, 5)])
    with pytest.raises(Stale):
        desk.edit(order, [LineInput(desk.item.pk, 7)], seen_version=1)
    assert order.lines.get().quantity == 5


def test_a_colleague_reads_and_does_not_write(
    desk: Desk, order: Order, colleague: User, other_salesperson: User
) -> None:
    rows = [LineInput(desk.item.pk, 1)]
    with pytest.raises(Forbidden):
        desk.edit(order, rows, actor=colleague)
    with pytest.raises(NotFound):
        desk.edit(order, rows, actor=other_salesperson)


def test_an_order_keeps_a_customer_that_has_gone_to_somebody_else(
    desk: Desk, order: Order, other_salesperson: User
) -> None:
    Customer.objects.filter(pk=order.customer_id).update(
        owner=other_salesperson, team=other_salesperson.team, is_active=False
    )
    assert desk.edit(order, [LineInput(desk.item.pk, 4)]).total == 12_000_000


# --- frozen (R12) --------------------------------------------------------------------------------


def test_a_sent_order_is_locked_but_for_its_details(
    desk: Desk, order: Order, salesperson: User
) -> None:
    move_licence_status(actor=salesperson, order=order, verb="send")
    with pytest.raises(Conflict) as caught:
        desk.edit(order, [LineInput(desk.item.pk, 1)])
    assert (caught.value.code, caught.value.rule) == ("order_frozen", "R12")
    project = SalesProject.objects.create(code="HCSN", name="HCSN 2026", search_key="hcsn")
    details = OrderDetails(contract_no="HĐ-02", contact_name="Trần Thị Bình", project_id=project.pk)
    amended = amend_header(actor=salesperson, order_id=order.pk, seen_version=1, details=details)
    assert (amended.contract_no, amended.project, amended.version) == ("HĐ-02", project, 2)
    assert amended.total == 11_000_000
    assert entries_of(order)[0].after["contact_name"] == "Trần Thị Bình"


def test_details_are_checked_while_frozen_too(order: Order, salesperson: User) -> None:
    move_licence_status(actor=salesperson, order=order, verb="send")
    details = OrderDetails(contact_phone="1")
    refused = refused_fields(
        lambda: amend_header(actor=salesperson, order_id=order.pk, seen_version=1, details=details)
    )
    assert refused == {"contact_phone": "phone_digits"}
    with pytest.raises(Stale):
        amend_header(actor=salesperson, order_id=order.pk, seen_version=7, details=OrderDetails())


def test_recalling_the_request_unlocks_the_order(
    desk: Desk, order: Order, salesperson: User
) -> None:
    move_licence_status(actor=salesperson, order=order, verb="send")
    change = move_licence_status(actor=salesperson, order=order, verb="recall")
    assert change.before == {"licence_status": "pending"}
    assert change.after == {"licence_status": "not_requested"}
    desk.edit(order, [LineInput(desk.item.pk, 1)])


def test_the_licence_status_moves_by_its_table_alone(order: Order, salesperson: User) -> None:
    with pytest.raises(Conflict) as caught:
        move_licence_status(actor=salesperson, order=order, verb="approve")
    assert caught.value.code == "wrong_state"
