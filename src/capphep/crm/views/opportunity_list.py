"""The list of opportunities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from capphep.crm.models import Opportunity
from capphep.crm.queries import sales as queries
from capphep.crm.queries.customers import visible_customers
from capphep.crm.queries.people import visible_salespeople
from capphep.crm.states import OpportunityStage
from capphep.crm.views.opportunities import opportunity_menu
from capphep.crm.views.shown import stage_of
from capphep.platform.lists import ListSource, show_list
from capphep.platform.models import User
from capphep.platform.pages import (
    FUTURE,
    Column,
    DayRange,
    Filter,
    ListFilter,
    ListSpec,
    NumberRange,
    Related,
    Words,
)
from capphep.platform.roles import Permission, may


def opportunity_list(request: HttpRequest) -> HttpResponse:
    """context: as `show_list`."""
    return show_list(request, OPPORTUNITIES)


def _rows(actor: User) -> QuerySet[Opportunity]:
    rows = queries.visible_opportunities(actor)
    return rows.select_related("customer", "project", "salesperson", "team", "renews")


def _spec(actor: User) -> ListSpec[Opportunity]:
    return ListSpec(
        columns=_COLUMNS,
        default_sort="-created_at",
        row_url=lambda one: reverse("crm:opportunity", args=[one.pk]),
        row_menu=lambda one: opportunity_menu(actor, one),
        filters=_filters(actor),
        search=queries.search_opportunities,
        search_hint=_("Opportunity, customer, budget code"),
    )


_COLUMNS: Final[tuple[Column[Opportunity], ...]] = (
    Column("name", _("Opportunity name"), sort="sort_key"),
    Column("customer__name", _("Customer"), "name"),
    Column("project__name", _("Sales project")),
    Column("stage", _("Stage"), "status", value=stage_of),
    Column("expected_amount", _("Expected amount"), "money", sort="expected_amount"),
    Column("expected_on", _("Expected on"), "date", sort="expected_on"),
    Column("salesperson__full_name", _("Salesperson")),
    Column("customer__budget_code", _("Budget code"), "code", hidden=True),
    Column("customer__province", _("Province/City"), hidden=True),
    Column("renews", _("Renews"), hidden=True),
    Column("team", _("Team"), hidden=True),
    Column("created_at", _("Created at"), "moment", sort="created_at", hidden=True),
    Column("updated_at", _("Changed at"), "moment", hidden=True),
)


def _filters(actor: User) -> Sequence[ListFilter[Opportunity]]:
    return (
        Filter("stage", _("Stage"), OpportunityStage.choices, "stage"),
        Filter("mine", _("Whose"), [(actor.pk, _("My own"))], "salesperson"),
        DayRange("expected", _("Expected on"), "expected_on", spans=FUTURE),
        NumberRange("amount", _("Expected amount"), "expected_amount"),
        Related(
            "salesperson",
            _("Salesperson"),
            "crm:salesperson_picker",
            lambda: visible_salespeople(actor),
            "salesperson",
        ),
        Related(
            "customer",
            _("Customer"),
            "crm:parent_picker",
            lambda: visible_customers(actor),
            "customer",
        ),
        Related(
            "project",
            _("Sales project"),
            "crm:project_picker",
            lambda: queries.visible_projects(actor),
            "project",
        ),
        Words("province", _("Province/City"), "crm:province_picker", "customer__province"),
    )


OPPORTUNITIES: Final = ListSource(
    name="crm.opportunities",
    title=_("Opportunities"),
    url_name="crm:opportunity_list",
    rows=_rows,
    spec=_spec,
    empty_text=_("A possible sale is noted here, and orders come of it."),
    add_url=lambda actor: (
        reverse("crm:opportunity_new") if may(actor, Permission.SALE_WRITE) else ""
    ),
)
