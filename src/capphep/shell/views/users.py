"""User accounts, for administrators."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.auth import update_session_auth_hash
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capphep.platform import kept_forms
from capphep.platform.conflicts import StaleEdit, stale_edit
from capphep.platform.history import history_of
from capphep.platform.htmx import redirect, render_dialog
from capphep.platform.kit import HeaderBand, MenuItem, Status
from capphep.platform.lists import ListSource, show_list
from capphep.platform.models import Team, User
from capphep.platform.pages import Column, Filter, ListSpec
from capphep.platform.personal import of_record
from capphep.platform.roles import Permission, Role, require
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import show_refusals
from capphep.platform.versions import Stale
from capphep.pure.errors import Invalids
from capphep.shell import actions, queries
from capphep.shell.account_actions import is_locked
from capphep.shell.forms import PasswordForm, UserForm, initial_of

_ACTIVE = [("1", gettext_lazy("Active")), ("0", gettext_lazy("Inactive"))]
_SHOWN_ROLES = [choice for choice in Role.choices if choice[0] != Role.SYSTEM]


def user_list(request: HttpRequest) -> HttpResponse:
    """context: as `show_list`."""
    return show_list(request, USERS)


def _spec(_actor: User) -> ListSpec[User]:
    return ListSpec(
        columns=(
            Column("full_name", gettext_lazy("Full name"), sort="sort_key"),
            Column("username", gettext_lazy("User name"), "code", sort="username"),
            Column("role", gettext_lazy("Role"), value=User.get_role_display),
            Column("team", gettext_lazy("Team"), sort="team__sort_key"),
            Column("email", gettext_lazy("E-mail"), value=lambda one: of_record(one, "email")),
            Column("status", gettext_lazy("Status"), "status", value=_status),
            Column("last_login", gettext_lazy("Last sign-in"), "moment", sort="last_login"),
        ),
        default_sort="full_name",
        row_url=lambda user: reverse("shell:user", args=[user.pk]),
        row_menu=_row_menu,
        filters=(
            Filter("role", gettext_lazy("Role"), _SHOWN_ROLES, "role"),
            Filter("team", gettext_lazy("Team"), _teams, "team"),
            Filter("active", gettext_lazy("Status"), _ACTIVE, _by_active),
        ),
        search=queries.search_users,
        search_hint=gettext_lazy("Name, user name, e-mail"),
    )


USERS: Final = ListSource(
    name="shell.users",
    title=gettext_lazy("Users"),
    url_name="shell:user_list",
    rows=queries.visible_users,
    spec=_spec,
    add_url=lambda _actor: reverse("shell:user_new"),
    add_label=gettext_lazy("Add a user"),
)


def _teams() -> list[tuple[int, str]]:
    return list(Team.objects.order_by("sort_key", "id").values_list("id", "name"))


def _by_active(users: QuerySet[User], values: list[str]) -> QuerySet[User]:
    return users.filter(is_active__in=[value == "1" for value in values])


def _status(user: User) -> Status:
    if user.is_active:
        return Status(gettext_lazy("Active"), "good")
    return Status(gettext_lazy("Inactive"), "gone")


def _row_menu(user: User) -> list[MenuItem]:
    edit = reverse("shell:user", args=[user.pk])
    return [MenuItem(_("Edit"), edit, icon="pencil"), *_password_items(user)]


def _password_items(user: User) -> list[MenuItem]:
    """None for a program, which does not sign in."""
    if user.role == Role.PROGRAM or not user.is_active:
        return []
    key = [user.pk]
    return [
        MenuItem(
            _("Set a new password"), reverse("shell:user_password", args=key), "dialog", "key"
        ),
        MenuItem(
            _("Make an invitation link"), reverse("shell:user_invite", args=key), "post", "link"
        ),
        MenuItem(_("End all sessions"), reverse("shell:user_sessions", args=key), "post", "logout"),
        MenuItem(_("See as this person"), reverse("shell:preview_person", args=key), "post", "eye"),
        MenuItem(
            _("Deactivate"),
            reverse("shell:user_deactivate", args=key),
            "dialog",
            "ban",
            danger=True,
        ),
    ]


def user_new(request: HttpRequest) -> HttpResponse:
    """context: title, form, cancel_url."""
    require(actor_of(request), Permission.USER_WRITE)
    if request.method != "POST":
        return _new_page(request, UserForm(kept_forms.take(request), is_new=True))
    form = UserForm(request.POST, is_new=True)
    if not form.is_valid():
        return _new_page(request, form, status=422)
    try:
        user = actions.create_user(
            actor=actor_of(request),
            typed=form.typed(),
            password=form.cleaned_data["password"] or None,
            is_temporary=True,
        )
    except Invalids as found:
        show_refusals(form, found.refusals)
        return _new_page(request, form, status=422)
    return redirect(request, "shell:user", user.pk, message=_("Saved."))


def _new_page(request: HttpRequest, form: UserForm, status: int = 200) -> HttpResponse:
    context = {"title": _("Add a user"), "form": form, "cancel_url": reverse("shell:user_list")}
    return render(request, "shell/user_form.html", context, status=status)


def user(request: HttpRequest, user_id: int) -> HttpResponse:
    """context: as `_edit_page`."""
    record = queries.user_of(actor_of(request), user_id)
    if request.method != "POST":
        form = UserForm(kept_forms.take(request), initial=initial_of(record), is_new=False)
        return _edit_page(request, record, form)
    form = UserForm(request.POST, initial=initial_of(record), is_new=False)
    if not form.is_valid():
        return _edit_page(request, record, form, status=422)
    try:
        actions.edit_user(
            actor=actor_of(request),
            user_id=user_id,
            seen_version=form.cleaned_data["version"] or 0,
            typed=form.typed(),
        )
    except Invalids as found:
        show_refusals(form, found.refusals)
        return _edit_page(request, record, form, status=422)
    except Stale:
        fresh = queries.user_of(actor_of(request), user_id)
        conflict = stale_edit(form, fresh, theirs=initial_of(fresh))
        return _edit_page(request, fresh, form, conflict=conflict, status=409)
    return redirect(request, "shell:user", user_id, message=_("Saved."))


def _edit_page(
    request: HttpRequest,
    record: User,
    form: UserForm,
    *,
    conflict: StaleEdit | None = None,
    status: int = 200,
) -> HttpResponse:
    """context: title, form, band, conflict, record, is_locked, entries."""
    context: dict[str, Any] = {
        "title": record.full_name,
        "form": form,
        "band": _band(record),
        "conflict": conflict,
        "record": record,
        "is_locked": is_locked(record),
        "entries": history_of(record),
    }
    return render(request, "shell/user_form.html", context, status=status)


def _band(record: User) -> HeaderBand:
    return HeaderBand(
        title=record.full_name,
        number=record.username,
        status=_status(record),
        primary=MenuItem(_("Save"), "record-form", "submit", icon="device-floppy"),
        actions=_password_items(record),
        back_url=reverse("shell:user_list"),
        back_label=_("Users"),
    )


def user_password(request: HttpRequest, user_id: int) -> HttpResponse:
    """context: title, intro, form, action, back_url."""
    record = queries.user_of(actor_of(request), user_id)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _password_set(request, record, form.cleaned_data["password"])
        except Invalids as found:
            show_refusals(form, found.refusals)
    context = {
        "title": _("New password for %(name)s") % {"name": record.full_name},
        "intro": _("Who is signed in with the old password is signed out."),
        "form": form,
        "action": request.path,
        "back_url": reverse("shell:user", args=[user_id]),
    }
    status = 422 if request.method == "POST" else 200
    return render_dialog(request, "platform/_dialog_form.html", context, status=status)


def _password_set(request: HttpRequest, record: User, password: str) -> HttpResponse:
    actor = actor_of(request)
    changed = actions.set_password(actor=actor, user_id=record.pk, password=password)
    if changed.pk == actor.pk:
        # Their own session goes on; every other one of theirs has ended.
        update_session_auth_hash(request, changed)
    # A whole page: the form below the dialog holds the version before this change.
    return redirect(request, "shell:user", record.pk, message=_("The new password is set."))
