"""Orders out of a sheet: entered as a whole by the rules of the screen, once, and taken back."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from capphep.crm.imports.orders import SHEET
from capphep.crm.models import Customer, Order
from capphep.exchange import actions, running
from capphep.exchange.models import Import
from capphep.platform.models import AuditEntry, OutboxEvent, User
from capphep.provisioning.actions.drafts import open_request
from capphep.pure.errors import Conflict, NotFound
from capphep.reporting.models import OrderFact, OrderFigure
from tests import factories, stories
from tests.exchange.sheets import entered, returned, units, uploaded, work
from tests.factories import SmallCatalogue
from tests.plumbing.races import race
from tests.reporting.conftest import kept_up

pytestmark = pytest.mark.django_db(transaction=True)
Row = dict[str, Any]
DAY = datetime.date(2026, 3, 2)


@pytest.fixture(autouse=True)
def customer(transactional_db: None, salesperson: User, catalogue: SmallCatalogue) -> Customer:
    """One of the salesperson's, who has iGOV and may buy add-ons."""
    factories.reference_data()
    made = factories.customer(owner=salesperson, team=salesperson.team)
    factories.owns(made, catalogue.igov)
    return made


def row(
    order: Any = 1, sku: str = "IGOV-VPS-50", quantity: Any = 2, **other: Any
) -> dict[str, Any]:
    own = {"order": order, "sku": sku, "quantity": quantity}
    return own | {"budget_code": "1234567", "ordered_on": DAY} | other


def sheet(*rows: Row) -> bytes:
    return units(*rows, columns=SHEET.columns)


def imported(user: User, *rows: Row) -> Import:
    return entered(user, sheet(*rows), "orders")


def test_rows_of_one_order_enter_as_its_lines(salesperson: User) -> None:
    more = {"order": 1, "sku": "igov-kt-1", "quantity": "3"}
    one = imported(
        salesperson, row(contract_no="12/HĐ", discount_percent=10), row(2, quantity=5), more
    )
    assert (one.counts["created"], one.counts["rejected"]) == (2, 0)
    first, second = Order.objects.order_by("pk")
    assert [(line.sku, line.quantity) for line in first.lines.all()] == [
        ("IGOV-VPS-50", 2),
        ("IGOV-KT-1", 3),
    ]
    assert (first.contract_no, first.ordered_on, first.gross) == ("12/HĐ", DAY, 19_000_000)
    assert (first.discount, first.salesperson) == (1_900_000, salesperson)
    assert second.total == 25_000_000


def test_an_order_goes_back_as_a_whole_with_each_reason_at_its_cell(salesperson: User) -> None:
    one = imported(
        salesperson,
        row(),
        row(sku="NOTHING"),
        row(quantity="x"),
        row(2, budget_code="7654321"),
        row(3, line_discount=0.1),
        row(4, project="Không có", salesperson="Người khác"),
        row(5, "IHOS-BASE"),
        row(5, discount_percent=5, discount_amount=1000),
        row("", contract_no=""),
        row(6),
        row(6, "IGOV-KT-1", contract_no="A", budget_code="1234568"),
    )
    assert (one.counts["created"], one.counts["rejected"]) == (0, 11)
    assert not Order.objects.exists()
    reasons = [cells[-1] for cells in returned(one)[1:]]
    expected = [
        "Đơn hàng: ",
        "Mã hàng hóa: ",
        "Số lượng: ",
        "Mã ngân sách: ",
        "Chiết khấu dòng (%): ",
        "Dự án bán hàng: ",
        "Chiết khấu đơn hàng (%): ",
        "Mã hàng hóa: ",
        "Đơn hàng: ",
        "Đơn hàng: ",
        "Mã ngân sách: ",
    ]
    for text, start in zip(reasons, expected, strict=True):
        assert start in text, (start, text)
    assert "NVKD HCSN: " in reasons[5]


def test_the_same_file_again_creates_nothing(salesperson: User) -> None:
    rows = [row(contract_no="12/HĐ", line_discount="12,5"), row(2), row(2, "IGOV-KT-1", 1)]
    imported(salesperson, *rows)
    again = imported(salesperson, *rows)
    assert (again.counts["created"], again.counts["unchanged"]) == (0, 2)
    other = imported(salesperson, row(contract_no="12/HĐ", quantity=3))
    assert (other.counts["created"], other.counts["rejected"]) == (0, 1)
    assert Order.objects.count() == 2


def test_a_check_says_what_entering_would_do(
    salesperson: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "MOST_ROWS", 1)
    rows = [row(), row(2), row(3, quantity=0), row(4, quantity=1), row(4, "IGOV-KT-1")]
    one = uploaded(salesperson, sheet(*rows), "orders")
    actions.check(actor=salesperson, import_id=one.pk)
    work()
    assert not Order.objects.exists()
    actions.begin(actor=salesperson, import_id=one.pk)
    work()
    one.refresh_from_db()
    assert one.checked == one.counts
    assert (one.counts["created"], one.counts["unchanged"], one.counts["rejected"]) == (2, 1, 1)


def test_who_sells_imports_orders_of_their_own(
    salesperson: User, colleague: User, administrator: User, manager: User
) -> None:
    for user in (administrator, manager):
        with pytest.raises(NotFound):
            uploaded(user, sheet(row()), "orders")
    assert imported(colleague, row()).counts["rejected"] == 1
    assert imported(salesperson, row(salesperson=salesperson.full_name)).counts["created"] == 1


def test_undone_orders_are_gone_from_lists_and_figures(salesperson: User) -> None:
    one = imported(salesperson, row(), row(2, quantity=3))
    kept_up()
    assert OrderFact.objects.count() == 2
    actions.undo(actor=salesperson, import_id=one.pk)
    work()
    kept_up()
    assert not Order.objects.exists()
    assert not OrderFact.objects.exists()
    assert not OrderFigure.objects.filter(number__gt=0).exists()
    assert AuditEntry.objects.filter(verb="import_undone", subject_type="order").count() == 2
    assert OutboxEvent.objects.filter(type="order.removed").count() == 2
    assert imported(salesperson, row()).counts["created"] == 1


def test_a_request_or_an_edit_keeps_what_was_imported(
    salesperson: User, customer: Customer, catalogue: SmallCatalogue
) -> None:
    one = imported(salesperson, row())
    order = Order.objects.get()
    Order.objects.update(version=2)
    with pytest.raises(Conflict):
        actions.undo(actor=salesperson, import_id=one.pk)
    Order.objects.update(version=1)
    stories.opened(customer, catalogue)
    open_request(actor=salesperson, order_id=order.pk)
    with pytest.raises(Conflict) as refused:
        actions.undo(actor=salesperson, import_id=one.pk)
    assert refused.value.code == "in_use"
    assert Order.objects.exists()


def test_two_imports_of_one_file_at_once_enter_its_orders_once(salesperson: User) -> None:
    for _ in range(2):
        one = uploaded(salesperson, sheet(row(), row(2, quantity=3)), "orders")
        actions.begin(actor=salesperson, import_id=one.pk)
    race(work, 2)
    assert Order.objects.count() == 2
