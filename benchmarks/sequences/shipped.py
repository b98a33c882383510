"""Trains the models that come with the package, scores them once, and writes their cards."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean
from typing import Any

from benchmarks.answers.babi import SHIPPED_TASKS, read_tasks
from benchmarks.common.folders import Folder
from benchmarks.common.measure import show_progress, timed
from benchmarks.sequences import motion
from benchmarks.sequences.data import CASES
from benchmarks.sequences.pieces import PIECES
from gated import Answerer, Generator, SequenceClassifier
from gated.files import write_whole
from gated.train import Progress
from gated.train.checkpoint import resumable

__all__ = ["MODELS", "run"]


@dataclass(frozen=True)
class Model:
    """A model of the package.

    Attributes:
        data: a key of `CASES` or `PIECES`.
        title: of the card.
        params: hyperparameters, where they are not the defaults.
        source: of the data, with their licence: lines of the card.
        use: what the model can do and what it cannot.
    """

    data: str
    title: str
    source: str
    use: str
    params: Mapping[str, Any] = field(default_factory=dict)


MODELS = {
    "digits": Model(
        "fsdd",
        "Spoken digits",
        "Free Spoken Digit Dataset, Z. Jackson and others, "
        "https://github.com/Jakobovski/free-spoken-digit-dataset, CC BY-SA 4.0; takes 5 to 49. "
        "These weights, which are adapted from it, are under CC BY-SA 4.0 too",
        "It labels a recording of one English digit. It learned six voices; other voices are "
        "labelled correctly less often (docs/results/sequences.md), and any other sound gets the "
        "label of a digit too.",
    ),
    "text": Model(
        "tinyshakespeare",
        "Text in the manner of Shakespeare",
        "tinyshakespeare: 1.1 million characters of Shakespeare's plays, public domain",
        "It continues a text, character after character. It has learned spelling, names and the "
        "form of a play; what it writes has no plot.",
        {"max_steps": 2_500},
    ),
    "bach": Model(
        "jsb_16ths",
        "Chorales in four voices",
        "Chorales of J. S. Bach, public domain, in the cut of JSB-Chorales-dataset",
        "It composes in four voices, sixteenth after sixteenth. Phrases and harmony last for some "
        "bars; it has no longer form.",
        {"batch_size": 16, "max_steps": 1_600},
    ),
    "drawing": Model(
        "omniglot",
        "Letters of invented alphabets",
        "omniglot, B. Lake and others, https://github.com/brendenlake/omniglot, MIT licence",
        "It draws single characters with pen strokes, like those of 50 alphabets.",
        {"hidden_size": 192, "max_steps": 1_500},
    ),
    "handwriting": Model(
        "mnist_binarised",
        "Handwritten digits",
        "MNIST, Y. LeCun, C. Cortes and C. Burges, CC BY-SA 3.0; our draw of black and white. "
        "These weights, which are adapted from it, are under CC BY-SA 3.0 too",
        "It writes digits of 28 × 28 pixels and completes the lower part of one.",
        {"max_steps": 1_500},
    ),
    "dance": Model(
        motion.NAME,
        "Salsa dances",
        "CMU Graphics Lab Motion Capture Database, http://mocap.cs.cmu.edu, subjects 60 and 61 "
        "(salsa), at 30 frames a second; free for use in research and in products, no resale of "
        "the data. The database was created with funding from NSF EIA-0196217",
        "It dances on from a pose or from a recorded motion of the same skeleton. It knows no "
        "music and no partner.",
    ),
    "answers": Model(
        "bAbI",
        "Answers about short stories",
        "The bAbI tasks 1, 2, 5 to 9 and 11 to 13, 10,000 questions each, J. Weston and others, "
        "Facebook AI Research, arXiv 1502.05698, CC BY 3.0",
        "It answers questions about people who go to places, and take and give things: where, "
        "what, who, how many, yes or no. It knows the words of these stories; others are named.",
        {"hidden_size": 128, "max_steps": 14_000, "starts": 1},
    ),
}


def run(name: str, folder: Folder, out: Path, trained: Path | None) -> None:
    """Train a model, or take a trained one; score the test part; write the model and its card.

    Args:
        name: a key of `MODELS`.
        folder: of the data sets.
        out: folder of the package's weights.
        trained: a model file that was trained so before; None to train.
    """
    model = MODELS[name]
    path = out / f"{name}.gated"
    if name == "digits":
        facts = _classifier(model, folder, path, trained)
    elif name == "answers":
        facts = _answerer(model, folder, path, trained)
    elif name == "dance":
        facts = _dance(model, folder, path, trained)
    else:
        facts = _generator(name, model, folder, path, trained)
    write_whole(out / f"{name}.md", _card(model, facts).encode())


def _classifier(model: Model, folder: Folder, path: Path, trained: Path | None) -> dict[str, str]:
    (fold,) = CASES[model.data].folds(folder)
    labels = fold.train_labels.astype(str)
    if trained is None:
        classifier = SequenceClassifier(rate=fold.rate, seed=0)
        estimator, seconds = timed(classifier.fit, fold.train, labels, progress=_follow)
    else:
        estimator, seconds = SequenceClassifier.load(trained), None
    estimator.save(path, half=True)
    stored = SequenceClassifier.load(path)
    right = stored.score(fold.test, fold.test_labels.astype(str))
    return {
        "network": f"{stored.weights_:,} weights",
        "trained": _how_long(None, seconds),
        "protocol": CASES[model.data].protocol,
        "test part, scored once": f"{100 * right:.2f} % labelled correctly",
    }


def _answerer(model: Model, folder: Folder, path: Path, trained: Path | None) -> dict[str, str]:
    tasks = read_tasks(folder, SHIPPED_TASKS)
    if trained is None:
        with resumable("answers.part") as checkpoint:
            answerer = Answerer(**model.params, seed=0)
            questions = [question for task in tasks for question in task.train]
            answerer.fit(questions, progress=_follow, checkpoint=checkpoint)
            answerer.save(path, half=True)
            seconds: float | None = checkpoint.seconds
    else:
        Answerer.load(trained).save(path, half=True)
        seconds = None
    stored = Answerer.load(path)
    errors = {task.number: 100 * (1 - stored.score(task.test)) for task in tasks}
    listed = ", ".join(f"{number}: {error:.1f}" for number, error in errors.items())
    return {
        "network": f"{stored.weights_:,} weights",
        "trained": _how_long(stored.learned_["steps"], seconds),
        "protocol": "one network for all ten tasks; the last step is the best on held-out stories",
        "test part, scored once": f"{mean(errors.values()):.2f} % of the answers wrong ({listed})",
    }


def _generator(
    name: str, model: Model, folder: Folder, path: Path, trained: Path | None
) -> dict[str, str]:
    case = PIECES[model.data]
    pieces = case.read(folder)
    estimator = Generator(**{"medium": case.medium, **case.params, **model.params})
    seconds = _train(estimator, pieces.train, pieces.validation, f"{name}.part", path, trained)
    stored = Generator.load(path)
    score = stored.score(pieces.test)
    learned = stored.learned_
    return {
        "network": f"{stored.weights_:,} weights",
        "trained": _how_long(learned["steps"], seconds),
        "protocol": case.protocol,
        "validation part": f"{learned['score']:.4f} nats per {stored.unit}",
        "test part, scored once": f"{score:.4f} nats per {stored.unit}",
    }


def _dance(model: Model, folder: Folder, path: Path, trained: Path | None) -> dict[str, str]:
    dances = motion.read_dances(folder)
    estimator = Generator("motion", **model.params)
    seconds = _train(estimator, dances.train, dances.validation, "dance.part", path, trained)
    stored = Generator.load(path)
    learned = stored.learned_
    ratios = " / ".join(f"{ratio:.2f}" for ratio in motion.error_ratios(stored, dances.test))
    return {
        "network": f"{stored.weights_:,} weights",
        "trained": _how_long(learned["steps"], seconds),
        "protocol": "the cut of `python -m benchmarks sequences --data salsa`",
        "validation part": f"{learned['score']:.4f} nats per {stored.unit}",
        "test part, scored once": f"error of the next 80 / 160 / 320 / 400 ms ÷ that of the last "
        f"pose: {ratios}",
    }


def _train(
    estimator: Generator,
    pieces: Any,
    validation: Any,
    unfinished: str,
    path: Path,
    trained: Path | None,
) -> float | None:
    """Train a generator, or load the trained one, and write it to the path.

    Returns:
        The seconds of the training; None for one that was loaded.
    """
    if trained is not None:
        Generator.load(trained).save(path, half=True)
        return None
    with resumable(unfinished) as checkpoint:
        estimator.fit(pieces, validation, progress=_follow, checkpoint=checkpoint)
        estimator.save(path, half=True)
        return checkpoint.seconds


def _how_long(steps: int | None, seconds: float | None) -> str:
    """A line of the card; the minutes only where the training was timed."""
    parts = [
        "" if steps is None else f"{steps:,} steps",
        "" if seconds is None else f"{seconds / 60:.0f} minutes",
        "seed 0",
    ]
    return ", ".join(filter(None, parts))


def _follow(progress: Progress) -> None:
    if progress.step % 100 == 0:
        left = progress.seconds_left / 60
        show_progress(f"step {progress.step}, loss {progress.loss:.4f}, {left:.0f} minutes left")


def _card(model: Model, facts: Mapping[str, str]) -> str:
    rows = "\n".join(f"| {name} | {value} |" for name, value in facts.items())
    return f"""# {model.title}

| | |
|---|---|
| learned from | {model.source} |
{rows}
| stored as | float16, safetensors |

{model.use}
"""
