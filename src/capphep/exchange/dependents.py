"""What came to stand on the records of an import, and keeps it from being undone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from django.apps import apps
from django.db.models import ForeignObjectRel, Model
from django.utils.translation import gettext_lazy as _

from capphep.crm.models import Customer
from capphep.crm.queries.worked_on import worked_on
from capphep.exchange.kinds import ImportKind
from capphep.exchange.models import Import
from capphep.platform.dependents import Dependents
from capphep.platform.kit import Text
from capphep.pure.batching import batches

_NAMES: Final[Mapping[str, Text]] = {
    "crm.customer": _("Customers edited since, or governed by one of these"),
    "catalog.item": _("Goods edited since"),
    "crm.order": _("Orders"),
    "crm.orderline": _("Lines of orders"),
    "crm.opportunity": _("Opportunities"),
    "crm.ownedproduct": _("Products in force"),
    "entitlements.subscription": _("Subscriptions"),
    "provisioning.licencerequest": _("Licence requests"),
    "identity.adminaccount": _("Administrator accounts"),
}
# They name a record by its type and key: no foreign key leads from there.
_TALK: Final[Mapping[str, Text]] = {
    "collaboration.comment": _("Comments"),
    "collaboration.activity": _("Activities"),
}


def what_depends(kind: ImportKind, one: Import) -> Dependents:
    """Rows of any table that refer to a created record; its own parts and each other aside."""
    found = Dependents()
    for keys in _batches(one):
        if kind.record is not None:
            found.counts.update(_referring(kind.record, kind, one, keys))
            found.counts.update(_edited(kind.record, keys))
            found.counts.update(_talked_about(kind.record, keys))
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
        if table in kind.parts:
            continue
        rows = table._base_manager.filter(**{f"{field.name}__in": keys})
        if table is record:
            rows = rows.exclude(pk__in=one.created.values("record_id"))
        if count := rows.count():
            found[_label(table)] += count
    return found


def _edited(record: type[Model], keys: Sequence[int]) -> Counter[str]:
    """Those that somebody has worked on since, or gave another person."""
    rows = record._base_manager.filter(pk__in=keys)
    edited = (worked_on(keys) if record is Customer else rows.filter(version__gt=1)).count()
    return Counter({_label(record): edited}) if edited else Counter()


def _talked_about(record: type[Model], keys: Sequence[int]) -> Counter[str]:
    found: Counter[str] = Counter()
    for name, label in _TALK.items():
        rows = apps.get_model(name)._default_manager.filter(
            record_type=record._meta.model_name, record_id__in=keys
        )
        if count := rows.count():
            found[str(label)] = count
    return found


def _label(model: type[Model]) -> str:
    return str(_NAMES.get(model._meta.label_lower, model._meta.verbose_name))
