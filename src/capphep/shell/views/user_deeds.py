"""What an administrator does with an account: deactivate, sign out, unlock, invite."""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from capphep.platform.htmx import redirect, render_dialog
from capphep.platform.signed_in import actor_of
from capphep.shell import account_actions, actions, queries
from capphep.shell.charge_queries import charges_of
from capphep.shell.user_rules import UserInput


def deactivate(request: HttpRequest, user_id: int) -> HttpResponse:
    """context: title, charges (charge_queries.Charge), hidden, danger, action, back_url."""
    record = queries.user_of(actor_of(request), user_id)
    if request.method == "POST":
        typed = UserInput(
            username=record.username,
            full_name=record.full_name,
            role=record.role,
            email=record.email,
            team=record.team.name if record.team else "",
        )
        seen = request.POST.get("version", "")
        actions.edit_user(
            actor=actor_of(request),
            user_id=user_id,
            seen_version=int(seen) if seen.isascii() and seen.isdigit() else 0,
            typed=replace(typed, is_active=False),
        )
        message = _("%(name)s no longer signs in.") % {"name": record.full_name}
        return redirect(request, "shell:user", user_id, message=message)
    context = {
        "title": _("Deactivate %(name)s?") % {"name": record.full_name},
        "charges": charges_of(record),
        "hidden": [("version", record.version)],
        "danger": True,
        "action": request.path,
        "back_url": reverse("shell:user", args=[user_id]),
        "yes_label": _("Deactivate"),
    }
    return render_dialog(request, "shell/_deactivate.html", context)


@require_POST
def end_sessions(request: HttpRequest, user_id: int) -> HttpResponse:
    user = account_actions.end_sessions(actor=actor_of(request), user_id=user_id)
    message = _("%(name)s is signed out everywhere.") % {"name": user.full_name}
    return redirect(request, "shell:user", user_id, message=message)


@require_POST
def unlock(request: HttpRequest, user_id: int) -> HttpResponse:
    user = account_actions.unlock(actor=actor_of(request), user_id=user_id)
    message = _("%(name)s may sign in again.") % {"name": user.full_name}
    return redirect(request, "shell:user", user_id, message=message)


@require_POST
def invite(request: HttpRequest, user_id: int) -> HttpResponse:
    """context: title, link, name, days, back_url. The link is shown once, and to nobody else."""
    user, token = account_actions.invite(actor=actor_of(request), user_id=user_id)
    path = reverse("shell:welcome", args=[user.pk, token])
    context = {
        "title": _("Link for %(name)s") % {"name": user.full_name},
        "link": request.build_absolute_uri(path),
        "days": settings.PASSWORD_RESET_TIMEOUT // (24 * 60 * 60),
        "back_url": reverse("shell:user", args=[user_id]),
    }
    return render_dialog(request, "shell/_invited.html", context)
