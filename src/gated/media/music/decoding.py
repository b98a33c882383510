"""Decodes MIDI and ABC files with symusic, and with the program abc2midi that it contains."""

import os
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np

from gated.arrays import FloatArray, IntArray
from gated.errors import UsageError

__all__ = ["DamagedError", "Decoded", "Track", "abc_tunes", "decoded_abc", "decoded_midi"]

_MINUTE = 60_000_000  # microseconds
_SECONDS = 60  # a tune takes milliseconds
_PLACE = re.compile(r"^Error in line-char \d+-\d+ : *")
_TUNE = re.compile(r"^X:", re.MULTILINE)
# Fermatas would stretch notes and chord names would add an accompaniment, neither of which is
# written in the score.
_FLAGS = ("-silent", "-NFER", "-NGUI", "-NCOM")
_CHORDS_AT_ONCE = "%%MIDI chordattack 0"


class DamagedError(Exception):
    """A file or tune cannot be decoded, or has no notes; the message gives the reason."""


@dataclass(frozen=True)
class Track:
    """The notes of a track as in the file.

    Attributes:
        onset, duration: float64 [N] in quarter notes.
        pitch: int64 [N].
        is_drum: whether the pitches are drums.
    """

    onset: FloatArray
    duration: FloatArray
    pitch: IntArray
    is_drum: bool


@dataclass(frozen=True)
class Decoded:
    """The tracks of a file, and its tempi in quarter notes a minute, in the order of time."""

    tracks: list[Track]
    tempi: list[float]


def decoded_midi(path: Path, content: bytes, late: int = 0) -> Decoded:
    """Decode the content of a MIDI file.

    Args:
        path: for messages.
        content: of the file.
        late: ticks by which the onsets are too late, and the durations too short.

    Raises:
        DamagedError: it is damaged; the message gives the reason.
        UsageError: symusic is not installed.
    """
    symusic = _symusic(path)
    try:
        score = symusic.Score.from_midi(content)
    except (RuntimeError, ValueError, IndexError, UnicodeDecodeError, MemoryError) as error:
        raise DamagedError(_reason(str(error)) or "it is damaged") from error
    if score.tpq < 1:
        raise DamagedError("it has 0 ticks a quarter note")
    tracks = []
    for track in score.tracks:
        columns = track.notes.numpy()
        onset = columns["time"].astype(np.int64) - late
        duration = columns["duration"].astype(np.int64) + late
        if min(onset.min(initial=0), columns["pitch"].min(initial=0)) < 0:
            raise DamagedError("it has times or pitches that are negative")
        tracks.append(
            Track(
                onset / score.tpq,
                duration / score.tpq,
                columns["pitch"].astype(np.int64),
                bool(track.is_drum),
            )
        )
    in_order = sorted(score.tempos, key=lambda each: each.time)
    return Decoded(tracks, [_tempo(each.mspq) for each in in_order if each.mspq > 0])


def abc_tunes(content: bytes) -> list[str]:
    """The tunes of an ABC file, each with the header of the file.

    Raises:
        DamagedError: there is none.
    """
    text = content.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    begins = [match.start() for match in _TUNE.finditer(text)]
    if not begins:
        raise DamagedError("it has no tune: no line begins with `X:`")
    tunes = [text[a:b] for a, b in zip(begins, [*begins[1:], None], strict=True)]
    return [text[: begins[0]] + _with_chords_at_once(tune) for tune in tunes]


def _with_chords_at_once(tune: str) -> str:
    """A tune whose chords abc2midi does not spread over time; no other place takes the order."""
    number, _, rest = tune.partition("\n")
    return f"{number}\n{_CHORDS_AT_ONCE}\n{rest}"


def decoded_abc(path: Path, tune: str) -> Decoded:
    """Convert a tune to MIDI and decode that.

    symusic's own reading of ABC writes the messages of abc2midi to the standard output, so the
    program is run here.

    Args:
        path: for messages.
        tune: of `abc_tunes`.

    Raises:
        DamagedError: it is damaged; the message gives the reason.
        UsageError: symusic is not installed.
    """
    _symusic(path)  # says where the program is
    with tempfile.TemporaryDirectory() as folder:
        with tempfile.NamedTemporaryFile(suffix=".abc", dir=folder, delete=False) as source:
            source.write(tune.encode())
        target = Path(folder, "tune.mid")
        program = os.environ["SYMUSIC_ABC2MIDI"]
        try:
            done = subprocess.run(
                [program, source.name, "-o", str(target), *_FLAGS],
                capture_output=True,
                stdin=subprocess.DEVNULL,
                timeout=_SECONDS,
                cwd=folder,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise DamagedError(f"a tune takes longer than {_SECONDS} s to convert") from None
        except OSError as error:
            raise DamagedError(f"the program abc2midi of symusic cannot be run: {error}") from error
        said = done.stdout.decode("utf-8", "replace") + done.stderr.decode("utf-8", "replace")
        errors = [line for line in said.splitlines() if line.startswith("Error")]
        if errors or not target.exists():
            raise DamagedError(_reason(errors[0]) if errors else "it is no tune")
        # abc2midi begins each note one tick late, so that repeated notes are separate.
        return decoded_midi(path, target.read_bytes(), late=1)


def _tempo(quarter: int) -> float:
    """Quarter notes a minute of microseconds a quarter note.

    A file has whole microseconds, rounded or cut off: 90 a minute is saved as 90.00009. The tempo
    with two digits is used where a file cannot distinguish it.
    """
    exact = _MINUTE / quarter
    short = round(exact, 2)
    return short if quarter in (round(_MINUTE / short), int(_MINUTE / short)) else exact


def _symusic(path: Path) -> ModuleType:
    try:
        import symusic
    except (ImportError, OSError) as error:  # OSError: its programs are missing
        raise UsageError(
            f"{path}: is a file of music. Expected that symusic, which reads MIDI and ABC, is "
            'installed. Install it with pip install "gated[midi]".'
        ) from error
    module: ModuleType = symusic
    return module


def _reason(message: str) -> str:
    """The reason in a message of symusic or abc2midi, whose lines are not those of the file."""
    message = _PLACE.sub("", message)
    message = message.removesuffix(": iostream error").removeprefix("MiniMidi: ")
    return message.strip().rstrip(".!").replace("Invaild", "Invalid")
