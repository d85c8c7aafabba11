"""The settings that administrators change: seen by auditors too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from capphep.platform import option_actions
from capphep.platform.htmx import done, render_dialog
from capphep.platform.kit import MenuItem, Text
from capphep.platform.list_filters import is_key
from capphep.platform.models import OptionValue
from capphep.platform.options import FIELD, Option
from capphep.platform.roles import Permission, may, require, require_overseer
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import show_refusals
from capphep.platform.versions import Stale
from capphep.pure.errors import Invalid
from capphep.shell.option_groups import GROUPS, option_of


@dataclass(frozen=True, slots=True)
class ShownOption:
    """One row: what it means, what counts, and who made it so."""

    option: Option[Any]
    value: str
    default: str
    record: OptionValue | None
    menu: Sequence[MenuItem]

    @property
    def is_default(self) -> bool:
        return not self.option.is_fixed and (self.record is None or self.record.value is None)


@dataclass(frozen=True, slots=True)
class ShownGroup:
    label: Text
    options: Sequence[ShownOption]


def option_list(request: HttpRequest) -> HttpResponse:
    """context: title, groups (ShownGroup), may_change."""
    require_overseer(actor_of(request))
    may_change = may(actor_of(request), Permission.SETTING_WRITE)
    records = {one.key: one for one in OptionValue.objects.select_related("updated_by")}
    groups = [
        ShownGroup(group.label, [_shown(one, records, may_change) for one in group.options])
        for group in GROUPS
    ]
    context = {"title": _("Settings"), "groups": groups, "may_change": may_change}
    return render(request, "shell/options.html", context)


def _shown(
    option: Option[Any], records: Mapping[str, OptionValue], may_change: bool
) -> ShownOption:
    record = records.get(option.key)
    menu = _menu(option, record) if may_change and not option.is_fixed else []
    return ShownOption(
        option, option.shown(option.value()), option.shown(option.default()), record, menu
    )


def _menu(option: Option[Any], record: OptionValue | None) -> list[MenuItem]:
    change = MenuItem(_("Edit"), reverse("shell:option", args=[option.key]), "dialog", "pencil")
    if record is None or record.value is None:
        return [change]
    back = reverse("shell:option_default", args=[option.key])
    return [change, MenuItem(_("Back to the default"), back, "dialog", "refresh")]


class OptionForm(forms.Form):
    """One option. ``version`` is the one that the person saw, 0 where nobody had chosen."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, option: Option[Any], data: Any = None) -> None:
        record = OptionValue.objects.filter(key=option.key).first()
        initial = {
            "version": record.version if record else 0,
            FIELD: option.initial(option.value()),
        }
        super().__init__(data, initial=initial)
        self.fields[FIELD] = option.form_field()
        self.fields[FIELD].help_text = _("Default: %(value)s") % {
            "value": option.shown(option.default())
        }


def option(request: HttpRequest, key: str) -> HttpResponse:
    """context: title, intro, form, action, back_url."""
    require(actor_of(request), Permission.SETTING_WRITE)
    record = option_of(key)
    if request.method != "POST":
        return _dialog(request, record, OptionForm(record))
    form = OptionForm(record, request.POST)
    if not form.is_valid():
        return _dialog(request, record, form, 422)
    try:
        option_actions.choose(
            actor=actor_of(request),
            option=record,
            seen_version=form.cleaned_data["version"] or 0,
            typed=form.cleaned_data[FIELD],
        )
    except Invalid as refusal:
        show_refusals(form, [refusal])
        return _dialog(request, record, form, 422)
    except Stale:
        return _dialog(request, record, _overtaken(request, record), 409)
    return done(request, _("Saved."), back="shell:option_list")


def _overtaken(request: HttpRequest, record: Option[Any]) -> OptionForm:
    """The form with what was typed, the version of now, and who was faster."""
    now = OptionValue.objects.select_related("updated_by").get(key=record.key)
    typed = request.POST.copy()
    typed["version"] = str(now.version)
    again = OptionForm(record, typed)
    params = {
        "who": now.updated_by.full_name if now.updated_by else "capphep",
        "when": date_format(localtime(now.updated_at), "d/m/Y H:i"),
        "value": record.shown(record.value()),
    }
    text = _("%(who)s set this to “%(value)s” on %(when)s. Save again to replace it.")
    again.add_error(FIELD, text % params)
    return again


def _dialog(
    request: HttpRequest, record: Option[Any], form: OptionForm, status: int = 200
) -> HttpResponse:
    context = {
        "title": record.label,
        "intro": record.help,
        "form": form,
        "action": request.path,
        "back_url": reverse("shell:option_list"),
    }
    return render_dialog(request, "platform/_dialog_form.html", context, status=status)


def option_default(request: HttpRequest, key: str) -> HttpResponse:
    """context: title, text, hidden, action, back_url, yes_label."""
    require(actor_of(request), Permission.SETTING_WRITE)
    record = option_of(key)
    if request.method == "POST":
        seen = request.POST.get("version", "")
        option_actions.back_to_default(
            actor=actor_of(request),
            option=record,
            seen_version=int(seen) if is_key(seen) else 0,
        )
        return done(request, _("The default counts again."), back="shell:option_list")
    known = OptionValue.objects.filter(key=key).first()
    context = {
        "title": _("Back to the default?"),
        "text": f"{record.label}: {record.shown(record.value())} → "
        f"{record.shown(record.default())}",
        "hidden": [("version", known.version if known else 0)],
        "action": request.path,
        "back_url": reverse("shell:option_list"),
    }
    return render_dialog(request, "platform/_confirm.html", context)
