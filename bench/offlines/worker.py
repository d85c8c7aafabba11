"""One process that verifies and asks, in turns with the least that could be done; prints JSON.

The clock of the verifier stands still at the moment of the file's issue; reading the time
is in what is measured all the same.
"""

from __future__ import annotations

import base64
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any, Final

from capphep_licence import KeySet, Verifier

VECTORS: Final = Path(__file__).parents[2] / "packages/capphep_licence/tests/vectors.json"
FEATURE: Final = "igov.office.users"


def main(seconds: float, rounds: int) -> dict[str, float]:
    vectors = json.loads(VECTORS.read_text("utf-8"))
    found = [
        {name: rate(run, seconds) for name, run in subjects(vectors).items()} for _ in range(rounds)
    ]
    rates = {f"{name}_per_s": round(median(one[name] for one in found)) for name in found[0]}
    return rates | {
        "verified_to_bare": ratio(found, "verified", "bare_signature"),
        "asked_to_bare": ratio(found, "asked", "bare_lookup"),
    }


def subjects(vectors: dict[str, Any]) -> dict[str, Callable[[], object]]:
    """What is measured, by name: a licence verified anew, an open one asked, and their limits."""
    file, issued = vectors["files"][0]["file"], vectors["files"][0]["claims"]["iat"]
    behind = issued - time.time()
    verifier = Verifier(
        KeySet(vectors["jwks"]),
        product="igov",
        customer="1034567",
        clock=lambda: time.time() + behind,
    )
    licence = verifier.verify(file)
    assert licence.limit(FEATURE) == 150
    begun, _, signature = file.rpartition(".")
    key = KeySet(vectors["jwks"]).get(vectors["jwks"]["keys"][0]["kid"])
    answers = {FEATURE: 150}
    return {
        "verified": lambda: verifier.verify(file),
        "bare_signature": lambda: key.verify(
            base64.urlsafe_b64decode(signature + "=="), begun.encode()
        ),
        "asked": lambda: licence.limit(FEATURE),
        "bare_lookup": lambda: time.time() and answers[FEATURE],
    }


def rate(run: Callable[[], object], seconds: float) -> float:
    """Calls a second, by blocks that are long enough for the clock not to matter."""
    block, calls, start = 100, 0, time.perf_counter()
    while (passed := time.perf_counter() - start) < seconds:
        for _ in range(block):
            run()
        calls += block
    return calls / passed


def ratio(found: list[dict[str, float]], name: str, limit: str) -> float:
    return round(median(one[name] / one[limit] for one in found), 3)


if __name__ == "__main__":
    print(json.dumps(main(float(sys.argv[1]), int(sys.argv[2]))))
