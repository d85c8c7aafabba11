"""Reads settings from the environment; a wrong value stops the start with one sentence."""

from __future__ import annotations

import datetime
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    """The variable, or the content of the file that ``NAME_FILE`` points to, or the default."""
    file_name = os.environ.get(f"{name}_FILE")
    if file_name:
        return Path(file_name).read_text(encoding="utf-8").strip()
    return os.environ.get(name, default)


def given() -> frozenset[str]:
    """The names of all variables of capphep that are set, also to nothing, or by a file."""
    names = (name.removesuffix("_FILE") for name in os.environ)
    return frozenset(name for name in names if name.startswith("CAPPHEP_"))


def flag(name: str, default: bool) -> bool:
    value = text(name, "yes" if default else "no").lower()
    if value in {"1", "yes", "true", "on"}:
        return True
    if value in {"0", "no", "false", "off", ""}:
        return False
    raise ImproperlyConfigured(f"{name} must be yes or no, not {value!r}.")


def whole_number(name: str, default: int, *, least: int = 0) -> int:
    value = text(name, str(default))
    if not value.isascii() or not value.isdigit() or int(value) < least:
        raise ImproperlyConfigured(f"{name} must be a whole number from {least}, not {value!r}.")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def choices(name: str, known: Sequence[str]) -> list[str]:
    """Comma-separated words, each of them one of the ``known``."""
    chosen = words(name)
    for word in chosen:
        if word not in known:
            raise ImproperlyConfigured(f"{name} knows {', '.join(known)}, but not {word!r}.")
    return chosen


def marks(name: str, default: str, *, most: int) -> list[int]:
    """Comma-separated whole numbers from 1, ascending, each once; none is an empty text."""
    numbers = words(name, default)
    for number in numbers:
        if not number.isascii() or not number.isdigit() or not 1 <= int(number) <= most:
            raise ImproperlyConfigured(
                f"{name} must be whole numbers from 1 to {most}, comma-separated, not {number!r}."
            )
    return sorted({int(number) for number in numbers})


def day(name: str) -> datetime.date | None:
    value = text(name)
    if not value:
        return None
    try:
        return datetime.date.fromisoformat(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a day YYYY-MM-DD, not {value!r}.") from None


def database(name: str, default: str) -> dj_database_url.DBConfig:
    """The database that the address names; the address itself, with its password, is not told."""
    try:
        return dj_database_url.parse(text(name, default), conn_max_age=60, conn_health_checks=True)
    except ValueError:
        raise ImproperlyConfigured(
            f"{name} must be postgres://… or sqlite:///…, not another kind of address."
        ) from None


def kept_secret(name: str, path: Path) -> str:
    """The secret from the environment, else from the file in the state directory (mode 0600).

    The file is made at the first start. It appears under its name only when it is
    complete, so that two first starts at once end with the same secret.
    """
    given = text(name)
    if given:
        return given
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _publish(path, secrets.token_urlsafe(50))
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"The state directory {path.parent} cannot be used: {error.strerror}."
        ) from None


def web_address(name: str, default: str) -> str:
    """An address such as https://capphep.example.vn, without a slash at its end."""
    value = text(name, default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        raise ImproperlyConfigured(f"{name} must be https://… or http://…, not {value!r}.")
    return value


def _publish(path: Path, content: str) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(content)
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
