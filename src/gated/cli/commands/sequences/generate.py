"""Runs `gated generate`, which makes new pieces with a trained generator."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gated.cli.commands.sequences.pictures import show
from gated.cli.console.messages import Messages
from gated.cli.console.progress import late_progress_bar
from gated.cli.output.stdout import require_stdout, to_stdout
from gated.cli.requests.sequences.generate_request import GenerateRequest
from gated.cli.requests.sequences.picture_options import check_single
from gated.errors import UsageError
from gated.text import counted, duration, grouped

if TYPE_CHECKING:
    from gated import Generator
    from gated.tasks.pictures import Explained

__all__ = ["run"]


def run(request: GenerateRequest, messages: Messages) -> None:
    """Run `gated generate`.

    Args:
        request: the options.
        messages: prints messages to stderr.

    Raises:
        UsageError: the medium needs a file, or the file has another suffix.
    """
    from gated import Generator
    from gated.tasks.generator.files import write_pieces

    model = Generator.load(request.model)
    is_text = model.medium == "text"
    draws = request.picture is not None or request.explain
    _check(model, request, draws=draws)
    started = time.monotonic()
    options = _options(model, request)
    is_streamed = is_text and request.out is None and not request.as_json and not draws
    if is_streamed and request.count is None:
        _stream(model, options)
        return
    with late_progress_bar(messages, "Generating") as progress:
        made = model.generate(**options, progress=progress)
    pieces = made if request.count is not None else [made]
    if is_text and request.prompt is not None:
        pieces = [request.prompt + piece for piece in pieces]
    if request.out is not None:
        write_pieces(model.medium, request.out, pieces)
        seconds = duration(time.monotonic() - started)
        messages.write("Written", f"{request.out}: {_describe(model, pieces)}, in {seconds}.")
    elif is_text and not request.as_json:
        to_stdout("\n\n".join(pieces).encode() + b"\n")
    drawn = _drawn(model, pieces, options["prompt"], request) if draws else None
    if drawn is not None:
        show(drawn, request.picture, messages)
    if request.as_json:
        out = None if request.out is None else str(request.out)
        content: dict[str, Any] = {"text": pieces} if is_text else {}
        if drawn is not None and drawn.explanation is not None:
            content["gates"] = drawn.explanation.blocks
        described = {
            "medium": model.medium,
            "out": out,
            "lengths": [_length(model, piece) for piece in pieces],
        }
        to_stdout(json.dumps({**described, **content}, ensure_ascii=False).encode() + b"\n")


_MANY = ("text", "drawing", "image")  # of which one file can have several
_SHEETS = ("drawing", "image")  # of which one picture can have several


def _check(model: "Generator", request: GenerateRequest, *, draws: bool) -> None:
    """Check the options against the medium, and that stdout is open where it is written to."""
    from gated.tasks.generator.files import check_suffix, usual_suffix

    is_text = model.medium == "text"
    if request.out is None and request.picture is None and not is_text:
        raise UsageError(
            f"--out is missing. Expected a file for the {model.medium}, such as "
            f"--out made{usual_suffix(model.medium)}."
        )
    if request.out is not None:
        check_suffix(model.medium, request.out)
    if (request.count or 1) > 1 and model.medium not in _MANY:
        raise UsageError(
            f"--count {request.count} is given, but a file has one piece of {model.medium}. Leave "
            "--count out, and run the command again with another --seed and --out."
        )
    if draws and model.medium not in _SHEETS:
        check_single(request.count or 1, "piece", request.picture, request.explain)
    if (request.out is None and is_text) or request.as_json:
        require_stdout()


def _options(model: "Generator", request: GenerateRequest) -> dict[str, Any]:
    """The arguments of `Generator.generate`."""
    return {
        "prompt": _prompt(model, request.prompt),
        "length": request.length,
        "count": request.count,
        "temperature": request.temperature,
        "top_k": request.top_k,
        "top_p": request.top_p,
        "stop": request.stop,
        "seed": request.seed,
    }


def _prompt(model: "Generator", given: str | None) -> Any:
    if given is None or model.medium == "text":
        return given
    from gated.tasks.generator.files import read_prompt

    return read_prompt(model.codec_, Path(given))


def _drawn(
    model: "Generator", pieces: list[Any], prompt: Any, request: GenerateRequest
) -> "Explained":
    from gated.tasks.pictures import piece_picture

    if model.medium in ("text", "image"):  # the pieces begin with it
        prompt = None
    name = (request.out or request.picture or request.model).name
    return piece_picture(model, pieces, prompt, explain=request.explain, title=name)


def _stream(model: "Generator", options: dict[str, Any]) -> None:
    """Write the characters of a text as they are made."""
    parts = model.generate(**options, stream=True)
    if options["prompt"] is not None:  # read without an error
        to_stdout(options["prompt"].encode())
    for part in parts:
        if not to_stdout(part.encode()):  # nobody reads on
            return
    to_stdout(b"\n")


def _describe(model: "Generator", pieces: list[Any]) -> str:
    if model.medium == "image":
        height, width = pieces[0].shape
        return f"{counted(len(pieces), 'image')} of {height} × {width} pixels"
    if model.medium == "drawing":
        points = counted(sum(map(len, pieces)), "point")
        return f"{counted(len(pieces), 'drawing')} with {points}"
    total = grouped(sum(_length(model, piece) for piece in pieces))
    return f"{total} {model.codec_.length_unit}"


def _length(model: "Generator", piece: Any) -> int:
    """The number of units that `--length` counts."""
    if model.medium == "image":
        return 1
    return len(piece.values) if model.medium == "motion" else len(piece)
