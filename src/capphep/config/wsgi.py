"""The WSGI entry point of the production server.

What products ask (``/ofrep/``) is answered before Django, in the same process.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "capphep.config.settings")
desk = get_wsgi_application()

# Only now are the models that it knows of ready.
from django.conf import settings  # noqa: E402

from capphep.integration.ofrep.cache import Cache  # noqa: E402
from capphep.integration.ofrep.handler import PREFIX, Handler  # noqa: E402

checks = Handler(cache=Cache() if settings.CHECK_CACHE else None)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    is_check = environ.get("PATH_INFO", "").startswith(PREFIX)
    return (checks if is_check else desk)(environ, start_response)
