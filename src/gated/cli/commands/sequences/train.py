"""Runs `gated train`, which learns from files of a medium and writes a model file."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gated.cli.commands.sequences.training.task import Task
from gated.cli.console.messages import Messages
from gated.cli.console.progress import progress_bar
from gated.cli.console.resuming import followed, resumable_command
from gated.cli.output.stdout import require_stdout, to_stdout
from gated.cli.requests.sequences.train_request import TABLES, TrainRequest
from gated.libraries import require_torch
from gated.media.audio import is_sound_file
from gated.text import duration

__all__ = ["run"]

_STORIES, _DIALOGUES = ((".jsonl", ".ndjson"), (".yml", ".yaml"))  # the usual files of a medium


def run(request: TrainRequest, messages: Messages, command: Sequence[str]) -> None:
    """Run `gated train`.

    Args:
        request: the options.
        messages: prints messages to stderr.
        command: the arguments as typed, to be repeated after Ctrl-C.

    Raises:
        UsageError: torch is not installed.
    """
    require_torch("Training")
    medium = request.given_medium or _found(request.source, messages)
    request.check_medium(medium)
    with _watched(request, messages):
        _run(medium, request, messages, command)


def _run(medium: str, request: TrainRequest, messages: Messages, command: Sequence[str]) -> None:
    """Read the files of one medium, train, write the model and print the result."""
    out = request.out
    assert out is not None  # checked by the request
    if request.as_json:
        require_stdout()
    with progress_bar(messages, f"Reading {request.source}") as progress:
        task = _task(medium, request)
        messages.write("Read", *task.read)
        messages.write("Note", *task.notes)
        with resumable_command(request.unfinished, messages, command) as checkpoint:
            progress.stage("Training")
            with followed(checkpoint, messages, progress) as follow:
                model = task.fit(follow, checkpoint)
            model.save(out)
            seconds = checkpoint.seconds
    messages.write("Result", *task.result(model, duration(seconds)))
    messages.write("Model", f"Written to {out}. Use it: {task.use(out)}")
    if request.as_json:
        described = {
            "model": str(out),
            **task.facts(model),
            **model.learned_,
            "seconds": round(seconds, 3),
            "notes": [*dict.fromkeys([*task.notes, *model.learned_["notes"]])],
        }
        to_stdout(json.dumps(described, ensure_ascii=False).encode() + b"\n")


def _task(medium: str, request: TrainRequest) -> Task[Any]:
    """Read the files of one medium."""
    if medium == "speech" and (request.strings or request.is_table):
        from gated.cli.commands.sequences.training.strings import Strings

        return Strings.of(request)
    if medium == "speech":
        from gated.cli.commands.sequences.training.labels import Labels

        return Labels.of(request)
    if medium == "answers":
        from gated.cli.commands.sequences.training.stories import Stories

        return Stories.of(request)
    if medium == "dialogue":
        from gated.cli.commands.sequences.training.dialogues import Dialogues

        return Dialogues.of(request)
    from gated.cli.commands.sequences.training.pieces import Pieces

    return Pieces.of(medium, request)


def _found(path: Path, messages: Messages) -> str:
    """Find the medium by the files, and print it."""
    sound = (path, *path.glob("*"), *path.glob("*/*"))
    if path.suffix.lower() in TABLES or any(map(is_sound_file, sound)):
        medium = "speech"
    elif path.suffix.lower() in _STORIES:
        medium = "answers"
    elif path.suffix.lower() in _DIALOGUES:
        medium = "dialogue"
    else:
        from gated.tasks.generator.files import medium_of

        medium = medium_of(path)
    messages.write("Medium", f"{medium}, by the names of the files.")
    return medium


@contextmanager
def _watched(request: TrainRequest, messages: Messages) -> Iterator[None]:
    """Print how far back the gradients of the last training reach, if that is wanted."""
    if not request.gradients:
        yield
        return

    from gated.insight import watch_training

    with watch_training() as watches:
        yield
    measured = [watch for watch in watches if watch.observations]
    nothing = ("No training step was left to measure.",)
    messages.write("Memory", *(measured[-1].diagnosis() if measured else nothing))
