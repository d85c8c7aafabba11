"""Notices: those that are unread on the first page, and all of one's own."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capphep.platform import notices
from capphep.platform.htmx import done, is_htmx
from capphep.platform.kit import MenuItem, Status
from capphep.platform.list_filters import is_key
from capphep.platform.lists import ListSource, show_list
from capphep.platform.models import Notice, User
from capphep.platform.pages import Column, Filter, ListSpec
from capphep.platform.signed_in import actor_of

SHOWN: Final = 6
BELL_SHOWN: Final = 12
_COUNTED: Final = 20
_READ = Status(gettext_lazy("Read"), "gone")
_UNREAD = Status(gettext_lazy("Not read yet"), "info")


def panel_context(user: User) -> dict[str, Any]:
    """context of shell/_notices.html: title, panel_url, panel_loaded, notices as
    [{notice, text, quote, act (kit.MenuItem or None)}], count, is_more, newest. One statement."""
    found = list(notices.unread_of(user)[: _COUNTED + 1])
    return {
        "title": _("Notices"),
        "panel_url": reverse("shell:notice_panel"),
        "panel_loaded": True,
        "notices": [_shown(each) for each in found[:SHOWN]],
        "count": min(len(found), _COUNTED),
        "is_more": len(found) > _COUNTED,
        "newest": found[0].pk if found else 0,
    }


def _shown(notice: Notice) -> dict[str, Any]:
    return {
        "notice": notice,
        "text": notices.text_of(notice),
        "quote": notices.quote_of(notice),
        "act": _act(notice),
    }


def _act(notice: Notice) -> MenuItem | None:
    if not notice.act_url:
        return None
    return MenuItem(_(notice.act_label), notice.act_url, "post", icon="target")


def notice_panel(request: HttpRequest) -> HttpResponse:
    """The panel alone, after something was read; with ``?bell=1`` what the bell opens.

    context: as `panel_context`; of the bell as `_bell_context`.
    """
    if not is_htmx(request):
        return redirect("shell:home")
    actor = actor_of(request)
    if "bell" in request.GET:
        return render(request, "shell/_bell.html", _bell_context(actor))
    return render(request, "shell/_notices.html", panel_context(actor))


def _bell_context(user: User) -> dict[str, Any]:
    """context of shell/_bell.html: notices, the unread and then the last of the others, as
    [{notice, text, quote}]; has_unread, newest. At most two statements."""
    unread = list(notices.unread_of(user)[:BELL_SHOWN])
    more = BELL_SHOWN - len(unread)
    read = user.notices.filter(read_at__isnull=False).order_by("-id")[:more] if more else []
    return {
        "notices": [_shown(one) for one in [*unread, *read]],
        "has_unread": bool(unread),
        "newest": unread[0].pk if unread else 0,
    }


def notice_list(request: HttpRequest) -> HttpResponse:
    """All that one was ever told. context: as `show_list`."""
    return show_list(request, NOTICES)


def _spec(_actor: User) -> ListSpec[Notice]:
    return ListSpec(
        columns=(
            Column("message", gettext_lazy("Notice"), value=notices.text_of),
            Column("created_at", gettext_lazy("Told at"), "moment", sort="created_at"),
            Column("read_at", gettext_lazy("Status"), "status", value=_status),
        ),
        default_sort="-created_at",
        row_url=lambda row: row.link,
        row_menu=_menu,
        filters=(
            Filter(
                "unread",
                gettext_lazy("Status"),
                [("1", _UNREAD.label)],
                lambda rows, _values: rows.filter(read_at__isnull=True),
            ),
        ),
    )


NOTICES: Final = ListSource(
    name="shell.notices",
    title=gettext_lazy("Notices"),
    url_name="shell:notice_list",
    rows=lambda actor: actor.notices.all(),
    spec=_spec,
    empty_text=gettext_lazy("What needs your attention is told here and on the first page."),
)


def _status(notice: Notice) -> Status:
    return _READ if notice.read_at else _UNREAD


def _menu(notice: Notice) -> list[MenuItem]:
    act = _act(notice)
    items = [act] if act else []
    if not notice.read_at:
        url = reverse("shell:notice_read", args=[notice.pk])
        items.append(MenuItem(_("Mark as read"), url, "post", icon="check"))
    return items


def notice_read(request: HttpRequest, notice_id: int) -> HttpResponse:
    """One of one's own is read."""
    if request.method == "POST":
        notices.mark_read(actor=actor_of(request), notice_id=notice_id)
    return done(request, _("Marked as read."), back="shell:home")


def notices_read(request: HttpRequest) -> HttpResponse:
    """Everything up to ``newest`` is read: what came after the page was shown is not."""
    newest = request.POST.get("newest", "")
    if request.method == "POST" and is_key(newest):
        notices.mark_all_read(actor=actor_of(request), up_to=int(newest))
    return done(request, _("Marked as read."), back="shell:home")
