#!/bin/sh
# Resolves requirements/*.in into hashed locks that hold no download address and no path.
# Needs uv (`pip install uv`). Arguments go to uv: `tools/lock.sh --upgrade` takes newer releases.
set -eu
cd "$(dirname "$0")/../requirements"
for name in installer node runtime dev; do
    uv pip compile "$name.in" --output-file "$name.txt" --quiet \
        --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-annotate --no-header "$@"
done
