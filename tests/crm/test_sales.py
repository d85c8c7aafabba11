"""Opportunities and sales projects: actions and screens."""

from __future__ import annotations

import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from capphep.crm.actions.opportunities import (
    create_opportunity,
    edit_opportunity,
    move_opportunity,
)
from capphep.crm.actions.projects import create_project, deactivate_project, edit_project
from capphep.crm.models import Customer, Opportunity, SalesProject
from capphep.crm.sales_rules import OpportunityInput, ProjectInput
from capphep.platform.audit import entries_of
from capphep.platform.models import User
from capphep.platform.versions import Stale
from capphep.pure.errors import Conflict, Forbidden, Invalids, NotFound
from tests import stories
from tests.conftest import signed_in
from tests.factories import SmallCatalogue
from tests.plumbing.races import losers, race, winners
from tests.plumbing.sql_counts import Counter

MARCH = datetime.date(2026, 3, 15)


def url(name: str, *args: Any) -> str:
    return reverse(f"crm:{name}", args=args)


def typed_opportunity(customer: Customer | None, **changes: Any) -> OpportunityInput:
    values: dict[str, Any] = {
        "name": "Mua thêm VPS",
        "customer_id": customer.pk if customer else None,
    }
    return OpportunityInput(**values | changes)


def typed_project(**changes: Any) -> ProjectInput:
    return ProjectInput(**{"code": "igov-2026", "name": "iGOV cấp xã 2026"} | changes)


def codes_of(refused: pytest.ExceptionInfo[Invalids]) -> dict[str, str]:
    return {refusal.field: refusal.code for refusal in refused.value.refusals}


@pytest.fixture
def project(salesperson: User) -> SalesProject:
    return create_project(actor=salesperson, typed=typed_project())


@pytest.fixture
def opportunity(salesperson: User, own_customer: Customer) -> Opportunity:
    return create_opportunity(actor=salesperson, typed=typed_opportunity(own_customer))


# --- opportunities: actions ----------------------------------------------------------------------


def test_an_opportunity_belongs_to_who_enters_it(
    salesperson: User, pool_customer: Customer, project: SalesProject
) -> None:
    made = create_opportunity(
        actor=salesperson,
        typed=typed_opportunity(
            pool_customer,
            project_id=project.pk,
            expected_amount=" 15.000.000 đ",
            expected_on=MARCH,
            note="Gọi lại\n\n sau Tết ",
        ),
    )
    made.refresh_from_db()
    assert (made.salesperson, made.team) == (salesperson, salesperson.team)
    assert (made.expected_amount, made.expected_on, made.project) == (15_000_000, MARCH, project)
    assert made.note == "Gọi lại\n\nsau Tết"
    assert made.search_key == "mua them vps 2222222 truong thcs mai ha co hoc so trung"
    assert entries_of(made).get().after["expected_amount"] == 15_000_000


def test_every_wrong_field_of_an_opportunity_is_told_at_once(salesperson: User) -> None:
    wrong = typed_opportunity(
        None,
        name=" ",
        project_id=99,
        expected_amount="mười triệu",
        expected_on=datetime.date(1926, 1, 1),
    )
    with pytest.raises(Invalids) as refused:
        create_opportunity(actor=salesperson, typed=wrong)
    assert codes_of(refused) == {
        "name": "required",
        "customer": "customer_required",
        "project": "project_unknown",
        "expected_amount": "amount_not_whole",
        "expected_on": "day_out_of_range",
    }


def test_nobody_sells_to_another_ones_customer_or_to_one_no_longer_followed(
    salesperson: User,
    own_customer: Customer,
    team_customer: Customer,
    foreign_customer: Customer,
) -> None:
    Customer.objects.filter(pk=own_customer.pk).update(is_active=False)
    expected = {
        own_customer: "customer_inactive",
        team_customer: "customer_of_colleague",
        foreign_customer: "customer_unknown",
    }
    for customer, code in expected.items():
        with pytest.raises(Invalids) as refused:
            create_opportunity(actor=salesperson, typed=typed_opportunity(customer))
        assert codes_of(refused) == {"customer": code}


