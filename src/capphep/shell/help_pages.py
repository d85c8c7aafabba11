"""The user's guide inside capphep: which pages there are, and which of them helps on a screen.

The texts are the files of `docs/user-guide`, the same in each language.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from capphep.platform.kit import Text

FOLDER: Final = Path(settings.PROJECT_DIR) / "docs" / "user-guide"
PICTURES: Final = FOLDER / "pictures"
LANGUAGES: Final = ("vi", "en")
INDEX: Final = "index"


@dataclass(frozen=True, slots=True)
class HelpPage:
    """One task. ``screens`` are the beginnings of the names of the views that it describes."""

    slug: str
    screens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HelpGroup:
    label: Text
    pages: tuple[HelpPage, ...]


# A view belongs to the page that names the longest beginning of its name.
GROUPS: Final = (
    HelpGroup(
        _("First steps"),
        (
            HelpPage(
                "sign-in",
                (
                    "login",
                    "logout",
                    "shell:home",
                    "shell:own_password",
                    "shell:welcome",
                    "shell:help",
                    "set_language",
                ),
            ),
            HelpPage("search", ("shell:search", "shell:suggestions", "shell:visited")),
            HelpPage("lists", ("lists:", "exchange:export")),
            HelpPage(
                "notices",
                ("shell:notice", "collaboration:", "collaboration:pulse"),
            ),
        ),
    ),
    HelpGroup(
        _("Selling"),
        (
            HelpPage("customers", ("crm:customer", "crm:contact", "crm:parent")),
            HelpPage(
                "duplicates",
                (
                    "crm:duplicate",
                    "shell:customer_merge",
                    "shell:customer_recode",
                    "crm:former_code",
                    "crm:customer_alike",
                ),
            ),
            HelpPage("opportunities", ("crm:opportunity", "crm:project")),
            HelpPage("order", ("crm:order", "drafts", "draft")),
            HelpPage("order-paste", ("crm:order_goods",)),
            HelpPage(
                "request",
                ("provisioning:open", "provisioning:request_edit", "provisioning:for_customer"),
            ),
            HelpPage("follow-request", ("provisioning:",)),
            HelpPage("renew", ("ims:held_panel", "ims:occasion")),
        ),
    ),
    HelpGroup(
        _("Licence desk"),
        (
            HelpPage("approve", ("ims:",)),
            HelpPage("return-reject", ("ims:return", "ims:reject")),
            HelpPage("withdraw", ("ims:withdraw",)),
            HelpPage(
                "subscriptions",
                (
                    "ims:subscription",
                    "ims:grant_origin",
                    "ims:customer_glance",
                    "ims:customer_licences",
                ),
            ),
            HelpPage(
                "certificates",
                ("ims:certificate", "ims:licence_file", "ims:order_certificate", "public_licence"),
            ),
            HelpPage("accounts", ("identity:",)),
        ),
    ),
    HelpGroup(
        _("Figures, Excel and paper"),
        (
            HelpPage("reports", ("reporting:",)),
            HelpPage("imports", ("exchange:import",)),
            HelpPage("jobs", ("exchange:job",)),
            HelpPage("printing", ("paper:",)),
        ),
    ),
    HelpGroup(
        _("Administration"),
        (
            HelpPage("users", ("shell:user", "shell:team", "shell:role", "shell:preview")),
            HelpPage("settings", ("shell:option", "shell:message")),
            HelpPage("catalogue", ("catalog:",)),
            HelpPage("integration", ("integration:", "api_docs")),
            HelpPage("personal-data", ("privacy:",)),
        ),
    ),
)
PAGES: Final = {page.slug: page for group in GROUPS for page in group.pages}


def page_for(view_name: str) -> str:
    """The slug of the page that describes the screen; the index where none does."""
    found = [
        (len(beginning), page.slug)
        for page in PAGES.values()
        for beginning in page.screens
        if view_name.startswith(beginning)
    ]
    return max(found)[1] if found else INDEX


def file_of(slug: str, language: str) -> Path:
    return FOLDER / language / f"{slug}.md"
