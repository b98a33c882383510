"""Learns from texts, music, drawings, images or motions: `gated train`."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gated.cli.console.messages import Messages
from gated.cli.console.progress import ProgressBar, progress_bar
from gated.cli.console.resuming import followed, resumable_command
from gated.cli.output.stdout import require_stdout, to_stdout
from gated.cli.requests.sequences.train_request import TrainRequest
from gated.tasks.generator.files import PieceFiles, ReadAs, read_pieces
from gated.text import counted, duration

if TYPE_CHECKING:
    from gated import Generator
    from gated.train.checkpoint import Checkpoint

__all__ = ["run"]


def run(medium: str, request: TrainRequest, messages: Messages, command: Sequence[str]) -> None:
    """Run `gated train` for a medium of pieces.

    Args:
        medium: of the files.
        request: the options.
        messages: prints messages to stderr.
        command: the arguments as typed, to be repeated after Ctrl-C.
    """
    assert request.out is not None  # checked by the request
    if request.as_json:
        require_stdout()
    with progress_bar(messages, f"Reading {request.source}") as progress:
        found = read_pieces(medium, request.source, ReadAs(request.rate, request.size))
        messages.write("Note", *found.notes)
        from gated import Generator

        model = Generator(
            found.medium,  # type: ignore[arg-type]  # one of the literals
            hidden_size=request.hidden_size,
            max_steps=request.max_steps,
            seed=request.seed,
        )
        with resumable_command(request.unfinished, messages, command) as checkpoint:
            _fit(model, found, checkpoint, messages, progress)
            model.save(request.out)
            seconds = checkpoint.seconds
    messages.write("Result", _describe(model, seconds))
    messages.write("Model", f"Written to {request.out}. Use it: gated generate {request.out}")
    if request.as_json:
        described = {
            "model": str(request.out),
            "medium": found.medium,
            **model.learned_,
            "seconds": round(seconds, 3),
            "unit": model.unit,
            "notes": list(found.notes),
        }
        to_stdout(json.dumps(described, ensure_ascii=False).encode() + b"\n")


def _fit(
    model: "Generator",
    found: PieceFiles,
    checkpoint: "Checkpoint",
    messages: Messages,
    progress: ProgressBar,
) -> None:
    """Train; go on where an interrupted training ended."""
    progress.stage("Training")
    with followed(checkpoint, messages, progress) as follow:
        model.fit(found.pieces, names=found.names, progress=follow, checkpoint=checkpoint)


def _describe(model: "Generator", seconds: float) -> str:
    learned = model.learned_
    pieces, took = counted(learned["pieces"], "piece"), duration(seconds)
    read = f"Learned from {counted(learned['symbols'], 'symbol')} of {pieces} in {took}"
    if learned["score"] is None:
        return f"{read}; none were held out."
    held_out = counted(learned["held_out"], "held-out symbol")
    return f"{read}. On {held_out}: {learned['score']:.3f} nats per {model.unit} (lower is better)."
