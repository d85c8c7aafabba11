"""Who saw whose phone or e-mail, and *Hiện*: one of them in full."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from capphep.platform.lists import ListSource, show_list
from capphep.platform.models import AccessKind, PersonalAccess, User
from capphep.platform.pages import Column, Filter, ListSpec
from capphep.platform.personal import may_have_revealed, note
from capphep.platform.roles import not_permitted
from capphep.platform.signed_in import actor_of
from capphep.privacy import queries

RECORDS: Final[dict[str, Any]] = {
    "customer": _("Customer"),
    "contact": _("Contact"),
    "order": _("Order"),
    "licencerequest": _("Licence request"),
    "adminaccount": _("Administrator account"),
    "subjectrequest": _("Request of a data subject"),
    "user": _("User"),
    "api": _("API"),
    "list": _("List"),
}


def access_list(request: HttpRequest) -> HttpResponse:
    """context: as `show_list`."""
    return show_list(request, ACCESS)


def _spec(_actor: User) -> ListSpec[PersonalAccess]:
    return ListSpec(
        columns=(
            Column("at", _("When"), "moment", sort="at"),
            Column("person", _("Who")),
            Column("kind", _("How"), value=PersonalAccess.get_kind_display),
            Column("of", _("Record"), value=lambda one: RECORDS.get(one.subject_type, "")),
            Column("subject_no", _("Whose")),
        ),
        default_sort="-at",
        row_url=lambda _one: "",
        filters=(
            Filter("kind", _("How"), AccessKind.choices, "kind"),
            Filter("person", _("Who"), _people, "person"),
            Filter("of", _("Record"), list(RECORDS.items()), "subject_type"),
        ),
    )


def _people() -> list[tuple[int, str]]:
    return list(User.objects.order_by("sort_key", "id").values_list("id", "full_name"))


ACCESS: Final = ListSource(
    name="privacy.access",
    title=_("Access to personal data"),
    url_name="privacy:access_list",
    rows=queries.visible_access,
    spec=_spec,
    empty_text=_("Nobody has looked yet."),
)


@require_POST
def reveal(request: HttpRequest, subject_type: str, subject_id: int, name: str) -> HttpResponse:
    """One phone or e-mail in full, in place of what was masked; the log keeps who asked."""
    actor = actor_of(request)
    record = queries.subject_of(actor, subject_type, subject_id, name)
    if not may_have_revealed(actor):
        raise not_permitted()
    note(actor, AccessKind.REVEAL, {(subject_type, record.pk): str(record)[:150]})
    return HttpResponse(format_html("<span>{}</span>", getattr(record, name) or ""))
