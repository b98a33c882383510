"""Trains `Answerer` on each task of bAbI, or on all together, and scores it once."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, median
from typing import Any, Literal, TypeAlias

from benchmarks.answers.babi import Task, read_tasks
from benchmarks.answers.faithfulness import Faithfulness, faithfulness
from benchmarks.answers.published import JOINT, METHODS, PUBLISHED, SINGLE
from benchmarks.common.folders import Folder
from benchmarks.common.measure import in_fresh_process, machine, show_progress
from benchmarks.common.report import Column, Report, Row, Sheet
from gated import Answerer
from gated.media.stories import StoryQuestion
from gated.tasks.shipped import shipped_answerer

__all__ = ["measure", "run"]

Networks: TypeAlias = Literal["task", "joint", "package"]
"""What answers: a network for each task, one for all, or that of the package."""

_NETWORKS = {
    "task": "one a task, best of at most 3 starts by held-out loss",
    "joint": "one for all tasks, one start",
    "package": "that of the package, one for all its tasks",
}
_JOINT: dict[str, Any] = {
    "hidden_size": 128,
    "batch_size": 128,
    "max_steps": 16_000,
    "starts": 1,
    "word_memories": True,
}
_FAILED = 5.0  # percent of errors above which a task counts as failed
_VALIDATION = 10  # the last of so many parts of a training part, with --validation
_TIMED = 50


@dataclass(frozen=True)
class Measured:
    """What one network gave.

    Attributes:
        errors: of each task in percent.
        faithful: of each task.
        seconds: of the training.
        starts: of the training.
        weights: of the network.
        milliseconds: median of an answer about a story of 10 sentences, its vectors known.
    """

    errors: list[float]
    faithful: list[Faithfulness]
    seconds: float
    starts: int
    weights: int
    milliseconds: float


def run(
    folder: Folder,
    numbers: tuple[int, ...],
    seed: int,
    threads: int,
    *,
    networks: Networks,
    validation: bool,
) -> Report:
    """Measure some tasks.

    Args:
        folder: of the data sets.
        numbers: of the tasks.
        seed: of the first start.
        threads: of the training.
        networks: one for each task, one for all, or that of the package, which is not trained.
        validation: score on the last tenth of the training parts; the test parts are not used.
    """
    described = machine(threads)
    tasks = read_tasks(folder, numbers)
    if validation:
        for task in tasks:
            cut = len(task.train) - len(task.train) // _VALIDATION
            task.train, task.test = task.train[:cut], task.train[cut:]
    groups = [[task] for task in tasks] if networks == "task" else [tasks]
    params = {"task": {}, "joint": _JOINT, "package": None}[networks]
    rows: list[Row] = []
    milliseconds = []
    for group in groups:
        show_progress(f"task {', '.join(str(task.number) for task in group)}")
        parts = [(task.train, task.test) for task in group]
        found = in_fresh_process(threads, measure, parts, params, seed)
        milliseconds.append(found.milliseconds)
        rows += _rows(group, found)
    rows.append(_mean(rows))
    facts: dict[str, str | int | bool] = {
        "data": "bAbI en-10k",
        "networks": _NETWORKS[networks],
        "settings": ", ".join(f"{key} {value}" for key, value in (params or {}).items())
        or "defaults",
        "seed": seed,
        "validation": validation,
        "tasks above 5 %": sum(float(str(row["errors"])) > _FAILED for row in rows[:-1]),
        "answer of 10 sentences, ms": f"{median(milliseconds):.2f}",
    }
    sheet = Sheet(
        "tasks", "errors in percent on the test part (1,000 questions a task)", _COLUMNS, rows
    )
    note = SINGLE if networks == "task" else JOINT
    return Report("answers", facts, described, [sheet], (note,))


_COLUMNS = (
    Column("task", "task"),
    Column("errors", "errors %", 2),
    *(Column(key, title, 2) for key, title in METHODS.items()),
    Column("named", "changes without the named %", 1),
    Column("others", "without as many others %", 1),
    Column("seconds", "seconds", 0),
    Column("starts", "starts", 0),
    Column("weights", "weights", 0),
)


def measure(
    parts: Sequence[tuple[list[StoryQuestion], list[StoryQuestion]]],
    params: dict[str, Any] | None,
    seed: int,
) -> Measured:
    """Train one network on the training parts together, and score it on each test part.

    Args:
        parts: the training part and the test part of each task.
        params: of `Answerer` that are not its defaults; None for the network of the package, which
            is trained already.
        seed: of the first start.
    """
    seconds = math.nan
    if params is None:
        model = shipped_answerer()
    else:
        model = Answerer(**params, seed=seed)
        begin = time.perf_counter()
        model.fit([question for train, _ in parts for question in train])
        seconds = time.perf_counter() - begin
    return Measured(
        [100 * (1 - model.score(test)) for _, test in parts],
        [faithfulness(model, test) for _, test in parts],
        seconds,
        model.learned_["starts"],
        model.weights_,
        _milliseconds(model, parts[0][1]),
    )


def _milliseconds(model: Answerer, questions: Sequence[StoryQuestion]) -> float:
    """The median time of an answer about 10 sentences."""
    sentences = [text for question in questions for text in question.story][:10]
    stream, times = model.stream(), []
    for sentence in sentences:
        stream.push(sentence)
    for question in questions[:_TIMED]:
        begin = time.perf_counter()
        stream.ask(question.question)
        times.append(time.perf_counter() - begin)
    return 1_000 * median(times)


def _rows(group: Sequence[Task], found: Measured) -> list[Row]:
    rows: list[Row] = []
    for task, errors, faithful in zip(group, found.errors, found.faithful, strict=True):
        tried = faithful.answers
        rows.append(
            {
                "task": f"{task.number} {task.name}",
                "errors": errors,
                **PUBLISHED[task.number]._asdict(),
                "named": 100 * faithful.without_named / tried if tried else None,
                "others": 100 * faithful.without_others / tried if tried else None,
                "seconds": found.seconds,
                "starts": found.starts,
                "weights": found.weights,
            }
        )
    return rows


def _mean(rows: Sequence[Row]) -> Row:
    found: Row = {"task": "mean"}
    for key in ("errors", *METHODS, "named", "others", "seconds"):
        given = [float(str(row[key])) for row in rows if row[key] is not None]
        values = [value for value in given if not math.isnan(value)]
        found[key] = mean(values) if values else None
    return found
