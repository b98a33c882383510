"""Runs `gated classify`, which labels recordings with a trained model."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gated.cli.commands.sequences.pictures import show
from gated.cli.console.messages import Messages
from gated.cli.output.encoding import as_csv, encoded, records
from gated.cli.output.stdout import require_stdout, to_stdout
from gated.cli.requests.sequences.classify_request import ClassifyRequest
from gated.errors import DataError, UsageError
from gated.files import write_whole
from gated.media.audio import read_list
from gated.text import counted

if TYPE_CHECKING:
    from gated.tasks.pictures import Explanation

__all__ = ["run"]


def run(request: ClassifyRequest, messages: Messages) -> None:
    """Run `gated classify`.

    Args:
        request: the options.
        messages: prints messages to stderr.

    Raises:
        DataError: no file can be read, or some cannot; the others are labelled first.
    """
    if request.out is None or request.as_json:
        require_stdout()
    from gated import SequenceClassifier

    model = SequenceClassifier.load(request.model)
    if model.rate is None:
        raise UsageError(
            f"{request.model}: labels arrays, not sound. Expected a model that `gated train "
            "speech` wrote. Use it in Python: SequenceClassifier.load(…).predict(X)."
        )
    found = read_list(request.files, model.rate)
    messages.write("Note", *found.changed)
    if found.recordings:
        paths = [request.files[position] for position in found.positions]
        samples = [each.samples for each in found.recordings]
        frame = _frame(paths, model.classes_.tolist(), model.predict_proba(samples))
        drawn = None
        if request.picture is not None or request.explain:
            from gated.tasks.pictures import label_picture

            title = f"Label of {paths[0].name}"  # one file, checked by the request
            drawn = label_picture(model, samples[0], explain=request.explain, title=title)
        _write(request, frame, None if drawn is None else drawn.explanation)
        if drawn is not None:
            show(drawn, request.picture, messages)
    if found.failed:
        raise DataError(
            f"{counted(len(found.failed), 'file')} of {len(request.files)} could not be "
            "labelled:\n" + "\n".join(found.failed.values())
        )


def _frame(paths: list[Path], labels: list[Any], probabilities: Any) -> dict[str, Any]:
    """One row a file: the label, its probability, and that of every label."""
    best = probabilities.argmax(1)
    columns: dict[str, Any] = {
        "file": np.array([str(path) for path in paths], dtype=object),
        "label": np.array([labels[index] for index in best], dtype=object),
        "probability": probabilities.max(1).round(4),
    }
    for index, label in enumerate(labels):
        columns[f"p({label})"] = probabilities[:, index].round(4)
    return columns


def _write(
    request: ClassifyRequest, frame: dict[str, Any], explanation: "Explanation | None"
) -> None:
    if request.out is not None:
        write_whole(request.out, encoded(frame, request.out, {}))
    if request.as_json:
        rows = records(frame)
        if explanation is not None:
            rows[0]["gates"] = explanation.blocks
            rows[0]["contributions"] = list(explanation.contributions)
        to_stdout(json.dumps(rows, ensure_ascii=False).encode() + b"\n")
    elif request.out is None:
        to_stdout(as_csv(frame, {}))
