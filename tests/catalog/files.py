"""A small catalogue file, and the same file with one thing wrong."""

from __future__ import annotations

from capphep.catalog import imports
from capphep.catalog.actions.loading import Loaded
from capphep.platform.roles import SYSTEM

TEXT = """\
resources:
  - {code: users, name: Người dùng, unit: người}
  - {code: books, name: Bộ sổ kế toán, unit: bộ sổ}
products:
  - code: igov
    name: iGOV
    modules:
      - code: accounting
        name: Kế toán
        extra_schema:
          type: object
          properties:
            unit:
              type: string
              format: budget-code
              title: Budget code
              x-vi: {title: Mã ngân sách}
          required: [unit]
      - {code: office, name: Văn phòng số}
    packages:
      - code: base
        name: iGOV cơ bản
        kind: base
        items:
          - sku: IGOV-BASE
            name: iGOV cơ bản
            price: 12000000
            months: 12
            tax: [{rate: KCT, from: 2020-01-01}, {rate: 8, from: 2030-01-01}]
            contents:
              - {module: accounting, resource: books, units: 1}
              - {module: office, resource: users, units: 20}
      - code: office
        name: Văn phòng số (VPS)
        kind: add_on
        items:
          - sku: IGOV-VPS-50
            name: VPS 50 người dùng
            price: 5.000.000
            months: 12
            tax: [{rate: KCT, from: 2020-01-01}]
            note: Giá minh họa
            contents: [{module: office, resource: users, units: 50}]
    add_ons: [office]
    co_terminates: no
    trial:
      months: 2
      contents: [{module: office, resource: users, units: 100}]
"""


def load(text: str = TEXT) -> Loaded:
    return imports.load(actor=SYSTEM, content=text.encode())


def line_with(words: str, text: str = TEXT) -> int:
    """The number of the first line that holds the words."""
    return next(n for n, line in enumerate(text.splitlines(), 1) if words in line)


def without(words: str) -> str:
    """The file without the first line that holds the words."""
    number = line_with(words)
    return "".join(line for n, line in enumerate(TEXT.splitlines(keepends=True), 1) if n != number)
