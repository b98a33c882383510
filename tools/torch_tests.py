"""Runs PyTorch's own tests of recurrent layers with the classes of gated.nn in place of torch.nn's.

    python tools/torch_tests.py PATH

PATH is the folder `test` of PyTorch's source, which the wheel of torch does not contain: version
2.6.0 is Debian's source package "pytorch" (`apt-get source pytorch`). Nothing of it is part of this
repository.

Each file runs twice, with torch.nn's classes and with ours, because some tests fail with another
version of torch than their own. The tests that fail with ours alone are printed, each with its
reason from `EXPECTED`. The exit status is 1 if one of them has no reason there.
"""

import argparse
import inspect
import os
import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

FILES = (
    "test_nn.py",
    "test_modules.py",
    "test_expanded_weights.py",
    "test_autocast.py",
    "test_mkldnn.py",
    "test_jit.py",
    "nn/test_pruning.py",
    "nn/test_load_state_dict.py",
    "quantization/core/test_quantized_module.py",
    "quantization/core/test_quantized_op.py",
    "quantization/eager/test_quantize_eager_ptq.py",
    "quantization/fx/test_quantize_fx.py",
)
KINDS = ("RNN", "LSTM", "GRU", "RNNCell", "LSTMCell", "GRUCell")
SWITCH = "GATED_IN_PLACE_OF_TORCH"

# Names that the tests of torch 2.6.0 import and torch 2.11 and later have no more. No test of a
# recurrent layer needs them.
REMOVED: dict[str, dict[str, Any]] = {
    "torch.testing._internal.common_nn": {"new_module_tests": []},
    "torch.testing._internal.common_cuda": {"tf32_is_not_fp32": lambda: False},
    "torch.testing._internal.common_mkldnn": {"bf32_on_and_off": lambda *_: lambda test: test},
    "torch.testing._internal.jit_metaprogramming_utils": {
        "additional_module_tests": [],
        "nn_functional_tests": [],
    },
    "torch.jit.frontend": {"_IS_ASTUNPARSE_INSTALLED": False},
}

# A part of the name of a test, and why it cannot pass with other classes than torch.nn's.
_SCRIPT_MODULE = (
    "A class derived from torch.jit.ScriptModule compiles its layers without asking them for the "
    "module to compile (__prepare_scriptable__), as torch.jit.script(model) does. Give it layers "
    "of torch.nn: gated.nn.to_torch."
)
EXPECTED = {
    "TestScript.test_nn_GRU": _SCRIPT_MODULE,
    "TestScript.test_nn_LSTM": _SCRIPT_MODULE,  # and test_nn_LSTM_with_layers
    "TestModels.test_time_sequence_prediction": _SCRIPT_MODULE,
}

Outcomes = dict[str, str]  # by test: "" where it passed, else the first line of its error


def main() -> int:
    """Run the tests and print those that fail with gated alone."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", type=Path, help="the folder `test` of PyTorch's source")
    parser.add_argument("--files", nargs="+", default=FILES, help="its files to run")
    options = parser.parse_args()
    path = options.path.resolve()
    both = neither = 0
    alone: Outcomes = {}
    for file in options.files:
        start = time.monotonic()
        theirs, ours = (outcomes(path, file, in_place=each) for each in (False, True))
        failed = failed_alone(theirs, ours)
        passed = sum(not error for error in theirs.values()) - len(failed)
        both, neither = both + passed, neither + len(theirs) - len(failed) - passed
        alone |= failed
        took = f"{time.monotonic() - start:.0f} s"
        print(f"{file}: {passed} pass with both, {len(failed)} fail with gated.nn alone, {took}")
    print(f"{both} tests pass with both, {neither} fail with torch.nn, too")
    print(f"{len(alone)} fail with gated.nn alone")
    unexplained = [test for test, error in alone.items() if not explained(test, error)]
    return 1 if unexplained else 0


def failed_alone(theirs: Outcomes, ours: Outcomes) -> Outcomes:
    """Return the tests that pass with torch.nn and not with gated.nn."""
    absent = "It was skipped, or its file could not be read."
    found = {test: ours.get(test, absent) for test, error in theirs.items() if not error}
    return {test: error for test, error in found.items() if error}


def explained(test: str, error: str) -> bool:
    """Print a failed test; return whether it has a reason."""
    reasons = [reason for part, reason in EXPECTED.items() if part in test]
    print(f"- {test}\n  {error}", *(f"  Reason: {reason}" for reason in reasons), sep="\n")
    return bool(reasons)


def outcomes(path: Path, file: str, *, in_place: bool) -> Outcomes:
    """Run the tests of recurrent layers of one file; the result has no skipped ones."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        here = Path(__file__).resolve().parent
        paths = (here, here.parent / "src", path, os.environ.get("PYTHONPATH", ""))
        search = os.pathsep.join(map(str, paths))
        environment = {**os.environ, "PYTHONPATH": search, SWITCH: "1" if in_place else "0"}
        command = [
            *(sys.executable, "-m", "pytest", "-q", "-p", "torch_tests", "-p", "no:cacheprovider"),
            *("-c", os.devnull, "--rootdir", str(path), "--noconftest", f"--junitxml={report}"),
            str(path / file),
        ]
        done = subprocess.run(
            command, cwd=path / Path(file).parent, env=environment, capture_output=True, text=True
        )
        if not report.exists():
            print(done.stdout[-2000:], done.stderr[-2000:], file=sys.stderr)
            return {}
        cases = ET.parse(report).getroot().iter("testcase")
        return dict(outcome(case) for case in cases if case.find("skipped") is None)


def outcome(case: ET.Element) -> tuple[str, str]:
    """Return the name of a test and its error."""
    name = f"{case.get('classname')}.{case.get('name')}"
    found = [part for part in (case.find("failure"), case.find("error")) if part is not None]
    return name, (found[0].get("message") or "failed").strip().splitlines()[0] if found else ""


# --- in the process of the tests: this module is a plugin of pytest ------------------------------


def pytest_configure() -> None:
    """Prepare torch before the tests are imported."""
    for module, names in REMOVED.items():
        for name, value in names.items():
            found = import_module(module)
            if not hasattr(found, name):
                setattr(found, name, value)
    if os.environ[SWITCH] == "1":
        put_in_place()


def put_in_place() -> None:
    """Put the classes of gated.nn where the tests look for those of torch.nn."""
    import torch
    from torch.ao.nn.quantized.dynamic.modules import rnn

    import gated.nn

    vars(rnn)["torch"] = with_own_classes()  # it checks the class of what gated.nn gives it
    for kind in KINDS:
        for module in (torch.nn, torch.nn.modules, torch.nn.modules.rnn):
            setattr(module, kind, getattr(gated.nn, kind))


def with_own_classes() -> ModuleType:
    """Return a copy of the name `torch` that keeps torch's classes."""
    copies = {name: ModuleType(name) for name in ("torch", "torch.nn")}
    for name, copy in copies.items():
        vars(copy).update(vars(sys.modules[name]))
    vars(copies["torch"])["nn"] = copies["torch.nn"]
    return copies["torch"]


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """Keep the tests whose name or source has a recurrent layer or cell."""
    items[:] = [item for item in items if is_recurrent(item)]


def is_recurrent(item: Any) -> bool:
    if re.search("rnn|lstm|gru", item.name.lower()):
        return True
    try:
        source = inspect.getsource(inspect.unwrap(item.function))
    except (OSError, TypeError):  # made at run time
        return False
    return re.search(r"\b(RNN|LSTM|GRU)(Cell)?\b", source) is not None


if __name__ == "__main__":
    sys.exit(main())
