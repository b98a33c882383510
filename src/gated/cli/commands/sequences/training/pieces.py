"""Learns from texts, music, drawings, images or motions: `gated train`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gated.cli.requests.sequences.train_request import TrainRequest
from gated.tasks.generator.files import PieceFiles, ReadAs, read_pieces
from gated.text import counted

if TYPE_CHECKING:
    from gated import Generator
    from gated.train import Progress
    from gated.train.checkpoint import Checkpoint

__all__ = ["Pieces"]


@dataclass(frozen=True)
class Pieces:
    """Pieces of one medium, and the generator that is trained on them.

    Attributes:
        request: the options.
        found: the pieces.
    """

    request: TrainRequest
    found: PieceFiles
    read: Sequence[str] = ()

    @classmethod
    def of(cls, medium: str, request: TrainRequest) -> "Pieces":
        """Read the files of a medium."""
        return cls(request, read_pieces(medium, request.source, ReadAs(request.rate, request.size)))

    @property
    def notes(self) -> Sequence[str]:
        return self.found.notes

    def fit(self, follow: Callable[["Progress"], None], checkpoint: "Checkpoint") -> "Generator":
        from gated import Generator

        model = Generator(
            self.found.medium,  # type: ignore[arg-type]  # one of the literals
            hidden_size=self.request.hidden_size,
            max_steps=self.request.max_steps,
            seed=self.request.seed,
        )
        return model.fit(
            self.found.pieces, names=self.found.names, progress=follow, checkpoint=checkpoint
        )

    def result(self, model: "Generator", took: str) -> Sequence[str]:
        learned = model.learned_
        pieces = counted(learned["pieces"], "piece")
        read = f"Learned from {counted(learned['symbols'], 'symbol')} of {pieces} in {took}"
        if learned["score"] is None:
            return [f"{read}; none were held out."]
        held_out = counted(learned["held_out"], "held-out symbol")
        score = f"{learned['score']:.3f} nats per {model.unit} (lower is better)"
        return [f"{read}. On {held_out}: {score}."]

    def use(self, out: Path) -> str:
        return f"gated generate {out}"

    def facts(self, model: "Generator") -> dict[str, Any]:
        return {"medium": self.found.medium, "unit": model.unit}