def test_a_colleagues_opportunity_can_be_seen_and_not_changed(
    colleague: User, other_salesperson: User, officer: User, opportunity: Opportunity
) -> None:
    def edit(actor: User) -> None:
        edit_opportunity(
            actor=actor,
            opportunity_id=opportunity.pk,
            seen_version=1,
            typed=typed_opportunity(opportunity.customer, name="Khác"),
        )

    for actor, refusal in (
        (colleague, Forbidden),
        (other_salesperson, NotFound),
        (officer, Forbidden),
    ):
        with pytest.raises(refusal):
            edit(actor)
        with pytest.raises(refusal):
            move_opportunity(actor=actor, opportunity_id=opportunity.pk, verb="win")


def test_the_customer_of_an_opportunity_stays_once_an_order_came_of_it(
    salesperson: User,
    opportunity: Opportunity,
    pool_customer: Customer,
    catalogue: SmallCatalogue,
) -> None:
    order = stories.ordered(opportunity.customer, salesperson, [(catalogue.base, 1)])
    order.opportunity = opportunity
    order.save()
    with pytest.raises(Invalids) as refused:
        edit_opportunity(
            actor=salesperson,
            opportunity_id=opportunity.pk,
            seen_version=1,
            typed=typed_opportunity(pool_customer),
        )
    assert codes_of(refused) == {"customer": "opportunity_has_orders"}


def test_an_opportunity_moves_along_its_stages_only(
    salesperson: User, opportunity: Opportunity
) -> None:
    def move(verb: str) -> str:
        return move_opportunity(actor=salesperson, opportunity_id=opportunity.pk, verb=verb).stage

    assert move("win") == "won"
    with pytest.raises(Conflict):
        move("lose")
    assert move("reopen") == "open"
    assert move("lose") == "lost"
    with pytest.raises(Conflict):
        move("fly")
    opportunity.refresh_from_db()
    assert opportunity.version == 4
    newest = entries_of(opportunity)[0]
    assert (newest.before, newest.after) == ({"stage": "open"}, {"stage": "lost"})


def test_an_edit_from_before_a_move_is_stale(salesperson: User, opportunity: Opportunity) -> None:
    move_opportunity(actor=salesperson, opportunity_id=opportunity.pk, verb="win")
    with pytest.raises(Stale):
        edit_opportunity(
            actor=salesperson,
            opportunity_id=opportunity.pk,
            seen_version=1,
            typed=typed_opportunity(opportunity.customer, name="Khác"),
        )


def test_of_two_who_move_one_opportunity_at_once_one_is_told(
    transactional_db: None, salesperson: User, opportunity: Opportunity
) -> None:
    outcomes = race(
        [
            lambda: move_opportunity(actor=salesperson, opportunity_id=opportunity.pk, verb="win"),
            lambda: move_opportunity(actor=salesperson, opportunity_id=opportunity.pk, verb="lose"),
        ]
    )
    assert len(winners(outcomes)) == 1
    assert isinstance(losers(outcomes)[0], Conflict)


# --- projects: actions ---------------------------------------------------------------------------


def test_a_project_keeps_its_code_in_capitals_and_unique(salesperson: User) -> None:
    made = create_project(actor=salesperson, typed=typed_project())
    assert (made.code, made.search_key) == ("IGOV-2026", "igov-2026 igov cap xa 2026 x")
    with pytest.raises(Invalids) as refused:
        create_project(actor=salesperson, typed=typed_project(code=" iGov-2026 "))
    assert codes_of(refused) == {"code": "project_code_taken"}


