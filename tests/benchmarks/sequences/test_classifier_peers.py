"""Labels by other libraries: padding, a worker, its failure, and the report."""

import sys

import numpy as np
import pytest

from benchmarks.peers.libraries import FOLDER
from benchmarks.sequences.data import Case, Fold
from benchmarks.sequences.peers import classifiers
from benchmarks.sequences.peers.classifiers import LIBRARIES, METHODS, Method
from benchmarks.sequences.peers.workers import labels_worker
from gated.errors import GatedError

_WORKER = """
import json, sys
from pathlib import Path
import numpy as np

folder = Path(sys.argv[1])
job = json.loads((folder / "job.json").read_text())
with np.load(folder / "sequences.npz") as arrays:
    assert arrays["train"].shape == (2, 1, 3) and sorted(arrays["labels"]) == ["a", "b"]
    for one, label in zip(arrays["train"], arrays["labels"]):
        assert one.sum() == {"a": 1, "b": 3}[label]
    found = ["a" if one.sum() < 2 else "b" for one in arrays["test"]]
if job["seed"] == 9:
    raise ValueError("no seed")
result = {"predicted": found, "fit_seconds": 1.5, "predict_seconds": 0.5}
(folder / "result.json").write_text(json.dumps(result))
"""


@pytest.fixture
def fold() -> Fold:
    train = [np.ones((1, 1), np.float32), np.ones((3, 1), np.float32)]
    test = [np.ones((length, 1), np.float32) for length in (1, 2, 3, 1)]
    labels = np.array(["a", "b"])
    return Fold("given", train, labels, test, np.array(["a", "b", "b", "b"]))


@pytest.fixture
def worker(tmp_path, monkeypatch):
    path = tmp_path / "worker.py"
    path.write_text(_WORKER, encoding="utf-8")
    monkeypatch.setattr(classifiers, "_WORKER", path)


def test_sequences_are_padded_at_their_ends() -> None:
    found = classifiers.padded([np.array([[1, 2], [3, 4]], np.float32), np.ones((3, 2))], 3)
    assert found[0].tolist() == [[1, 3, 0], [2, 4, 0]]
    assert found[1].tolist() == [[1, 1, 1], [1, 1, 1]]


def test_a_worker_is_scored(fold, worker) -> None:
    method = Method("aeon", "any", "any")
    found = classifiers._measured(method, fold, 0, 1, sys.executable, 60)
    assert found == (75.0, 1.5)
    with pytest.raises(GatedError, match=r"any: failed: ValueError: no seed.*make peers"):
        classifiers._measured(method, fold, 9, 1, sys.executable, 60)


def test_every_method_has_a_worker_and_every_library_its_requirements() -> None:
    assert {method.name for method in METHODS} == set(labels_worker.METHODS)
    assert {method.library for method in METHODS} == set(LIBRARIES)
    makefile = (FOLDER.parents[1] / "Makefile").read_text(encoding="utf-8")
    [names] = [line for line in makefile.splitlines() if line.startswith("SEQUENCE_PEER_NAMES")]
    assert names.split()[2:] == list(LIBRARIES)
    for name in LIBRARIES:
        assert (FOLDER / "requirements" / f"{name}.txt").is_file()


def test_the_worker_counts_no_compilation(tmp_path, monkeypatch) -> None:
    fits = []

    class Counting:
        def fit(self, train, labels):
            fits.append(train.shape)
            return self

        def predict(self, test):
            return ["a"] * len(test)

    monkeypatch.setitem(labels_worker.METHODS, "counting", lambda job: Counting())
    arrays = np.zeros((4, 1, 2), np.float32)
    np.savez(tmp_path / "sequences.npz", train=arrays, labels=list("abab"), test=arrays[:3])
    for compiles, count in ((False, 1), (True, 3)):
        job = f'{{"method": "counting", "compiles": {str(compiles).lower()}}}'
        (tmp_path / "job.json").write_text(job)
        labels_worker.main(tmp_path)
        assert len(fits) == count
    assert '"predicted": ["a", "a", "a"]' in (tmp_path / "result.json").read_text()


def test_the_report_has_ours_and_every_method(fold, monkeypatch, call) -> None:
    class Installed:
        python = None

        def version(self):
            return "1"

    case = Case("tiny", "none", lambda folder: [fold])
    monkeypatch.setitem(classifiers.CASES, "basic_motions", case)
    monkeypatch.setattr(
        classifiers, "require_environments", lambda *_: dict.fromkeys(LIBRARIES, Installed())
    )
    monkeypatch.setattr(classifiers, "in_fresh_process", lambda *_: (100.0, 2.0, 10))
    monkeypatch.setattr(classifiers, "_measured", lambda method, fold, seed, *_: (80.0 + seed, 1.0))
    arguments = ("--data", "basic_motions", "--seeds", "0,1", "--json")
    code, output, _ = call("sequence_peers", *arguments)
    assert code == 0
    for method in METHODS:
        assert method.title in output
    assert '"accuracy": 80.5' in output
    assert "1 to 3 steps" in output


def test_a_missing_environment_is_a_usage_error(call, tmp_path) -> None:
    arguments = ("--data", "basic_motions", "--environments", str(tmp_path))
    code, _, errors = call("sequence_peers", *arguments)
    assert code == 2
    assert "no environment of aeon, sktime. Run `make peers`" in errors
