"""Runs `gated answer`, which answers questions about a story with a trained model."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gated.cli.commands.sequences.pictures import show
from gated.cli.console.messages import Messages
from gated.cli.output.stdout import require_stdout, to_stdout
from gated.cli.requests.sequences.answer_request import STDIN, AnswerRequest
from gated.errors import DataError
from gated.media.stories import read_story, story_of
from gated.media.text import whole_characters
from gated.text import counted, joined, listed, percent

if TYPE_CHECKING:
    from gated.tasks.answerer.answer import Answer

__all__ = ["run"]


def run(request: AnswerRequest, messages: Messages) -> None:
    """Run `gated answer`.

    Args:
        request: the options.
        messages: prints messages to stderr.

    Raises:
        DataError: the story cannot be read, or a question has no word.
    """
    require_stdout()
    sentences = _story(request.story)
    if not sentences and (request.picture is not None or request.explain):
        raise DataError("The story has no sentence, so there is nothing to show. Expected one.")
    from gated import Answerer

    model = Answerer.load(request.model)
    stream = model.stream()
    stream.read(sentences)
    questions = [whole_characters(question) for question in request.questions]
    answers = [stream.ask(question) for question in questions]
    if not sentences:
        messages.write("Note", "The story has no sentence; the answer is a guess.")
    for question, answer in zip(questions, answers, strict=True):
        _note(question, answer, messages)
    drawn = None
    if request.picture is not None or request.explain:
        from gated.tasks.pictures import story_picture

        drawn = story_picture(stream.sentences, questions[0], answers[0])
    if request.as_json:
        pairs = zip(questions, answers, strict=True)
        facts = [_facts(question, answer) for question, answer in pairs]
        if drawn is not None and drawn.explanation is not None:
            facts[0]["gates"] = drawn.explanation.blocks
        to_stdout(json.dumps(facts, ensure_ascii=False).encode() + b"\n")
    else:
        to_stdout("".join(f"{answer.text}\n" for answer in answers).encode())
    if drawn is not None:
        show(drawn, request.picture, messages)


def _story(path: Path | None) -> tuple[str, ...]:
    """The sentences of the file, or of stdin.

    Raises:
        DataError: they cannot be read.
    """
    if path is None:
        return ()
    if path != STDIN:
        return read_story(path)
    if sys.stdin is None:
        raise DataError("stdin is closed, and --story - reads the story from it. Expected text.")
    try:
        return story_of(sys.stdin.buffer.read().decode("utf-8-sig"), "stdin")
    except UnicodeDecodeError as error:
        raise DataError(
            f"stdin: byte {error.start:,} is not UTF-8. Expected a story as text in UTF-8."
        ) from error


def _note(question: str, answer: "Answer", messages: Messages) -> None:
    """Say how sure the answer is, and what it is made from."""
    made = ""
    if answer.positions:
        noun = "sentence" if len(answer.positions) == 1 else "sentences"
        made = f"; made from {noun} {joined([f'{place + 1}' for place in answer.positions])}"
    messages.write("Answer", f"{question} {answer.text}, {percent(answer.confidence)} sure{made}.")
    if answer.unknown:
        words = counted(len(answer.unknown), "unknown word")
        messages.write(
            "Note",
            f"{words} in the story or the question: {listed(answer.unknown)}. The model has not "
            "learned what they mean.",
        )


def _facts(question: str, answer: "Answer") -> dict[str, Any]:
    return {
        "question": question,
        "answer": answer.text,
        "confidence": round(answer.confidence, 4),
        "sentences": list(answer.sentences),
        "positions": [place + 1 for place in answer.positions],
        "shares": [round(float(share), 4) for share in answer.shares],
        "unknown": list(answer.unknown),
    }
