"""What is looked at less often is alike."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.browser.looks import ALIKE

pytestmark = pytest.mark.once

SHEETS = sorted(Path(__file__).resolve().parents[2].glob("src/capphep/*/static/**/*.css"))
WIDTH = re.compile(r"\((?:max-|min-)?width\s*[:<>=]+\s*([\d.]+)(rem|em|px)\)")


def test_no_style_sheet_makes_a_difference_between_the_widths_that_are_alike() -> None:
    breaks = {
        float(number) * (1 if unit == "px" else 16)
        for sheet in SHEETS
        for number, unit in WIDTH.findall(sheet.read_text(encoding="utf-8"))
    }
    assert len(breaks) > 3
    assert not [width for width in breaks if min(ALIKE) - 1 <= width <= max(ALIKE) + 1]
