"""The text of stored files: kept once for each content, beside its record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from capphep.platform import filetypes
from capphep.platform.files import keep_text, path_of
from capphep.platform.models import FileText, StoredFile, TextState
from capphep.platform.reading import Reading
from capphep.pure.errors import Invalid


def read_file(stored: StoredFile) -> TextState:
    """Read a file that lies on the disk, for the first time or again."""
    reading = Reading(is_open=False, state=TextState.UNREADABLE)
    with suppress(Invalid, FileNotFoundError):
        _, reading = filetypes.examine(path_of(stored.sha256))
    FileText.objects.filter(file=stored, state=TextState.UNREADABLE).delete()
    return TextState(keep_text(stored, reading).state)


def unread(*, again: bool = False) -> Iterator[StoredFile]:
    """Files that were never read, such as those stored before texts were kept.

    ``again``: those too in which nothing could be read.
    """
    rows = StoredFile.objects.filter(text__isnull=True)
    if again:
        rows |= StoredFile.objects.filter(text__state=TextState.UNREADABLE)
    return rows.order_by("sha256").iterator(chunk_size=200)
