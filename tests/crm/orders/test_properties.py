"""Whatever is typed, an order's stored amounts add up, or nothing is stored."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capphep.catalog.models import ItemTax
from capphep.crm.actions.orders import LineInput, OrderHeader, create_order, edit_order
from capphep.crm.models import Customer, Order
from capphep.platform.models import User
from capphep.pure.errors import Invalids
from capphep.pure.money import Discount, DiscountKind
from capphep.pure.quantities import MAX_QUANTITY
from tests import factories

quietly = settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
quantities = st.integers(1, MAX_QUANTITY)
percents = st.decimals(0, 100, places=2)
discounts = st.one_of(
    st.just(Discount(DiscountKind.NONE)),
    st.just(Discount(DiscountKind.LINE)),
    percents.map(lambda value: Discount(DiscountKind.PERCENT, percent=value)),
    st.integers(0, 8_000_000).map(lambda value: Discount(DiscountKind.AMOUNT, amount=value)),
)


class Undo(Exception):
    """Ends a transaction without keeping anything of it."""


def check_amounts(order: Order) -> None:
    order.refresh_from_db()
    lines = list(order.lines.all())
    for name in ("gross", "discount", "net", "tax", "total"):
        assert getattr(order, name) == sum(getattr(line, name) for line in lines)
    for line in lines:
        assert line.gross == line.quantity * line.unit_price
        assert line.net == line.gross - line.discount
        assert line.total == line.net + line.tax
        assert 0 <= line.discount <= line.gross
    if order.discount_kind == DiscountKind.AMOUNT:
        assert order.discount == order.discount_amount


@quietly
@given(typed=st.tuples(quantities, quantities), percent=percents, discount=discounts)
def test_the_stored_amounts_add_up(
    salesperson: User,
    customer: Customer,
    catalogue: factories.SmallCatalogue,
    typed: tuple[int, int],
    percent: Decimal,
    discount: Discount,
) -> None:
    ItemTax.objects.filter(item=catalogue.users_50).update(rate="8")
    books = LineInput(catalogue.books_1.pk, typed[0], percent)
    users = LineInput(catalogue.users_50.pk, f"{typed[1]:,}".replace(",", "."), percent)
    header = OrderHeader(customer_id=customer.pk)
    try:
        with transaction.atomic():
            order = create_order(
                actor=salesperson, header=header, lines=[books, users], discount=discount
            )
            check_amounts(order)
            edit_order(
                actor=salesperson,
                order_id=order.pk,
                seen_version=1,
                header=header,
                lines=[users, books],
                discount=Discount(DiscountKind.PERCENT, percent=percent),
            )
            check_amounts(order)
            raise Undo
    except Undo:
        pass


@quietly
@given(
    typed=st.one_of(
        st.integers(max_value=0),
        st.integers(min_value=MAX_QUANTITY + 1),
        st.floats(allow_nan=False, allow_infinity=False).filter(lambda value: value % 1 != 0),
        st.text(max_size=12).filter(lambda text: not any(char.isdigit() for char in text)),
    )
)
def test_no_other_quantity_is_ever_stored(
    salesperson: User,
    customer: Customer,
    catalogue: factories.SmallCatalogue,
    typed: int | float | str,
) -> None:
    try:
        create_order(
            actor=salesperson,
            header=OrderHeader(customer_id=customer.pk),
            lines=[LineInput(catalogue.books_1.pk, typed)],
        )
        raise AssertionError(f"an order of {typed!r}")
    except Invalids as refused:
        assert [refusal.field for refusal in refused.refusals] == ["lines-1-quantity"]
    assert not Order.objects.exists()
