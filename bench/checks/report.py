"""What was measured, for people and as the last line."""

from __future__ import annotations

import json
from collections.abc import Mapping

from bench.checks.measuring import USUAL_CONNECTIONS, Figures, Size

NAMES = {
    "check": "capphep's check",
    "thin": "the thinnest read",
    "libpq": "the same without cursor",
    "hello": "hello",
    "many": "check among the many",
    "cached": "check with the cache",
    "bulk": "all flags",
    "bulk 304": "all flags, 304",
}


def table(database: str, figures: Figures, size: Size) -> str:
    heads = "".join(f"{f'{count} conn.':>36}" for count in size.connections)
    columns = f"{'answers/s  p50 ms  p99 ms  CPU µs':>36}" * len(size.connections)
    lines = [f"\n{database:<24}{heads}", f"{'':<24}{columns}"]
    for name, shown in NAMES.items():
        cells = [
            f"{figures.rate(name, count):>12,.0f}{figures.p50_ms(name, count):>8.2f}"
            f"{figures.p99_ms(name, count):>8.2f}{figures.cpu_us(name, count):>8.0f}"
            if (name, count) in figures.samples
            else f"{'':>36}"
            for count in size.connections
        ]
        lines.append(f"{shown:<24}" + "".join(cells))
    lines += [
        f"a check is {figures.ratio('check', 'thin'):.3f} of the thinnest read,"
        f" {_by_libpq(figures)}"
        f"{figures.ratio('check', 'hello'):.3f} of hello; with the cache "
        f"{figures.ratio('cached', 'hello'):.3f} of hello",
        f"(CPU of the server's process: {_cpu(figures, 'thin', 'check')} of the thinnest read,"
        f" {_cpu(figures, 'hello', 'check')} of hello; {_cpu(figures, 'hello', 'cached')})",
        f"among {size.few:,} as fast as among {size.many:,} times {figures.growth():.3f}",
    ]
    return "\n".join(lines)


def _by_libpq(figures: Figures) -> str:
    if ("libpq", USUAL_CONNECTIONS) not in figures.samples:
        return ""
    return f"{figures.ratio('check', 'libpq'):.3f} of it without a cursor, "


def _cpu(figures: Figures, other: str, one: str) -> str:
    return f"{figures.cpu_us(other) / figures.cpu_us(one):.3f}"


def told(database: str, found: Mapping[str, object]) -> str:
    return (
        f"{database}: {found['checks']:,} checks in {found['seconds']} s while "
        f"{found['approvals']} approvals were committed: {found['wrong']} wrong"
        + "".join(f"\n  {sentence}" for sentence in _listed(found.get("first_wrong")))
    )


def _listed(found: object) -> list[object]:
    return found if isinstance(found, list) else []


def line(figures: Figures, offline_per_s: float) -> str:
    """Of PostgreSQL, by 16 connections."""
    return json.dumps(
        {
            "bench": "check",
            "checks_per_s": round(figures.rate("check")),
            "p99_ms": round(figures.p99_ms("check"), 2),
            "ratio_to_hello": round(figures.ratio("check", "hello"), 3),
            "ratio_to_thin_read": round(figures.ratio("check", "thin"), 3),
            "cached_ratio_to_hello": round(figures.ratio("cached", "hello"), 3),
            "bulk_304_ratio": round(figures.ratio("bulk 304", "bulk"), 3),
            "offline_per_s": round(offline_per_s),
            "growth_1m": round(figures.growth(), 3),
        }
    )
