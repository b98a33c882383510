"""Reads recordings with their transcripts: a table of the files and what is said in each."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gated.errors import DataError
from gated.files import special_kind
from gated.media.audio.recordings import Recording
from gated.media.audio.sound_files import changes, left_out, read_sounds, usual_rate
from gated.text import counted, listed

__all__ = ["TranscribedRecordings", "read_transcripts"]

_LAYOUT = "Expected a .csv or .tsv table with the columns file and text, beside the recordings."


@dataclass(frozen=True)
class TranscribedRecordings:
    """Recordings with their transcripts.

    Attributes:
        recordings: all of one rate, in the order of the table.
        texts: what is said in each.
        paths: the file of each.
        rate: samples a second.
        notes: what was changed or left out.
    """

    recordings: list[Recording]
    texts: list[str]
    paths: list[Path]
    rate: int
    notes: tuple[str, ...]


def read_transcripts(
    table: str | Path, progress: Callable[[int, int], None] | None = None
) -> TranscribedRecordings:
    """Read a table of recordings and their transcripts, and the recordings.

    A file that cannot be read, or is silent (all samples equal, or none of −80 dBFS), is left out,
    and a note names it with the reason. The rate is the most frequent one of the files.

    Args:
        table: a .csv or .tsv file in UTF-8 with the columns `file`, relative to its folder, and
            `text`; other columns are not read.
        progress: called with the number of files read, and of all files.

    Raises:
        DataError: it is no such table, names a file twice, or fewer than two recordings can be
            read.
        UsageError: a format needs soundfile, which is not installed.
    """
    table = Path(table)
    texts = _rows(table)
    sounds, failed = read_sounds(texts, progress, without_silent=True)
    notes = left_out(failed)
    if len(sounds) < 2:
        raise DataError(
            f"{table}: {counted(len(sounds), 'recording')} of {len(texts):,} can be read. Expected "
            "at least two, to train with one and check with another."
            + "".join(f"\n{note}" for note in notes)
        )
    rate = usual_rate(sounds.values())
    notes += changes(table.parent, sounds, rate)
    return TranscribedRecordings(
        [Recording(sound.at(rate), rate) for sound in sounds.values()],
        [texts[path] for path in sounds],
        list(sounds),
        rate,
        tuple(notes),
    )


def _rows(table: Path) -> dict[Path, str]:
    """The text of each file, in the order of the table."""
    delimiter = "\t" if table.suffix.lower() == ".tsv" else ","
    reader = csv.DictReader(io.StringIO(_content(table)), delimiter=delimiter, strict=True)
    found: dict[Path, str] = {}
    try:
        names = reader.fieldnames or []
        missing = [name for name in ("file", "text") if name not in names]
        if missing:
            has = f"it has {listed(names)}" if names else "it is empty"
            raise DataError(f"{table}: lacks the column {missing[0]}; {has}. {_LAYOUT}")
        for row in reader:
            if row["text"] is None or not row["file"]:
                raise DataError(
                    f"{table}: line {reader.line_num} has not both a file and a text. {_LAYOUT}"
                )
            path = table.parent / row["file"]
            if path in found:
                raise DataError(
                    f"{table}: line {reader.line_num} names {row['file']} again. Expected one row "
                    "for each recording. Remove one of them."
                )
            found[path] = row["text"]
    except csv.Error as error:
        raise DataError(f"{table}: line {reader.line_num}: {error}. {_LAYOUT}") from error
    return found


def _content(table: Path) -> str:
    try:
        kind = special_kind(table)
        if kind is not None:
            raise DataError(f"{table}: is {kind}. {_LAYOUT} Name one file.")
        return table.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise DataError(f"{table}: there is no such file. {_LAYOUT} Check the name.") from None
    except UnicodeDecodeError as error:
        raise DataError(
            f"{table}: is not text in UTF-8 ({error.reason} at byte {error.start:,}). {_LAYOUT} "
            "Save it again in UTF-8."
        ) from error
    except (OSError, ValueError) as error:
        raise DataError(f"{table}: cannot be read ({error}). {_LAYOUT}") from error
