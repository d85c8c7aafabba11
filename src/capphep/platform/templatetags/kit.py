"""Template filters and tags of the kit: how values are written, and one line per form field."""

from __future__ import annotations

import datetime
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.template.context import RequestContext
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from capphep.platform.kit import ItemKind, MenuItem, Remark, Text
from capphep.pure.money import format_dong, format_number

register = template.Library()


@register.filter
def dong(value: object) -> str:
    """Whole đồng: 1234567 is "1.234.567 đ"; nothing for a missing value."""
    return "" if value in (None, "") else format_dong(int(str(value)))


@register.filter
def number(value: object) -> str:
    """A whole number: 1234567 is "1.234.567"."""
    return "" if value in (None, "") else format_number(int(str(value)))


@register.filter
def day(value: datetime.date | None) -> str:
    """dd/mm/yyyy; a moment gives its local day."""
    if isinstance(value, datetime.datetime):
        value = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{value:%d/%m/%Y}" if value else ""


@register.filter
def moment(value: datetime.datetime | None) -> str:
    """dd/mm/yyyy HH:mm in local time."""
    if value and timezone.is_aware(value):
        value = timezone.localtime(value)
    return f"{value:%d/%m/%Y %H:%M}" if value else ""


@register.filter
def initial(name: str) -> str:
    """The first letter of the given name, which comes last in Vietnamese."""
    words = name.split()
    return words[-1][0].upper() if words else ""


@register.simple_tag
def icon(name: str, label: Text = "") -> SafeString:
    """An icon of the sprite; decoration unless it has a ``label``."""
    hidden = SafeString('aria-hidden="true"')
    if label:
        hidden = format_html('role="img" aria-label="{}"', label)
    return format_html(
        '<svg class="icon" {} focusable="false"><use href="{}#{}"></use></svg>',
        hidden,
        static("vendor/icons/sprite.svg"),
        name,
    )


@register.simple_tag
def live(record_type: str, record_id: int, *state: object) -> SafeString:
    """The attributes by which live.js knows what a page shows, and how that stood.

    When ``state`` is no longer what the record is like, the page is told `record-changed`.
    """
    return format_html(
        'data-live="{}" data-live-state="{}"',
        f"{record_type}/{record_id}",
        "-".join(map(str, state)),
    )


@register.simple_tag
def menu_item(label: Text, url: str = "", kind: ItemKind = "link", **options: Any) -> MenuItem:
    """A `kit.MenuItem` made in a template."""
    return MenuItem(label, url, kind, **options)


@register.inclusion_tag("platform/_action.html", takes_context=True)
def action(
    context: RequestContext, item: MenuItem, look: str = "btn", in_menu: bool = False
) -> dict[str, Any]:
    """One `kit.MenuItem` as a button or link with the classes ``look``, or a menu's item."""
    return {
        "item": item,
        "look": look,
        "in_menu": in_menu,
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("platform/_field.html")
def field(bound: BoundField, width: str = "", label: Text = "", **attrs: Any) -> dict[str, Any]:
    """A form field: label, widget, help, errors.

    ``width`` is a number of the twelve grid columns ("6"); ``label`` replaces the field's
    own; further arguments become attributes of the input, "_" read as "-".
    """
    widget = bound.field.widget
    remark = getattr(bound.form, "remarks", {}).get(bound.name)
    extra = {name.replace("_", "-"): value for name, value in attrs.items()}
    return {
        "field": bound,
        "label": label or bound.label,
        "width": width,
        "is_group": isinstance(widget, (RadioSelect, CheckboxSelectMultiple)),
        "is_check": isinstance(widget, CheckboxInput),
        "remark": remark,
        "widget": bound.as_widget(attrs={**_attributes(bound, remark), **extra}),
        "help_id": f"{bound.auto_id}_help",
        "error_id": f"{bound.auto_id}_error",
    }


def _attributes(bound: BoundField, remark: Remark | None) -> dict[str, Any]:
    own = bound.field.widget.attrs
    described = [f"{bound.auto_id}_help"] if bound.help_text else []
    described += [f"{bound.auto_id}_error"] if bound.errors else []
    described += [f"remark-{bound.name}"] if remark else []
    attrs: dict[str, Any] = {"class": f"{_look(bound)} {own.get('class', '')}".strip()}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        attrs |= {"aria-invalid": "true", "class": f"{attrs['class']} is-invalid"}
    return attrs


def _look(bound: BoundField) -> str:
    widget = bound.field.widget
    if isinstance(widget, (CheckboxInput, RadioSelect, CheckboxSelectMultiple)):
        return "form-check-input"
    return "form-select" if isinstance(widget, Select) else "form-control"
