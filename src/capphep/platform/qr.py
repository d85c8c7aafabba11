"""A text as a QR code."""

from __future__ import annotations

from io import BytesIO
from typing import Any


def qr_code(text: str) -> Any:
    """The smallest code of the text that is still read where 15% of it are damaged."""
    # Loaded where it is needed: no other page should wait for it.
    import segno

    return segno.make_qr(text, error="m", boost_error=False)


def qr_svg(text: str) -> str:
    """The code as a drawing; the quiet zone around it is the page's business."""
    drawn = BytesIO()
    qr_code(text).save(drawn, kind="svg", border=0, xmldecl=False, svgclass=None, lineclass=None)
    return drawn.getvalue().decode()
