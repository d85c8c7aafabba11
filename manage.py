#!/usr/bin/env python
"""Django's command line for capphep; `./capphep WORD` comes here."""

import os
import sys
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "src"))


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "capphep.config.settings")
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from capphep.platform.catalogues import compile_catalogues

    try:
        settings.INSTALLED_APPS  # noqa: B018 - reads the settings, and so checks the environment
    except ImproperlyConfigured as mistake:
        sys.exit(str(mistake))
    # Before anything is translated: what is missing then stays missing in this process.
    with suppress(OSError):  # A place that cannot be written was compiled when it was installed.
        compile_catalogues()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
