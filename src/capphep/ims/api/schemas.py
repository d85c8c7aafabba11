"""Decisions and subscriptions as programs send and read them. Days are local days."""

from __future__ import annotations

import datetime

from ninja import Field, Schema

from capphep.entitlements.models import GrantKind
from capphep.ims.check_codes import CheckCode
from capphep.ims.checks import Outcome
from capphep.ims.queries.holdings import HoldingState
from capphep.platform.api import Input, LocalDay, PageQuery, Problem
from capphep.provisioning.states import RequestStatus, WithdrawalStatus

_LONGEST = 2000


# --- what an approval would do -------------------------------------------------------------------


class ReviewedQuantityOut(Schema):
    """RULE R3: what was held when the request was sent, what is held now, and the new total."""

    resource: str = Field(description="code")
    name: str
    unit: str
    then: int
    base: int
    base_request_no: str
    added: int
    total: int
    has_moved: bool
    explanation: str
    remark: str


class ReviewedLineOut(Schema):
    position: int
    module: str = Field(description="code")
    name: str
    months: int
    first_day: datetime.date | None
    last_day: datetime.date | None
    remark: str
    quantities: list[ReviewedQuantityOut]


class ChangedFieldOut(Schema):
    """One field of a change of information, as people read it."""

    field: str
    label: str
    then: str = Field(description="when the request was sent")
    before: str
    after: str
    is_changed: bool
    has_moved: bool


class CheckOut(Schema):
    """An automatic check; `blocked` stops an approval."""

    code: CheckCode
    title: str
    outcome: Outcome
    explanation: str
    details: list[str]


class DifferenceOut(Schema):
    fingerprint: str = Field(description="what an approval confirms; empty once decided")
    has_moved: bool
    ends_trial_on: datetime.date | None = Field(description="a trial's rest would end on it")
    lines: list[ReviewedLineOut]
    changes: list[ChangedFieldOut]


class ReviewOut(DifferenceOut):
    request_no: str
    status: RequestStatus
    held_by: str = Field(description="who handles it")
    checks: list[CheckOut]


class MovedProblem(Problem):
    """RULE R3: what was confirmed has moved; ``review`` is what would be approved now."""

    review: DifferenceOut | None = None


# --- decisions -----------------------------------------------------------------------------------


class ApproveIn(Input):
    fingerprint: str = Field(max_length=200, description="of the review that you saw")


class RejectIn(Input):
    reason: str = Field(max_length=_LONGEST)


class ReturnIn(Input):
    comment: str = Field("", max_length=_LONGEST, description="in general")
    comments: dict[str, str] = Field(
        default_factory=dict,
        max_length=200,
        description="by field: a member of the request, `line-2`, `evidence-commitment`",
    )


class ApprovalOut(Schema):
    request_no: str
    status: RequestStatus
    subscription: int = Field(description="id")
    subscription_version: int
    licence_no: str


# --- withdrawals ---------------------------------------------------------------------------------


class WithdrawnAmountOut(Schema):
    module: str = Field(description="code")
    resource: str = Field(description="code")
    first_day: datetime.date
    last_day: datetime.date
    before: int
    taken: int
    after: int


class ShortfallOut(Schema):
    module: str = Field(description="code")
    resource: str = Field(description="code")
    in_use: int
    remaining: int
    remaining_from: datetime.date


class WithdrawalPreviewOut(Schema):
    """What taking a request back would change."""

    fingerprint: str = Field(description="what a confirmation confirms")
    from_day: datetime.date
    last_left: datetime.date | None = Field(description="last day of what is left of the request")
    amounts: list[WithdrawnAmountOut]
    shortfalls: list[ShortfallOut] = Field(description="where more is in use than would remain")


class WithdrawalIn(Input):
    from_day: LocalDay = Field(description="first local day without it")
    reason: str = Field(max_length=_LONGEST)
    force_reason: str = Field("", max_length=_LONGEST, description="why although it is in use")


class ConfirmIn(Input):
    fingerprint: str = Field(max_length=200, description="of the preview that you saw")


class DeclineIn(Input):
    reason: str = Field("", max_length=_LONGEST)


class WithdrawalOut(Schema):
    id: int
    request_no: str
    status: WithdrawalStatus
    from_day: datetime.date
    reason: str
    force_reason: str
    decline_reason: str
    proposed_by: str
    proposed_at: datetime.datetime
    decided_by: str
    decided_at: datetime.datetime | None


class WithdrawalWhole(WithdrawalOut):
    preview: WithdrawalPreviewOut | None = Field(description="while it is proposed")


class WithdrawalQuery(PageQuery):
    status: WithdrawalStatus | None = None


class PreviewQuery(Schema):
    from_day: LocalDay | None = Field(None, description="today where none is said")


class MovedWithdrawal(Problem):
    """RULE R3: what was confirmed has moved; ``preview`` is what would happen now."""

    preview: WithdrawalPreviewOut | None = None


# --- subscriptions -------------------------------------------------------------------------------


class SubscriptionRow(Schema):
    id: int
    customer: str = Field(description="budget code")
    customer_name: str
    product: str = Field(description="code")
    state: HoldingState = Field(description="on the day asked for")
    until: datetime.date | None = Field(description="last day of what is in force, or was last")
    version: int
    created_at: datetime.datetime


class OriginOut(Schema):
    """A grant that counts on the day."""

    grant: int = Field(description="id")
    kind: GrantKind
    request_no: str
    quantity: int
    first_day: datetime.date
    last_day: datetime.date
    taken_back_from: datetime.date | None


class HeldResourceOut(Schema):
    resource: str = Field(description="code")
    name: str
    unit: str
    quantity: int = Field(description="in force on the day")
    state: HoldingState
    origins: list[OriginOut]


class HeldModuleOut(Schema):
    module: str = Field(description="code")
    name: str
    resources: list[HeldResourceOut]


class SubscriptionOut(Schema):
    id: int
    customer: str = Field(description="budget code")
    customer_name: str
    product: str = Field(description="code")
    at: datetime.date = Field(description="the local day that all of this is said of")
    state: HoldingState
    modules: list[HeldModuleOut]
    version: int
    created_at: datetime.datetime


class GrantOut(Schema):
    """One entry of the ledger; what takes back is negative. Never changed (R2)."""

    id: int
    kind: GrantKind
    module: str = Field(description="code")
    resource: str = Field(description="code")
    quantity: int
    months: int | None
    first_day: datetime.date = Field(description="local day")
    last_day: datetime.date = Field(description="local day")
    request_no: str
    source: str = Field(description="the request line")
    granted_on: datetime.date = Field(description="local day of the decision")
    granted_at: datetime.datetime = Field(description="moment of the decision")


class AtQuery(Schema):
    at: LocalDay | None = Field(None, description="local day; today where none is said")


class SubscriptionQuery(PageQuery):
    q: str = Field("", max_length=200, description="words of the customer; a number")
    customer: str = Field("", max_length=20, description="budget code")
    product: str = Field("", max_length=40, description="code")
    state: HoldingState | None = None
    at: LocalDay | None = Field(None, description="local day; today where none is said")
