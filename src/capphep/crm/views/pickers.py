"""What the pickers ask while a person types: at most 20 rows, best first, as JSON."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from capphep.crm.models import Customer, Opportunity, SalesProject, Sector
from capphep.crm.queries import customers as customer_queries
from capphep.crm.queries import sales as sales_queries
from capphep.crm.queries.former import formerly
from capphep.crm.queries.people import visible_salespeople
from capphep.crm.states import OpportunityStage
from capphep.crm.views.shown import in_words, short_day
from capphep.platform import clock
from capphep.platform.distinct import distinct_words
from capphep.platform.models import User
from capphep.platform.signed_in import actor_of
from capphep.pure.folding import fold

ROWS = 20
_LONGEST_SEARCH = 200


def customer_picker(request: HttpRequest) -> JsonResponse:
    """Customers to sell to: code, name, what they have in force; a reason where one cannot."""
    actor = actor_of(request)
    rows = [_customer_row(each) | _sale_reason(actor, each) for each in _customers(request, actor)]
    return JsonResponse({"results": rows})


def parent_picker(request: HttpRequest) -> JsonResponse:
    """Governing units: any customer that the actor may know of."""
    actor = actor_of(request)
    rows = [_customer_row(each) for each in _customers(request, actor)]
    return JsonResponse({"results": rows})


def project_picker(request: HttpRequest) -> JsonResponse:
    """Sales projects that are still followed, the newest first."""
    found = sales_queries.visible_projects(actor_of(request)).filter(is_active=True)
    found = sales_queries.search_projects(found, _asked(request)).order_by("-created_at", "-id")
    return JsonResponse({"results": [_project_row(each) for each in found[:ROWS]]})


def opportunity_picker(request: HttpRequest) -> JsonResponse:
    """Open opportunities, the newest first; ``?customer=`` narrows to one customer's."""
    actor = actor_of(request)
    found = sales_queries.visible_opportunities(actor).filter(stage=OpportunityStage.OPEN)
    customer = request.GET.get("customer", "")[:18]
    if customer.isdecimal():
        found = found.filter(customer=int(customer))
    found = sales_queries.search_opportunities(found, _asked(request))
    found = found.select_related("customer").order_by("-created_at", "-id")
    return JsonResponse({"results": [_opportunity_row(each) for each in found[:ROWS]]})


def salesperson_picker(request: HttpRequest) -> JsonResponse:
    """Those who sell: the own team, or everybody for who reads everything."""
    words = fold(_asked(request)).split()
    people = visible_salespeople(actor_of(request)).order_by("sort_key", "id")
    # There are as many as the house has people: they are searched here, accents aside.
    found = [one for one in people if all(word in fold(one.full_name) for word in words)]
    rows = [{"value": one.pk, "text": one.full_name, "name": one.full_name} for one in found]
    return JsonResponse({"results": rows[:ROWS]})


def province_picker(request: HttpRequest) -> JsonResponse:
    return _words(request, distinct_words(Customer, "province"))


def sector_picker(request: HttpRequest) -> JsonResponse:
    words = fold(_asked(request)).split()
    found = [one for one in Sector.objects.all() if all(word in fold(one.name) for word in words)]
    rows = [{"value": one.pk, "text": one.name, "name": one.name} for one in found]
    return JsonResponse({"results": rows[:ROWS]})


def _words(request: HttpRequest, known: list[str]) -> JsonResponse:
    words = fold(_asked(request)).split()
    found = [each for each in known if all(word in fold(each) for word in words)]
    found.sort(key=fold)
    rows = [{"value": each, "text": each, "name": each} for each in found]
    return JsonResponse({"results": rows[:ROWS]})


def _asked(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "")[:_LONGEST_SEARCH]


def _customers(request: HttpRequest, actor: User) -> list[Customer]:
    asked = _asked(request)
    found = customer_queries.visible_customers(actor).filter(is_active=True)
    former = formerly(asked)
    found = customer_queries.search_customers(found, asked, former)
    found = customer_queries.best_first(found, asked, former).select_related("owner")
    return list(customer_queries.with_what_is_owned(found[:ROWS], clock.today()))


def _customer_row(customer: Customer) -> dict[str, Any]:
    owned = customer_queries.owned_now(customer)
    return {
        "value": customer.pk,
        "text": str(customer),
        "code": customer.budget_code,
        "name": customer.name,
        "note": ", ".join(in_words(each) for each in owned),
    }


def _sale_reason(actor: User, customer: Customer) -> dict[str, str]:
    if customer_queries.may_write(actor, customer):
        return {}
    owner = customer.owner.full_name if customer.owner else ""
    return {"reason": _("A customer of %(owner)s") % {"owner": owner} if owner else ""}


def _project_row(project: SalesProject) -> dict[str, Any]:
    last = project.last_day
    return {
        "value": project.pk,
        "text": project.name,
        "code": project.code,
        "name": project.name,
        "note": _("until %(day)s") % {"day": short_day(last)} if last else "",
    }


def _opportunity_row(opportunity: Opportunity) -> dict[str, Any]:
    return {
        "value": opportunity.pk,
        "text": opportunity.name,
        "name": opportunity.name,
        "note": opportunity.customer.name,
    }
