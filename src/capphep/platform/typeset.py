"""PDF from a Typst template and plain values.

What people typed reaches a template as data (`sys.inputs`), never as markup: nothing in a name
can be read as a command. Fonts are those that the library carries, so that the same values give
the same bytes on every machine.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import metadata
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from typst import Compiler

_ONE_AT_A_TIME: Final = Lock()


@dataclass(frozen=True)
class Paper:
    """A document that can be made: ``values`` are what `json` can write.

    ``made_at`` is the moment that the PDF says it was created.
    """

    template: Path
    values: Mapping[str, Any]
    made_at: datetime.datetime

    @cached_property
    def _data(self) -> str:
        return json.dumps(self.values, ensure_ascii=False, sort_keys=True)

    @cached_property
    def etag(self) -> str:
        """A strong entity tag of the bytes, known without making them."""
        said = [_version(), self.template.read_text(encoding="utf-8"), self._data, self.made_at]
        digest = hashlib.sha256("\0".join(map(str, said)).encode("utf-8", "replace"))
        return f'"{digest.hexdigest()[:32]}"'

    def pdf(self) -> bytes:
        """Some milliseconds; the first one of a process takes longer."""
        return self._made("pdf")[0]

    def png(self, ppi: int = 100) -> list[bytes]:
        """Each page as a picture with so many pixels an inch."""
        return self._made("png", ppi=ppi)

    def _made(self, format_: Any, **options: Any) -> list[bytes]:
        compiler = _compiler(self.template)
        with _ONE_AT_A_TIME:
            made = compiler.compile(
                format=format_,
                sys_inputs={"data": self._data},
                timestamp=int(self.made_at.timestamp()),
                **options,
            )
        assert made is not None
        return made if isinstance(made, list) else [made]


@cache
def _compiler(template: Path) -> Compiler:
    # Loaded where it is needed: no other page should wait for it.
    from typst import Compiler

    return Compiler(input=template, root=template.parent, ignore_system_fonts=True)


@cache
def _version() -> str:
    return metadata.version("typst")
