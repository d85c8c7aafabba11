"""What was sent, as people read it: a row for each thing that a request says."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from django.db.models import Field
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from capphep.catalog import schemas
from capphep.catalog.models import Module
from capphep.catalog.schema_rules import Schema
from capphep.crm.models import Level, Order
from capphep.platform.personal import named
from capphep.provisioning import explanations
from capphep.provisioning.contents import FIELDS, Content
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.round_rules import Row, topic_of
from capphep.provisioning.states import EvidenceKind, RequestKind
from capphep.pure.money import format_dong, format_number

_OF_ORDER: Final = ("order_no", "contract_no")


def schemas_of(record: LicenceRequest, *contents: Content) -> dict[str, Schema]:
    """The schemas of the modules whose additional information was sent; at most one statement."""
    codes = {line["module"] for content in contents for line in content["lines"] if line["extra"]}
    if not codes:
        return {}
    modules = Module.objects.filter(product=record.product_id, code__in=codes)
    return dict(modules.values_list("code", "extra_schema"))


def rows_of(content: Content, extra_schemas: Mapping[str, Schema]) -> list[Row]:
    """Everything that the content says: fields, evidence, module lines."""
    return [
        *_fields(content["fields"]),
        *_evidence(content["evidence"]),
        *_lines(content, extra_schemas),
    ]


def as_seen(row: Row) -> Row:
    """The row as who is looking may see it: masked only here, for rounds are compared in full."""
    return replace(row, text=named(row.topic, row.text))


def label_of(name: str, content: Content | None = None) -> str:
    """What the field of a comment is called: ``level``, ``evidence-commitment``, ``line-1``.

    A module line is called by its module where the content is given.
    """
    if name == "amount":
        return _("Amount and goods of the order")
    if name.startswith("evidence-"):
        return str(EvidenceKind(name.removeprefix("evidence-")).label)
    if name.startswith("line-"):
        lines = content["lines"] if content else []
        names = {f"line-{line['position']}": str(line["name"]) for line in lines}
        return names.get(name) or _("Module line %(number)s") % {"number": name[5:]}
    return _field_label(name)


def _field_label(name: str) -> str:
    model = Order if name in _OF_ORDER else LicenceRequest
    field = model._meta.get_field(name)
    assert isinstance(field, Field)
    return str(field.verbose_name)


def _fields(fields: Mapping[str, Any]) -> Iterator[Row]:
    for name in (*FIELDS, *_OF_ORDER):
        if name in fields:
            yield Row(name, name, _field_label(name), _field_text(name, fields[name]))


def _field_text(name: str, value: Any) -> str:
    if value in (None, ""):
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    texts = {
        "level": lambda: str(Level(value).label),
        "kind": lambda: str(RequestKind(value).label),
        "amount": lambda: format_dong(value),
        "start_on": lambda: _day(value),
    }
    return texts[name]() if name in texts else str(value)


def _evidence(evidence: list[dict[str, Any]]) -> Iterator[Row]:
    for one in evidence:
        kind = EvidenceKind(one["kind"])
        facts = [
            one["number"],
            _day(one["issued_on"]),
            one["issuer"],
            "" if one["amount"] is None else format_dong(one["amount"]),
        ]
        said = ", ".join(fact for fact in facts if fact)
        text = f"{one['name']} ({said})" if said else one["name"]
        yield Row(f"{kind}:{one['sha256']}", f"evidence-{kind}", str(kind.label), text)


def _lines(content: Content, extra_schemas: Mapping[str, Schema]) -> Iterator[Row]:
    language = get_language() or ""
    for line in content["lines"]:
        topic = topic_of(f"line-{line['position']}", content)
        yield Row(topic, topic, line["name"], _line_text(line))
        schema = extra_schemas.get(line["module"], {})
        for label, text in schemas.display_values(schema, line["extra"], language):
            yield Row(f"{topic}:{label}", topic, f"{line['name']} – {label}", text)


def _line_text(line: Mapping[str, Any]) -> str:
    months = ngettext("%(months)s month", "%(months)s months", line["months"])
    span = explanations.span_remark(
        ends_with=_parsed(line["ends_with"]), follows=_parsed(line["follows"]), module=line["name"]
    )
    quantities = [_quantity_text(quantity) for quantity in line["quantities"]]
    return "; ".join([months % {"months": line["months"]}, *filter(None, [span]), *quantities])


def _quantity_text(quantity: Mapping[str, Any]) -> str:
    base, added, total = (format_number(quantity[name]) for name in ("base", "added", "total"))
    return f"{quantity['name']}: {base} + {added} = {total} {quantity['unit']}"


def _parsed(iso: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(iso) if iso else None


def _day(iso: str | None) -> str:
    day = _parsed(iso)
    return f"{day:%d/%m/%Y}" if day else ""
