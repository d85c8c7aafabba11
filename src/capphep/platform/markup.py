"""The small parts of which a list has hundreds, as text: cells, statuses, menus, icons.

A template for each of them would take most of the time that a list takes; these take a tenth.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any, Final

from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from capphep.platform.kit import MenuItem, Status, Text
from capphep.pure.money import format_dong, format_number

_HIDDEN: Final = SafeString('aria-hidden="true"')
_DIALOG: Final = SafeString(' hx-target="#dialog" hx-swap="innerHTML" hx-push-url="false"')
_IN_MENU: Final = SafeString(' role="menuitem" tabindex="-1"')


# --- how values are written --------------------------------------------------------------------


def day_text(value: datetime.date | None) -> str:
    """dd/mm/yyyy; a moment gives its local day."""
    if isinstance(value, datetime.datetime):
        value = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{value.day:02}/{value.month:02}/{value.year:04}" if value else ""


def moment_text(value: datetime.datetime | None) -> str:
    """dd/mm/yyyy HH:mm in local time."""
    if value and timezone.is_aware(value):
        value = timezone.localtime(value)
    return f"{value:%d/%m/%Y %H:%M}" if value else ""


def dong_text(value: object) -> str:
    """Whole đồng: 1234567 is "1.234.567 đ"; nothing for a missing value."""
    return "" if value in (None, "") else format_dong(int(str(value)))


def number_text(value: object) -> str:
    """A whole number: 1234567 is "1.234.567"."""
    return "" if value in (None, "") else format_number(int(str(value)))


def status_html(status: Status) -> SafeString:
    """A state: a word, and its tone for the dot."""
    return format_html(
        '<span class="status-word" data-tone="{}">{}</span>', status.tone, status.label
    )


_WRITTEN: Final[dict[str, Any]] = {
    "money": dong_text,
    "number": number_text,
    "date": day_text,
    "moment": moment_text,
    "status": lambda value: status_html(value) if value else "",
}


def cell_html(kind: str, value: Any) -> SafeString:
    """What a list's cell of that kind (`pages.Kind`) shows."""
    written = _WRITTEN.get(kind)
    if written is not None:
        value = written(value)
    return SafeString("") if value is None else mark_safe(conditional_escape(value))  # noqa: S308


# --- icons and menus ---------------------------------------------------------------------------


def icon_html(name: str, label: Text = "") -> SafeString:
    """An icon of the sprite; decoration unless it has a ``label``."""
    return format_html(
        '<svg class="icon" {} focusable="false"><use href="{}#{}"></use></svg>',
        format_html('role="img" aria-label="{}"', label) if label else _HIDDEN,
        static("vendor/icons/sprite.svg"),
        name,
    )


def action_html(item: MenuItem, look: str, in_menu: bool, csrf_token: object) -> SafeString:
    """One thing to do: a button or link with the classes ``look``, or a menu's item."""
    if item.disabled_reason:
        return _disabled(item, look, in_menu)
    classes = f"{look} is-danger" if item.danger else look
    inside = _inside(item)
    more = (_IN_MENU if in_menu else "") + _key(item)
    if item.kind == "post":
        return _post(item, classes, in_menu, csrf_token, more)
    if item.kind == "submit":
        return format_html(
            '<button type="submit" form="{}" class="{}" data-save'
            ' aria-keyshortcuts="Control+S">{}</button>',
            item.url,
            look,
            inside,
        )
    dialog: Text = ""
    if item.kind == "dialog":
        dialog = format_html(' hx-get="{}"{}', item.url, _DIALOG)
    return format_html(
        '<a class="{}" href="{}"{}{}>{}</a>', classes, item.url, dialog, SafeString(more), inside
    )


def _disabled(item: MenuItem, look: str, in_menu: bool) -> SafeString:
    classes = f"{look} is-danger" if item.danger else look
    reason, more = item.disabled_reason, format_html(' title="{}"', item.disabled_reason)
    if in_menu:
        more = _IN_MENU
    inside = _inside(item, format_html("<small>{}</small>", reason) if in_menu else "")
    return format_html(
        '<button type="button" class="{}" aria-disabled="true"{}>{}</button>', classes, more, inside
    )


def _post(item: MenuItem, classes: str, in_menu: bool, csrf_token: object, more: str) -> SafeString:
    token: Text = ""
    if csrf_token:
        token = format_html(
            '<input type="hidden" name="csrfmiddlewaretoken" value="{}">', csrf_token
        )
    return format_html(
        '<form method="post" action="{}" hx-post="{}"{}{}>{}'
        '<button class="{}"{}>{}</button></form>',
        item.url,
        item.url,
        _DIALOG,
        SafeString(' role="none"' if in_menu else ""),
        token,
        classes,
        SafeString(more),
        _inside(item),
    )


def _inside(item: MenuItem, more: Text = "") -> SafeString:
    shown = icon_html(item.icon) if item.icon else ""
    return format_html("{}<span>{}{}</span>", shown, item.label, more)


def _key(item: MenuItem) -> SafeString:
    if not item.key:
        return SafeString("")
    return format_html(' data-key="{}" aria-keyshortcuts="{}"', item.key, item.key)


def row_menu_html(
    menu: Sequence[MenuItem], menu_id: str, what: object, text: Text, csrf_token: object
) -> SafeString:
    """The button ⋮ (or ``text``) and the menu it opens; ``what`` is whose functions they are."""
    if not menu:
        return SafeString("")
    label = _("Functions of %(what)s") % {"what": what}
    look = "menu-button" if text else "btn-icon btn-ghost row-menu-button"
    named = SafeString("") if text else format_html(' aria-label="{}"', label)
    items = [action_html(item, "menu-item", True, csrf_token) for item in menu]
    return format_html(
        '<button type="button" class="btn {}" popovertarget="{}" data-menu-button'
        ' aria-haspopup="menu" aria-expanded="false"{}>{}{}</button>'
        '<div class="menu" id="{}" role="menu" popover="manual" aria-label="{}">{}</div>',
        look,
        menu_id,
        named,
        format_html("<span>{}</span>", text) if text else "",
        icon_html("dots-vertical"),
        menu_id,
        label,
        mark_safe("".join(items)),  # noqa: S308
    )