def test_every_wrong_field_of_a_project_is_told_at_once(salesperson: User) -> None:
    wrong = typed_project(
        code="", name="x" * 201, first_day=MARCH, last_day=datetime.date(2026, 3, 14)
    )
    with pytest.raises(Invalids) as refused:
        create_project(actor=salesperson, typed=wrong)
    assert codes_of(refused) == {
        "code": "required",
        "name": "too_long",
        "last_day": "project_ends_before",
    }


def test_any_salesperson_edits_a_project_and_no_reader_does(
    other_salesperson: User, auditor: User, project: SalesProject
) -> None:
    edited = edit_project(
        actor=other_salesperson,
        project_id=project.pk,
        seen_version=1,
        typed=typed_project(name="Tên mới"),
    )
    assert (edited.name, edited.version) == ("Tên mới", 2)
    with pytest.raises(Forbidden):
        deactivate_project(actor=auditor, project_id=project.pk)


def test_of_two_who_enter_one_project_code_at_once_one_is_told(
    transactional_db: None, salesperson: User
) -> None:
    outcomes = race(lambda: create_project(actor=salesperson, typed=typed_project()), 2)
    assert len(winners(outcomes)) == 1
    assert isinstance(losers(outcomes)[0], Invalids)


# --- screens -------------------------------------------------------------------------------------


def test_an_opportunity_is_entered_from_a_customer(
    sales_client: Client, own_customer: Customer
) -> None:
    page = f"{url('opportunity_new')}?customer={own_customer.pk}"
    assert own_customer.name in sales_client.get(page).content.decode()
    typed = {
        "customer": own_customer.pk,
        "name": "Mua thêm",
        "expected_amount": "1.500.000",
        "expected_on": "15/03/2026",
        "token": str(uuid4()),
    }
    answers = [sales_client.post(page, typed) for _ in range(2)]
    made = Opportunity.objects.get()
    assert {each.headers["Location"] for each in answers} == {url("opportunity", made.pk)}
    text = sales_client.get(url("opportunity", made.pk)).content.decode()
    for shown in ("Mua thêm", "1.500.000 đ", "15/03/2026", f"?opportunity={made.pk}"):
        assert shown in text


def test_a_wrong_opportunity_comes_back_with_each_error(sales_client: Client, db: None) -> None:
    wrong = {"name": "", "customer": "99", "expected_amount": "1,5", "expected_on": "31/02/2026"}
    response = sales_client.post(url("opportunity_new"), wrong)
    assert response.status_code == 422
    errors = set(response.context["form"].errors)
    assert errors == {"name", "customer", "expected_amount", "expected_on"}


@pytest.mark.parametrize("asked", ["99999999999999999999", "x", "-1"])
def test_an_address_that_names_no_customer_is_answered(
    sales_client: Client, db: None, asked: str
) -> None:
    status = sales_client.get(f"{url('opportunity_new')}?customer={asked}").status_code
    assert status in (200, 404)


def test_the_later_editor_of_an_opportunity_sees_the_difference(
    sales_client: Client, opportunity: Opportunity
) -> None:
    page = url("opportunity_edit", opportunity.pk)
    typed = {"customer": opportunity.customer_id, "name": "Mua thêm VPS", "version": "1"}
    sales_client.post(page, typed | {"expected_amount": "2000000"})
    response = sales_client.post(page, typed | {"expected_amount": "3.000.000 đ"})
    assert response.status_code == 409
    (difference,) = response.context["conflict"].differences
    assert (difference.theirs, difference.yours) == ("2.000.000", "3.000.000")


def test_a_stage_is_moved_from_the_menu(sales_client: Client, opportunity: Opportunity) -> None:
    win = url("opportunity_move", opportunity.pk, "win")
    assert sales_client.get(win).status_code == 302
    assert sales_client.post(win, HTTP_HX_REQUEST="true").status_code == 204
    assert sales_client.post(win, HTTP_HX_REQUEST="true").status_code == 409
    opportunity.refresh_from_db()
    assert opportunity.stage == "won"


