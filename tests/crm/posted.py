"""What the form of a customer posts, and where."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

HTMX = {"HTTP_HX_REQUEST": "true"}
TYPED = {
    "budget_code": "1234567",
    "name": "UBND Xã Đông Hải",
    "org_type": "commune",
    "public_unit_kind": "committee",
    "level": "4",
    "chapter_code": "805",
    "version": "1",
}


def url(name: str, *args: Any) -> str:
    return reverse(f"crm:{name}", args=args)
