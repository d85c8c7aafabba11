"""Lists of people, teams, opportunities and goods stand in the Vietnamese order of their names."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps

from capphep.catalog.actions.items import item_keys
from capphep.catalog.models import Item
from capphep.crm.actions.opportunities import create_opportunity, edit_opportunity
from capphep.crm.models import Opportunity
from capphep.crm.sales_rules import OpportunityInput
from capphep.platform.audit import entries_of
from capphep.platform.lists import source_named
from capphep.platform.models import Team, User
from capphep.platform.roles import Role
from capphep.shell.actions import create_user, edit_user
from capphep.shell.team_actions import create_team, edit_team
from capphep.shell.user_rules import UserInput
from tests import factories
from tests.factories import SmallCatalogue

pytestmark = pytest.mark.django_db
NAMES = ("Dung", "Duyên", "Đạt", "Em", "Ánh", "An", "Âu")
IN_ORDER = ["An", "Ánh", "Âu", "Dung", "Duyên", "Đạt", "Em"]


def typed(name: str, number: int) -> UserInput:
    return UserInput(
        username=f"person{number}", full_name=name, role=Role.OFFICER, email="", team=""
    )


def test_people_and_teams(administrator: User) -> None:
    Team.objects.exclude(pk=administrator.team_id).delete()
    for number, name in enumerate(NAMES):
        user = create_user(actor=administrator, typed=typed(name, number), password=None)
        create_team(actor=administrator, name=name)
    assert "sort_key" not in entries_of(user)[0].after
    people = User.objects.filter(username__startswith="person").order_by("sort_key", "id")
    assert [person.full_name for person in people] == IN_ORDER
    assert [team.name for team in Team.objects.order_by("sort_key")] == IN_ORDER
    last = people[6]
    edit_user(
        actor=administrator,
        user_id=last.pk,
        seen_version=last.version,
        typed=typed("Ba", int(last.username[-1])),
    )
    team = Team.objects.get(name="Em")
    edit_team(actor=administrator, team_id=team.pk, seen_version=1, name="Ba", is_active=True)
    assert people.all()[3].full_name == "Ba"
    assert Team.objects.order_by("sort_key")[3].name == "Ba"
    assert set(entries_of(last)[0].after) == set(entries_of(team)[0].after) - {"name"} | {
        "full_name"
    }


def test_opportunities(salesperson: User) -> None:
    unit = factories.customer(owner=salesperson, team=salesperson.team)
    for name in NAMES:
        facts = OpportunityInput(name=name, customer_id=unit.pk)
        create_opportunity(actor=salesperson, typed=facts)
    assert [one.name for one in Opportunity.objects.order_by("sort_key")] == IN_ORDER
    one = Opportunity.objects.get(name="Em")
    facts = OpportunityInput(name="Ba", customer_id=unit.pk)
    edit_opportunity(
        actor=salesperson, opportunity_id=one.pk, seen_version=one.version, typed=facts
    )
    assert Opportunity.objects.order_by("sort_key")[3].name == "Ba"


def test_goods(administrator: User) -> None:
    package = SmallCatalogue().office_package
    Item.objects.update(is_active=False)
    for number, name in enumerate(NAMES):
        facts = {"sku": f"Z-{number}", "name": name, "unit_price": 1, "term_months": 1}
        Item.objects.create(package=package, **facts, **item_keys(f"Z-{number}", name, "", ""))
    assert [
        one.name for one in Item.objects.filter(is_active=True).order_by("sort_key")
    ] == IN_ORDER


@pytest.mark.parametrize("name", ["shell.users", "crm.opportunities", "catalog.items"])
def test_the_column_of_names_is_sorted_by_their_place(name: str, administrator: User) -> None:
    from django.http import QueryDict

    source = source_named(name)
    columns = source.of(QueryDict("")).spec(administrator).columns
    [column] = [one for one in columns if one.key in ("name", "full_name")]
    assert column.sort == "sort_key"


@pytest.mark.parametrize(
    ("migration", "model"),
    [
        ("capphep.platform.migrations.0022_names_in_order", User),
        ("capphep.catalog.migrations.0006_items_in_order", Item),
        ("capphep.crm.migrations.0014_opportunities_in_order", Opportunity),
    ],
)
def test_what_was_there_before_gets_its_place(
    migration: str, model: type[User], salesperson: User
) -> None:
    unit = factories.customer(owner=salesperson, team=salesperson.team)
    create_opportunity(actor=salesperson, typed=OpportunityInput(name="Đạt", customer_id=unit.pk))
    SmallCatalogue()
    before = list(model.objects.order_by("pk").values_list("pk", "sort_key"))
    model.objects.update(sort_key="")
    import_module(migration).derive(apps, None)
    after = dict(model.objects.values_list("pk", "sort_key"))
    assert all(after.values())
    if model is not Item:
        assert after == dict(before)
