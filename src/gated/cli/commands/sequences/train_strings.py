"""Runs `gated train speech` for a transcriber: single words to join, or recordings of strings."""

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from gated.cli.console.messages import Messages
from gated.cli.console.progress import progress_bar
from gated.cli.console.resuming import followed, resumable_command
from gated.cli.output.stdout import require_stdout, to_stdout
from gated.cli.requests.sequences.train_request import TrainRequest
from gated.media.audio import (
    LabelledRecordings,
    TranscribedRecordings,
    read_folder,
    read_transcripts,
)
from gated.text import counted, duration, percent

if TYPE_CHECKING:
    from gated import Transcriber
    from gated.train import Progress
    from gated.train.checkpoint import Checkpoint

__all__ = ["run_strings"]

_JOINED = (3, 7)  # words of a training string


def run_strings(request: TrainRequest, messages: Messages, command: Sequence[str]) -> None:
    """Train a transcriber, and write it.

    Args:
        request: the options.
        messages: prints messages to stderr.
        command: the arguments as typed, to be repeated after Ctrl-C.
    """
    assert request.out is not None  # checked by the request
    if request.as_json:
        require_stdout()
    with progress_bar(messages, f"Reading {request.source}") as progress:
        if request.is_table:
            found: LabelledRecordings | TranscribedRecordings = read_transcripts(request.source)
        else:
            found = read_folder(request.source)
        messages.write("Read", _describe(found))
        messages.write("Note", *found.notes)
        progress.stage("Training")
        with resumable_command(request.unfinished, messages, command) as checkpoint:
            with followed(checkpoint, messages, progress) as follow:
                model = _trained(request, found, follow, checkpoint)
            model.save(request.out)
            seconds = checkpoint.seconds
    messages.write("Result", _describe_result(model, seconds))
    messages.write(
        "Model", f"Written to {request.out}. Use it: gated transcribe {request.out} FILES"
    )
    if request.as_json:
        described = {
            "model": str(request.out),
            "symbols": model.symbols_,
            **model.learned_,
            "seconds": round(seconds, 3),
            "notes": [*found.notes, *model.learned_["notes"]],
        }
        to_stdout(json.dumps(described, ensure_ascii=False).encode() + b"\n")


def _trained(
    request: TrainRequest,
    found: LabelledRecordings | TranscribedRecordings,
    follow: Callable[["Progress"], None],
    checkpoint: "Checkpoint",
) -> "Transcriber":
    from gated import Transcriber

    is_joined = isinstance(found, LabelledRecordings)
    model = Transcriber(
        rate=found.rate,
        join=_JOINED if is_joined else None,
        hidden_size=request.hidden_size or 64,
        max_steps=request.max_steps,
        seed=request.seed,
    )
    strings: list[Any] = (
        found.labels
        if isinstance(found, LabelledRecordings)
        else [text if request.symbols == "characters" else text.split() for text in found.texts]
    )
    return model.fit(
        [recording.samples for recording in found.recordings],
        strings,
        progress=follow,
        checkpoint=checkpoint,
    )


def _describe(found: LabelledRecordings | TranscribedRecordings) -> str:
    seconds = sum(len(recording.samples) for recording in found.recordings) / found.rate
    sound = f"{duration(seconds)} of sound at {found.rate:,} Hz"
    count = counted(len(found.recordings), "recording")
    if isinstance(found, TranscribedRecordings):
        return f"{count} with their texts, {sound}."
    labels = sorted(set(found.labels))
    words = f"{counted(len(labels), 'word')} ({', '.join(labels)})"
    least, most = _JOINED
    return f"{count} of {words}, {sound}; joined at random to strings of {least} to {most} words."


def _describe_result(model: "Transcriber", seconds: float) -> str:
    learned = model.learned_
    held_out = counted(learned["held_out"], "held-out string")
    right = round(learned["right"] * learned["held_out"])
    return (
        f"{right:,} of {held_out} without an error, {percent(learned['error_rate'])} of their "
        f"symbols wrong, after {duration(seconds)}."
    )
