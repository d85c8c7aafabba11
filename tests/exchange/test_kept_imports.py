"""What keeps an import of customers from being undone: whatever came to hang on one of them."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import pytest
from django.apps import apps
from django.db import transaction
from django.db.models import ForeignObjectRel, Model
from django.utils import timezone

from capphep.catalog.models import Item
from capphep.collaboration.actions.activities import ActivityInput, plan_activity
from capphep.collaboration.actions.comments import Upload, add_comment
from capphep.collaboration.models import Comment
from capphep.crm.actions.codes import FormerInput, add_former_code
from capphep.crm.actions.contacts import add_contact
from capphep.crm.actions.removal import remove_unused
from capphep.crm.customer_rules import ContactInput
from capphep.crm.models import Customer, Opportunity
from capphep.entitlements.imports import SHEET
from capphep.exchange import actions
from capphep.exchange.dependents import DERIVED, KEEPING
from capphep.exchange.kinds import KINDS
from capphep.exchange.models import Import
from capphep.identity.models import AccountLink, AdminAccount
from capphep.integration.models import ApiToken, Endpoint
from capphep.platform import clock
from capphep.platform.models import User
from capphep.privacy.actions import enter_request
from capphep.privacy.rules import RequestInput
from capphep.provisioning.actions.without_order import open_trial
from capphep.pure.errors import Conflict, NotFound
from tests import factories, stories
from tests.exchange.sheets import entered, units, work
from tests.factories import SmallCatalogue
from tests.imports.books import line, unit
from tests.plumbing.races import race

pytestmark = pytest.mark.django_db(transaction=True)


class Scene:
    """A salesperson whose import entered one unit with its first person."""

    def __init__(self, salesperson: User, administrator: User) -> None:
        factories.reference_data()
        self.catalogue = SmallCatalogue()
        self.salesperson, self.administrator = salesperson, administrator
        self.one = entered(salesperson, units(unit(full_name="Nguyễn Văn A")))
        self.unit = Customer.objects.get()

    def undo(self) -> Import:
        actions.undo(actor=self.salesperson, import_id=self.one.pk)
        return self.one


@pytest.fixture
def scene(transactional_db: None, salesperson: User, administrator: User) -> Scene:
    return Scene(salesperson, administrator)


def _comment(scene: Scene, uploads: Sequence[Upload] = ()) -> None:
    add_comment(
        actor=scene.salesperson,
        record_type="customer",
        record_id=scene.unit.pk,
        body="Gọi lại thứ Hai",
        token=uuid.uuid4(),
        uploads=uploads,
    )


def _activity(scene: Scene) -> None:
    typed = ActivityInput("call", "Gọi điện", clock.today(), scene.salesperson.pk)
    plan_activity(
        actor=scene.salesperson,
        record_type="customer",
        record_id=scene.unit.pk,
        typed=typed,
        token=uuid.uuid4(),
    )


def _contact(scene: Scene) -> None:
    typed = ContactInput(full_name="Trần Thị B")
    add_contact(actor=scene.salesperson, customer_id=scene.unit.pk, typed=typed)


def _code(scene: Scene) -> None:
    typed = FormerInput(kind="name", value="UBND Xã Cũ")
    add_former_code(actor=scene.salesperson, customer_id=scene.unit.pk, typed=typed)


def _opportunity(scene: Scene) -> None:
    Opportunity.objects.create(
        customer=scene.unit, name="Mua thêm", search_key="", salesperson=scene.salesperson
    )


def _order(scene: Scene) -> None:
    lines = [(Item.objects.get(sku="IGOV-BASE"), 1)]
    stories.ordered(scene.unit, scene.salesperson, lines)


def _request(scene: Scene) -> None:
    open_trial(
        actor=scene.salesperson, customer_id=scene.unit.pk, product_id=scene.catalogue.igov.pk
    )


def _subscription(scene: Scene) -> None:
    stories.opened(scene.unit, scene.catalogue)


def _account(scene: Scene) -> None:
    account = AdminAccount.objects.create(email="a@example.vn")
    AccountLink.objects.create(
        account=account, customer=scene.unit, product=scene.catalogue.igov, request_no="YC-1"
    )


def _token(scene: Scene) -> None:
    ApiToken.objects.create(
        name="HIS",
        user=scene.salesperson,
        sha256="0" * 64,
        scopes=[],
        expires_at=timezone.now(),
        customer=scene.unit,
    )


def _endpoint(scene: Scene) -> None:
    Endpoint.objects.create(customer=scene.unit)


def _data_request(scene: Scene) -> None:
    typed = RequestInput(
        kind="view",
        asked_by="Trần Văn Nam",
        reach="0912345678",
        received_on=datetime.date(2026, 11, 20),
        customer_id=scene.unit.pk,
    )
    enter_request(actor=scene.administrator, typed=typed)


def _edit(_scene: Scene) -> None:
    Customer.objects.update(version=2)


def _other(relation: str, scene: Scene) -> None:
    factories.customer("2000001", "Đơn vị khác", **{relation: scene.unit})


WAYS: Final[dict[str, Callable[[Scene], None]]] = {
    "crm.Customer.parent": partial(_other, "parent"),
    "crm.Customer.merged_into": partial(_other, "merged_into"),
    "crm.Customer.successor": partial(_other, "successor"),
    "crm.CustomerCode.customer": _code,
    "crm.Opportunity.customer": _opportunity,
    "crm.Order.customer": _order,
    "entitlements.Subscription.customer": _subscription,
    "provisioning.LicenceRequest.customer": _request,
    "identity.AccountLink.customer": _account,
    "integration.ApiToken.customer": _token,
    "integration.Endpoint.customer": _endpoint,
    "privacy.SubjectRequest.customer": _data_request,
    # No foreign key leads from there, or none that tells what came later.
    "a person": _contact,
    "a comment": _comment,
    "a file": partial(_comment, uploads=[Upload("a.pdf", [stories.PDF])]),
    "an activity": _activity,
    "an edit": _edit,
}


def test_whatever_hangs_on_a_customer_keeps_its_import(scene: Scene) -> None:
    """Both when it is asked for and, under the lock, where the job removes the row."""
    kept = {}
    for name, hang in WAYS.items():
        with transaction.atomic():
            hang(scene)
            kept[name] = (
                _code_of(scene.undo),
                _code_of(
                    partial(remove_unused, actor=scene.salesperson, customer_ids=[scene.unit.pk])
                ),
            )
            transaction.set_rollback(True)
    assert kept == dict.fromkeys(WAYS, ("in_use", "in_use"))
    scene.undo()
    work()
    assert not Customer.objects.exists()


def _code_of(deed: Callable[[], object]) -> str:
    try:
        with transaction.atomic():
            deed()
    except Conflict as refused:
        return refused.code
    return "undone"


def test_what_refers_to_an_imported_record_was_decided() -> None:
    """Whoever adds a relation says here whether it keeps an import, and how that is tested."""
    for kind in KINDS.values():
        own = {part._meta.label_lower for part in kind.parts}
        for table, _field in _relations(kind.record):
            assert table._meta.label_lower in {*KEEPING, *DERIVED, *own}, table
    own = {"crm.Contact.customer", "crm.DuplicatePair.first", "crm.DuplicatePair.second"}
    derived = {"crm.OwnedProduct.customer", "entitlements.CheckDocument.customer"}
    found = {f"{table._meta.label}.{field}" for table, field in _relations(Customer)}
    assert found - own - derived == {name for name in WAYS if name[0].islower() and "." in name}
    named = {
        model._meta.label
        for model in apps.get_models()
        if {"record_type", "record_id"} <= {field.name for field in model._meta.get_fields()}
    }
    # Comments and activities leave their entry in the trail; who follows a record did nothing.
    assert named == {f"collaboration.{name}" for name in ("Comment", "Activity", "Following")}


def _relations(record: type[Model] | None) -> list[tuple[type[Model], str]]:
    fields = record._meta.get_fields(include_hidden=True) if record else []
    return [
        (each.related_model, each.field.name)
        for each in fields
        if isinstance(each, ForeignObjectRel) and not isinstance(each.related_model, str)
    ]


def test_the_refusal_says_that_the_ledger_keeps_what_was_taken_back(scene: Scene) -> None:
    """RULE R2: the unit stays with its subscription, also when that was never in force."""
    lines = entered(scene.administrator, units(line(), columns=SHEET.columns), "subscriptions")
    actions.undo(actor=scene.administrator, import_id=lines.pk)
    work()
    with pytest.raises(Conflict) as refused:
        scene.undo()
    assert "sổ cấp giữ cả thuê bao đã thu hồi" in str(refused.value.params["what"])


@pytest.mark.parametrize("hang", [_comment, _contact])
def test_what_comes_while_an_undo_waits_keeps_the_unit(
    scene: Scene, hang: Callable[[Scene], None]
) -> None:
    one = scene.undo()
    hang(scene)
    work()
    one.refresh_from_db()
    assert one.job is not None
    assert (one.job.state, one.state) == ("failed", "begun")
    assert Customer.objects.filter(pk=scene.unit.pk).exists()


def test_a_comment_and_an_undo_at_once_leave_one_of_them(scene: Scene) -> None:
    scene.undo()
    calls: list[Callable[[], None]] = [partial(_comment, scene), work]
    said, _worked = race(calls)
    is_kept = Customer.objects.filter(pk=scene.unit.pk).exists()
    assert is_kept == Comment.objects.exists()
    assert is_kept or isinstance(said, NotFound), said
