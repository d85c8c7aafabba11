"""Front-end assets, vendored: pinned packages, their chosen files and the checksums of both.

    python tools/vendor.py            fetch what vendor.json names and write static/vendor (npm)
    python tools/vendor.py --check    compare static/vendor with vendor.json (offline)

`vendor.json` names each package with its version and the sha512 of its tarball, the files
taken from it, and the icons that make up the sprite. A new version: change the version,
put the integrity that `npm view NAME@VERSION dist.integrity` prints, run this script.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = Path(__file__).with_name("vendor.json")
TARGET = ROOT / "src/capphep/platform/static/vendor"

# A map would be fetched by the browser's tools only, yet collectstatic insists on finding it.
_SOURCE_MAP = re.compile(rb"\n?(?://|/\*)[#@] sourceMappingURL=[^\n]*")
_COMMENT_OR_EDGE = re.compile(r"<!--.*?-->|<svg[^>]*>|</svg>|\s*\n\s*", re.DOTALL)
_EMPTY_PATH = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>')

Manifest = dict[str, Any]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--check", action="store_true", help="verify offline, write nothing")
    manifest: Manifest = json.loads(MANIFEST.read_text())
    if parser.parse_args().check:
        return _report(_problems(manifest))
    _update(manifest)
    MANIFEST.write_text(json.dumps(manifest, indent=2) + "\n")
    return _report(_problems(manifest))


def _report(problems: list[str]) -> int:
    for problem in problems:
        print(problem, file=sys.stderr)
    print("static/vendor " + ("differs from vendor.json" if problems else "is as pinned"))
    return 1 if problems else 0


def _problems(manifest: Manifest) -> list[str]:
    """What is missing, changed or unknown in static/vendor."""
    known = _checksums(manifest)
    present = {str(p.relative_to(TARGET)): p for p in TARGET.rglob("*") if p.is_file()}
    missing = [f"missing: {name}" for name in sorted(known.keys() - present.keys())]
    unknown = [f"not in vendor.json: {name}" for name in sorted(present.keys() - known.keys())]
    changed = [
        f"changed: {name}"
        for name in sorted(known.keys() & present.keys())
        if _sha256(present[name].read_bytes()) != known[name]
    ]
    return missing + unknown + changed


def _checksums(manifest: Manifest) -> dict[str, str]:
    sums = {f["to"]: f["sha256"] for package in manifest["packages"] for f in package["files"]}
    sums[manifest["sprite"]["to"]] = manifest["sprite"]["sha256"]
    return sums


def _update(manifest: Manifest) -> None:
    for package in manifest["packages"]:
        with tempfile.TemporaryDirectory() as folder:
            content = _unpacked(package, Path(folder))
            for file in package["files"]:
                # A file without "from" is ours: a licence text that the tarball leaves out.
                source = content / file["from"] if "from" in file else TARGET / file["to"]
                file["sha256"] = _write(file["to"], source.read_bytes())
            if package["name"] == manifest["sprite"]["package"]:
                sprite = _sprite(content / "icons", manifest["sprite"]["icons"])
                manifest["sprite"]["sha256"] = _write(manifest["sprite"]["to"], sprite)


def _unpacked(package: Manifest, folder: Path) -> Path:
    """Fetch the tarball through npm, compare its sha512 with the pinned one, unpack it."""
    name = f"{package['name']}@{package['version']}"
    subprocess.run(["npm", "pack", "--silent", name], cwd=folder, check=True, capture_output=True)
    (tarball,) = folder.glob("*.tgz")
    digest = base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
    if package["integrity"] != f"sha512-{digest}":
        raise SystemExit(f"{name}: the tarball's sha512 is not the pinned one")
    with tarfile.open(tarball) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


def _write(name: str, content: bytes) -> str:
    if name.endswith((".js", ".css")):
        content = _SOURCE_MAP.sub(b"", content).rstrip() + b"\n"
    path = TARGET / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return _sha256(content)


def _sprite(folder: Path, icons: list[str]) -> bytes:
    """One SVG with a <symbol> for each icon."""
    symbols = "\n".join(_symbol(folder, icon) for icon in sorted(icons))
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'.encode()


def _symbol(folder: Path, icon: str) -> str:
    source = (folder / f"outline/{icon}.svg").read_text()
    shapes = _EMPTY_PATH.sub("", _COMMENT_OR_EDGE.sub("", source))
    return (
        f'<symbol id="{icon}" viewBox="0 0 24 24" fill="none" stroke="currentColor"'
        f' stroke-linecap="round" stroke-linejoin="round">{shapes}</symbol>'
    )


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    raise SystemExit(main())
