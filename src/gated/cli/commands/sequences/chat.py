"""Runs `gated chat`, a dialogue with a trained model."""

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gated.cli.console.messages import Messages
from gated.cli.output.stdout import require_stdout, to_stdout
from gated.cli.requests.sequences.chat_request import ChatRequest
from gated.errors import DataError, UsageError
from gated.files import write_whole

if TYPE_CHECKING:
    from gated import Conversationalist
    from gated.tasks import State
    from gated.tasks.conversation.ranking.chooser import Reply

__all__ = ["run"]

_PROMPT = "> "


def run(request: ChatRequest, messages: Messages) -> None:
    """Run `gated chat`: a line of stdin is a turn, a line of stdout its reply.

    Args:
        request: the options.
        messages: prints messages to stderr.

    Raises:
        UsageError: stdin is closed, or the state is of another model.
    """
    require_stdout()
    if sys.stdin is None:
        raise UsageError("stdin is closed, and the turns are read from it. Expected text lines.")
    from gated import Conversationalist

    model = Conversationalist.load(request.model)
    state = _state(request)
    stream = model.stream(state)
    _introduce(model, state, messages)
    try:
        for turn in _turns(messages):
            if turn.strip() and not _write(stream.say(turn), request.as_json):
                break
    except KeyboardInterrupt:  # the usual end of a dialogue at a terminal
        messages.write_line()
    finally:
        if request.state is not None:
            write_whole(request.state, stream.state.to_bytes())
            again = "The same command goes on from there."
            messages.write("State", f"Written to {request.state}. {again}")


def _state(request: ChatRequest) -> "State | None":
    """The state of the file.

    Raises:
        UsageError: it holds none.
    """
    from gated.tasks import State

    if request.state is None or not request.state.exists():
        return None
    try:
        return State.from_bytes(request.state.read_bytes())
    except UsageError as error:
        raise UsageError(f"--state {request.state}: {error}") from error


def _introduce(model: "Conversationalist", state: "State | None", messages: Messages) -> None:
    messages.write("Model", model.verdict_)
    if state is not None:
        messages.write("State", "The dialogue goes on.")
    if sys.stdin.isatty():
        messages.write("Chat", "Write a line and press Enter. Ctrl-D ends the dialogue.")


def _turns(messages: Messages) -> Iterator[str]:
    """The lines of stdin, behind a prompt on a terminal.

    Raises:
        DataError: a line is not UTF-8.
    """
    shows_prompt = sys.stdin.isatty() and not messages.quiet
    number = 0
    while True:
        if shows_prompt:
            messages.console.print(_PROMPT, end="")
        line = sys.stdin.buffer.readline()
        number += 1
        if not line:
            if shows_prompt:
                messages.write_line()
            return
        try:
            yield line.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise DataError(
                f"stdin: line {number:,} is not UTF-8. Expected text in UTF-8."
            ) from error


def _write(reply: "Reply", as_json: bool) -> bool:
    """Write a reply; whether more can be written."""
    if not as_json:
        return to_stdout(reply.text.encode() + b"\n")
    facts = {
        "reply": reply.text,
        "is_known": reply.is_known,
        "confidence": round(reply.confidence, 4),
        "others": [[text, round(share, 4)] for text, share in reply.others],
    }
    return to_stdout(json.dumps(facts, ensure_ascii=False).encode() + b"\n")
