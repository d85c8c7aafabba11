"""Lists as things of their own: each has a name, and can be run without a web request.

A screen shows one by `show_list`. A count, an export or a reminder takes the same rows by
`narrowed`, from the name of the list, an actor and a query string.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.module_loading import import_string

from capphep.platform.bulk import offered
from capphep.platform.htmx import is_htmx, render_page_or_fragment
from capphep.platform.keyset import ordered
from capphep.platform.kit import Text
from capphep.platform.list_spec import Column, Kind, ListSpec
from capphep.platform.list_tools import tools_of, view_href
from capphep.platform.models import User
from capphep.platform.narrowing import Narrowing
from capphep.platform.pages import list_page
from capphep.platform.saved_views import kept_of
from capphep.platform.signed_in import actor_of
from capphep.pure.errors import NotFound, gettext_noop

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class ListSource(Generic[M]):
    """A list under its stable ``name`` ("crm.orders"), with the name of its URL.

    ``rows`` are what the actor may see, with what the cells read at hand; it raises
    `Forbidden` for whom the list is not. ``add_url`` is where a record is made, "" for
    who may not. ``scope`` is for a list that is several, by its query string: it gives the one
    that is asked for.
    """

    name: str
    title: Text
    url_name: str
    rows: Callable[[User], QuerySet[M]]
    spec: Callable[[User], ListSpec[M]]
    empty_text: Text = ""
    intro: Text = ""
    add_url: Callable[[User], str] | None = None
    add_label: Text = ""
    scope: Callable[[QueryDict], ListSource[M]] | None = None

    @property
    def url(self) -> str:
        return reverse(self.url_name)

    def at(self, query: str) -> str:
        """Its address under the query string."""
        return f"{self.url}?{query}" if query else self.url

    def of(self, query: QueryDict) -> ListSource[M]:
        return self.scope(query) if self.scope else self


def source_named(name: str) -> ListSource[Any]:
    """The list that settings.LISTS knows by this name; raises `NotFound` for any other."""
    path = settings.LISTS.get(name)
    if path is None:
        raise NotFound("no_such_list", gettext_noop("There is no such list."))
    source: ListSource[Any] = import_string(path)
    return source


def show_list(
    request: HttpRequest,
    source: ListSource[M],
    *,
    page: str = "platform/list.html",
    fragment: str = "platform/_list.html",
    **more: Any,
) -> HttpResponse:
    """The list as a page, or its rows alone for htmx. context: as `page`, and ``more``."""
    actor = actor_of(request)
    here = source.of(request.GET)
    rows = here.rows(actor)
    kept = kept_of(actor, source.name)
    if kept.default and not request.GET and not is_htmx(request):
        return HttpResponseRedirect(view_href(request.path, kept.default))
    shown = list_page(
        request,
        rows,
        spec=here.spec(actor),
        usual=kept.columns,
        opens_with_view=bool(kept.default),
        bulk=offered(source.name, actor),
    )
    context = {
        "title": here.title,
        "intro": here.intro,
        "empty_text": here.empty_text,
        "add_url": here.add_url(actor) if here.add_url else "",
        "add_label": here.add_label,
        "page": shown,
        "tools": tools_of(source.name, actor, shown, kept),
    }
    response = render_page_or_fragment(request, page, fragment, context | more)
    if request.headers.get("HX-Trigger") == "list-form":
        # What was typed into the filters, as a link says it: days in ISO, nothing unknown.
        response["HX-Push-Url"] = shown.here
    return response


def narrowed(source: ListSource[M], actor: User, query: QueryDict) -> QuerySet[M]:
    """The rows that the actor would see under this query string, in its order, on one page."""
    here = source.of(query)
    rows = here.rows(actor)
    narrowing = Narrowing(here.spec(actor), query)
    return ordered(narrowing.narrow(rows), narrowing.order, never_null=narrowing.never_null)


def columns_of(source: ListSource[M], actor: User, query: QueryDict) -> Sequence[Column[M]]:
    """The columns that the actor would see under this query string, in their order.

    One statement, for what the actor has chosen for every day.
    """
    spec = source.of(query).spec(actor)
    return Narrowing(spec, query, kept_of(actor, source.name).columns).columns


def column_cells(columns: Sequence[Column[M]], row: M) -> list[tuple[Kind, object]]:
    """What stands in the row: for "status" a `kit.Status`, "money" whole đồng, and so on."""
    return [(column.kind, column.cell(row)) for column in columns]
