"""The rounds: every page once on each data set in each of them, side by side."""

from __future__ import annotations

import json
import subprocess
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any

from bench.desks.asking import Browser, Page
from bench.desks.pages import pages
from bench.desks.sites import Site

WARMING = 2


@dataclass
class Figures:
    """Milliseconds by data set and page; ``pages`` in the order in which they are told."""

    pages: list[Page] = field(default_factory=list)
    took: dict[str, dict[str, list[float]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )

    def p50(self, site: str, page: str) -> float:
        return median(self.took[site][page])

    def p95(self, site: str, page: str) -> float:
        return p95(self.took[site][page])

    def group_p95(self, site: str, group: str) -> float:
        """Over all askings of the pages of the group."""
        names = [page.name for page in self.pages if page.group == group]
        return p95([took for name in names for took in self.took[site][name]])

    def growth(self) -> float:
        """How many times as long the lists of the large data set take: the median page's."""
        ratios = [
            self.p50("many", page.name) / self.p50("few", page.name)
            for page in self.pages
            if page.group == "list"
        ]
        return median(ratios)


def p95(values: list[float]) -> float:
    return quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]


def measure(sites: Mapping[str, Site], rounds: int) -> Figures:
    figures = Figures()
    asked = {
        name: list(pages(site.facts["deep"], site.facts["codes"])) for name, site in sites.items()
    }
    figures.pages = asked["many"]
    browsers = {
        name: {who: Browser(site.server.port, key) for who, key in site.facts["sessions"].items()}
        for name, site in sites.items()
    }
    for number in range(rounds + WARMING):
        for name, own in asked.items():
            for page in own:
                path = page.paths[number % len(page.paths)]
                took = browsers[name][page.who].ask(path)
                if number >= WARMING:
                    figures.took[name][page.name].append(took)
    return figures


def measure_excel(python: str, site: Site, rows: int) -> dict[str, dict[str, Any]]:
    """So many customers in and all of them out, by the names of the steps (`excel`)."""
    command = [python, "-m", "bench.desks.excel", f"--rows={rows}"]
    done = subprocess.run(
        command, env=site.environment, stdout=subprocess.PIPE, text=True, check=True
    )
    found: dict[str, dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return found
