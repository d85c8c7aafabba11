"""Two administrators at once."""

from __future__ import annotations

import pytest

from capphep.paper import actions
from capphep.paper.kinds import PaperKind
from capphep.paper.models import PaperTemplate
from capphep.platform.versions import Stale
from tests import factories
from tests.paper.test_templates import wanted
from tests.plumbing.races import losers, race, winners

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_who_change_the_standard_template_first_one_is_late() -> None:
    admin = factories.user("admin", "admin")

    def edit(title: str) -> PaperTemplate:
        return actions.edit_template(
            actor=admin,
            kind=PaperKind.ORDER,
            template_id=0,
            seen_version=0,
            wanted=wanted(title=title),
        )

    outcomes = race([lambda: edit("MỘT"), lambda: edit("HAI")])
    assert len(winners(outcomes)) == 1
    assert [type(each) for each in losers(outcomes)] == [Stale]
    assert PaperTemplate.objects.count() == 1


def test_one_template_stays_the_default_whoever_is_faster() -> None:
    admin = factories.user("admin", "admin")
    made = [
        PaperTemplate.objects.create(kind="order", name=name) for name in ("Mẫu một", "Mẫu hai")
    ]

    def choose(template: PaperTemplate) -> PaperTemplate:
        return actions.make_default(actor=admin, kind=PaperKind.ORDER, template_id=template.pk)

    outcomes = race([lambda: choose(made[0]), lambda: choose(made[1])])
    assert len(winners(outcomes)) == 2
    assert PaperTemplate.objects.filter(is_default=True).count() == 1
