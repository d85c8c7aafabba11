"""API tokens, for administrators."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from capphep.integration import queries
from capphep.integration.actions import tokens as actions
from capphep.integration.forms import RotateForm, TokenForm
from capphep.integration.models import ApiToken
from capphep.integration.token_rules import State, state_of
from capphep.integration.views.shown import shown_once
from capphep.platform import kept_forms
from capphep.platform.api import Scope
from capphep.platform.history import history_of
from capphep.platform.htmx import done, render_dialog
from capphep.platform.kit import HeaderBand, MenuItem, Status
from capphep.platform.lists import ListSource, show_list
from capphep.platform.models import User
from capphep.platform.pages import Column, Filter, ListSpec
from capphep.platform.roles import Permission, require
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import show_refusals
from capphep.pure.errors import Invalids

_STATES = {
    State.RUNNING: Status(gettext_lazy("In use"), "good"),
    State.ENDING: Status(gettext_lazy("Ends soon"), "waiting"),
    State.EXPIRED: Status(pgettext_lazy("token", "Expired"), "gone"),
    State.REVOKED: Status(gettext_lazy("Revoked"), "bad"),
}
# What the form calls the domain's fields.
_NAMES: Final = {"expires_at": "expires_on"}


def token_list(request: HttpRequest) -> HttpResponse:
    """context: as `show_list`."""
    return show_list(request, TOKENS)


def _spec(_actor: User) -> ListSpec[ApiToken]:
    return ListSpec(
        columns=(
            Column("name", gettext_lazy("Name"), sort="name"),
            Column("prefix", gettext_lazy("Begins with"), "code"),
            Column("user", gettext_lazy("Acts as"), sort="user__full_name"),
            Column("bounds", gettext_lazy("Only for")),
            Column("state", gettext_lazy("Status"), "status", value=_status),
            Column("expires_at", gettext_lazy("Expires"), "moment", sort="expires_at"),
            Column("last_used_at", gettext_lazy("Last used"), "moment", sort="last_used_at"),
            Column("created_at", gettext_lazy("Made"), "moment", sort="created_at"),
        ),
        default_sort="-created_at",
        row_url=lambda token: reverse("integration:token", args=[token.pk]),
        row_menu=_menu,
        filters=(
            Filter(
                "state",
                gettext_lazy("Status"),
                [(state.value, status.label) for state, status in _STATES.items()],
                _in_states,
            ),
        ),
        search=lambda tokens, text: tokens.filter(name__icontains=text.strip()),
        search_hint=gettext_lazy("Name"),
    )


TOKENS: Final = ListSource(
    name="integration.tokens",
    title=gettext_lazy("API tokens"),
    url_name="integration:token_list",
    rows=queries.visible_tokens,
    spec=_spec,
    empty_text=gettext_lazy("No program has a token yet."),
    intro=gettext_lazy("By these, programs such as iGOV or another CRM use the API."),
    add_url=lambda _actor: reverse("integration:token_new"),
    add_label=gettext_lazy("Make a token"),
)


def _in_states(tokens: QuerySet[ApiToken], states: list[str]) -> QuerySet[ApiToken]:
    return queries.in_states(tokens, states, timezone.now())


def _state(token: ApiToken) -> State:
    return state_of(token.expires_at, token.revoked_at, timezone.now())


def _status(token: ApiToken) -> Status:
    return _STATES[_state(token)]


def _menu(token: ApiToken) -> list[MenuItem]:
    if _state(token) in (State.EXPIRED, State.REVOKED):
        return []
    rotate = reverse("integration:token_rotate", args=[token.pk])
    revoke = reverse("integration:token_revoke", args=[token.pk])
    return [
        MenuItem(_("Replace by a new one"), rotate, "dialog", icon="refresh"),
        MenuItem(_("Revoke"), revoke, "dialog", icon="ban", danger=True),
    ]


def token_new(request: HttpRequest) -> HttpResponse:
    """context: title, form, cancel_url; once it is made: as `_made_page`."""
    require(actor_of(request), Permission.INTEGRATION_WRITE)
    if request.method != "POST":
        return _form_page(request, TokenForm(kept_forms.take(request)))
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _form_page(request, form, status=422)
    try:
        token, text = actions.create_token(actor=actor_of(request), wanted=form.wanted())
    except Invalids as found:
        show_refusals(form, found.refusals, names=_NAMES)
        return _form_page(request, form, status=422)
    return _made_page(request, token, text)


def _form_page(request: HttpRequest, form: TokenForm, *, status: int = 200) -> HttpResponse:
    context = {
        "title": _("Make a token"),
        "form": form,
        "cancel_url": reverse("integration:token_list"),
    }
    return render(request, "integration/token_form.html", context, status=status)


def _made_page(request: HttpRequest, token: ApiToken, text: str) -> HttpResponse:
    """context: title, token, text. The one time that the text is shown: no copy is kept of it."""
    context = {"title": _("The token is made"), "token": token, "text": text}
    return shown_once(render(request, "integration/token_made.html", context))


def token(request: HttpRequest, token_id: int) -> HttpResponse:
    """context: title, token, band, scopes, entries."""
    found = queries.token_of(actor_of(request), token_id)
    known = dict(Scope.choices)
    context: dict[str, Any] = {
        "title": found.name,
        "token": found,
        "band": _band(found),
        "scopes": [(scope, known.get(scope, "")) for scope in found.scopes],
        "entries": history_of(found),
    }
    return render(request, "integration/token.html", context)


def _band(token: ApiToken) -> HeaderBand:
    return HeaderBand(
        title=token.name,
        number=f"{token.prefix}…",
        status=_status(token),
        actions=_menu(token),
        back_url=reverse("integration:token_list"),
        back_label=_("API tokens"),
    )


def token_rotate(request: HttpRequest, token_id: int) -> HttpResponse:
    """context: title, intro, form, action, submit_label, back_url; then: title, token, text."""
    found = queries.token_of(actor_of(request), token_id)
    form = RotateForm(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, text = actions.rotate_token(actor=actor_of(request), **form.values())
        except Invalids as refused:
            show_refusals(form, refused.refusals, names=_NAMES)
        else:
            return _made_dialog(request, made, text)
    context = {
        "title": _("Replace the token “%(name)s”") % {"name": found.name},
        "intro": _("The new token has the same name, scopes and bounds."),
        "form": form,
        "action": request.path,
        "submit_label": _("Make the new token"),
        "back_url": reverse("integration:token", args=[token_id]),
    }
    status = 422 if request.method == "POST" else 200
    return render_dialog(request, "platform/_dialog_form.html", context, status=status)


def _made_dialog(request: HttpRequest, token: ApiToken, text: str) -> HttpResponse:
    context = {
        "title": _("The token is made"),
        "token": token,
        "text": text,
        "back_url": reverse("integration:token", args=[token.pk]),
    }
    return render_dialog(request, "integration/_token_made.html", context)


def token_revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """context: title, text, action, danger, back_url."""
    found = queries.token_of(actor_of(request), token_id)
    page = reverse("integration:token", args=[token_id])
    if request.method == "POST":
        actions.revoke_token(actor=actor_of(request), token_id=token_id)
        return done(request, _("The token is revoked."), back=page)
    context = {
        "title": _("Revoke the token “%(name)s”?") % {"name": found.name},
        "text": _("The program that uses it is refused at once. This cannot be undone."),
        "action": request.path,
        "danger": True,
        "back_url": page,
    }
    return render_dialog(request, "platform/_confirm.html", context)
