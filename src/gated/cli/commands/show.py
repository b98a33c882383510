"""Runs `gated show`, which describes a model file."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gated.cli.output.stdout import require_stdout, to_stdout
from gated.cli.requests.request import ShowRequest
from gated.errors import UsageError
from gated.text import counted, grouped, percent, printable

__all__ = ["run"]

Facts = dict[str, Any]


def run(request: ShowRequest) -> None:
    """Run `gated show`: what a model file is, what it learned from, how well, what it reads.

    Raises:
        ModelFileError: it is no model file of gated, or damaged.
        UsageError: this kind of file cannot be shown.
    """
    require_stdout()
    from gated.array_file import kind_of

    kind = kind_of(request.model)
    if kind not in _KINDS:
        raise UsageError(
            f"{request.model}: is a gated {kind} file. Expected one of a forecaster (`gated "
            "forecast --save`), a classifier, a transcriber, a generator, an "
            "answerer or a conversation (`gated train`)."
        )
    facts = _KINDS[kind](request.model)
    if request.as_json:
        to_stdout(json.dumps(facts, ensure_ascii=False).encode() + b"\n")
        return
    width = max(map(len, facts)) + 2
    lines = [
        f"{name.replace('_', ' '):<{width}}{printable(_shown(name, value))}"
        for name, value in facts.items()
    ]
    to_stdout("".join(line + "\n" for line in lines).encode())


def _classifier(path: Path) -> Facts:
    from gated import SequenceClassifier

    model = SequenceClassifier.load(path)
    learned = model.learned_
    reads = "arrays of steps" if model.rate is None else f"sound at {grouped(model.rate)} Hz"
    return {
        "kind": "classifier",
        "reads": reads,
        "labels": [str(label) for label in model.classes_],
        "weights": model.weights_,
        "learned_from": counted(learned["sequences"], "sequence"),
        "held_out": learned["held_out"],
        "labelled_correctly": _right(learned),
    }


def _right(learned: Facts) -> int | None:
    """The number of held-out sequences that were right; None without any."""
    accuracy = learned["accuracy"]
    return None if accuracy is None else round(accuracy * learned["held_out"])


def _transcriber(path: Path) -> Facts:
    from gated import Transcriber

    model = Transcriber.load(path)
    learned = model.learned_
    count, right = learned["held_out"], learned["right"]
    reads = "arrays of steps" if model.rate is None else f"sound at {grouped(model.rate)} Hz"
    return {
        "kind": "transcriber",
        "reads": reads,
        "symbols": [str(symbol) for symbol in model.symbols_],
        "weights": model.weights_,
        "learned_from": counted(learned["sequences"], "sequence"),
        "held_out": count,
        "strings_without_error": None if right is None else round(right * count),
        "symbol_error_rate": learned["error_rate"],
    }


def _forecaster(path: Path) -> Facts:
    from gated import Forecaster

    model = Forecaster.load(path)
    return {
        "kind": "forecaster",
        "horizon": model.h_,
        "verdict": str(model.verdict_),
    }


def _generator(path: Path) -> Facts:
    from gated import Generator

    model = Generator.load(path)
    learned = model.learned_
    score = learned["score"]
    return {
        "kind": "generator",
        "medium": model.medium,
        "weights": model.weights_,
        "learned_from": (
            f"{counted(learned['symbols'], 'symbol')} of {counted(learned['pieces'], 'piece')}"
        ),
        "held_out": counted(learned["held_out"], "symbol"),
        "score": None if score is None else f"{score:.4f} nats per {model.unit}",
    }


def _answerer(path: Path) -> Facts:
    from gated import Answerer

    model = Answerer.load(path)
    learned = model.learned_
    count = learned["held_out"]
    return {
        "kind": "answerer",
        "reads": "stories and questions",
        "words": len(model.words_),
        "weights": model.weights_,
        "learned_from": counted(learned["questions"], "question"),
        "held_out": count,
        "answered_correctly": _right(learned),
    }


def _conversation(path: Path) -> Facts:
    from gated import Conversationalist

    model = Conversationalist.load(path)
    learned = model.learned_
    return {
        "kind": "conversation",
        "reads": "dialogues",
        "weights": model.weights_,
        "learned_from": counted(learned["dialogues"], "dialogue"),
        "replies": learned["replies"],
        "verdict": model.verdict_,
    }


_KINDS: dict[str, Callable[[Path], Facts]] = {
    "answerer": _answerer,
    "classifier": _classifier,
    "conversation": _conversation,
    "generator": _generator,
    "model": _forecaster,
    "transcriber": _transcriber,
}


def _shown(name: str, value: Any) -> str:
    if value is None:
        return "not measured"
    if name == "symbol_error_rate":
        return percent(value)
    if isinstance(value, list):
        return ", ".join(value)
    return grouped(value) if isinstance(value, int) else str(value)
