"""The figures as tables and as the last line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bench.desks.measuring import Figures

GROUPS = ("list", "search", "dashboard")


def table(figures: Figures) -> str:
    """Milliseconds; on the left those of the small data set."""
    lines = [f"{'':<40}{'few p50':>9}{'p95':>8}{'many p50':>11}{'p95':>8}{'growth':>9}"]
    for page in figures.pages:
        few, many = figures.p50("few", page.name), figures.p50("many", page.name)
        lines.append(
            f"{page.name:<40}{few:>9.1f}{figures.p95('few', page.name):>8.1f}"
            f"{many:>11.1f}{figures.p95('many', page.name):>8.1f}{many / few:>9.2f}"
        )
    return "\n".join(lines)


def of_excel(steps: Mapping[str, Mapping[str, Any]]) -> str:
    """What became of the rows, in the large data set; the most memory that the job had."""
    return "\n".join(
        f"{name + ':':<9}{step['rows']:>9,} rows, {step['rows_per_second']:>7,} a second, "
        f"CPU {step['cpu_seconds']:>6.1f} s, at most {step['peak_mib']:,} MiB"
        for name, step in steps.items()
    )


def line(figures: Figures, excel: Mapping[str, Mapping[str, Any]]) -> dict[str, object]:
    return {
        "bench": "desk",
        **{f"{group}_p95_ms": round(figures.group_p95("many", group), 1) for group in GROUPS},
        **{f"{step}_rows_per_s": excel[step]["rows_per_second"] for step in ("import", "export")},
        "growth_1k_to_1m": round(figures.growth(), 3),
    }
