"""The text of stored files: kept once for each content, beside its record."""

from __future__ import annotations

from collections import Counter
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


def read_unread(*, again: bool = False) -> Counter[TextState]:
    """Read what was never read, such as files stored before texts were kept; what was found.

    ``again``: those files too in which nothing could be read.
    """
    rows = StoredFile.objects.filter(text__isnull=True)
    if again:
        rows |= StoredFile.objects.filter(text__state=TextState.UNREADABLE)
    files = rows.order_by("sha256").iterator(chunk_size=200)
    return Counter(read_file(stored) for stored in files)
