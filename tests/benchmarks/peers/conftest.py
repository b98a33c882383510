"""Jobs whose worker this interpreter runs."""

import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.peers.libraries import FOLDER
from benchmarks.peers.worker_process import Job


@pytest.fixture
def make_job(tmp_path):
    """Make a job from the source of a worker."""

    def make(source, **changes):
        worker = tmp_path / "example_worker.py"
        path = f"import sys; sys.path.insert(0, {str(FOLDER / 'workers')!r})\n"
        worker.write_text(path + textwrap.dedent(source))
        job = Job(worker, Path(sys.executable), "last", {}, True, 0, 1, limit=60.0)
        return replace(job, **changes)

    return make