def test_a_project_is_entered_edited_and_set_aside(sales_client: Client, db: None) -> None:
    typed = {"code": "A1", "name": "Chiến dịch", "first_day": "01/01/2026", "last_day": ""}
    sales_client.post(url("project_new"), typed)
    made = SalesProject.objects.get()
    page = url("project_edit", made.pk)
    assert 'value="01/01/2026"' in sales_client.get(page).content.decode()
    edited = sales_client.post(page, typed | {"name": "Mới", "version": "1"})
    assert edited.headers["Location"] == url("project", made.pk)
    stale = sales_client.post(page, typed | {"name": "Khác", "version": "1"})
    assert stale.status_code == 409
    taken = sales_client.post(url("project_new"), typed)
    assert (taken.status_code, set(taken.context["form"].errors)) == (422, {"code"})
    assert sales_client.get(url("project_deactivate", made.pk)).status_code == 200
    assert sales_client.post(url("project_deactivate", made.pk)).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.is_active) == ("Mới", False)
    assert sales_client.get(url("project_picker"), {"q": "moi"}).json() == {"results": []}
    assert sales_client.post(url("project_reactivate", made.pk)).status_code == 302
    assert (
        sales_client.get(url("project_picker"), {"q": "moi"}).json()["results"][0]["code"] == "A1"
    )


def test_the_project_page_shows_what_the_actor_may_see_of_it(
    salesperson: User,
    other_salesperson: User,
    own_customer: Customer,
    project: SalesProject,
) -> None:
    create_opportunity(
        actor=salesperson, typed=typed_opportunity(own_customer, project_id=project.pk)
    )
    page = url("project", project.pk)
    assert "Mua thêm VPS" in signed_in(salesperson).get(page).content.decode()
    assert "Mua thêm VPS" not in signed_in(other_salesperson).get(page).content.decode()


def test_the_opportunity_picker_narrows_to_a_customer(
    salesperson: User, opportunity: Opportunity, pool_customer: Customer
) -> None:
    create_opportunity(actor=salesperson, typed=typed_opportunity(pool_customer))
    client = signed_in(salesperson)
    rows = client.get(url("opportunity_picker"), {"customer": pool_customer.pk}).json()["results"]
    assert [row["note"] for row in rows] == [pool_customer.name]
    assert len(client.get(url("opportunity_picker"), {"q": "vps"}).json()["results"]) == 2


@pytest.mark.parametrize(
    ("name", "query", "count"),
    [
        ("opportunity_list", {}, 1),
        ("opportunity_list", {"q": "đông hải"}, 1),
        ("opportunity_list", {"stage": "won"}, 0),
        ("opportunity_list", {"sort": "-expected_amount"}, 1),
        ("opportunity_list", {"sort": "customer__name"}, 1),
        ("project_list", {}, 1),
        ("project_list", {"active": "0"}, 0),
        ("project_list", {"q": "igov"}, 1),
    ],
)
def test_the_lists_are_searched_filtered_and_sorted(
    sales_client: Client,
    opportunity: Opportunity,
    project: SalesProject,
    name: str,
    query: dict[str, str],
    count: int,
) -> None:
    assert len(sales_client.get(url(name), query).context["page"].rows) == count


@pytest.mark.parametrize("rows", [1, 45])
def test_the_lists_cost_the_same_whatever_their_length(
    salesperson: User, own_customer: Customer, statements: Counter, rows: int
) -> None:
    for number in range(rows):
        made = create_project(actor=salesperson, typed=typed_project(code=f"P{number}"))
        create_opportunity(
            actor=salesperson, typed=typed_opportunity(own_customer, project_id=made.pk)
        )
    client = signed_in(salesperson)
    with statements("crm.opportunities.list", at_most=8):
        client.get(url("opportunity_list"))
    with statements("crm.projects.list", at_most=8):
        client.get(url("project_list"))
