"""Whether records are found and sorted by what they say: the derived columns, their indexes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import Model, QuerySet

from capphep.crm.keys import FOUND_BY, customer_keys, key_of
from capphep.crm.models import Customer, Opportunity, Order, SalesProject
from capphep.crm.rules import order_search_key
from capphep.crm.sales_rules import opportunity_keys, project_keys
from capphep.identity.models import AdminAccount
from capphep.identity.rules import account_key
from capphep.platform import word_index

BATCH: Final = 1_000


@dataclass(frozen=True, slots=True)
class _Derived:
    """The rows of one table, with what their keys are made of, and how."""

    rows: QuerySet[Any]
    keys: Callable[[Any], dict[str, str]]

    @property
    def table(self) -> str:
        return str(self.rows.model._meta.db_table)


def _derived() -> list[_Derived]:
    """Customers first: the others' keys follow from theirs."""
    return [
        _Derived(Customer.objects.all(), _of_customer),
        _Derived(SalesProject.objects.all(), lambda one: project_keys(one.code, one.name)),
        _Derived(Opportunity.objects.select_related("customer"), _of_opportunity),
        _Derived(Order.objects.select_related("customer"), _of_order),
        _Derived(AdminAccount.objects.all(), _of_account),
    ]


def _of_customer(one: Customer) -> dict[str, str]:
    return customer_keys({name: getattr(one, name) for name in FOUND_BY})


def _of_opportunity(one: Opportunity) -> dict[str, str]:
    return opportunity_keys(one.name, key_of(one.customer))


def _of_order(one: Order) -> dict[str, str]:
    key = order_search_key(one.order_no, one.contract_no, key_of(one.customer))
    return {"search_key": key}


def _of_account(one: AdminAccount) -> dict[str, str]:
    return {"search_key": account_key(one.full_name, one.email or "", one.phone or "")}


def differences() -> Iterator[str]:
    """A sentence for each record whose keys, and each index which, does not say what it should."""
    for each in _derived():
        for one in _that_differ(each):
            yield f"{each.table} {one.pk}: {one} is not found by what it says"
        if not word_index.is_in_step(each.table):
            yield f"{each.table}: its word index is not in step with its rows"


def rebuild() -> int:
    """Derive again what differs and make the indexes anew; returns how many records differed.

    Each batch of records is a transaction of its own, in which they are locked.
    """
    restored = 0
    word_index.restore_triggers()
    for each in _derived():
        for one in list(_that_differ(each)):
            with transaction.atomic():
                restored += _restore(each, one.pk)
        word_index.read_again(each.table)
    return restored


def _that_differ(each: _Derived) -> Iterator[Model]:
    for one in each.rows.order_by("pk").iterator(chunk_size=BATCH):
        keys = each.keys(one)
        if any(getattr(one, name) != key for name, key in keys.items()):
            yield one


def _restore(each: _Derived, pk: int) -> int:
    """Under the record's lock: somebody may be writing it."""
    one = each.rows.select_for_update(of=("self",)).get(pk=pk)
    rows = each.rows.model._default_manager.filter(pk=pk)
    return int(rows.update(**each.keys(one)))
