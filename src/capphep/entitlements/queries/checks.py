"""What checks read, as the grants say it has to be."""

from __future__ import annotations

from typing import Final

from capphep.entitlements import check_rules
from capphep.entitlements.models import CheckDocument, Subscription
from capphep.entitlements.queries.grants import Granted

NOTHING: Final = "{}"
"""The document of a subscription to which nothing was ever granted."""


def check_document(subscription: Subscription, granted: Granted) -> CheckDocument:
    """The row that checks of this subscription are answered from; not saved.

    Its customer and product are at hand.
    """
    return CheckDocument(
        subscription=subscription,
        customer_id=subscription.customer_id,
        product_id=subscription.product_id,
        budget_code=subscription.customer.budget_code,
        product_code=check_rules.flag_code(subscription.product.code),
        version=subscription.version,
        document=check_rules.document(granted.spans[subscription.pk], granted.codes),
    )
