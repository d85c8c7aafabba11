"""Template filters and tags of the kit: how values are written, and one line per form field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template
from django.db.models import Model
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.template.context import RequestContext
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from capphep.platform import markup
from capphep.platform.kit import ItemKind, MenuItem, Remark, Text
from capphep.platform.personal import may_reveal, of_record

register = template.Library()


register.filter("dong", markup.dong_text)
register.filter("number", markup.number_text)
register.filter("day", markup.day_text)
register.filter("moment", markup.moment_text)
register.simple_tag(markup.icon_html, name="icon")
register.simple_tag(markup.cell_html, name="cell")


@register.filter
def initial(name: str) -> str:
    """The first letter of the given name, which comes last in Vietnamese."""
    words = name.split()
    return words[-1][0].upper() if words else ""


@register.inclusion_tag("platform/_personal.html")
def personal(record: Model, name: str) -> dict[str, Any]:
    """A record's phone or e-mail (``name``) as who is looking may see it, who is noted for it.

    Masked, with the button that shows it where the role may have it shown.
    """
    value, shown = getattr(record, name) or "", of_record(record, name)
    url = ""
    if shown != value and may_reveal():
        url = reverse("privacy:reveal", args=[record._meta.model_name, record.pk, name])
    return {"shown": shown or "–", "reveal_url": url}


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


@register.simple_tag(takes_context=True)
def action(
    context: RequestContext, item: MenuItem, look: str = "btn", in_menu: bool = False
) -> SafeString:
    """One `kit.MenuItem` as a button or link with the classes ``look``, or a menu's item."""
    return markup.action_html(item, look, in_menu, context.get("csrf_token"))


@register.simple_tag(takes_context=True)
def row_menu(
    context: RequestContext,
    menu: Sequence[MenuItem],
    menu_id: str,
    menu_label: object,
    menu_text: Text = "",
) -> SafeString:
    """A menu behind ⋮, or behind ``menu_text``; ``menu_label`` is what it belongs to."""
    return markup.row_menu_html(menu, menu_id, menu_label, menu_text, context.get("csrf_token"))


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
