"""Compile the gettext catalogues; the .mo files are made at start and never committed."""

from __future__ import annotations

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def compile_catalogues(package: Path = PACKAGE) -> int:
    """Compile every `<package>/*/locale/*/LC_MESSAGES/*.po` whose .mo is missing or older.

    Returns how many were compiled. Fuzzy entries are left out, as msgfmt does.
    """
    stale = [po for po in sorted(package.glob("*/locale/*/LC_MESSAGES/*.po")) if _is_stale(po)]
    for po in stale:
        _compile(po)
    return len(stale)


def _is_stale(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return not mo.exists() or mo.stat().st_mtime_ns < po.stat().st_mtime_ns


def _compile(po: Path) -> None:
    # Loaded where it is needed: an unchanged start would wait for it.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    mo = po.with_suffix(".mo")
    # Two starts may compile at once: each writes its own file, and the swap is atomic.
    own = mo.with_name(f"{mo.name}.{os.getpid()}")
    modified = po.stat().st_mtime_ns
    with po.open("rb") as source, own.open("wb") as target:
        write_mo(target, read_po(source, locale=po.parent.parent.name), use_fuzzy=False)
    # The time of what was read: an edit made meanwhile is then seen as newer.
    os.utime(own, ns=(modified, modified))
    own.replace(mo)
