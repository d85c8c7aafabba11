"""The local day, and who may choose it."""

from __future__ import annotations

import datetime

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from capphep.platform import clock
from capphep.platform.models import Installation

CHOSEN = datetime.date(2026, 12, 31)


@pytest.mark.django_db
def test_in_demo_data_the_local_day_can_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    Installation.objects.update_or_create(id=1, defaults={"is_demo": True})
    monkeypatch.setattr(settings, "CLOCK", CHOSEN)
    assert clock.today() == CHOSEN


@pytest.mark.django_db
def test_in_other_data_a_chosen_day_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "CLOCK", CHOSEN)
    with pytest.raises(ImproperlyConfigured):
        clock.today()
