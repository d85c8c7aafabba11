"""A small world in which people sell, approve and take back: what the hostile tests drive.

Every deed goes through the real actions. `World.attempt` answers whether it was done or
refused; anything else that an action raises is a defect and comes out.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from django.db import transaction

from capphep.catalog.kinds import OrderPurpose
from capphep.catalog.models import Item
from capphep.crm.actions.order_following import deactivate_order, reactivate_order
from capphep.crm.actions.orders import LineInput, OrderHeader, create_order, edit_order
from capphep.crm.models import Customer, Order
from capphep.ims.actions import (
    approve,
    confirm_withdrawal,
    decline_withdrawal,
    propose_withdrawal,
    reject,
    return_request,
)
from capphep.ims.queries import withdrawals
from capphep.platform import clock
from capphep.platform.models import Installation, StoredFile, User
from capphep.provisioning import reviews
from capphep.provisioning.actions.drafts import discard_draft, open_request, refresh_lines
from capphep.provisioning.actions.sending import recall_request, send_request
from capphep.provisioning.actions.without_order import open_info_change, open_trial
from capphep.provisioning.models import Evidence, LicenceRequest, Withdrawal
from capphep.provisioning.states import EvidenceKind, RequestKind
from capphep.pure.errors import Invalids, Refusal
from capphep.shell import tick
from tests import factories, stories

FIRST_DAY = datetime.date(2027, 1, 4)


class World:
    """Two units, one of which has iGOV; two salespeople, two officers and an auditor."""

    def __init__(self, settings: Any) -> None:
        self._settings = settings
        Installation.objects.update_or_create(id=1, defaults={"is_demo": True})
        self.begin()
        north, south = factories.team("Bắc"), factories.team("Nam")
        self.salespeople = [
            factories.user("sales", "sales", north),
            factories.user("sales2", "sales", south),
        ]
        self.officers = [
            factories.user("officer", "officer", north),
            factories.user("officer2", "officer", south),
        ]
        self.auditor = factories.user("auditor", "auditor")
        self.people = [*self.salespeople, *self.officers, self.auditor]
        self.by_id = {person.pk: person for person in self.people}
        self.catalogue = factories.SmallCatalogue()
        self.items: list[Item] = [
            self.catalogue.base,
            self.catalogue.users_50,
            self.catalogue.books_1,
        ]
        self.customers: list[Customer] = [
            factories.customer("1234567", "UBND Xã Đông Hải"),
            factories.customer("1234568", "Trường THCS Đông Hải"),
        ]
        stories.opened(self.customers[0], self.catalogue)
        self.file: StoredFile = factories.stored_pdf(stories.PDF)

    def begin(self) -> None:
        self._settings.CLOCK = FIRST_DAY

    @property
    def today(self) -> datetime.date:
        return clock.today()

    # --- the deeds -------------------------------------------------------------------------

    def order(
        self,
        actor: User,
        customer: Customer,
        lines: list[tuple[Item, int]],
        purpose: str = OrderPurpose.SALE,
    ) -> Order:
        return create_order(
            actor=actor,
            header=OrderHeader(
                customer_id=customer.pk, contact_name="Nguyễn Văn An", purpose=purpose
            ),
            lines=[_line(item, quantity) for item, quantity in lines],
        )

    def edit(self, actor: User, order: Order, lines: list[tuple[Item, int]]) -> Order:
        return edit_order(
            actor=actor,
            order_id=order.pk,
            seen_version=Order.objects.get(pk=order.pk).version,
            header=OrderHeader(customer_id=order.customer_id, contact_name="Trần Thị Bình"),
            lines=[_line(item, quantity) for item, quantity in lines],
        )

    def turn(self, actor: User, order: Order) -> bool:
        """Give the order up, or take it up again."""
        found = Order.objects.get(pk=order.pk)
        act = deactivate_order if found.is_active else reactivate_order
        return act(actor=actor, order_id=found.pk, seen_version=found.version)

    def raise_request(self, actor: User, order: Order) -> LicenceRequest:
        request = open_request(actor=actor, order_id=order.pk)
        # The file was read long ago; attaching it is tested elsewhere and costs more than the rest.
        Evidence.objects.bulk_create(
            [
                Evidence(
                    request=request,
                    kind=kind,
                    file=self.file,
                    name="quyết định.pdf",
                    added_by=request.created_by,
                )
                for kind in EvidenceKind
            ],
            ignore_conflicts=True,
        )
        return request

    def send(self, actor: User, request: LicenceRequest, days_ahead: int = 0) -> LicenceRequest:
        """Send the request as it is now; ``days_ahead`` ask for a later first day."""
        refresh_lines(actor=actor, request_id=request.pk)
        version = LicenceRequest.objects.values_list("version", flat=True).get(pk=request.pk)
        values = stories.complete_fields(request)
        if request.kind == RequestKind.INFO_CHANGE:
            values["unit_name"] = f"{request.customer.name} {self.today:%d/%m/%Y}"
        else:
            values["start_on"] = self.today + datetime.timedelta(days=days_ahead)
        return send_request(actor=actor, request_id=request.pk, seen_version=version, values=values)

    def recall(self, actor: User, request: LicenceRequest) -> LicenceRequest:
        return recall_request(actor=actor, request_id=request.pk)

    def discard(self, actor: User, request: LicenceRequest) -> LicenceRequest:
        return discard_draft(actor=actor, request_id=request.pk)

    def trial(self, actor: User, customer: Customer) -> LicenceRequest:
        return open_trial(actor=actor, customer_id=customer.pk, product_id=self.catalogue.igov.pk)

    def change_information(self, actor: User, customer: Customer) -> LicenceRequest:
        return open_info_change(
            actor=actor, customer_id=customer.pk, product_id=self.catalogue.igov.pk
        )

    def look(self, request: LicenceRequest) -> str:
        """What an officer sees who opens the dialog now."""
        fresh = LicenceRequest.objects.select_related("order", "customer", "product")
        return reviews.review(fresh.get(pk=request.pk), self.today).fingerprint

    def approve(self, actor: User, request: LicenceRequest, seen: str) -> LicenceRequest:
        return approve(actor=actor, request_id=request.pk, seen=seen).request

    def reject(self, actor: User, request: LicenceRequest) -> LicenceRequest:
        return reject(actor=actor, request_id=request.pk, reason="Thiếu dấu")

    def send_back(self, actor: User, request: LicenceRequest) -> LicenceRequest:
        return return_request(
            actor=actor, request_id=request.pk, comment="Xem lại", comments={"note": "Ghi rõ"}
        )

    def propose(self, actor: User, request: LicenceRequest, days: int) -> Withdrawal:
        return propose_withdrawal(
            actor=actor,
            request_id=request.pk,
            from_day=self.today + datetime.timedelta(days=days),
            reason="Đơn vị trả lại",
        )

    def confirm(self, actor: User, withdrawal: Withdrawal) -> Withdrawal:
        request, day = withdrawal.request, self.today
        from_day = max(withdrawal.from_day, day)
        seen = withdrawals.preview_of(request, from_day, day).fingerprint
        done = confirm_withdrawal(actor=actor, withdrawal_id=withdrawal.pk, seen=seen)
        return done.withdrawal

    def decline(self, actor: User, withdrawal: Withdrawal) -> Withdrawal:
        return decline_withdrawal(actor=actor, withdrawal_id=withdrawal.pk, reason="Chưa đủ lý do")

    def let_days_pass(self, days: int) -> None:
        self._settings.CLOCK = self.today + datetime.timedelta(days=days)
        tick.run()

    # --- done or refused -------------------------------------------------------------------

    def attempt(self, deed: Callable[[], Any]) -> Any | None:
        """What the deed returns, or None where it was refused and left nothing."""
        try:
            with transaction.atomic():
                return deed()
        except (Refusal, Invalids):
            return None


def _line(item: Item, quantity: int) -> LineInput:
    return LineInput(item_id=item.pk, quantity=str(quantity))
