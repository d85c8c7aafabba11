"""Settings that say where other systems are; a wrong one stops the start with one sentence.

The addresses may carry passwords: none of the sentences repeats them.
"""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any, Final
from urllib.parse import SplitResult, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

from capphep.config.environment import text

_THIS_MACHINE: Final = ("localhost", "127.0.0.1", "::1")
_MAIL_PORTS: Final = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
_MAIL_SECONDS: Final = 10
# Mail that is only printed comes from nobody.
_NOBODY: Final = "capphep <capphep@localhost.localdomain>"


def web_address(name: str, *, is_secret: bool = False) -> str:
    """An address of the web, "" where none is given.

    ``is_secret``: what is said there is nobody else's business, so that it has to be
    https://, or on this machine.
    """
    value = text(name)
    if not value:
        return ""
    parts = _parts(name, value)
    is_plain = not (parts.username or parts.password or parts.query or parts.fragment)
    if parts.scheme not in ("http", "https") or not parts.hostname or not is_plain:
        raise ImproperlyConfigured(
            f"{name} must be an address https://…, without user, password, query or fragment."
        )
    if is_secret and parts.scheme == "http" and parts.hostname not in _THIS_MACHINE:
        raise ImproperlyConfigured(
            f"{name} must begin with https://: a token on its way through http:// can be read."
        )
    return value.rstrip("/")


def token(name: str, *, goes_with: str) -> str:
    """A bearer token, there if and only if the address that the other setting gives is."""
    value, address = text(name), text(goes_with)
    if bool(value) != bool(address):
        raise ImproperlyConfigured(f"{goes_with} and {name} go together: give both or none.")
    if not value.isascii() or any(not char.isprintable() or char == " " for char in value):
        raise ImproperlyConfigured(f"{name} must be visible characters of ASCII, without spaces.")
    return value


def mail_server(name: str) -> dict[str, Any]:
    """Django's settings for the mail server; "console" prints mail where the server logs."""
    value = text(name, "console")
    if value in ("console", "console:"):
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    parts = _parts(name, value)
    if parts.scheme not in _MAIL_PORTS or not parts.hostname or parts.path not in ("", "/"):
        raise ImproperlyConfigured(
            f"{name} must be console, or smtp://, smtp+tls:// (STARTTLS) or smtps:// with "
            "user:password@host:port."
        )
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or _MAIL_PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": _MAIL_SECONDS,
    }


def sender(name: str, *, is_needed: bool) -> str:
    """From whom mail comes, as in ``iGOV <igov@example.vn>``."""
    value = text(name)
    if not value and is_needed:
        raise ImproperlyConfigured(f"{name} must say from whom mail comes.")
    try:
        validate_email(parseaddr(value or _NOBODY)[1])
    except ValidationError:
        raise ImproperlyConfigured(
            f"{name} must be an e-mail address, or a name with one: iGOV <igov@example.vn>."
        ) from None
    return value or _NOBODY


def _parts(name: str, value: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise ImproperlyConfigured(f"{name} is not an address.") from None
    return parts
