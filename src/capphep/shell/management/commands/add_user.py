"""`./capphep add_user`: the first administrator of an empty desk, and whoever else is wanted."""

from __future__ import annotations

import getpass
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from capphep.platform import origin
from capphep.platform.roles import SYSTEM, Role
from capphep.platform.texts import refusal_text
from capphep.pure.errors import Invalids
from capphep.shell.actions import create_user
from capphep.shell.user_rules import UserInput

ROLES = [role.value for role in Role if role != Role.SYSTEM]


class Command(BaseCommand):
    help = "Add a user; the password is asked for, or read as one line from the standard input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--full-name", required=True)
        parser.add_argument("--role", required=True, choices=ROLES)
        parser.add_argument("--email", default="")
        parser.add_argument("--team", default="", help="its name; a new one is made")

    def handle(self, *args: Any, **options: Any) -> None:
        names = ("username", "full_name", "role", "email", "team")
        typed = UserInput(**{name: options[name] for name in names})
        try:
            with origin.working_from("add_user"):
                user = create_user(actor=SYSTEM, typed=typed, password=_password())
        except Invalids as refused:
            reasons = " ".join(refusal_text(refusal) for refusal in refused.refusals)
            raise CommandError(reasons) from None
        self.stdout.write(f"{user.username} can sign in.")


def _password() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("Password: ")
    return sys.stdin.readline().rstrip("\n")
