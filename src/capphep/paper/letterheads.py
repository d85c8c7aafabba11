"""The letterhead as papers show it, and its logo: a picture made anew from what was uploaded."""

from __future__ import annotations

import base64
import io
from typing import Any, Final

from capphep.paper.designs import Vendor
from capphep.paper.models import Letterhead
from capphep.platform import files
from capphep.pure.errors import Invalid, gettext_noop

FACTS: Final = (
    "name",
    "address",
    "tax_code",
    "phone",
    "email",
    "bank_account",
    "representative",
    "position",
    "place",
)
MOST_BYTES: Final = 5 * 1024 * 1024
_MOST_PIXELS: Final = 40_000_000
_BOX: Final = (900, 360)


def letterhead_now() -> Letterhead:
    """The one row, or an empty one with version 0."""
    found = Letterhead.objects.select_related("updated_by").first()
    return found or Letterhead(id=Letterhead.ONLY, version=0)


def vendor_now() -> Vendor:
    return vendor_of(letterhead_now())


def vendor_of(letterhead: Letterhead) -> Vendor:
    facts: dict[str, Any] = {name: getattr(letterhead, name) for name in FACTS}
    return Vendor(**facts, logo=_drawn(letterhead.logo_id) if letterhead.logo_id else "")


def logo_bytes(upload: bytes) -> bytes:
    """The picture as a PNG of at most 900 × 360 pixels; nothing else of the file is kept.

    Raises Invalid paper_logo for what is not a PNG or JPEG that can be opened.
    """
    from PIL import Image

    try:
        with Image.open(io.BytesIO(upload), formats=("PNG", "JPEG")) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                raise ValueError("too many pixels")
            small = picture.convert("RGBA")
        small.thumbnail(_BOX)
        out = io.BytesIO()
        small.save(out, "PNG", optimize=True)
    # The decoder meets hostile bytes here: whatever it trips over, this is no logo.
    except Exception as error:
        message = gettext_noop("The logo has to be a PNG or JPEG picture of at most 5 MiB.")
        raise Invalid("paper_logo", message, field="logo") from error
    return out.getvalue()


def _drawn(sha256: str) -> str:
    """The typesetter takes pictures as text in the form of a drawing around it."""
    from PIL import Image

    content = files.path_of(sha256).read_bytes()
    with Image.open(io.BytesIO(content)) as picture:
        width, height = picture.size
    data = base64.b64encode(content).decode("ascii")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" href="data:image/png;base64,{data}"/></svg>'
    )
