"""An administrator's part of a paper: who the vendor is, the texts, the columns."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.conf import settings

from capphep.paper.kinds import PaperKind
from capphep.paper.layouts import LAYOUTS, Layout


@dataclass(frozen=True, slots=True)
class Vendor:
    """The letterhead. ``logo`` is a drawing (SVG) around the picture, "" for none."""

    name: str = ""
    address: str = ""
    tax_code: str = ""
    phone: str = ""
    email: str = ""
    bank_account: str = ""
    representative: str = ""
    position: str = ""
    place: str = ""
    logo: str = ""

    @property
    def shown_name(self) -> str:
        return self.name or settings.VENDOR_NAME or "ĐƠN VỊ CUNG CẤP PHẦN MỀM"


@dataclass(frozen=True, slots=True)
class Design:
    """``texts`` holds what differs from the layout's default texts; ``columns`` None: those of
    the layout."""

    kind: PaperKind
    vendor: Vendor = field(default_factory=Vendor)
    texts: Mapping[str, str] = field(default_factory=dict)
    columns: Collection[str] | None = None
    copies: int = 2
    has_motto: bool = True

    @property
    def layout(self) -> Layout:
        return LAYOUTS[self.kind]

    def text(self, name: str) -> str:
        chosen = self.texts.get(name)
        return self.layout.default_of(name) if chosen is None else chosen
