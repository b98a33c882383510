"""Runs `gated train`, which learns from files of a medium and writes a model file."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from gated.cli.console.messages import Messages
from gated.cli.requests.sequences.train_request import TABLES, TrainRequest
from gated.libraries import require_torch
from gated.media.audio import is_sound_file

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
    """Train for one medium."""
    if medium == "speech" and (request.strings or request.is_table):
        from gated.cli.commands.sequences.train_strings import run_strings

        run_strings(request, messages, command)
    elif medium in ("answers", "dialogue"):
        from gated.cli.commands.sequences.train_stories import run as run_stories

        run_stories(medium, request, messages, command)
    elif medium == "speech":
        from gated.cli.commands.sequences.train_speech import run as run_speech

        run_speech(request, messages, command)
    else:
        from gated.cli.commands.sequences.train_pieces import run as run_pieces

        run_pieces(medium, request, messages, command)


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
