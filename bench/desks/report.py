"""The figures as a table and as the last line."""

from __future__ import annotations

from bench.desks.measuring import Figures


def table(figures: Figures) -> str:
    """Milliseconds; on the left those of the small data set."""
    lines = [f"{'':<36}{'few p50':>9}{'p95':>8}{'many p50':>11}{'p95':>8}{'growth':>9}"]
    for page in figures.pages:
        few, many = figures.p50("few", page.name), figures.p50("many", page.name)
        lines.append(
            f"{page.name:<36}{few:>9.1f}{figures.p95('few', page.name):>8.1f}"
            f"{many:>11.1f}{figures.p95('many', page.name):>8.1f}{many / few:>9.2f}"
        )
    return "\n".join(lines)


def line(figures: Figures) -> dict[str, object]:
    return {
        "bench": "desk",
        **{
            f"{group}_p95_ms": round(figures.group_p95("many", group), 1)
            for group in ("list", "search", "dashboard")
        },
        "growth_1k_to_1m": round(figures.growth(), 3),
    }
