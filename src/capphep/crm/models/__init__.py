"""The tables of the CRM, one file a subject."""

from capphep.crm.models.codes import CodeKind, CustomerCode
from capphep.crm.models.customer import (
    Contact,
    Customer,
    Level,
    OrgType,
    OwnedProduct,
    PublicUnitKind,
    Sector,
)
from capphep.crm.models.duplicates import Alike, DuplicatePair
from capphep.crm.models.order import Order, OrderLine
from capphep.crm.models.sales import Opportunity, OpportunityLine, SalesProject
from capphep.crm.models.sent_form import SentForm

__all__ = [
    "Alike",
    "CodeKind",
    "Contact",
    "Customer",
    "CustomerCode",
    "DuplicatePair",
    "Level",
    "Opportunity",
    "OpportunityLine",
    "Order",
    "OrderLine",
    "OrgType",
    "OwnedProduct",
    "PublicUnitKind",
    "SalesProject",
    "Sector",
    "SentForm",
]
