"""The guide of the API: its commands, one after the other, lead from an order to resources."""

from __future__ import annotations

import io
import json
import re
import shlex
from pathlib import Path
from string import Template
from typing import Any

from django.test import Client

from capphep.catalog.models import Module
from capphep.platform.models import User
from capphep.platform.roles import Role
from tests import factories, stories
from tests.factories import SmallCatalogue
from tests.integration.apis import token

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "api.md"
_ASSIGNED = re.compile(r"(\w+)=\$\((curl .*) \| jq -r \.(\w+)\)", re.DOTALL)
PREFIX = "/api/v1"
OWN_FIELDS = {
    "type": "object",
    "properties": {"departments": {"type": "integer"}, "using_unit": {"type": "string"}},
    "required": ["departments", "using_unit"],
}


def commands() -> list[str]:
    """The guide's curl commands; the block that sets the scene is the test's own."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", GUIDE.read_text(), re.DOTALL | re.MULTILINE)
    lines = "\n\n".join(block for block in blocks if "…" not in block).replace("\\\n", " ")
    return [part.strip() for part in re.split(r"\n(?=curl |\w+=|\n)", lines) if part.strip()]


class Shell:
    """As much of a shell, of curl and of jq as the guide uses."""

    def __init__(self, **variables: str) -> None:
        self.variables = variables

    def run(self, command: str) -> Any:
        assigned = _ASSIGNED.fullmatch(command)
        answer = self._curl(assigned[2] if assigned else command)
        assert answer.status_code < 300, f"{command}\n{answer.content.decode()}"
        body = json.loads(answer.content)
        if assigned:
            self.variables[assigned[1]] = str(body[assigned[3]])
        return body

    def _curl(self, command: str) -> Any:
        method, path, headers, form, data = "", "", {}, {}, ""
        words = iter(self._words(command)[1:])
        for word in words:
            if word == "-X":
                method = next(words)
            elif word == "-H":
                name, _, value = next(words).partition(": ")
                headers[name] = value
            elif word == "-d":
                data = next(words)
            elif word == "-F":
                name, _, value = next(words).partition("=")
                form[name] = _file(value[1:]) if value.startswith("@") else value
            elif word != "-s":
                path = word
        if form:
            return Client(headers=headers).post(path, form)
        method = method or ("POST" if data else "GET")
        return Client(headers=headers).generic(method, path, data, "application/json")

    def _words(self, command: str) -> list[str]:
        """Variables are put in after the quotes are read, and nowhere between single ones."""
        return [Template(word).safe_substitute(self.variables) for word in shlex.split(command)]


def _file(name: str) -> io.BytesIO:
    file = io.BytesIO(stories.PDF + (b"" if name.startswith("decision") else b"\n"))
    file.name = name
    return file


def test_the_guide_leads_from_an_order_to_resources_in_force(
    salesperson: User, officer: User, catalogue: SmallCatalogue
) -> None:
    unit = factories.customer(owner=salesperson, team=salesperson.team)
    stories.opened(unit, catalogue)
    Module.objects.filter(pk=catalogue.office.pk).update(extra_schema=OWN_FIELDS)
    actors = {
        "SALES": salesperson,
        "DESK": officer,
        "PRODUCT": factories.user("igov", Role.PROGRAM),
    }
    texts = {name: token(actor)[1] for name, actor in actors.items()}
    shell = Shell(CAPPHEP=PREFIX, **texts)
    answers = {command: shell.run(command) for command in commands()}

    def answer_to(part: str) -> Any:
        return next(answer for command, answer in answers.items() if part in command)

    today = answer_to('/subscriptions/$SUBSCRIPTION"')
    quantities = {
        resource["resource"]: resource["quantity"]
        for module in today["modules"]
        for resource in module["resources"]
    }
    assert quantities == {"books": 1, "users": 150}
    assert len(answer_to("/grants")["items"]) == 3
    assert answer_to("/usage")["rows"] == ["current"]
    assert answer_to("/check")["results"][0]["in_force"] == 150
