"""Which drafts end by themselves, and when."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Final, TypeAlias, TypedDict

from django.db.models import QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from capphep.platform.audit import latest_at
from capphep.provisioning import options, rules
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import EDITABLE

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Changed(TypedDict):
        changed_at: datetime.datetime

    Untouched: TypeAlias = WithAnnotations[LicenceRequest, _Changed]

# A draft says so this many days before it ends.
WARNED_DAYS: Final = 14


def untouched(day: datetime.date) -> QuerySet[Untouched]:
    """What may be edited and has, on the day, not been changed for the days of the setting.

    Files, modules and comments count as changes: the trail knows of them all. ``changed_at``
    is the last one.
    """
    last_day = day - datetime.timedelta(days=options.DRAFT_DAYS.value())
    end = timezone.make_aware(
        datetime.datetime.combine(last_day + datetime.timedelta(days=1), datetime.time.min)
    )
    rows = LicenceRequest.objects.filter(status__in=EDITABLE, updated_at__lt=end)
    return _with_change(rows).filter(changed_at__lt=end)


def ends_on(request: LicenceRequest, day: datetime.date) -> datetime.date | None:
    """The day on which the draft ends by itself, where that is near; at most one statement."""
    if request.status not in EDITABLE or not options.DRAFT_DAYS.value():
        return None
    near = day + datetime.timedelta(days=WARNED_DAYS)
    if day_of(request.updated_at) > near:
        return None
    changed = _with_change(LicenceRequest.objects.filter(pk=request.pk)).get().changed_at
    ends = day_of(changed)
    return ends if ends <= near else None


def day_of(changed_at: datetime.datetime) -> datetime.date:
    """The local day on which what was last changed at this moment ends by itself."""
    return rules.draft_ends_on(timezone.localdate(changed_at), options.DRAFT_DAYS.value())


def _with_change(rows: QuerySet[LicenceRequest]) -> QuerySet[Untouched]:
    changed = Greatest("updated_at", Coalesce(latest_at(LicenceRequest), "updated_at"))
    return rows.annotate(changed_at=changed)
