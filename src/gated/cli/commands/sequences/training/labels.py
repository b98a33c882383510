"""Learns from a folder of recordings and writes a classifier: `gated train speech`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gated.cli.requests.sequences.train_request import TrainRequest
from gated.media.audio import LabelledRecordings, read_folder
from gated.text import counted, duration, grouped

if TYPE_CHECKING:
    from gated import SequenceClassifier
    from gated.train import Progress
    from gated.train.checkpoint import Checkpoint

__all__ = ["Labels"]


@dataclass(frozen=True)
class Labels:
    """Recordings with labels, and the classifier that is trained on them.

    Attributes:
        request: the options.
        found: the recordings.
    """

    request: TrainRequest
    found: LabelledRecordings

    @classmethod
    def of(cls, request: TrainRequest) -> "Labels":
        """Read the folder."""
        return cls(request, read_folder(request.source))

    @property
    def read(self) -> Sequence[str]:
        found = self.found
        labels = sorted(set(found.labels))
        seconds = sum(len(recording.samples) for recording in found.recordings) / found.rate
        return [
            f"{counted(len(found.recordings), 'recording')} of {counted(len(labels), 'label')} "
            f"({', '.join(labels)}), {duration(seconds)} of sound at {found.rate:,} Hz."
        ]

    @property
    def notes(self) -> Sequence[str]:
        return self.found.notes

    def fit(
        self, follow: Callable[["Progress"], None], checkpoint: "Checkpoint"
    ) -> "SequenceClassifier":
        from gated import SequenceClassifier

        model = SequenceClassifier(
            rate=self.found.rate,
            hidden_size=self.request.hidden_size or 64,
            max_steps=self.request.max_steps,
            seed=self.request.seed,
        )
        return model.fit(
            [recording.samples for recording in self.found.recordings],
            self.found.labels,
            progress=follow,
            checkpoint=checkpoint,
        )

    def result(self, model: "SequenceClassifier", took: str) -> Sequence[str]:
        learned = model.learned_
        held_out = learned["held_out"]
        right = round(learned["accuracy"] * held_out)
        on_all = f"then trained on all {grouped(learned['sequences'])}, in"
        then = on_all if learned["refit"] else "trained on the others in"
        return [
            f"{grouped(right)} of {counted(held_out, 'held-out recording')} labelled correctly; "
            f"{then} {took}."
        ]

    def use(self, out: Path) -> str:
        return f"gated classify {out} FILES"

    def facts(self, model: "SequenceClassifier") -> dict[str, Any]:
        return {"labels": model.classes_.tolist()}
