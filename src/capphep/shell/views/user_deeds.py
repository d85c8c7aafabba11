"""What an administrator does with an account: deactivate, sign out, unlock, invite."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from capphep.platform.htmx import redirect, render_dialog
from capphep.platform.list_filters import is_key
from capphep.platform.models import User
from capphep.platform.signed_in import actor_of
from capphep.shell import account_actions, queries
from capphep.shell.charge_queries import charges_of
from capphep.shell.leaving import colleagues_of, deactivate_user


class SuccessorForm(forms.Form):
    """Who takes over; nobody: everything stays with the person's name."""

    successor = forms.ModelChoiceField(
        User.objects.none(), label=gettext_lazy("Who takes over"), required=False
    )

    def __init__(self, person: User, data: QueryDict | None = None) -> None:
        super().__init__(data)
        field = self.fields["successor"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = colleagues_of(person)
        field.empty_label = _("Nobody: it stays with their name")
        field.label_from_instance = _with_team  # type: ignore[assignment]


def _with_team(user: User) -> str:
    return f"{user.full_name} · {user.team.name}" if user.team else user.full_name


def deactivate(request: HttpRequest, user_id: int) -> HttpResponse:
    """context: title, charges (charge_queries.Charge), form, hidden, danger, action, back_url."""
    record = queries.user_of(actor_of(request), user_id)
    charges = charges_of(record)
    posted = request.POST if request.method == "POST" else None
    form = SuccessorForm(record, posted) if charges else None
    if posted is not None and (form is None or form.is_valid()):
        successor = form.cleaned_data["successor"] if form else None
        return _deactivated(request, record, posted.get("version", ""), successor)
    context = {
        "title": _("Deactivate %(name)s?") % {"name": record.full_name},
        "charges": charges,
        "form": form,
        "hidden": [("version", record.version)],
        "danger": True,
        "action": request.path,
        "back_url": reverse("shell:user", args=[user_id]),
        "yes_label": _("Deactivate"),
    }
    return render_dialog(request, "shell/_deactivate.html", context, status=422 if posted else 200)


def _deactivated(
    request: HttpRequest, record: User, seen: str, successor: User | None
) -> HttpResponse:
    count = deactivate_user(
        actor=actor_of(request),
        user=record,
        seen_version=int(seen) if is_key(seen) else 0,
        successor_id=successor.pk if successor else None,
    )
    params = {"name": record.full_name, "count": count, "who": successor and successor.full_name}
    message = _("%(name)s no longer signs in.") % params
    if count:
        message = _("%(name)s no longer signs in; %(who)s took over %(count)s records.") % params
    return redirect(request, "shell:user", record.pk, message=message)


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
