"""What the later of two editors is shown (platform.conflicts)."""

from __future__ import annotations

import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from django.utils import timezone

from capphep.crm.models import Customer
from capphep.platform.conflicts import Difference, StaleEdit, stale_edit
from capphep.platform.widgets import DayField

MARCH = datetime.date(2026, 3, 15)


class EveryKind(forms.Form):
    name = forms.CharField(label="Tên")
    on = DayField(label="Ngày", required=False)
    count = forms.IntegerField(label="Số", required=False)
    agreed = forms.BooleanField(label="Đồng ý", required=False)
    kind = forms.ChoiceField(
        label="Loại", choices=[("Nhóm", [("a", "Loại A"), ("b", "Loại B")]), ("c", "Loại C")]
    )
    customer = forms.ModelChoiceField(Customer.objects.all(), label="Khách hàng", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


THEIRS: dict[str, Any] = {
    "name": "Tên",
    "on": MARCH,
    "count": 1_000_000,
    "agreed": True,
    "kind": "a",
    "customer": None,
}
SAME = "name=Tên&on=15/03/2026&count=1000000&agreed=on&kind=a&customer=&version=1"


def compared(typed: str, theirs: dict[str, Any] = THEIRS) -> tuple[StaleEdit, EveryKind]:
    form = EveryKind(QueryDict(typed))
    form.is_valid()
    fresh: Any = SimpleNamespace(version=7, updated_at=timezone.now(), updated_by=None)
    return stale_edit(form, fresh, theirs=theirs), form


def test_the_form_comes_back_with_what_was_typed_and_the_fresh_version(db: None) -> None:
    _, form = compared(SAME)
    assert form["version"].value() == "7"
    assert form["name"].value() == "Tên"


def test_what_says_the_same_is_no_difference(db: None) -> None:
    assert compared(SAME)[0].differences == []


def test_a_difference_reads_as_the_screen_writes_it(
    own_customer: Customer, pool_customer: Customer
) -> None:
    typed = f"name=Khác&on=&count=2&kind=c&customer={own_customer.pk}&version=1"
    conflict, _ = compared(typed, THEIRS | {"customer": pool_customer})
    told = {str(each.label): (each.theirs, each.yours) for each in conflict.differences}
    assert told == {
        "Tên": ("Tên", "Khác"),
        "Ngày": ("15/03/2026", ""),
        "Số": ("1.000.000", "2"),
        "Đồng ý": ("Có", "Không"),
        "Loại": ("Loại A", "Loại C"),
        "Khách hàng": (str(pool_customer), str(own_customer)),
    }


def test_a_chosen_record_may_be_given_by_its_key(own_customer: Customer) -> None:
    conflict, _ = compared(SAME, THEIRS | {"customer": own_customer.pk})
    (difference,) = conflict.differences
    assert difference.theirs == str(own_customer)


def test_what_cannot_be_read_is_shown_as_typed(db: None) -> None:
    conflict, _ = compared(SAME.replace("15/03/2026", "31/02/2026"))
    assert [each.yours for each in conflict.differences] == ["31/02/2026"]


@pytest.mark.parametrize(("days", "is_today"), [(0, True), (2, False)])
def test_it_says_who_and_when(own_customer: Customer, days: int, is_today: bool) -> None:
    own_customer.updated_by = own_customer.owner
    own_customer.updated_at = timezone.now() - datetime.timedelta(days=days)
    form = EveryKind(QueryDict(SAME))
    form.is_valid()
    rows = Difference("Dòng 1", "2", "3")
    conflict = stale_edit(form, own_customer, theirs=THEIRS, more=[rows])
    assert own_customer.owner and conflict.who == own_customer.owner.full_name
    assert conflict.is_from_today is is_today
    assert conflict.differences == [rows]
