"""Workers import nothing of this project, except gated's own worker."""

import subprocess
import sys

from benchmarks.peers.libraries import FOLDER

WORKERS = FOLDER / "workers"


def test_only_gateds_worker_imports_gated():
    for path in WORKERS.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "import benchmarks" not in text
        assert "from benchmarks" not in text
        assert "import gated" not in text or path.name == "gated_worker.py"


def test_the_common_part_imports_numpy_and_pandas_only():
    """A library's environment is sure to contain only these."""
    code = "import sys, worker; print(sorted({'gated', 'benchmarks', 'torch'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=WORKERS,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
