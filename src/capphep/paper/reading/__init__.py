"""Orders, requests and grants as documents; the statements do not grow with their number."""

from capphep.paper.reading.handover import handovers, subscription
from capphep.paper.reading.order import orders
from capphep.paper.reading.request import requests

__all__ = ["handovers", "orders", "requests", "subscription"]
