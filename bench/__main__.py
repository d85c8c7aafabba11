"""`./capphep bench` lists the measurements, `./capphep bench NAME [options]` runs one."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.machine import Missing

FOLDER = Path(__file__).parent


def main(arguments: Sequence[str]) -> int:
    name, *options = arguments or [""]
    if name not in names():
        print(listing())
        return 0 if name in ("", "--help", "-h") else 2
    try:
        code: int = importlib.import_module(f"bench.{name}").main(options)
    except Missing as missing:
        print(f"capphep bench: {missing}", file=sys.stderr)
        return 1
    return code


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_"))


def listing() -> str:
    lines = ["capphep bench NAME [options]; `capphep bench NAME --help` shows them", ""]
    for name in names():
        meaning = importlib.import_module(f"bench.{name}").__doc__ or ""
        lines.append(f"  {name:<10} {meaning.splitlines()[0]}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
