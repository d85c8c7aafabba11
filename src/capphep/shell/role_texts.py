"""What roles read and may do, in words: the screen *Roles*."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from capphep.platform.kit import Text
from capphep.platform.roles import Permission, Role

READS: Final[Mapping[Role, Text]] = {
    Role.SALES: _("Own team"),
    Role.MANAGER: _("Own team; of no team: everything"),
    Role.OFFICER: _("Everything"),
    Role.AUDITOR: _("Everything"),
    Role.ADMIN: _("Everything"),
    Role.PROGRAM: _("Within its token"),
}

PERMISSIONS: Final[Mapping[Permission, tuple[Text, Text]]] = {
    Permission.CUSTOMER_WRITE: (
        _("Customers"),
        _("Enter and edit customers and their contacts."),
    ),
    Permission.SALE_WRITE: (
        _("Sales"),
        _("Opportunities, sales projects and orders."),
    ),
    Permission.HAND_OVER: (
        _("Handing over"),
        _("Give customers, opportunities and orders of one salesperson to another."),
    ),
    Permission.REQUEST_WRITE: (
        _("Licence requests"),
        _("Write, send and recall requests."),
    ),
    Permission.REQUEST_DECIDE: (
        _("Decisions"),
        _("Approve, return, reject and withdraw; never on one's own requests."),
    ),
    Permission.ACCOUNT_WRITE: (
        _("Administrator accounts"),
        _("Deliver the accounts of customers' administrators again."),
    ),
    Permission.TALK_WRITE: (
        _("Talk"),
        _("Comments, activities and files on what one sees."),
    ),
    Permission.CATALOGUE_WRITE: (
        _("Catalogue"),
        _("Products, packages, items, modules, who may buy what."),
    ),
    Permission.USER_WRITE: (
        _("Users"),
        _("Accounts, teams and roles; see as somebody else."),
    ),
    Permission.SETTING_WRITE: (
        _("Settings"),
        _("The rules of the desk that can be changed on screen."),
    ),
    Permission.PRIVACY_WRITE: (
        _("Data protection"),
        _("Keep the register of data subjects' requests."),
    ),
    Permission.BULK_ENTER: (
        _("Import"),
        _("Customers of everybody, and what was in force before, from workbooks."),
    ),
    Permission.INTEGRATION_WRITE: (
        _("Integration"),
        _("API tokens and webhooks."),
    ),
    Permission.USAGE_WRITE: (
        _("Usage"),
        _("Report over the API what is in use."),
    ),
}
