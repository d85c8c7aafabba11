"""The evidence of a request beside its preview: what it says, where it says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from capphep.ims.queries.evidence import SeenFile
from capphep.platform import filetypes
from capphep.platform.models import FileText
from capphep.provisioning.models import Evidence
from capphep.provisioning.states import EvidenceKind
from capphep.pure.mentions import Snippet, snippets

_FRAMES: Final = {filetypes.PDF: "pdf", filetypes.PNG: "image", filetypes.JPEG: "image"}
_NAMED: Final = 5
_SNIPPETS: Final = 6


@dataclass(frozen=True, slots=True)
class Preview:
    """One file; ``frame`` is "pdf", "image" or "" for what a browser does not show.

    The first few of ``elsewhere``, the same content in other requests (R7), are ``named``.
    """

    seen: SeenFile
    frame: str

    @property
    def record(self) -> Evidence:
        return self.seen.record

    @property
    def text(self) -> FileText | None:
        return self.seen.text

    @property
    def is_decision(self) -> bool:
        return self.record.kind == EvidenceKind.FUNDING_DECISION

    @property
    def file_type(self) -> str:
        return filetypes.EXTENSIONS.get(self.record.file.content_type, "")[1:].upper()

    @property
    def elsewhere(self) -> Sequence[Evidence]:
        return self.seen.elsewhere

    @property
    def named(self) -> Sequence[Evidence]:
        return self.elsewhere[:_NAMED]

    @property
    def unnamed(self) -> int:
        return len(self.elsewhere[_NAMED:])

    @property
    def code_pages(self) -> Sequence[int]:
        return self.seen.pages(self.seen.code)

    @property
    def amount_pages(self) -> Sequence[int]:
        return self.seen.pages(self.seen.amount)

    @property
    def snippets(self) -> Sequence[Snippet]:
        """The words around what was found, the found marked; the first few."""
        text = self.text.text if self.text else ""
        return snippets(text, [*self.seen.code, *self.seen.amount])[:_SNIPPETS]


def previews_of(files: Sequence[SeenFile]) -> list[Preview]:
    return [Preview(seen, _FRAMES.get(seen.record.file.content_type, "")) for seen in files]
