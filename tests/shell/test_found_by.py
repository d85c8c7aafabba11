"""`./capphep search`: what is derived agrees with the records, and can be made anew."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from capphep.crm.actions.customers import edit_customer
from capphep.crm.customer_rules import CustomerInput
from capphep.crm.models import Customer, Order
from capphep.crm.queries.customers import search_customers
from capphep.platform import versions, word_index
from capphep.platform.models import User
from capphep.platform.roles import SYSTEM
from tests import factories, stories
from tests.factories import SmallCatalogue
from tests.plumbing.races import losers, race, winners


def run(verb: str) -> str:
    out = io.StringIO()
    call_command("search", verb, stdout=out)
    return out.getvalue()


def test_what_differs_is_named_and_made_anew(salesperson: User, catalogue: SmallCatalogue) -> None:
    unit = factories.customer("1234567", "UBND Xã Đông Hải")
    order = stories.ordered(unit, salesperson, [(catalogue.users_50, 1)])
    run("rebuild")
    assert run("verify").startswith("Every record")
    Customer.objects.filter(pk=unit.pk).update(search_key="x", sort_key="")
    Order.objects.filter(pk=order.pk).update(search_key="x")
    with pytest.raises(CommandError, match="2 differences"):
        run("verify")
    assert run("rebuild").startswith("2 records")
    assert run("verify").startswith("Every record")
    unit.refresh_from_db()
    assert "uy" in unit.search_key.split() and unit.sort_key


def typed(name: str) -> CustomerInput:
    return CustomerInput(
        budget_code="1234567",
        name=name,
        org_type="commune",
        public_unit_kind="committee",
        level=4,
    )


def test_two_who_rename_one_customer_at_once_leave_the_winners_words(
    transactional_db: None, salesperson: User, colleague: User
) -> None:
    unit = factories.customer("1234567", "UBND Xã Đông Hải")
    names = ("UBND Phường Hoa Lư", "UBND Phường Sen Hồ")

    def rename(name: str) -> str:
        edit_customer(actor=SYSTEM, customer_id=unit.pk, seen_version=1, typed=typed(name))
        return name

    outcomes = race([lambda: rename(names[0]), lambda: rename(names[1])])
    [won] = winners(outcomes)
    assert isinstance(losers(outcomes)[0], versions.Stale)
    rows = Customer.objects.all()
    assert [bool(search_customers(rows, name)) for name in names] == [name == won for name in names]
    assert not search_customers(rows, "đông hải")
    assert word_index.is_in_step("crm_customer")
    assert run("verify").startswith("Every record")
