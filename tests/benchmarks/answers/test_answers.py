"""The benchmark of answers: its tasks, its faithfulness, and what it refuses."""

import io
import json
import tarfile

import numpy as np
import pytest

from benchmarks.answers.faithfulness import faithfulness
from benchmarks.answers.published import PUBLISHED
from gated import Answerer
from tests.tasks.answerer.stories import walks


def _babi(count: int, seed: int) -> bytes:
    lines = []
    for each in walks(count, seed):
        numbered = [f"{number} {text}" for number, text in enumerate(each.story, 1)]
        lines += [*numbered, f"{len(numbered) + 1} {each.question}\t{each.answer}\t1"]
    return "\n".join(lines).encode()


@pytest.fixture
def data(tmp_path):
    (tmp_path / "dialogue").mkdir()
    with tarfile.open(tmp_path / "dialogue" / "babi_qa_en_10k.tar.gz", "w:gz") as archive:
        for seed, part in enumerate(("train", "test")):
            content = _babi(40, seed)
            info = tarfile.TarInfo(f"qa1_single-fact_{part}.txt")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return tmp_path


@pytest.mark.parametrize(
    "options", [(), ("--validation",), ("--networks", "joint"), ("--networks", "package")]
)
def test_a_task_is_learned_and_scored(call, data, options, monkeypatch):
    monkeypatch.setattr("benchmarks.answers.run.Answerer", _quick)
    monkeypatch.setattr(
        "benchmarks.answers.run.in_fresh_process", lambda _, call, *args: call(*args)
    )
    code, output, errors = call(
        "answers", "--tasks", "1", "--data-dir", str(data), "--json", *options
    )
    assert code == 0, errors
    report = json.loads(output)
    task, mean = report["tasks"]
    assert task["task"] == "1 single fact"
    assert 0 <= task["errors"] <= 100
    assert mean["errors"] == task["errors"]
    assert report["validation"] is ("--validation" in options)


def _quick(**params: int) -> Answerer:
    return Answerer(**{**params, "hidden_size": 8, "num_layers": 2, "max_steps": 3})


def test_answers_depend_on_the_sentences_that_are_named():
    model = Answerer(
        hidden_size=16, num_layers=2, batch_size=16, max_steps=500, learning_rate=1e-2
    ).fit(walks(600))
    found = faithfulness(model, walks(150, seed=1))
    assert found.answers > 50
    assert found.without_named > 0.5 * found.answers
    assert found.without_others < 0.2 * found.answers


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--tasks", "3"), "--tasks has 3. Expected some of 1, 2, 4"),
        (("--tasks", "2"), "lacks a part of task 2"),
        (("--tasks", "4", "--networks", "package"), "--tasks has 4. Expected some of 1, 2, 5"),
        (("--networks", "one"), "--networks one is unknown. Expected task, joint or package"),
    ],
)
def test_refused(call, data, options, message):
    code, _, errors = call("answers", "--data-dir", str(data), *options)
    assert code == 2
    assert message in errors


def test_the_published_means_of_19_tasks():
    means = np.mean(list(PUBLISHED.values()), axis=0)
    np.testing.assert_allclose(means, [33.95, 4.35, 2.89, 0.35], atol=0.3)
