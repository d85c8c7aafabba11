"""Where the pictures are kept, and when a new one replaces the old."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageChops

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "user-guide" / "pictures"
# Of 255: less than that nobody sees. A minute that has passed is some dozen pixels.
VISIBLE, MANY = 40, 250


def keep(language: str, name: str, png: bytes) -> None:
    """Store the picture as WebP without loss, unless the stored one looks the same."""
    path = FOLDER / language / f"{name}.webp"
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    if path.exists() and looks_the_same(picture, Image.open(path).convert("RGB")):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, "WEBP", lossless=True, quality=100, method=4)


def looks_the_same(one: Image.Image, other: Image.Image) -> bool:
    if one.size != other.size:
        return False
    difference = ImageChops.difference(one, other).convert("L")
    return sum(difference.histogram()[VISIBLE:]) < MANY
