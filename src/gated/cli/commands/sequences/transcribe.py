"""Runs `gated transcribe`, which writes down the words of recordings, or of a stream."""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from gated.cli.commands.sequences.pictures import show
from gated.cli.console.messages import Messages
from gated.cli.output.encoding import as_csv, encoded
from gated.cli.output.stdout import require_stdout, to_stdout
from gated.cli.requests.sequences.transcribe_request import TranscribeRequest
from gated.errors import DataError, UsageError
from gated.files import write_whole
from gated.media.audio import read_list
from gated.text import counted

if TYPE_CHECKING:
    from io import BufferedReader

    from gated import Transcriber
    from gated.tasks.pictures import Explanation
    from gated.tasks.transcriber.decoding.alignment import TimedSymbol
    from gated.tasks.transcriber.transcript import Transcript

__all__ = ["run"]

_FULL_SCALE = 32_768.0
_AT_ONCE = 65_536  # bytes of a stream; less where less has arrived


def run(request: TranscribeRequest, messages: Messages) -> None:
    """Run `gated transcribe`.

    Args:
        request: the options.
        messages: prints messages to stderr.

    Raises:
        DataError: no file can be read, or some cannot; the others are transcribed first.
    """
    if request.out is None or request.as_json:
        require_stdout()
    from gated import Transcriber

    model = Transcriber.load(request.model)
    if model.rate is None:
        raise UsageError(
            f"{request.model}: transcribes arrays, not sound. Expected a model that `gated train "
            "speech … --strings` wrote. Use it in Python: Transcriber.load(…).predict(X)."
        )
    if request.is_stream:
        _transcribe_stream(model, request.as_json, messages)
    else:
        _transcribe_files(model, request, messages)


def _transcribe_files(model: "Transcriber", request: TranscribeRequest, messages: Messages) -> None:
    assert model.rate is not None  # checked above
    read = read_list(request.files, model.rate)
    messages.write("Note", *read.changed)
    if read.recordings:
        paths = [request.files[position] for position in read.positions]
        samples = [each.samples for each in read.recordings]
        found = model.transcribe(samples, beam=request.beam)
        drawn = None
        if request.picture is not None or request.explain:
            from gated.tasks.pictures import transcript_picture

            drawn = transcript_picture(
                model,
                samples[0],  # one file, checked by the request
                found[0],
                explain=request.explain,
                beam=request.beam,
                title=f"Words of {paths[0].name}",
            )
        explanation = None if drawn is None else drawn.explanation
        _write(request, paths, found, model.is_text_, explanation)
        if drawn is not None:
            show(drawn, request.picture, messages)
    if read.failed:
        raise DataError(
            f"{counted(len(read.failed), 'file')} of {len(request.files)} could not be "
            "transcribed:\n" + "\n".join(read.failed.values())
        )


def _write(
    request: TranscribeRequest,
    paths: list[Path],
    found: "list[Transcript]",
    is_text: bool,
    explanation: "Explanation | None",
) -> None:
    texts = [("" if is_text else " ").join(map(str, each.symbols)) for each in found]
    if request.out is not None or not request.as_json:
        frame = {
            "file": np.array([str(path) for path in paths], dtype=object),
            "text": np.array(texts, dtype=object),
            "confidence": np.array(
                [round(min(each.confidence), 4) if each.confidence else np.nan for each in found]
            ),
        }
        if request.out is not None:
            write_whole(request.out, encoded(frame, request.out, {}))
        else:
            to_stdout(as_csv(frame, {}))
    if request.as_json:
        described: list[dict[str, Any]] = [
            {"file": str(path), "text": text, "symbols": [_facts(one) for one in each.timed]}
            for path, text, each in zip(paths, texts, found, strict=True)
        ]
        if explanation is not None:
            described[0]["gates"] = explanation.blocks
            described[0]["contributions"] = list(explanation.contributions)
        to_stdout(json.dumps(described, ensure_ascii=False).encode() + b"\n")


def _facts(found: "TimedSymbol") -> dict[str, Any]:
    return {
        "symbol": found.symbol,
        "begin": round(found.begin, 3),
        "end": round(found.end, 3),
        "confidence": round(found.confidence, 4),
    }


def _transcribe_stream(model: "Transcriber", as_json: bool, messages: Messages) -> None:
    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError(
            "stdin is a terminal or closed, and - reads raw samples from it. Expected a pipe, such "
            f"as: arecord -f S16_LE -c 1 -r {model.rate} | gated transcribe MODEL -"
        )
    messages.write("Reading", f"raw samples at {model.rate:,} Hz, 16 bits, from stdin.")
    stream = model.stream()
    for samples in _samples_of_stdin():
        _print(stream.push(samples), as_json)
    _print(stream.finish(), as_json)


def _print(symbols: "Iterable[TimedSymbol]", as_json: bool) -> None:
    for each in symbols:
        line = json.dumps(_facts(each), ensure_ascii=False) if as_json else str(each.symbol)
        to_stdout(line.encode() + b"\n")


def _samples_of_stdin() -> Iterator[NDArray[np.float32]]:
    """Samples from −1 to 1, as they arrive.

    Raises:
        DataError: stdin ends within a sample.
    """
    half, source = b"", cast("BufferedReader", sys.stdin.buffer)
    while content := source.read1(_AT_ONCE):
        content = half + content
        whole = len(content) - len(content) % 2
        half = content[whole:]
        yield np.frombuffer(content[:whole], dtype="<i2").astype(np.float32) / _FULL_SCALE
    if half:
        raise DataError(
            "stdin has an odd number of bytes. Expected raw samples of 16 bits, two bytes each. "
            "Check the format of what sends them."
        )
