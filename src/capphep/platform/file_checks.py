"""Proof that the stored files are what was stored: every byte is read again (R7)."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

from django.conf import settings

from capphep.platform.files import incoming, path_of
from capphep.platform.models import StoredFile
from capphep.pure.batching import batches

_CHUNK: Final = 1024 * 1024
_BATCH: Final = 500
_MOMENT: Final = 1.0
# An upload that is under way has its draft among the files.
_UNDER_WAY_SECONDS: Final = 60 * 60

Fault: TypeAlias = Literal["missing", "unreadable", "size", "content"]


@dataclass(frozen=True, slots=True)
class Checked:
    """One stored file as it lies on the disk; ``fault`` is None where it is intact."""

    file: StoredFile
    fault: Fault | None
    found: str = ""


def checked_files() -> Iterator[Checked]:
    """Read every stored file, a piece at a time, and compare size and digest with its record."""
    for stored in StoredFile.objects.order_by("sha256").iterator(chunk_size=_BATCH):
        yield _checked(stored)


def _checked(stored: StoredFile) -> Checked:
    try:
        with path_of(stored.sha256).open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size != stored.size:
                return Checked(stored, "size", f"{size} bytes instead of {stored.size}")
            digest = _digest(iter(lambda: file.read(_CHUNK), b""))
    except FileNotFoundError:
        return Checked(stored, "missing")
    except OSError as error:
        return Checked(stored, "unreadable", str(error.strerror))
    return Checked(stored, None if digest == stored.sha256 else "content", digest)


def _digest(chunks: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def stray_files() -> Iterator[Path]:
    """Files that belong to no record, and what interrupted uploads left behind."""
    paths = (path for path in _paths(settings.FILES_DIR) if not _is_under_way(path))
    for batch in batches(paths, _BATCH):
        suspects = _without_record(batch)
        if suspects:
            # An upload puts its bytes in place a moment before its record.
            time.sleep(_MOMENT)
        yield from _without_record(suspects)


def _paths(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders.sort()
        yield from (Path(root) / name for name in sorted(names))


def _is_under_way(path: Path) -> bool:
    is_draft = path.parent == incoming()
    return is_draft and time.time() - path.lstat().st_mtime < _UNDER_WAY_SECONDS


def _without_record(paths: list[Path]) -> list[Path]:
    names = [path.name for path in paths]
    known = set(StoredFile.objects.filter(pk__in=names).values_list("pk", flat=True))
    return [path for path in paths if path.name not in known or path != path_of(path.name)]
