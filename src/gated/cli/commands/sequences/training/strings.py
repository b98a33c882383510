"""Learns to transcribe, from words to join or recordings of strings: `gated train speech`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gated.cli.requests.sequences.train_request import TrainRequest
from gated.media.audio import (
    LabelledRecordings,
    TranscribedRecordings,
    read_folder,
    read_transcripts,
)
from gated.text import counted, duration, percent

if TYPE_CHECKING:
    from gated import Transcriber
    from gated.train import Progress
    from gated.train.checkpoint import Checkpoint

__all__ = ["Strings"]

_JOINED = (3, 7)  # words of a training string


@dataclass(frozen=True)
class Strings:
    """Recordings with words or texts, and the transcriber that is trained on them.

    Attributes:
        request: the options.
        found: the recordings; single words are joined.
    """

    request: TrainRequest
    found: LabelledRecordings | TranscribedRecordings

    @classmethod
    def of(cls, request: TrainRequest) -> "Strings":
        """Read the table or the folder."""
        if request.is_table:
            return cls(request, read_transcripts(request.source))
        return cls(request, read_folder(request.source))

    @property
    def read(self) -> Sequence[str]:
        found = self.found
        seconds = sum(len(recording.samples) for recording in found.recordings) / found.rate
        sound = f"{duration(seconds)} of sound at {found.rate:,} Hz"
        count = counted(len(found.recordings), "recording")
        if isinstance(found, TranscribedRecordings):
            return [f"{count} with their texts, {sound}."]
        labels = sorted(set(found.labels))
        words = f"{counted(len(labels), 'word')} ({', '.join(labels)})"
        least, most = _JOINED
        joined = f"joined at random to strings of {least} to {most} words"
        return [f"{count} of {words}, {sound}; {joined}."]

    @property
    def notes(self) -> Sequence[str]:
        return self.found.notes

    def fit(self, follow: Callable[["Progress"], None], checkpoint: "Checkpoint") -> "Transcriber":
        from gated import Transcriber

        found, request = self.found, self.request
        model = Transcriber(
            rate=found.rate,
            join=_JOINED if isinstance(found, LabelledRecordings) else None,
            hidden_size=request.hidden_size or 64,
            max_steps=request.max_steps,
            seed=request.seed,
        )
        strings: list[Any] = (
            found.labels
            if isinstance(found, LabelledRecordings)
            else [text if request.symbols == "characters" else text.split() for text in found.texts]
        )
        return model.fit(
            [recording.samples for recording in found.recordings],
            strings,
            progress=follow,
            checkpoint=checkpoint,
        )

    def result(self, model: "Transcriber", took: str) -> Sequence[str]:
        learned = model.learned_
        held_out = counted(learned["held_out"], "held-out string")
        right = round(learned["right"] * learned["held_out"])
        wrong = f"{percent(learned['error_rate'])} of their symbols wrong"
        return [f"{right:,} of {held_out} without an error, {wrong}, after {took}."]

    def use(self, out: Path) -> str:
        return f"gated transcribe {out} FILES"

    def facts(self, model: "Transcriber") -> dict[str, Any]:
        return {"symbols": model.symbols_}
