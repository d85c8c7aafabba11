"""Administrator accounts: the list with what failed, the page of one, the panels on other pages."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capphep.crm.queries.customers import customer_of
from capphep.identity import queries
from capphep.identity.models import AccountLink, AdminAccount
from capphep.identity.states import AccountStatus
from capphep.identity.views.shown import again_item, error_of, error_text, history, shown, status_of
from capphep.platform.htmx import render_page_or_fragment
from capphep.platform.kit import HeaderBand, MenuItem
from capphep.platform.lists import ListSource, show_list
from capphep.platform.models import User
from capphep.platform.pages import Column, Filter, ListSpec
from capphep.platform.personal import of_record
from capphep.platform.roles import Actor
from capphep.platform.signed_in import actor_of

_PAGE: Final = ("identity/account.html", "identity/_account.html")
_PANEL: Final = ("identity/panel.html", "identity/_panel.html")


def account_list(request: HttpRequest) -> HttpResponse:
    """context: as `show_list`."""
    return show_list(request, ACCOUNTS)


def _rows(actor: User) -> QuerySet[AccountLink]:
    queries.require_directory(actor)
    return queries.visible_links(actor)


def _spec(actor: User) -> ListSpec[AccountLink]:
    return ListSpec(
        columns=(
            Column("account", gettext_lazy("Full name")),
            Column("status", gettext_lazy("Status"), "status", value=status_of),
            Column("error", gettext_lazy("Error"), "sentence", value=error_of),
            Column("customer__name", gettext_lazy("Customer"), "name"),
            Column("product", gettext_lazy("Product")),
            Column("reach", gettext_lazy("E-mail, phone"), value=_reach),
            Column("linked_at", gettext_lazy("Noted at"), "moment", sort="linked_at"),
        ),
        default_sort="-linked_at",
        row_url=lambda link: reverse("identity:account", args=[link.account_id]),
        row_menu=lambda link: _row_menu(actor, link),
        filters=(
            Filter("status", gettext_lazy("Status"), AccountStatus.choices, "status"),
            Filter(
                "trouble", gettext_lazy("Trouble"), queries.TROUBLES.items(), queries.in_trouble
            ),
        ),
        search=queries.search_links,
        search_hint=gettext_lazy("Name, e-mail, phone, budget code, customer"),
    )


ACCOUNTS: Final = ListSource(
    name="identity.accounts",
    title=gettext_lazy("Administrator accounts"),
    url_name="identity:account_list",
    rows=_rows,
    spec=_spec,
    empty_text=gettext_lazy("The first approval of a request notes an administrator."),
    intro=gettext_lazy(
        "Who administers a product at a customer, and whether that person was told."
    ),
)


def _reach(link: AccountLink) -> str:
    account = link.account
    name = "email" if account.email else "phone"
    return of_record(account, name)


def _row_menu(actor: Actor, link: AccountLink) -> list[MenuItem]:
    again = again_item(actor, link)
    customer = reverse("crm:customer", args=[link.customer_id])
    return [
        *([again] if again else []),
        MenuItem(_("Open the customer"), customer, icon="building-community"),
    ]


def account(request: HttpRequest, account_id: int) -> HttpResponse:
    """context: title, band, record (AdminAccount), error, links (shown.ShownLink), entries."""
    actor = actor_of(request)
    queries.require_directory(actor)
    record = queries.account_of(account_id)
    context = {
        "title": record.full_name,
        "band": _band(record),
        "record": record,
        "error": error_text(record),
        "links": shown(actor, queries.links_of(record)),
        "entries": history(record),
    }
    return render_page_or_fragment(
        request, "identity/account.html", "identity/_account.html", context
    )


def _band(record: AdminAccount) -> HeaderBand:
    return HeaderBand(
        title=record.full_name,
        subtitle=" · ".join(filter(None, [of_record(record, "email"), of_record(record, "phone")])),
        back_url=reverse("identity:account_list"),
        back_label=_("Administrator accounts"),
    )


def customer_panel(
    request: HttpRequest, customer_id: int, product_id: int | None = None
) -> HttpResponse:
    """context: title, customer, links (shown.ShownLink), opens_accounts, panel_url, panel_loaded.

    Of one product, or of all.
    """
    actor = actor_of(request)
    customer = customer_of(actor, customer_id)
    context: dict[str, Any] = {
        "title": _("Administrator accounts"),
        "customer": customer,
        "links": shown(actor, queries.links_at(customer, product_id)),
        "opens_accounts": queries.may_open_directory(actor),
        "panel_url": request.path,
        "panel_loaded": True,
    }
    return render_page_or_fragment(request, *_PANEL, context)
