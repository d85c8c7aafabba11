"""Licence checks a second without a network, by the package that products build in.

    ./capphep bench offline            # some seconds
    ./capphep bench offline --quick    # only whether it works

Verifying a file each time, beside its bare signature; asking one that is open, beside reading the
time and one lookup. bench/README.md says how to read it. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
from collections.abc import Sequence
from typing import Final

from bench.common import ground

PACKAGE: Final = ground.ROOT / "packages" / "capphep_licence" / "src"
USUAL: Final = (0.5, 5)
QUICK: Final = (0.01, 1)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="capphep bench offline",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="as little as possible")
    parser.add_argument("--python", help="the Python to measure; else the fastest here")
    options = parser.parse_args(arguments)
    python = options.python or ground.fastest_python()
    print(ground.described(python), flush=True)
    with ground.state_dir() as folder:
        found = measure(ground.with_packages(python, folder / "python"), quick=options.quick)
    for name, limit in (("verified", "bare_signature"), ("asked", "bare_lookup")):
        rates = f"{found[f'{name}_per_s']:>12,}/s   {limit} {found[f'{limit}_per_s']:>12,}/s"
        print(f"{name:<10}{rates}   {found[f'{name}_to_bare']:.2f}")
    print(json.dumps({"bench": "offline", **found}))
    return 0


def measure(python: str, *, quick: bool = False) -> dict[str, float]:
    """By one process of this Python, as `ground.with_packages` gives it.

    ``verified_per_s``: a file read and verified each time; ``asked_per_s``: an open licence
    asked for a limit; each with its ``…_to_bare``, the part of what nothing but the
    signature, or nothing but a lookup, would reach.
    """
    seconds, rounds = QUICK if quick else USUAL
    done = subprocess.run(
        [python, "-m", "bench.offlines.worker", str(seconds), str(rounds)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(PACKAGE), str(ground.ROOT)])},
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found
