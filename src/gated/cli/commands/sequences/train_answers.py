"""Learns from questions about stories: `gated train answers`."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gated.cli.console.messages import Messages
from gated.cli.console.progress import progress_bar
from gated.cli.console.resuming import followed, resumable_command
from gated.cli.console.threads import limit_threads
from gated.cli.output.stdout import require_stdout, to_stdout
from gated.cli.requests.sequence_request import TrainRequest
from gated.media.stories import read_stories
from gated.text import counted, duration, grouped, percent

if TYPE_CHECKING:
    from gated import Answerer

__all__ = ["run"]


def run(request: TrainRequest, messages: Messages, command: Sequence[str]) -> None:
    """Run `gated train answers`.

    Args:
        request: the options.
        messages: prints messages to stderr.
        command: the arguments as typed, to be repeated after Ctrl-C.
    """
    assert request.out is not None  # checked by the request
    if request.as_json:
        require_stdout()
    with progress_bar(messages, f"Reading {request.source}") as progress:
        found = read_stories(request.source)
        messages.write("Note", *found.notes)
        limit_threads()
        from gated import Answerer

        given = {"hidden_size": request.hidden_size, "max_steps": request.max_steps}
        chosen = {name: value for name, value in given.items() if value is not None}
        model = Answerer(**chosen, seed=request.seed)
        with resumable_command(request.unfinished, messages, command) as checkpoint:
            progress.stage("Training")
            with followed(checkpoint, messages, progress) as follow:
                model.fit(found.questions, progress=follow, checkpoint=checkpoint)
            model.save(request.out)
            seconds = checkpoint.seconds
    messages.write("Result", _describe(model, seconds))
    messages.write(
        "Model",
        f"Written to {request.out}. Use it: gated answer {request.out} --story FILE QUESTION",
    )
    if request.as_json:
        described = {
            "model": str(request.out),
            "medium": "answers",
            **model.learned_,
            "seconds": round(seconds, 3),
            "notes": list(found.notes),
        }
        to_stdout(json.dumps(described, ensure_ascii=False).encode() + b"\n")


def _describe(model: "Answerer", seconds: float) -> str:
    learned = model.learned_
    read = (
        f"Learned from {counted(learned['questions'], 'question')} with "
        f"{counted(len(model.words_), 'word')} in {duration(seconds)}"
    )
    if learned["accuracy"] is None:
        return f"{read}; none were held out."
    right = round(learned["accuracy"] * learned["held_out"])
    return (
        f"{read}. Of {grouped(learned['held_out'])} held-out questions, {grouped(right)} were "
        f"answered correctly ({percent(learned['accuracy'])})."
    )
