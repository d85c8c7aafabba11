"""What came to stand on the records of an import, and keeps it from being undone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from django.db.models import ForeignObjectRel, Model
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from capphep.exchange.kinds import ImportKind
from capphep.exchange.models import Import
from capphep.platform.dependents import Dependents
from capphep.platform.kit import Text
from capphep.pure.batching import batches

KEEPING: Final[Mapping[str, Text]] = {
    "crm.customer": _("Customers governed by one of these"),
    "crm.customercode": _("Former codes"),
    "crm.order": _("Orders"),
    "crm.orderline": _("Lines of orders"),
    "crm.opportunity": _("Opportunities"),
    "crm.opportunityline": _("Opportunities"),
    "entitlements.subscription": _("Subscriptions (the ledger keeps also those taken back)"),
    "provisioning.licencerequest": _("Licence requests"),
    "identity.accountlink": _("Administrator accounts"),
    "integration.apitoken": _("API tokens"),
    "integration.endpoint": _("Webhooks"),
    "privacy.subjectrequest": _("Requests of personal data"),
}
"""Tables whose rows keep the record that they refer to, and what people call those rows.

One that is named nowhere keeps it too; a test asks for its name."""
DERIVED: Final = frozenset({"crm.ownedproduct", "entitlements.checkdocument"})
"""What follows from the ledger, whose subscriptions keep the record already."""


def what_depends(kind: ImportKind, one: Import) -> Dependents:
    """Rows of any table that refer to a created record; its own parts and each other aside."""
    found = Dependents()
    for keys in _batches(one):
        if kind.record is not None:
            found.counts.update(_referring(kind.record, kind, one, keys))
        if kind.worked_on is not None and (count := kind.worked_on(keys).count()):
            found.counts[gettext("Edited, commented on or planned for since")] += count
        if kind.depends is not None:
            found.join(kind.depends(keys))
    return found


def _batches(one: Import) -> Iterator[Sequence[int]]:
    keys = one.created.order_by("-record_id").values_list("record_id", flat=True)
    return batches(keys.iterator())


def _referring(
    record: type[Model], kind: ImportKind, one: Import, keys: Sequence[int]
) -> Counter[str]:
    found: Counter[str] = Counter()
    for relation in record._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel) or isinstance(relation.related_model, str):
            continue
        table, field = relation.related_model, relation.field
        if table in kind.parts or table._meta.label_lower in DERIVED:
            continue
        rows = table._base_manager.filter(**{f"{field.name}__in": keys})
        if table is record:
            rows = rows.exclude(pk__in=one.created.values("record_id"))
        if count := rows.count():
            found[_label(table)] += count
    return found


def _label(model: type[Model]) -> str:
    return str(KEEPING.get(model._meta.label_lower, model._meta.verbose_name))
