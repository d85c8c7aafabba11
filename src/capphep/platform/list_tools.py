"""What stands around a list: its saved views, the choice of columns, the way to Excel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from capphep.platform.addresses import url_if_any
from capphep.platform.kit import MenuItem, Text
from capphep.platform.models import User
from capphep.platform.models.lists import Audience, SavedView
from capphep.platform.pages import VIEW, ListPage
from capphep.platform.saved_views import Kept, View, may_change


@dataclass(frozen=True, slots=True)
class ViewTab:
    label: Text
    href: str
    is_current: bool
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class ListTools:
    """``tabs`` are empty where nothing was saved; ``menu`` is about the current view.

    ``save_url`` is "" while the list shows what a view or nothing at all shows.
    """

    tabs: Sequence[ViewTab]
    menu: Sequence[MenuItem]
    save_url: str
    columns_url: str
    export_url: str


def tools_of(name: str, actor: User, page: ListPage[Any], kept: Kept) -> ListTools:
    current = kept.view(page.view)
    differs = not current or not is_same_query(current.query, page.query)
    save = reverse("lists:view_new", args=[name])
    columns = reverse("lists:columns", args=[name])
    export = url_if_any("exchange:export", name)
    return ListTools(
        tabs=_tabs(page, kept, current) if kept.views else (),
        menu=_menu(actor, current, page.query_with_columns if differs else "") if current else (),
        save_url=f"{save}?{page.query_with_columns}" if differs and page.query else "",
        columns_url=f"{columns}?{page.query_with_columns}",
        export_url=export and f"{export}?{page.query_with_columns}",
    )


def view_href(path: str, view: View | SavedView) -> str:
    return f"{path}?{view.query}&{VIEW}={view.pk}" if view.query else f"{path}?{VIEW}={view.pk}"


def is_same_query(one: str, other: str) -> bool:
    """Whether two query strings ask for the same, in whatever order."""
    return _sorted(one) == _sorted(other)


def _sorted(query: str) -> list[tuple[str, list[str]]]:
    return sorted((name, sorted(values)) for name, values in QueryDict(query).lists())


def _tabs(page: ListPage[Any], kept: Kept, current: View | None) -> list[ViewTab]:
    everything = f"{page.path}?{VIEW}=0" if page.opens_with_view else page.path
    tabs = [ViewTab(_("All"), everything, current is None)]
    tabs += [
        ViewTab(
            view.name,
            view_href(page.path, view),
            view is current,
            is_shared=view.audience != Audience.OWN,
        )
        for view in kept.views
    ]
    return tabs


def _menu(actor: User, current: View, query: str) -> list[MenuItem]:
    if not may_change(actor, current.owner_id):
        item = MenuItem(_("Open the list with it"), _address("view_default", current), "post")
        return [item]
    items = [
        MenuItem(_("Name, readers, default …"), _address("view_edit", current), "dialog", "pencil"),
        MenuItem(
            _("Delete the view"), _address("view_delete", current), "dialog", "x", danger=True
        ),
    ]
    if query:
        replace = f"{_address('view_replace', current)}?{query}"
        items.insert(0, MenuItem(_("Save the changes to it"), replace, "post", "device-floppy"))
    return items


def _address(name: str, view: View) -> str:
    return reverse(f"lists:{name}", args=[view.pk])
