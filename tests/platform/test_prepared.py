"""Reads whose SQL is made once give what the queryset gives."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection, transaction
from django.db.models import Count, F, Q, QuerySet
from django.test.utils import CaptureQueriesContext

from capphep.catalog.models import Item, ItemContent, ItemTax
from capphep.crm.models import Customer
from capphep.crm.queries.customers import visible_customers
from capphep.platform.models import User
from capphep.platform.prepared import attach, prepared
from capphep.platform.roles import SYSTEM, Actor
from tests import factories
from tests.factories import SmallCatalogue

DAY = datetime.date(2026, 1, 1)
built: list[str] = []


@prepared
def content_of(item_id: int, units: int) -> QuerySet[ItemContent]:
    built.append("content_of")
    rows = ItemContent.objects.filter(item=item_id, units__gte=units)
    return rows.select_related("item__package", "module").order_by("-units")


@prepared
def skus(ids: list[int], name: str) -> QuerySet[Item, str]:
    return (
        Item.objects.filter(Q(pk__in=ids) | Q(name=name))
        .order_by("id")
        .values_list("sku", flat=True)
    )


@prepared
def taxed_from(day: datetime.date) -> QuerySet[ItemTax, tuple[str, datetime.date]]:
    return ItemTax.objects.filter(from_day__lte=day).values_list("item__sku", "from_day")


@prepared
def related(item_ids: list[int], codes: list[str]) -> QuerySet[ItemContent, tuple[int, str]]:
    rows = ItemContent.objects.filter(item_id__in=item_ids, module__code__in=codes)
    return rows.order_by("id").values_list("item_id", "module__code")


@prepared
def counted(product_id: int) -> QuerySet[Item]:
    rows = Item.objects.filter(package__product=product_id)
    return rows.annotate(many=Count("contents"), twice=F("unit_price") * 2).order_by("id")


@prepared
def locked(customer_id: int) -> QuerySet[Customer]:
    rows = Customer.objects.select_related("parent", "owner")
    return rows.select_for_update(of=("self",)).filter(pk=customer_id)


@prepared
def visible(actor: Actor, customer_id: int) -> QuerySet[Customer]:
    return visible_customers(actor).filter(pk=customer_id)


def test_an_actor_sees_what_the_queryset_shows_to_each_role(
    salesperson: User, colleague: User, other_salesperson: User, officer: User
) -> None:
    customer = factories.customer(owner=salesperson, team=salesperson.team)
    for actor in (salesperson, colleague, officer, SYSTEM):
        assert visible(actor, customer.pk) == [customer]
    assert visible(other_salesperson, customer.pk) == []
    other_salesperson.team = None
    assert visible(other_salesperson, customer.pk) == []


def test_nothing_can_be_compared_with_none() -> None:
    with pytest.raises(TypeError, match="NULL"):
        content_of(None, 1)  # type: ignore[arg-type]


def test_attached_children_are_read_and_narrowed_as_prefetched_ones(
    catalogue: SmallCatalogue,
) -> None:
    items = [catalogue.base, catalogue.users_50]
    attach(items, "contents", ItemContent.objects.filter(item__in=items).order_by("id"), "item")
    with CaptureQueriesContext(connection) as asked:
        assert [[each.units for each in item.contents.all()] for item in items] == [[1, 20], [50]]
        assert items[1].contents.all()[0].item is items[1]
    assert len(asked) == 0
    assert catalogue.base.contents.filter(units=20).count() == 1
    assert catalogue.base.contents.filter(units=50).count() == 0


@pytest.mark.django_db
def test_a_number_beyond_every_column_finds_nothing() -> None:
    assert content_of(2**63, 1) == skus([10**30], "") == []


def test_records_come_with_those_that_they_refer_to(catalogue: SmallCatalogue) -> None:
    found = content_of(catalogue.base.pk, 1)
    assert [content.units for content in found] == [20, 1]
    with transaction.atomic():
        assert found[0].module == catalogue.office
        assert found[0].item.package.code == "base"
    assert not found[0]._state.adding
    assert content_of(catalogue.base.pk, 2)[0].units == 20
    assert content_of(catalogue.users_50.pk, 51) == []


def test_the_queryset_is_built_once(catalogue: SmallCatalogue) -> None:
    content_of(catalogue.base.pk, 1)
    before = len(built)
    content_of(catalogue.users_50.pk, 7)
    assert len(built) == before


def test_a_list_may_have_any_length_and_be_empty(catalogue: SmallCatalogue) -> None:
    assert skus([catalogue.base.pk, catalogue.books_1.pk], "") == ["IGOV-BASE", "IGOV-KT-1"]
    assert skus([catalogue.base.pk], "VPS 50 người dùng") == ["IGOV-BASE", "IGOV-VPS-50"]
    assert skus([], "VPS 50 người dùng") == ["IGOV-VPS-50"]
    ids = [catalogue.base.pk, catalogue.users_50.pk]
    assert related(ids, ["office"]) == [(pk, "office") for pk in ids]
    assert len(related(ids, ["office", "accounting"])) == 3


def test_where_nothing_can_be_found_nothing_is_asked(catalogue: SmallCatalogue) -> None:
    @prepared
    def among(ids: list[int]) -> QuerySet[Item]:
        return Item.objects.filter(pk__in=ids)

    with CaptureQueriesContext(connection) as asked:
        assert among([]) == []
    assert len(asked) == 0
    assert among([catalogue.base.pk]) == [catalogue.base]


def test_days_and_tuples(catalogue: SmallCatalogue) -> None:
    assert ("IGOV-BASE", datetime.date(2020, 1, 1)) in taxed_from(DAY)
    assert taxed_from(datetime.date(2019, 12, 31)) == []


def test_annotations(catalogue: SmallCatalogue) -> None:
    base = counted(catalogue.igov.pk)[0]
    assert (base.many, base.twice) == (2, 24_000_000)  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_a_missing_relation_is_none_and_rows_can_be_locked() -> None:
    customer = factories.customer()
    with transaction.atomic():
        [found] = locked(customer.pk)
    assert (found, found.parent, found.owner) == (customer, None, None)
