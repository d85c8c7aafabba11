"""An officer and an administrator enter the same leave at once: it is entered once."""

from __future__ import annotations

import datetime
from functools import partial

import pytest

from capphep.ims.actions import enter_absence
from capphep.ims.models import Absence
from capphep.platform import clock
from capphep.pure.errors import Invalid
from tests import factories
from tests.plumbing.races import losers, race

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_absences_that_overlap_one_is_entered(transactional_db: None) -> None:
    officer, substitute = (factories.user(name, "officer") for name in ("officer", "officer2"))
    administrator = factories.user("admin", "admin")
    days = {
        "first_day": clock.today(),
        "last_day": clock.today() + datetime.timedelta(days=3),
        "officer_id": officer.pk,
        "substitute_id": substitute.pk,
    }
    outcomes = race([partial(enter_absence, actor=who, **days) for who in (officer, administrator)])
    assert [type(loss) for loss in losers(outcomes)] == [Invalid]
    assert Absence.objects.count() == 1
