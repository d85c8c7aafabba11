"""Teams, for administrators: who is in which, names, ends."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from capphep.platform import kept_forms
from capphep.platform.conflicts import StaleEdit, stale_edit
from capphep.platform.history import history_of
from capphep.platform.htmx import redirect, render_dialog
from capphep.platform.kit import HeaderBand, MenuItem, Status
from capphep.platform.lists import ListSource, show_list
from capphep.platform.models import Team, User
from capphep.platform.pages import Column, Filter, ListSpec
from capphep.platform.roles import Permission, require
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import show_refusals
from capphep.platform.versions import Stale
from capphep.pure.errors import Invalids
from capphep.pure.folding import fold
from capphep.shell import team_actions

_ACTIVE = [("1", gettext_lazy("Active")), ("0", gettext_lazy("Inactive"))]


def team_list(request: HttpRequest) -> HttpResponse:
    """context: as `show_list`."""
    return show_list(request, TEAMS)


def _rows(actor: User) -> QuerySet[Team]:
    require(actor, Permission.USER_WRITE)
    return Team.objects.annotate(people=Count("user", filter=Q(user__is_active=True)))


def _spec() -> ListSpec[Team]:
    return ListSpec(
        columns=(
            Column("name", gettext_lazy("Team"), sort="sort_key"),
            Column("people", gettext_lazy("People"), "number"),
            Column("status", gettext_lazy("Status"), "status", value=_status),
        ),
        default_sort="name",
        row_url=lambda team: reverse("shell:team", args=[team.pk]),
        filters=(Filter("active", gettext_lazy("Status"), _ACTIVE, _by_active),),
        search=_search,
        search_hint=gettext_lazy("Name"),
    )


TEAMS: Final = ListSource(
    name="shell.teams",
    title=gettext_lazy("Teams"),
    url_name="shell:team_list",
    rows=_rows,
    spec=lambda _actor: _spec(),
    empty_text=gettext_lazy("A team's people see each other's customers and orders."),
    add_url=lambda _actor: reverse("shell:team_new"),
    add_label=gettext_lazy("Add a team"),
)


def _by_active(teams: QuerySet[Team], values: list[str]) -> QuerySet[Team]:
    return teams.filter(is_active__in=[value == "1" for value in values])


def _search(teams: QuerySet[Team], text: str) -> QuerySet[Team]:
    """There are some dozens of teams: their names are folded here."""
    rows = teams.order_by().values_list("pk", "name")
    return teams.filter(pk__in=[pk for pk, name in rows if fold(text) in fold(name)])


def _status(team: Team) -> Status:
    if team.is_active:
        return Status(gettext_lazy("Active"), "good")
    return Status(gettext_lazy("Inactive"), "gone")


class TeamForm(forms.Form):
    """A team. ``version`` is the one that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(
        label=gettext_lazy("Team"),
        widget=forms.TextInput({"maxlength": 100, "autocomplete": "off"}),
    )
    is_active = forms.BooleanField(label=gettext_lazy("Active"), required=False, initial=True)

    def __init__(self, *args: Any, is_new: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_new:
            del self.fields["is_active"]


def _initial_of(team: Team) -> dict[str, Any]:
    return {"version": team.version, "name": team.name, "is_active": team.is_active}


def team_new(request: HttpRequest) -> HttpResponse:
    """context: title, form, cancel_url."""
    require(actor_of(request), Permission.USER_WRITE)
    form = TeamForm(request.POST or kept_forms.take(request), is_new=True)
    if request.method == "POST" and form.is_valid():
        try:
            team = team_actions.create_team(actor=actor_of(request), name=form.cleaned_data["name"])
            return redirect(request, "shell:team", team.pk, message=_("Saved."))
        except Invalids as found:
            show_refusals(form, found.refusals)
    context = {"title": _("Add a team"), "form": form, "cancel_url": reverse("shell:team_list")}
    status = 422 if request.method == "POST" else 200
    return render(request, "platform/form.html", context, status=status)


def team(request: HttpRequest, team_id: int) -> HttpResponse:
    """context: as `_page`."""
    record = team_actions.team_of(actor_of(request), team_id)
    if request.method != "POST":
        return _page(
            request, record, TeamForm(kept_forms.take(request), initial=_initial_of(record))
        )
    form = TeamForm(request.POST, initial=_initial_of(record))
    if not form.is_valid():
        return _page(request, record, form, status=422)
    try:
        team_actions.edit_team(
            actor=actor_of(request),
            team_id=team_id,
            seen_version=form.cleaned_data["version"] or 0,
            name=form.cleaned_data["name"],
            is_active=form.cleaned_data["is_active"],
        )
    except Invalids as found:
        show_refusals(form, found.refusals)
        return _page(request, record, form, status=422)
    except Stale:
        fresh = team_actions.team_of(actor_of(request), team_id)
        conflict = stale_edit(form, fresh, theirs=_initial_of(fresh))
        return _page(request, fresh, form, conflict=conflict, status=409)
    return redirect(request, "shell:team", team_id, message=_("Saved."))


def _page(
    request: HttpRequest,
    record: Team,
    form: TeamForm,
    *,
    conflict: StaleEdit | None = None,
    status: int = 200,
) -> HttpResponse:
    """context: title, form, band, conflict, record, people (User), entries."""
    context = {
        "title": record.name,
        "form": form,
        "band": HeaderBand(
            title=record.name,
            status=_status(record),
            primary=MenuItem(_("Save"), "record-form", "submit", icon="device-floppy"),
            back_url=reverse("shell:team_list"),
            back_label=_("Teams"),
        ),
        "conflict": conflict,
        "record": record,
        "people": list(User.objects.filter(team=record).order_by("-is_active", "full_name")),
        "entries": history_of(record),
    }
    return render(request, "shell/team.html", context, status=status)


class MemberForm(forms.Form):
    user = forms.ModelChoiceField(label=gettext_lazy("User"), queryset=User.objects.none())

    def __init__(self, data: Any, team: Team) -> None:
        super().__init__(data)
        field = self.fields["user"]
        assert isinstance(field, forms.ModelChoiceField)
        people = User.objects.filter(is_active=True).exclude(team=team)
        field.queryset = people.select_related("team").order_by("sort_key", "id")
        field.label_from_instance = _named  # type: ignore[assignment,method-assign]


def _named(user: Any) -> str:
    return " · ".join(filter(None, [user.full_name, user.username, user.team and user.team.name]))


def team_add(request: HttpRequest, team_id: int) -> HttpResponse:
    """context: title, intro, form, action, back_url."""
    record = team_actions.team_of(actor_of(request), team_id)
    form = MemberForm(request.POST or None, record)
    if request.method == "POST" and form.is_valid():
        try:
            team_actions.move_to_team(
                actor=actor_of(request), user_id=form.cleaned_data["user"].pk, team_id=record.pk
            )
            return redirect(request, "shell:team", record.pk, message=_("Saved."))
        except Invalids as found:
            show_refusals(form, found.refusals)
    context = {
        "title": _("Add to %(team)s") % {"team": record.name},
        "intro": _("Who is in another team leaves it."),
        "form": form,
        "action": request.path,
        "back_url": reverse("shell:team", args=[team_id]),
    }
    status = 422 if request.method == "POST" else 200
    return render_dialog(request, "platform/_dialog_form.html", context, status=status)


@require_POST
def team_leave(request: HttpRequest, team_id: int, user_id: int) -> HttpResponse:
    """Out of this team, unless somebody was faster and put them into another."""
    record = team_actions.team_of(actor_of(request), team_id)
    if User.objects.filter(pk=user_id, team=record).exists():
        team_actions.move_to_team(actor=actor_of(request), user_id=user_id, team_id=None)
    return redirect(request, "shell:team", team_id, message=_("Saved."))
