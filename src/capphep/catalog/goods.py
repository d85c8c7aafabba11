"""Items as one customer is offered them on one day."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from capphep.catalog import rules
from capphep.catalog.kinds import OrderPurpose, PackageKind
from capphep.catalog.models import (
    Item,
    ItemContent,
    ItemTax,
    Package,
    Product,
)
from capphep.catalog.queries import (
    Rates,
    by_sold,
    contents_text,
    eligibility_table,
    in_order,
    is_sold,
    rates_on,
    search_items,
)
from capphep.platform.prepared import prepared
from capphep.pure.errors import Invalid, Refusal, gettext_noop
from capphep.pure.money import TaxRate

MOST_GOODS: Final = 200


@dataclass(frozen=True, slots=True)
class Goods:
    """An item as one customer is offered it on one day.

    ``unit_price`` is in whole đồng before tax, ``refusal`` says why this customer may not
    order it (R8). Where no tax rate is in force yet, ``refusal`` says so and ``tax_rate``
    is the first one to come.
    """

    item_id: int
    sku: str
    name: str
    package_name: str
    product: Product
    unit_price: int
    tax_rate: TaxRate
    term_months: int
    contents: str
    refusal: Refusal | None
    edition: int

    @property
    def product_name(self) -> str:
        return self.product.name


def goods(
    text: str,
    owned: Collection[int],
    lapsed: Collection[int],
    day: datetime.date,
    purpose: str = OrderPurpose.SALE,
    *,
    most: int = MOST_GOODS,
    coming: Mapping[int, datetime.date] = rules.NOTHING_COMES,
) -> list[Goods]:
    """RULE R8: the active items that match: one whose code was asked for, then those that
    the customer may order.

    ``owned`` and ``lapsed`` are ids of the products that the customer has in force, or had
    once, ``coming`` says when others begin, ``purpose`` is that of the order. At most ``most``
    rows, four statements.
    """
    sold = by_sold(Item.objects.all(), sold=True)
    rows = (
        search_items(text, sold)
        .select_related("package__product")
        .order_by(
            _code_first(text),
            _open_first(owned, lapsed, purpose),
            "package__product_id",
            "package_id",
            "unit_price",
            "id",
        )
    )
    return _as_goods(list(rows[:most]), owned, lapsed, day, purpose, coming=coming)


def goods_by_id(
    ids: Iterable[int],
    owned: Collection[int],
    lapsed: Collection[int],
    day: datetime.date,
    purpose: str = OrderPurpose.SALE,
    *,
    with_contents: bool = True,
    coming: Mapping[int, datetime.date] = rules.NOTHING_COMES,
) -> dict[int, Goods]:
    """RULE R8: those of the items that exist, by id; one that is no longer sold is refused.

    Four statements, three where the contents are not shown.
    """
    items = _items([pk for pk in set(ids) if pk > 0])
    found = _as_goods(
        items, owned, lapsed, day, purpose, with_contents=with_contents, coming=coming
    )
    return {one.item_id: one for one in found}


@prepared
def _items(ids: list[int]) -> QuerySet[Item]:
    return Item.objects.filter(pk__in=ids).select_related("package__product").order_by("id")


@prepared
def _taxes(item_ids: list[int]) -> QuerySet[ItemTax, tuple[int, datetime.date, str]]:
    taxes = ItemTax.objects.filter(item_id__in=item_ids).order_by("from_day")
    return taxes.values_list("item_id", "from_day", "rate")


@prepared
def _contents(item_ids: list[int]) -> QuerySet[ItemContent]:
    return in_order(ItemContent.objects.filter(item_id__in=item_ids))


def _code_first(text: str) -> Case:
    """Who types a whole code means that item, and not the first of those that begin with it."""
    is_meant = When(sku__iexact=text.strip(), then=Value(0))
    return Case(is_meant, default=Value(1), output_field=IntegerField())


def _open_first(owned: Collection[int], lapsed: Collection[int], purpose: str) -> Case:
    """Sorts as R8 will decide in almost every case, so that MOST_GOODS cuts off the refused."""
    if purpose == OrderPurpose.RENEWAL:
        is_open = Q(package__product_id__in=[*owned, *lapsed])
    else:
        is_owned = Q(package__product_id__in=list(owned))
        is_open = (is_owned & Q(package__kind=PackageKind.ADD_ON)) | (
            ~is_owned & Q(package__kind=PackageKind.BASE)
        )
    return Case(When(is_open, then=Value(0)), default=Value(1), output_field=IntegerField())


def _as_goods(
    items: Sequence[Item],
    owned: Collection[int],
    lapsed: Collection[int],
    day: datetime.date,
    purpose: str,
    *,
    with_contents: bool = True,
    coming: Mapping[int, datetime.date],
) -> list[Goods]:
    ids = [item.pk for item in items]
    allowed, taxes = (
        eligibility_table(),
        defaultdict[int, list[tuple[datetime.date, TaxRate]]](list),
    )
    for item_id, from_day, rate in _taxes(ids):
        taxes[item_id].append((from_day, TaxRate(rate)))
    rates = rates_on(taxes, day)
    contents = _contents_in_words(ids) if with_contents else {}
    return [
        _one_of_goods(
            item,
            rates.get(item.pk) or _first_rate(taxes[item.pk]),
            _not_sold(item, rates)
            or rules.eligibility(
                _offered_package(item.package), owned, lapsed, allowed, purpose, coming=coming
            ),
            contents.get(item.pk, ""),
        )
        for item in items
    ]


def _contents_in_words(item_ids: list[int]) -> dict[int, str]:
    by_item: dict[int, list[ItemContent]] = defaultdict(list)
    for content in _contents(item_ids):
        by_item[content.item_id].append(content)
    return {item_id: contents_text(contents) for item_id, contents in by_item.items()}


def _one_of_goods(item: Item, rate: TaxRate, refusal: Refusal | None, contents: str) -> Goods:
    package = item.package
    return Goods(
        item_id=item.pk,
        sku=item.sku,
        name=item.name,
        package_name=package.name,
        product=package.product,
        unit_price=item.unit_price,
        tax_rate=rate,
        term_months=item.term_months,
        contents=contents,
        refusal=refusal,
        edition=item.edition,
    )


def _not_sold(item: Item, rates: Collection[int]) -> Refusal | None:
    params = {"sku": item.sku}
    if not is_sold(item):
        message = gettext_noop("%(sku)s is no longer sold.")
        return Invalid("not_sold", message, rule="R13", field="item", params=params)
    if item.pk not in rates:
        message = gettext_noop("%(sku)s has no tax rate on this day.")
        return Invalid("no_tax_rate", message, rule="R10", field="item", params=params)
    return None


def _offered_package(package: Package) -> rules.OfferedPackage:
    return rules.OfferedPackage(
        id=package.pk,
        kind=package.kind,
        product_id=package.product_id,
        product_name=package.product.name,
    )


def _first_rate(rates: Rates) -> TaxRate:
    return min(rates)[1] if rates else TaxRate.EXEMPT
