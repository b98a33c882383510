"""Learns from texts, music, drawings, images or motions: `gated train`."""

import json
import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from gated.cli.console.exits import exit_code
from gated.cli.console.messages import Messages
from gated.cli.console.progress import ProgressBar, progress_bar
from gated.cli.console.threads import limit_threads
from gated.cli.output.stdout import require_stdout, to_stdout
from gated.cli.requests.sequence_request import TrainRequest
from gated.tasks.generator.files import PieceFiles, read_pieces
from gated.text import counted, duration

if TYPE_CHECKING:
    from gated import Generator
    from gated.tasks.generator.checkpoint import Checkpoint
    from gated.train import Progress

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
        found = read_pieces(medium, request.source)
        messages.write("Note", *found.notes)
        limit_threads()
        from gated import Generator

        model = Generator(
            found.medium,  # type: ignore[arg-type]  # one of the literals
            hidden_size=request.hidden_size,
            max_steps=request.max_steps,
            seed=request.seed,
        )
        with _resumable(request.unfinished, messages, command) as checkpoint:
            _fit(model, found, checkpoint, messages, progress)
            model.save(request.out)
    messages.write("Result", _describe(model))
    messages.write("Model", f"Written to {request.out}. Use it: gated generate {request.out}")
    if request.as_json:
        described = {
            "model": str(request.out),
            "medium": found.medium,
            **model.learned_,
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
    is_first = True

    def follow(step: "Progress") -> None:
        nonlocal is_first
        if is_first and checkpoint.resumed:
            at = f"after step {checkpoint.resumed:,} of {step.steps:,}"
            messages.write("Resumed", f"{checkpoint.path} {at}.")
        is_first = False
        progress.step("scratch", step)

    progress.stage("Training")
    model.fit(found.pieces, names=found.names, progress=follow, checkpoint=checkpoint)


@contextmanager
def _resumable(path: Path, messages: Messages, command: Sequence[str]) -> Iterator["Checkpoint"]:
    """Keep the training until the model is written; print how to resume it after Ctrl-C."""
    from gated.tasks.generator.checkpoint import resumable

    try:
        with resumable(path) as checkpoint:
            yield checkpoint
    except KeyboardInterrupt as interruption:
        if not path.exists():
            raise
        messages.write_line(
            f"Interrupted. {path} holds the training so far; to resume it:\n"
            f"  {shlex.join(['gated', *command])}"
        )
        raise typer.Exit(exit_code(interruption)) from None


def _describe(model: "Generator") -> str:
    learned = model.learned_
    pieces, took = counted(learned["pieces"], "piece"), duration(learned["seconds"])
    read = f"Learned from {counted(learned['symbols'], 'symbol')} of {pieces} in {took}"
    if learned["score"] is None:
        return f"{read}; none were held out."
    held_out = counted(learned["held_out"], "held-out symbol")
    return f"{read}. On {held_out}: {learned['score']:.3f} nats per {model.unit} (lower is better)."
