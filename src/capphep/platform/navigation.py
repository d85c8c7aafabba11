"""What the navigation offers, as data; who sees an entry is decided by role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from capphep.platform.kit import Text
from capphep.platform.roles import Role

_EVERYONE: Final = frozenset({Role.SALES, Role.MANAGER, Role.OFFICER, Role.AUDITOR, Role.ADMIN})
_SELLING: Final = frozenset({Role.SALES, Role.MANAGER})


@dataclass(frozen=True, slots=True)
class Entry:
    """``sections`` are the beginnings of view names ("crm:order") under which it is current."""

    label: Text
    url_name: str
    icon: str
    sections: tuple[str, ...]
    roles: frozenset[Role] = _EVERYONE


@dataclass(frozen=True, slots=True)
class Group:
    label: Text
    entries: tuple[Entry, ...]


# The letter that opens an entry after g, the same whoever asks (`static/js/shortcuts.js`).
LETTERS: Final = {
    "crm:customer_list": "c",
    "crm:opportunity_list": "p",
    "crm:project_list": "d",
    "crm:order_list": "o",
    "provisioning:request_list": "r",
    "ims:queue": "r",
    "ims:subscription_list": "s",
    "identity:account_list": "a",
    "catalog:item_list": "i",
    "shell:user_list": "u",
}

GROUPS: Final = (
    Group(
        _("Overview"),
        (
            Entry(_("Home"), "shell:home", "home", ("shell:home",)),
            Entry(_("Reports"), "reporting:index", "chart-bar", ("reporting:",)),
        ),
    ),
    Group(
        _("CRM"),
        (
            Entry(
                _("To do"),
                "collaboration:todo",
                "checklist",
                ("collaboration:todo", "collaboration:activity"),
            ),
            Entry(_("Customers"), "crm:customer_list", "building-community", ("crm:customer",)),
            Entry(_("Opportunities"), "crm:opportunity_list", "target", ("crm:opportunity",)),
            Entry(_("Sales projects"), "crm:project_list", "briefcase", ("crm:project",)),
            Entry(
                _("Orders"),
                "crm:order_list",
                "file-invoice",
                ("crm:order",),
            ),
            Entry(
                _("Licence requests"),
                "provisioning:request_list",
                "send",
                ("provisioning:",),
                _SELLING,
            ),
        ),
    ),
    Group(
        _("IMS"),
        (
            Entry(
                _("Office accountant"),
                "ims:queue",
                "rubber-stamp",
                (
                    "ims:queue",
                    "ims:request",
                    "ims:approve",
                    "ims:return",
                    "ims:reject",
                    "ims:assign",
                    "ims:release",
                    "ims:withdraw",
                ),
                _EVERYONE - _SELLING,
            ),
            Entry(
                _("Subscriptions"), "ims:subscription_list", "certificate", ("ims:subscription",)
            ),
            Entry(
                _("Administrator accounts"),
                "identity:account_list",
                "users",
                ("identity:",),
                _EVERYONE - _SELLING,
            ),
            Entry(
                _("Absence and substitutes"),
                "ims:absence_list",
                "calendar",
                ("ims:absence",),
                _EVERYONE - _SELLING,
            ),
        ),
    ),
    Group(
        _("Excel"),
        (
            Entry(
                _("Imports from Excel"),
                "exchange:import_list",
                "table-import",
                ("exchange:import",),
                frozenset({Role.SALES, Role.MANAGER, Role.ADMIN}),
            ),
            Entry(_("Background work"), "exchange:job_list", "clock", ("exchange:job",)),
        ),
    ),
    Group(
        _("Administration"),
        (
            Entry(_("Goods catalogue"), "catalog:item_list", "package", ("catalog:",)),
            Entry(
                _("Users"), "shell:user_list", "user-cog", ("shell:user",), frozenset({Role.ADMIN})
            ),
            Entry(_("Teams"), "shell:team_list", "users", ("shell:team",), frozenset({Role.ADMIN})),
            Entry(
                _("Roles"),
                "shell:role_list",
                "shield-check",
                ("shell:role", "shell:preview"),
                frozenset({Role.ADMIN, Role.AUDITOR}),
            ),
            Entry(
                _("API tokens"),
                "integration:token_list",
                "key",
                ("integration:token",),
                frozenset({Role.ADMIN}),
            ),
            Entry(
                _("Webhooks"),
                "integration:endpoint_list",
                "world",
                ("integration:endpoint", "integration:delivery"),
                frozenset({Role.ADMIN}),
            ),
            Entry(
                _("Data requests"),
                "privacy:request_list",
                "lock",
                ("privacy:request",),
                frozenset({Role.ADMIN, Role.AUDITOR}),
            ),
            Entry(
                _("Personal data log"),
                "privacy:access_list",
                "eye",
                ("privacy:access",),
                frozenset({Role.ADMIN, Role.AUDITOR}),
            ),
            Entry(
                _("Message texts"),
                "shell:message_list",
                "mail",
                ("shell:message",),
                frozenset({Role.ADMIN, Role.AUDITOR}),
            ),
            Entry(
                _("Paper templates"),
                "paper:template_list",
                "file-text",
                ("paper:template", "paper:letterhead"),
                frozenset({Role.ADMIN, Role.AUDITOR}),
            ),
            Entry(
                _("Settings"),
                "shell:option_list",
                "settings",
                ("shell:option",),
                frozenset({Role.ADMIN, Role.AUDITOR}),
            ),
        ),
    ),
)
