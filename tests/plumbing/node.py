"""Programs of tests/node, run by Node as a vendor's own program would."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from tools.node import FOLDER, require_node

PATIENCE = 60


def run_node(script: str, **given: object) -> Any:
    """What a script of tests/node says: it is given one line of JSON, and prints one."""
    done = subprocess.run(
        [str(require_node()), script],
        cwd=FOLDER,
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
