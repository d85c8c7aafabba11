"""The rounds: everything once in each of them, so that what is compared stands side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median

from bench.checks.load import Load, Sample
from bench.checks.serving import Server

USUAL_CONNECTIONS = 16


@dataclass(frozen=True, slots=True)
class Size:
    """Subscriptions, ``few`` and ``many``; seconds of each load; checks of the gate."""

    few: int
    many: int
    seconds: int
    rounds: int
    checks: int
    connections: tuple[int, ...] = (1, 16, 64)
    limits: tuple[str, ...] = ("hello", "thin", "libpq")
    is_quick: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """Something to be measured: by which server, asked what, by how many connections."""

    name: str
    server: Server
    load: Load
    connections: int = USUAL_CONNECTIONS

    def sample(self, seconds: int) -> Sample:
        before = self.server.cpu_seconds()
        found = self.load.run(self.server.port, self.connections, seconds)
        used = self.server.cpu_seconds() - before
        return found._replace(cpu_us=used * 1e6 / found.answers)


@dataclass(slots=True)
class Figures:
    """Samples by what was measured and by how many connections, in the order of the rounds."""

    samples: dict[tuple[str, int], list[Sample]] = field(default_factory=lambda: defaultdict(list))

    def note(self, case: Case, sample: Sample) -> None:
        self.samples[case.name, case.connections].append(sample)

    def _median(self, of: Callable[[Sample], float], name: str, connections: int) -> float:
        return median(of(sample) for sample in self.samples[name, connections])

    def rate(self, name: str, connections: int = USUAL_CONNECTIONS) -> float:
        return self._median(lambda sample: sample.rate, name, connections)

    def p50_ms(self, name: str, connections: int = USUAL_CONNECTIONS) -> float:
        return self._median(lambda sample: sample.p50_ms, name, connections)

    def p99_ms(self, name: str, connections: int = USUAL_CONNECTIONS) -> float:
        return self._median(lambda sample: sample.p99_ms, name, connections)

    def cpu_us(self, name: str, connections: int = USUAL_CONNECTIONS) -> float:
        return self._median(lambda sample: sample.cpu_us, name, connections)

    def ratio(self, one: str, other: str, connections: int = USUAL_CONNECTIONS) -> float:
        """The median over the rounds of what was measured side by side."""
        pairs = zip(self.samples[one, connections], self.samples[other, connections], strict=True)
        return median(first.rate / second.rate for first, second in pairs)

    def growth(self) -> float:
        return self.ratio("check", "many")


def measure(cases: list[Case], size: Size) -> Figures:
    """Each round in the other direction: what a machine does meanwhile meets both."""
    figures = Figures()
    for case in cases if not size.is_quick else ():
        case.sample(1)
    for number in range(size.rounds):
        for case in cases if number % 2 == 0 else reversed(cases):
            figures.note(case, case.sample(size.seconds))
    return figures


def cases_of(
    servers: Mapping[str, Server], tokens: Mapping[str, str], tags: Mapping[str, str], size: Size
) -> Iterator[Case]:
    """Side by side stands what is compared. ``servers`` go by their names."""
    flag, every = "/ofrep/v1/evaluate/flags/igov.office.users", "/ofrep/v1/evaluate/flags"
    check = Load(flag, tokens["few"], size.few)
    for connections in size.connections:
        for name in ("check", *size.limits):
            server = servers["few" if name == "check" else name]
            yield Case(name, server, check, connections)
            if connections != USUAL_CONNECTIONS:
                continue
            # Beside what each of them is compared with.
            if name == "hello":
                yield Case("cached", servers["cached"], check)
            if name == "check":
                yield Case("many", servers["many"], Load(flag, tokens["many"], size.many))
    one = tags["customer"]
    yield Case("bulk", servers["few"], Load(every, tokens["few"], 1, only=one))
    known = Load(every, tokens["few"], 1, only=one, etag=tags["etag"])
    yield Case("bulk 304", servers["few"], known)
