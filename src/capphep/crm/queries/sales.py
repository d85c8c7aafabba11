"""Opportunities and sales projects: who may see and change them, and how they are found."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from capphep.crm.models import Opportunity, OpportunityLine, SalesProject
from capphep.crm.queries.customers import compact_code
from capphep.platform.roles import Actor, Permission, Role, may, sees_all
from capphep.platform.word_search import holding
from capphep.pure.errors import Forbidden, NotFound, gettext_noop


def visible_opportunities(actor: Actor) -> QuerySet[Opportunity]:
    """A salesperson reads their own and the team's; the other roles read all."""
    opportunities = Opportunity.objects.all()
    if sees_all(actor):
        return opportunities
    mine = Q(salesperson_id=actor.pk)
    return opportunities.filter(mine | Q(team_id=actor.team_id) if actor.team_id else mine)


def opportunity_of(actor: Actor, opportunity_id: int) -> Opportunity:
    """The opportunity with the records that its page names. Raises NotFound."""
    return _opportunity(visible_opportunities(actor), opportunity_id)


def opportunity_for_update(actor: Actor, opportunity_id: int) -> Opportunity:
    """The opportunity, locked, for an action that changes it.

    Raises NotFound where the actor may not know of it, Forbidden where it is a colleague's.
    """
    rows = visible_opportunities(actor).select_for_update(of=("self",))
    found = _opportunity(rows, opportunity_id)
    require_own_opportunity(actor, found)
    return found


def _opportunity(rows: QuerySet[Opportunity], opportunity_id: int) -> Opportunity:
    related = ("customer", "project", "salesperson", "team", "updated_by", "renews")
    found = rows.select_related(*related).filter(pk=opportunity_id).first()
    if found is None:
        raise opportunity_not_found()
    return found


def opportunity_not_found() -> NotFound:
    return NotFound("opportunity_not_found", gettext_noop("There is no such opportunity."))


def proposed_goods(opportunity: Opportunity) -> list[tuple[OpportunityLine, int]]:
    """Each line with its amount in whole đồng, at the prices of today. One statement."""
    lines = opportunity.lines.select_related("item__package").order_by("id")
    return [(line, line.quantity * line.item.unit_price) for line in lines]


def may_write_opportunity(actor: Actor, opportunity: Opportunity) -> bool:
    """An opportunity is written by its salesperson alone; the system writes all."""
    own = actor.role == Role.SYSTEM or opportunity.salesperson_id == actor.pk
    return own and may(actor, Permission.SALE_WRITE)


def require_own_opportunity(actor: Actor, opportunity: Opportunity) -> None:
    """Raises Forbidden opportunity_of_colleague."""
    if not may_write_opportunity(actor, opportunity):
        message = gettext_noop("This opportunity is a colleague's; you can only look at it.")
        raise Forbidden("opportunity_of_colleague", message)


def search_opportunities(opportunities: QuerySet[Opportunity], text: str) -> QuerySet[Opportunity]:
    """Those whose name or customer holds each word, accents or not."""
    return holding(opportunities, compact_code(text))


def visible_projects(actor: Actor) -> QuerySet[SalesProject]:
    """Sales projects are the whole house's: everyone reads all of them."""
    return SalesProject.objects.all()


def project_of(actor: Actor, project_id: int) -> SalesProject:
    """Raises NotFound."""
    return _project(visible_projects(actor), project_id)


def project_for_update(actor: Actor, project_id: int) -> SalesProject:
    """The project, locked, for an action that changes it. Raises NotFound."""
    return _project(visible_projects(actor).select_for_update(of=("self",)), project_id)


def _project(rows: QuerySet[SalesProject], project_id: int) -> SalesProject:
    found = rows.select_related("updated_by").filter(pk=project_id).first()
    if found is None:
        raise NotFound("project_not_found", gettext_noop("There is no such sales project."))
    return found


def may_write_projects(actor: Actor) -> bool:
    return may(actor, Permission.SALE_WRITE)


def search_projects(projects: QuerySet[SalesProject], text: str) -> QuerySet[SalesProject]:
    """Those whose code or name holds each word, accents or not."""
    return holding(projects, text)
