"""Learns from a folder of recordings and writes a classifier: `gated train speech`."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gated.cli.console.messages import Messages
from gated.cli.console.progress import progress_bar
from gated.cli.console.resuming import followed, resumable_command
from gated.cli.output.stdout import require_stdout, to_stdout
from gated.cli.requests.sequences.train_request import TrainRequest
from gated.media.audio import LabelledRecordings, read_folder
from gated.text import counted, duration, grouped

if TYPE_CHECKING:
    from gated import SequenceClassifier

__all__ = ["run"]


def run(request: TrainRequest, messages: Messages, command: Sequence[str]) -> None:
    """Run `gated train speech`.

    Args:
        request: the options.
        messages: prints messages to stderr.
        command: the arguments as typed, to be repeated after Ctrl-C.
    """
    assert request.out is not None  # checked by the request
    if request.as_json:
        require_stdout()
    with progress_bar(messages, f"Reading {request.source}") as progress:
        found = read_folder(request.source)
        messages.write("Read", _describe(found))
        messages.write("Note", *found.notes)
        progress.stage("Training")
        from gated import SequenceClassifier

        model = SequenceClassifier(
            rate=found.rate,
            hidden_size=request.hidden_size or 64,
            max_steps=request.max_steps,
            seed=request.seed,
        )
        with resumable_command(request.unfinished, messages, command) as checkpoint:
            with followed(checkpoint, messages, progress) as follow:
                model.fit(
                    [recording.samples for recording in found.recordings],
                    found.labels,
                    progress=follow,
                    checkpoint=checkpoint,
                )
            model.save(request.out)
            seconds = checkpoint.seconds
    messages.write("Result", _describe_result(model, seconds))
    messages.write("Model", f"Written to {request.out}. Use it: gated classify {request.out} FILES")
    if request.as_json:
        described = {
            "model": str(request.out),
            "labels": model.classes_.tolist(),
            **model.learned_,
            "seconds": round(seconds, 3),
            "notes": [*found.notes, *model.learned_["notes"]],
        }
        to_stdout(json.dumps(described, ensure_ascii=False).encode() + b"\n")


def _describe(found: LabelledRecordings) -> str:
    labels = sorted(set(found.labels))
    seconds = sum(len(recording.samples) for recording in found.recordings) / found.rate
    return (
        f"{counted(len(found.recordings), 'recording')} of {counted(len(labels), 'label')} "
        f"({', '.join(labels)}), {duration(seconds)} of sound at {found.rate:,} Hz."
    )


def _describe_result(model: "SequenceClassifier", seconds: float) -> str:
    learned = model.learned_
    held_out = learned["held_out"]
    right = round(learned["accuracy"] * held_out)
    on_all = f"then trained on all {grouped(learned['sequences'])}, in"
    then = on_all if learned["refit"] else "trained on the others in"
    return (
        f"{grouped(right)} of {counted(held_out, 'held-out recording')} labelled correctly; "
        f"{then} {duration(seconds)}."
    )
