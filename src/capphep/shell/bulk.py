"""What a manager gives to another salesperson, from a list: many customers, opportunities, orders.

It stands here because requests and what is still to be done there go along, which the lists' own
module does not know.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from capphep.collaboration.actions.handing import hand_over_activities_at
from capphep.collaboration.records import RecordType
from capphep.crm.actions.reassigning import (
    hand_over_customer,
    hand_over_opportunity,
    hand_over_order,
)
from capphep.crm.models import Opportunity, Order
from capphep.crm.queries.people import sellers
from capphep.platform import notices
from capphep.platform.bulk import BulkAction, Choice, ChoiceForm, Target
from capphep.platform.kit import Text
from capphep.platform.models import User
from capphep.platform.notices import News
from capphep.platform.roles import Actor, Permission, may
from capphep.provisioning.actions.handing import hand_over_at, hand_over_of_order
from capphep.provisioning.models import LicenceRequest
from capphep.pure.errors import gettext_noop


class _Seller(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.full_name} · {obj.team}" if obj.team else str(obj.full_name)


class SuccessorForm(ChoiceForm):
    successor = _Seller(User.objects.none(), label=_("To which salesperson"))

    def __init__(self, actor: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(actor, *args, **kwargs)
        field = self.fields["successor"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = sellers(actor).select_related("team").order_by("sort_key", "id")

    def choice(self) -> dict[str, Any]:
        return {"successor": self.cleaned_data["successor"].pk}


class CustomersSuccessorForm(SuccessorForm):
    with_sales = forms.BooleanField(
        label=_("With the open opportunities, orders and requests of who has them now"),
        required=False,
        initial=True,
    )

    def choice(self) -> dict[str, Any]:
        return {**super().choice(), "with_sales": self.cleaned_data["with_sales"]}


def _allowed(actor: Actor) -> bool:
    return may(actor, Permission.HAND_OVER)


def _customer(actor: User, target: Target, choice: Choice) -> None:
    successor = choice["successor"]
    before = hand_over_customer(
        actor=actor,
        customer_id=target.key,
        seen_version=target.version,
        successor_id=successor,
        with_sales=choice["with_sales"],
    )
    if before is None:
        return
    to = User.objects.get(pk=successor)
    if choice["with_sales"]:
        hand_over_at(actor, target.key, before, to)
    went = _at_customer(target.key, to, with_sales=choice["with_sales"])
    hand_over_activities_at(actor, went, before, to)


def _at_customer(customer: int, to: User, *, with_sales: bool) -> dict[str, Any]:
    """The customer, and what is sold there that is in the successor's hands by now."""
    went: dict[str, Any] = {RecordType.CUSTOMER: [customer]}
    if with_sales:
        own = {"customer": customer, "salesperson": to}
        requests = LicenceRequest.objects.filter(customer=customer, created_by=to)
        went[RecordType.OPPORTUNITY] = Opportunity.objects.filter(**own).values("pk")
        went[RecordType.ORDER] = Order.objects.filter(**own).values("pk")
        went[RecordType.REQUEST] = requests.values("pk")
    return went


def _opportunity(actor: User, target: Target, choice: Choice) -> None:
    before = _salesperson(Opportunity, target)
    hand_over_opportunity(
        actor=actor,
        opportunity_id=target.key,
        seen_version=target.version,
        successor_id=choice["successor"],
    )
    if before:
        to = User.objects.get(pk=choice["successor"])
        hand_over_activities_at(actor, {RecordType.OPPORTUNITY: [target.key]}, before, to)


def _order(actor: User, target: Target, choice: Choice) -> None:
    before = _salesperson(Order, target)
    order = hand_over_order(
        actor=actor,
        order_id=target.key,
        seen_version=target.version,
        successor_id=choice["successor"],
    )
    hand_over_of_order(actor, order, order.salesperson)
    if before:
        requests = LicenceRequest.objects.filter(order=order, created_by=order.salesperson)
        went: dict[str, Any] = {
            RecordType.ORDER: [order.pk],
            RecordType.REQUEST: requests.values("pk"),
        }
        hand_over_activities_at(actor, went, before, order.salesperson)


def _salesperson(model: type[Opportunity | Order], target: Target) -> User | None:
    """Whose it was; it is handed over only where it is as it was seen, so that this is true."""
    return User.objects.filter(
        pk__in=model.objects.filter(pk=target.key).values("salesperson")
    ).first()


def _tell(message: str, link: str) -> Callable[[User, Choice, int], None]:
    def told(actor: User, choice: Choice, done: int) -> None:
        params = {"who": actor.full_name, "count": done}
        news = News("handed_over", f"handed/{uuid4()}", message, link, params)
        notices.notify(recipient_id=choice["successor"], news=news)

    return told


def _hand_over(
    title: Callable[[int], str],
    text: Text,
    do: Callable[[User, Target, Choice], None],
    finish: Callable[[User, Choice, int], None],
    form: type[ChoiceForm] = SuccessorForm,
) -> BulkAction:
    return BulkAction(
        name="hand-over",
        label=_("Hand over"),
        icon="users",
        title=title,
        text=text,
        form=form,
        do=do,
        allowed=_allowed,
        done_word=_("Handed over"),
        finish=finish,
    )


HAND_OVER_CUSTOMERS: Final = _hand_over(
    lambda number: ngettext(
        "Hand over %(number)s customer?", "Hand over %(number)s customers?", number
    ),
    _(
        "They go to the salesperson whom you choose, who is told, and to their team, with what the "
        "one before still has to do there."
    ),
    _customer,
    _tell(
        gettext_noop("%(who)s gave you customers to look after: %(count)s."),
        "/crm/customers/?charge=mine",
    ),
    CustomersSuccessorForm,
)

HAND_OVER_OPPORTUNITIES: Final = _hand_over(
    lambda number: ngettext(
        "Hand over %(number)s opportunity?", "Hand over %(number)s opportunities?", number
    ),
    _(
        "Open ones go to the salesperson whom you choose, with what the one before still has to do "
        "there; what is closed stays with the name."
    ),
    _opportunity,
    _tell(
        gettext_noop("%(who)s gave you opportunities to go on with: %(count)s."),
        "/crm/opportunities/",
    ),
)

HAND_OVER_ORDERS: Final = _hand_over(
    lambda number: ngettext("Hand over %(number)s order?", "Hand over %(number)s orders?", number),
    _(
        "With their open requests, and what the one before still has to do there, they go to the "
        "salesperson whom you choose; what is approved stays with the name."
    ),
    _order,
    _tell(gettext_noop("%(who)s gave you orders to go on with: %(count)s."), "/crm/orders/"),
)
