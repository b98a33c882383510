"""The option of the build that selects instruction sets: GATED_INSTRUCTION_SETS."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gated.ops.cpu import extension

ROOT = Path(__file__).parents[3]
TOOLS = str(Path(sys.executable).parent)
CMAKE = shutil.which("cmake", path=TOOLS) or shutil.which("cmake")

pytestmark = pytest.mark.skipif(
    CMAKE is None or not extension.available(), reason="there is no CMake, or no compiler"
)


def configure(folder: Path, sets: str) -> subprocess.CompletedProcess[str]:
    """Configure the kernels without compiling them."""
    return subprocess.run(
        [str(CMAKE), "-S", str(ROOT), "-B", str(folder), f"-DGATED_INSTRUCTION_SETS={sets}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_native_is_the_best_of_this_machine(tmp_path):
    done = configure(tmp_path, "native")
    assert done.returncode == 0, done.stderr
    (listed,) = re.findall(r"Instruction sets: (.*)", done.stdout)
    assert listed == extension.instruction_sets()[0]
    done = configure(tmp_path, "all")  # an earlier choice has no effect
    assert "Instruction sets: baseline;" in done.stdout


def test_an_unknown_name_is_an_error_that_lists_the_known_ones(tmp_path):
    done = configure(tmp_path, "baseline;avx1024")
    assert done.returncode != 0
    words = " ".join(done.stderr.split())
    assert 'GATED_INSTRUCTION_SETS has "avx1024". Expected all, native, or some of' in words
    assert "baseline" in words.partition("has:")[2]
