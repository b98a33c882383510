"""Learns from stories with questions, or from dialogues: `gated train answers|dialogue`."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gated.cli.console.messages import Messages
from gated.cli.console.progress import progress_bar
from gated.cli.console.resuming import followed, resumable_command
from gated.cli.output.stdout import require_stdout, to_stdout
from gated.cli.requests.sequences.train_request import TrainRequest
from gated.media.dialogues import read_dialogues
from gated.media.stories import read_stories
from gated.text import counted, duration, grouped, percent

if TYPE_CHECKING:
    from gated import Answerer, Conversationalist

__all__ = ["run"]


def run(medium: str, request: TrainRequest, messages: Messages, command: Sequence[str]) -> None:
    """Run `gated train answers` or `gated train dialogue`.

    Args:
        medium: which of them.
        request: the options.
        messages: prints messages to stderr.
        command: the arguments as typed, to be repeated after Ctrl-C.
    """
    out = request.out
    assert out is not None  # checked by the request
    if request.as_json:
        require_stdout()
    with progress_bar(messages, f"Reading {request.source}") as progress:
        given, notes = _read(medium, request.source)
        messages.write("Note", *notes)
        from gated import Answerer

        model = _model(medium, request)
        with resumable_command(request.unfinished, messages, command) as checkpoint:
            progress.stage("Training")
            with followed(checkpoint, messages, progress) as follow:
                model.fit(given, progress=follow, checkpoint=checkpoint)
            model.save(out)
            seconds = checkpoint.seconds
    took = duration(seconds)
    if isinstance(model, Answerer):
        messages.write("Result", _describe_answers(model, took))
        use = f"gated answer {out} --story FILE QUESTION"
    else:
        messages.write("Result", *_describe_dialogues(model, took))
        use = f"gated chat {out}"
    messages.write("Model", f"Written to {out}. Use it: {use}")
    if request.as_json:
        described = {
            "model": str(out),
            "medium": medium,
            **model.learned_,
            "seconds": round(seconds, 3),
            "notes": list(notes),
        }
        to_stdout(json.dumps(described, ensure_ascii=False).encode() + b"\n")


def _read(medium: str, source: Path) -> tuple[Any, tuple[str, ...]]:
    """What is learned from, and notes."""
    if medium == "answers":
        stories = read_stories(source)
        return stories.questions, stories.notes
    files = read_dialogues(source)
    return files.dialogues, files.notes


def _model(medium: str, request: TrainRequest) -> "Answerer | Conversationalist":
    from gated import Answerer, Conversationalist

    given = {
        "hidden_size": request.hidden_size,
        "max_steps": request.max_steps,
        "precision": request.precision,
    }
    chosen: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    kind = Answerer if medium == "answers" else Conversationalist
    return kind(**chosen, seed=request.seed)


def _describe_answers(model: "Answerer", took: str) -> str:
    learned = model.learned_
    read = (
        f"Learned from {counted(learned['questions'], 'question')} with "
        f"{counted(len(model.words_), 'word')} in {took}"
    )
    if learned["accuracy"] is None:
        return f"{read}; none were held out."
    right = round(learned["accuracy"] * learned["held_out"])
    return (
        f"{read}. Of {grouped(learned['held_out'])} held-out questions, {grouped(right)} were "
        f"answered correctly ({percent(learned['accuracy'])})."
    )


def _describe_dialogues(model: "Conversationalist", took: str) -> list[str]:
    learned = model.learned_
    replies = counted(learned["replies"], "different reply", "different replies")
    read = f"Learned from {counted(learned['dialogues'], 'dialogue')} with {replies} in {took}."
    return [read, model.verdict_]
