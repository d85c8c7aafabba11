"""Files kept once under their SHA-256, never changed (R7)."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from django.conf import settings

from capphep.platform import filetypes
from capphep.platform.models import StoredFile
from capphep.pure.errors import Invalid, gettext_noop


def store(chunks: Iterable[bytes]) -> StoredFile:
    """RULE R7: keep the content and return its record; the same content is kept once.

    Raises Invalid ``file_too_large`` beyond the setting, and what `filetypes` raises.
    The bytes are on disk before the record exists: a crash leaves at most a file that
    nothing refers to.
    """
    incoming = settings.FILES_DIR / "incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=incoming)
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            sha256, size = _copy(chunks, out.write)
            out.flush()
            os.fsync(out.fileno())
        media_type = filetypes.content_type(draft)
        _publish(draft, path_of(sha256))
    finally:
        draft.unlink(missing_ok=True)
    return StoredFile.objects.get_or_create(
        sha256=sha256, defaults={"size": size, "content_type": media_type}
    )[0]


def path_of(sha256: str) -> Path:
    """Where the content with this digest lies; two levels keep directories small."""
    directory: Path = settings.FILES_DIR
    return directory / sha256[:2] / sha256[2:4] / sha256


def _copy(chunks: Iterable[bytes], write: Callable[[bytes], object]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        size += len(chunk)
        if size > settings.EVIDENCE_MAX_BYTES:
            raise Invalid(
                "file_too_large",
                gettext_noop("The file is larger than %(limit)s MiB."),
                rule="R7",
                field="evidence",
                params={"limit": settings.EVIDENCE_MAX_BYTES // (1024 * 1024)},
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
