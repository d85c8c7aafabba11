"""Reads of the register and of the access log; whose phone or e-mail may be shown in full."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db.models import Model, QuerySet

from capphep.crm.models import Contact
from capphep.crm.queries.customers import visible_customers
from capphep.crm.queries.orders import visible_orders
from capphep.identity.models import AdminAccount
from capphep.identity.queries import visible_links
from capphep.platform.models import PersonalAccess
from capphep.platform.roles import Actor, require_overseer
from capphep.privacy.models import SubjectRequest, SubjectRequestFile
from capphep.provisioning.queries import visible_requests
from capphep.pure.errors import NotFound, gettext_noop

_REACH: Final = frozenset({"phone", "email"})


def visible_subject_requests(actor: Actor) -> QuerySet[SubjectRequest]:
    """The register, for those who keep it and those who audit. Raises Forbidden."""
    require_overseer(actor)
    return SubjectRequest.objects.select_related("customer", "handler")


def request_of(actor: Actor, request_id: int) -> SubjectRequest:
    """Raises Forbidden, NotFound."""
    found = visible_subject_requests(actor).filter(pk=request_id).first()
    if found is None:
        message = gettext_noop("There is no such request in the register.")
        raise NotFound("subject_request_not_found", message)
    return found


def file_of(actor: Actor, file_id: int) -> SubjectRequestFile:
    """A file of the register, with its request. Raises Forbidden, NotFound."""
    requests = visible_subject_requests(actor)
    rows = SubjectRequestFile.objects.select_related("request", "file")
    found = rows.filter(pk=file_id, request__in=requests.select_related(None)).first()
    if found is None:
        raise NotFound("file_not_found", gettext_noop("There is no such file."))
    return found


def visible_access(actor: Actor) -> QuerySet[PersonalAccess]:
    """The access log, for the same people. Raises Forbidden."""
    require_overseer(actor)
    return PersonalAccess.objects.select_related("person")


def _contacts(actor: Actor) -> QuerySet[Any]:
    return Contact.objects.filter(customer__in=visible_customers(actor))


def _accounts(actor: Actor) -> QuerySet[Any]:
    return AdminAccount.objects.filter(pk__in=visible_links(actor).order_by().values("account"))


# Whose they are, by the model's name: who may know of the record, and the names of its columns.
_SUBJECTS: Final[Mapping[str, tuple[Callable[[Actor], QuerySet[Any]], frozenset[str]]]] = {
    "customer": (visible_customers, _REACH),
    "contact": (_contacts, _REACH),
    "order": (visible_orders, frozenset({"contact_phone", "contact_email"})),
    "licencerequest": (
        visible_requests,
        frozenset({"unit_phone", "unit_email", "admin_phone", "admin_email"}),
    ),
    "adminaccount": (_accounts, _REACH),
}


def subject_of(actor: Actor, subject_type: str, subject_id: int, name: str) -> Model:
    """The record whose phone or e-mail the actor asks for. Raises NotFound."""
    visible, names = _SUBJECTS.get(subject_type, (None, frozenset()))
    found = visible(actor).filter(pk=subject_id).first() if visible and name in names else None
    if found is None:
        raise NotFound("subject_not_found", gettext_noop("There is no such record."))
    record: Model = found
    return record
