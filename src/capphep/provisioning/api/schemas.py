"""Licence requests as programs send and read them. Amounts are whole đồng, days local days."""

from __future__ import annotations

import datetime
from typing import Annotated, Any

from ninja import Field, Schema
from pydantic import StrictBool

from capphep.crm.models import Level
from capphep.platform.api import Input, LocalDay, PageQuery
from capphep.platform.api.inputs import WHOLE
from capphep.platform.personal import Email, Phone
from capphep.provisioning.models import RoundOutcome
from capphep.provisioning.states import EvidenceKind, RequestKind, RequestStatus


class RequestFields(Input):
    """What a person types into a request. Lines and quantities follow from the order (R1)."""

    sector: str = Field("", description="name of the sector")
    level: Annotated[Level, WHOLE] | None = Field(
        None, description="1 central, 2 province, 4 commune"
    )
    start_on: LocalDay | None = Field(None, description="a later first day asked for (R9)")
    note: str = ""
    unit_name: str = ""
    unit_tax_code: str = ""
    unit_chapter_code: str = Field("", description="of a change of information alone")
    unit_address: str = ""
    unit_phone: str = ""
    unit_email: str = ""
    admin_name: str = ""
    admin_position: str = ""
    admin_phone: str = ""
    admin_email: str = ""
    write_back: StrictBool = Field(True, description="complete the customer's record from it")


class QuantityOut(Schema):
    """RULE R1: base + added = total."""

    resource: str = Field(description="code")
    name: str
    unit: str
    base: int
    base_request_no: str
    added: int
    total: int
    explanation: str
    remark: str = Field(description="why less is in force than that request's total")


class RequestLineOut(Schema):
    position: int
    module: str = Field(description="code")
    name: str
    months: int
    ends_with: datetime.date | None = Field(description="the running term that it ends with")
    follows: datetime.date | None = Field(description="the running term that it continues")
    first_day: datetime.date | None = Field(description="once approved")
    last_day: datetime.date | None = Field(description="once approved")
    extra: dict[str, Any] = Field(description="the module's own fields")
    extra_missing: int = Field(description="how many of them are missing or not right")
    quantities: list[QuantityOut]


class EvidenceOut(Schema):
    id: int
    kind: EvidenceKind
    name: str
    sha256: str
    size: int = Field(description="bytes")
    content_type: str
    number: str = Field(description="of the decision")
    issued_on: datetime.date | None
    issuer: str
    amount: int | None
    version: int
    added_at: datetime.datetime


class RoundOut(Schema):
    """One way to the desk and back."""

    number: int
    sent_at: datetime.datetime
    due_on: datetime.date | None = Field(description="local day by which the desk means to answer")
    outcome: RoundOutcome | None = Field(description="null while it waits")
    comment: str
    comments: dict[str, str] = Field(description="by the field that they are about")
    ended_at: datetime.datetime | None
    ended_on: datetime.date | None = Field(description="local day")


class RequestRow(Schema):
    """A request in a list."""

    request_no: str
    kind: RequestKind
    status: RequestStatus
    order: str | None = Field(description="number of the order; null without one")
    customer: str = Field(description="budget code")
    customer_name: str
    product: str = Field(description="code")
    amount: int | None = Field(description="null where nothing is sold")
    salesperson: str
    sent_at: datetime.datetime | None
    due_on: datetime.date | None = Field(description="local day")
    decided_at: datetime.datetime | None
    version: int
    created_at: datetime.datetime
    updated_at: datetime.datetime


class RequestOut(RequestRow):
    kind_reason: str
    sector: str
    level: Level | None
    start_on: datetime.date | None
    note: str
    unit_name: str
    unit_tax_code: str
    unit_chapter_code: str = Field(description="of a change of information alone")
    unit_address: str
    unit_phone: Phone
    unit_email: Email
    admin_name: str
    admin_position: str
    admin_phone: Phone
    admin_email: Email
    write_back: bool
    sent_by: str
    decided_by: str
    reject_reason: str
    lines: list[RequestLineOut]
    evidence: list[EvidenceOut]
    rounds: list[RoundOut]


class RequestQuery(PageQuery):
    q: str = Field("", max_length=200, description="words of numbers, customer or budget code")
    status: RequestStatus | None = None
    kind: RequestKind | None = None
    customer: str = Field("", max_length=20, description="budget code")
    order: str = Field("", max_length=20, description="number of the order")
