"""An order as it stands in the form: head, discount and goods together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.http import QueryDict
from django.utils.translation import gettext as _

from capphep.crm.actions.order_lines import differences
from capphep.crm.forms.order_goods import OrderGoods
from capphep.crm.forms.orders import OrderForm, initial_of
from capphep.crm.models import Order
from capphep.crm.queries.orders import autofill_of, renewed_product
from capphep.crm.rules import LineInput, is_frozen
from capphep.platform import clock
from capphep.platform.conflicts import Difference, StaleEdit, stale_edit
from capphep.platform.models import User
from capphep.platform.texts import refusal_text
from capphep.pure.errors import Invalid, Invalids

DETAILS_ONLY = "details"


@dataclass(slots=True)
class OrderSheet:
    """The whole form. ``order`` is what is being changed; None for a new one.

    ``details_only``: customer, goods and discount are shown, but locked (R12). ``left`` are rows
    that were pasted and not recognized (`pasted_goods.still_unknown`).
    """

    form: OrderForm
    goods: OrderGoods
    order: Order | None
    details_only: bool = False
    conflict: StaleEdit | None = None
    left: Sequence[str] = ()

    @classmethod
    def posted(cls, actor: User, data: QueryDict, order: Order | None = None) -> OrderSheet:
        """What was typed."""
        if order is not None and data.get("scope") == DETAILS_ONLY:
            initial = initial_of(order)
            form = OrderForm(actor, order, details_only=True, data=data, initial=initial)
            return cls(form, OrderGoods.stored(order), order, details_only=True)
        initial = {"salesperson": (order.salesperson if order else actor).full_name}
        form = OrderForm(actor, order, data=data, initial=initial)
        goods = OrderGoods.posted(actor, data, order)
        return cls(form, goods, order, left=data.getlist("pasted_left"))

    @classmethod
    def stored(cls, actor: User, order: Order) -> OrderSheet:
        locked = is_frozen(order.licence_status)
        form = OrderForm(actor, order, details_only=locked, initial=initial_of(order))
        return cls(form, OrderGoods.stored(order), order, details_only=locked)

    @classmethod
    def new(
        cls, actor: User, filled: Mapping[str, Any], lines: Iterable[LineInput] = ()
    ) -> OrderSheet:
        """An empty form, or one that is filled in from a customer, an opportunity, a renewal."""
        initial = {
            "salesperson": actor.full_name,
            "ordered_on": clock.today(),
            "token": uuid4(),
            **filled,
        }
        form = OrderForm(actor, None, initial=initial)
        goods = OrderGoods.begun(filled.get("customer"), filled.get("renews"), lines)
        return cls(form, goods, None)

    @classmethod
    def copied(cls, actor: User, order: Order) -> OrderSheet:
        """*Nhân bản*: a new order like another one, at today's prices."""
        kept = ("customer", "renews", "budget_code", "description", "project")
        contact = ("contact_name", "contact_position", "contact_phone", "contact_email")
        initial = initial_of(order)
        sheet = cls.new(actor, {name: initial[name] for name in (*kept, *contact)})
        sheet.goods = OrderGoods.copied(order)
        return sheet

    @property
    def renewed(self) -> str:
        """What the order is to renew, in words; "" for a sale."""
        basis = self.goods.basis
        return renewed_product(basis.customer, basis.renewed_id)

    def is_valid(self) -> bool:
        """Whether all of it can be read; what it means is checked by the action."""
        is_read = self.form.is_valid() and not self.goods.discount_form.errors
        if not is_read and not self.details_only:
            self.refuse(Invalids(self.goods.grid.examined))
        return is_read

    def refuse(self, refused: Invalid | Invalids) -> None:
        """Show each refusal at its input."""
        for refusal in refused.refusals if isinstance(refused, Invalids) else [refused]:
            if refusal.field in self.form.fields:
                self.form.add_error(refusal.field, refusal_text(refusal))
            elif refusal.field in self.goods.discount_form.fields:
                self.goods.discount_form.note(refusal.field, refusal_text(refusal))
            elif refusal.field.startswith("lines"):
                self.goods.grid.show(refusal)
            else:
                self.form.add_error(None, refusal_text(refusal))

    def compare(self, fresh: Order) -> None:
        """Show what somebody else saved meanwhile, beside what was typed here."""
        theirs = {name: value for name, value in initial_of(fresh).items() if name != "budget_code"}
        more = [] if self.details_only else list(self._goods_differences(fresh))
        self.order = fresh
        self.conflict = stale_edit(self.form, fresh, theirs=theirs, more=more)

    def _goods_differences(self, fresh: Order) -> Iterable[Difference]:
        stored = OrderGoods.stored(fresh)
        typed = [row.line for row in self.goods.grid.rows if row.line]
        theirs, yours = differences(fresh.lines.order_by("position"), typed)
        for sku in sorted(theirs.keys() | yours.keys()):
            yield Difference(sku, theirs.get(sku, ""), yours.get(sku, ""))
        before, after = stored.discount_form.in_words(), self.goods.discount_form.in_words()
        if before != after:
            yield Difference(_("Discount"), before, after)

    def prepare(self) -> None:
        """Say what is wrong with single rows, and which values came with the customer."""
        self.goods.grid.show_rows()
        if self.goods.customer is not None and not self.details_only:
            self.form.mark_filled(autofill_of(self.goods.customer, self.goods.basis.renewed_id))

    def more_errors(self) -> list[dict[str, str]]:
        """What `platform/_errors.html` lists beside the errors of the head."""
        return [*self.goods.discount_form.summary(), *self.goods.grid.summary()]
