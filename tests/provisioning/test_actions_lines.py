"""The module lines of a draft: planned from order and ledger, completed by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from capphep.catalog.models import ItemContent
from capphep.crm.models import Customer, Order
from capphep.platform.audit import entries_of
from capphep.platform.models import User
from capphep.provisioning.actions import drafts, extras
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.queries import lines_of
from capphep.pure.errors import Invalid, Invalids
from tests import stories
from tests.factories import SmallCatalogue
from tests.provisioning.conftest import complete_extra, sums

# --- module lines ------------------------------------------------------------------------------


def test_the_lines_follow_the_order(
    draft: LicenceRequest, salesperson: User, catalogue: SmallCatalogue
) -> None:
    line = draft.order.lines.get()
    line.quantity = 3
    line.save()
    drafts.refresh_lines(actor=salesperson, request_id=draft.pk)
    assert sums(draft) == [("office", 12, 100, 150, 250)]
    assert entries_of(draft)[0].verb == "lines_refreshed"


def test_a_refresh_keeps_what_was_typed_and_the_dialogs_that_are_open(
    both: LicenceRequest, salesperson: User
) -> None:
    complete_extra(both, salesperson)
    before = {line.pk: line.extra for line in lines_of(both)}
    drafts.refresh_lines(actor=salesperson, request_id=both.pk)
    assert {line.pk: line.extra for line in lines_of(both)} == before


def test_what_was_typed_stays_with_its_module_when_other_lines_come_and_go(
    both: LicenceRequest, salesperson: User
) -> None:
    complete_extra(both, salesperson)
    typed = lines_of(both).get(module__name="Văn phòng số").extra
    both.order.lines.get(sku="IGOV-KT-1").delete()
    drafts.refresh_lines(actor=salesperson, request_id=both.pk)
    assert lines_of(both).get().extra == typed


def test_a_refresh_takes_over_the_amount_of_the_order(
    draft: LicenceRequest, salesperson: User
) -> None:
    Order.objects.filter(pk=draft.order_id).update(net=1000, gross=1000, total=1000)
    drafts.refresh_lines(actor=salesperson, request_id=draft.pk)
    draft.refresh_from_db()
    assert draft.amount == 1000


def test_a_refresh_after_the_subscription_ran_out_is_refused(
    draft: LicenceRequest, salesperson: User, a_year_later: Callable[[], None]
) -> None:
    a_year_later()
    with pytest.raises(Invalid) as refused:
        drafts.refresh_lines(actor=salesperson, request_id=draft.pk)
    assert refused.value.code == "no_subscription"
    assert sums(draft) == [("office", 12, 100, 50, 150)]


def test_two_terms_of_one_module_are_two_lines(
    customer: Customer, salesperson: User, catalogue: SmallCatalogue
) -> None:
    shorter = catalogue.suite()
    ItemContent.objects.filter(item=shorter).exclude(module=catalogue.office).delete()
    shorter.term_months = 6
    shorter.save()
    lines = [(catalogue.users_50, 1), (shorter, 1)]
    order = stories.ordered(customer, salesperson, lines)
    draft = drafts.open_request(actor=salesperson, order_id=order.pk)
    assert sorted(sums(draft)) == [("office", 6, 100, 20, 120), ("office", 12, 120, 50, 170)]


# --- additional information --------------------------------------------------------------------


def test_additional_information_is_kept_and_normalised(
    both: LicenceRequest, salesperson: User
) -> None:
    line = lines_of(both)[0]
    values = {"using_unit": "123 45-67", "regime": "tt24", "start": "1/2/2026", "unknown": "x"}
    extras.save_extra(actor=salesperson, request_id=both.pk, line_id=line.pk, values=values)
    line.refresh_from_db()
    assert line.extra == {"using_unit": "1234567", "regime": "tt24", "start": "2026-02-01"}
    entry = entries_of(both)[0]
    assert (entry.verb, entry.after) == ("extra_saved", {"Kế toán": line.extra})


def test_additional_information_is_checked_by_the_schema(
    both: LicenceRequest, salesperson: User
) -> None:
    line = lines_of(both)[0]
    with pytest.raises(Invalids) as refused:
        extras.save_extra(
            actor=salesperson,
            request_id=both.pk,
            line_id=line.pk,
            values={"using_unit": "123", "start": "31/2/2026"},
        )
    found = {refusal.field: refusal.code for refusal in refused.value.refusals}
    assert found == {
        "using_unit": "budget_code_digits",
        "regime": "extra_required",
        "start": "extra_date",
    }
    line.refresh_from_db()
    assert line.extra == {}


def test_a_line_that_was_replaced_meanwhile_is_said_so(
    both: LicenceRequest, salesperson: User
) -> None:
    line = lines_of(both).get(module__name="Kế toán")
    both.order.lines.get(sku="IGOV-KT-1").delete()
    drafts.refresh_lines(actor=salesperson, request_id=both.pk)
    with pytest.raises(Invalid) as refused:
        extras.save_extra(actor=salesperson, request_id=both.pk, line_id=line.pk, values={})
    assert refused.value.code == "line_gone"


def test_the_line_of_another_request_is_none_of_this_one(
    both: LicenceRequest, draft: LicenceRequest, salesperson: User
) -> None:
    other = draft.lines.get()
    with pytest.raises(Invalid):
        extras.save_extra(actor=salesperson, request_id=both.pk, line_id=other.pk, values={})


def test_the_budget_code_of_one_line_is_offered_to_those_that_lack_it(
    both: LicenceRequest, salesperson: User
) -> None:
    assert extras.budget_code_offer(list(lines_of(both))) == ("", [])
    first, second = lines_of(both)
    extras.save_extra(
        actor=salesperson,
        request_id=both.pk,
        line_id=first.pk,
        values={"using_unit": "1234567", "regime": "tt24"},
    )
    code, lacking = extras.budget_code_offer(list(lines_of(both)))
    assert (code, [(line.pk, name) for line, name in lacking]) == (
        "1234567",
        [(second.pk, "using_unit")],
    )
    extras.spread_budget_code(actor=salesperson, request_id=both.pk)
    second.refresh_from_db()
    assert second.extra == {"using_unit": "1234567"}
    assert extras.budget_code_offer(list(lines_of(both))) == ("", [])
