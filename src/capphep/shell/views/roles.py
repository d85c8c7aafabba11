"""What each role may do, and *Xem như*: the screens as a role or a person sees them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from capphep.platform import preview
from capphep.platform.htmx import redirect, render_dialog
from capphep.platform.kit import Text
from capphep.platform.models import Team, User
from capphep.platform.roles import Permission, Role, granted, require, require_overseer
from capphep.platform.signed_in import actor_of
from capphep.shell import preview_actions, queries
from capphep.shell.role_texts import PERMISSIONS, READS


@dataclass(frozen=True, slots=True)
class ShownRole:
    role: Role
    people: int
    reads: Text


@dataclass(frozen=True, slots=True)
class ShownPermission:
    label: Text
    help: Text
    granted: Sequence[tuple[Role, bool]]


def role_list(request: HttpRequest) -> HttpResponse:
    """context: title, roles (ShownRole), permissions (ShownPermission), may_preview."""
    actor = actor_of(request)
    require_overseer(actor)
    people = Counter(User.objects.filter(is_active=True).values_list("role", flat=True))
    shown = [*preview.SEEN_ROLES, Role.PROGRAM]
    context = {
        "title": _("Roles"),
        "roles": [ShownRole(role, people[role], READS[role]) for role in shown],
        "permissions": [
            ShownPermission(label, text, [(role, permission in granted(role)) for role in shown])
            for permission, (label, text) in PERMISSIONS.items()
        ],
        "may_preview": actor.role == Role.ADMIN,
    }
    return render(request, "shell/roles.html", context)


class TeamForm(forms.Form):
    team = forms.ModelChoiceField(
        label=gettext_lazy("Team"),
        queryset=Team.objects.order_by("sort_key", "id"),
        required=False,
        empty_label=gettext_lazy("Of no team"),
    )


def preview_role(request: HttpRequest, role: str) -> HttpResponse:
    """context: title, text, form, action, back_url, yes_label."""
    require(actor_of(request), Permission.USER_WRITE)
    if role not in preview.SEEN_ROLES:
        raise preview_actions.role_not_found()
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        team = form.cleaned_data["team"]
        preview_actions.note_role(actor=actor_of(request), role=Role(role), team=team)
        preview.begin_as_role(request, Role(role), team)
        return redirect(request, "shell:home")
    context = {
        "title": _("See as %(role)s?") % {"role": Role(role).label},
        "text": _("You see the screens as this role sees them, and can change nothing meanwhile."),
        "form": form,
        "action": request.path,
        "back_url": reverse("shell:role_list"),
        "yes_label": _("See"),
    }
    return render_dialog(request, "platform/_confirm.html", context)


@require_POST
def preview_person(request: HttpRequest, user_id: int) -> HttpResponse:
    person = queries.user_of(actor_of(request), user_id)
    preview_actions.note_person(actor=actor_of(request), person=person)
    preview.begin_as_person(request, person)
    return redirect(request, "shell:home")


@require_POST
def preview_end(request: HttpRequest) -> HttpResponse:
    own = preview.own_person(request)
    if preview.is_under_way(request):
        preview_actions.note_end(actor=own)
        preview.end(request)
    request.user = get_object_or_404(User, pk=own.pk)
    return redirect(request, "shell:role_list", message=_("You see as yourself again."))
