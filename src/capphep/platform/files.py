"""Files kept once under their SHA-256, never changed (R7)."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from capphep.platform import filetypes
from capphep.platform.file_options import MIB, most_bytes
from capphep.platform.models import FileText, StoredFile
from capphep.platform.prepared import prepared
from capphep.platform.reading import Reading
from capphep.pure.errors import Invalid, gettext_noop


def store(chunks: Iterable[bytes]) -> StoredFile:
    """RULE R7: keep the content and return its record; the same content is kept and read once.

    Raises Invalid ``file_too_large`` beyond the setting, and what `filetypes` raises.
    The bytes are on disk before the record exists: a crash leaves at most a file that
    nothing refers to.
    """
    incoming().mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=incoming())
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            sha256, size = _copy(chunks, out.write)
            known = _known(sha256)
            if known and path_of(sha256).exists():
                return known[0]
            out.flush()
            os.fsync(out.fileno())
        content_type, reading = filetypes.examine(draft)
        _publish(draft, path_of(sha256))
    finally:
        draft.unlink(missing_ok=True)
    stored, _ = StoredFile.objects.get_or_create(
        sha256=sha256, defaults={"size": size, "content_type": content_type}
    )
    keep_text(stored, reading)
    return stored


@prepared
def _known(sha256: str) -> QuerySet[StoredFile]:
    return StoredFile.objects.filter(pk=sha256, text__isnull=False)


def keep_text(stored: StoredFile, reading: Reading) -> FileText:
    """What was read in the file; where somebody else was faster, what they found."""
    found, _ = FileText.objects.get_or_create(
        file=stored,
        defaults={
            "state": reading.state,
            "text": reading.text,
            "pages": reading.pages,
            "page_count": reading.page_count,
            "is_cut": reading.is_cut,
        },
    )
    return found


def incoming() -> Path:
    """Where uploads lie until they are whole."""
    directory: Path = settings.FILES_DIR
    return directory / "incoming"


def path_of(sha256: str) -> Path:
    """Where the content with this digest lies; two levels keep directories small."""
    directory: Path = settings.FILES_DIR
    return directory / sha256[:2] / sha256[2:4] / sha256


def _copy(chunks: Iterable[bytes], write: Callable[[bytes], object]) -> tuple[str, int]:
    digest, size, most = hashlib.sha256(), 0, most_bytes()
    for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise Invalid(
                "file_too_large",
                gettext_noop("The file is larger than %(limit)s MiB."),
                rule="R7",
                field="evidence",
                params={"limit": most // MIB},
            )
        digest.update(chunk)
        write(chunk)
    return digest.hexdigest(), size


def _publish(draft: Path, path: Path) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft.chmod(0o440)
    os.replace(draft, path)
