"""The shapes that are timed, and the operations and bytes of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gated.ops.recurrence import GATES, Kind

__all__ = ["KINDS", "MODES", "ODD", "Case", "Mode", "full_grid", "quick_grid"]

Mode = Literal["forward", "training"]

KINDS: tuple[Kind, ...] = ("rnn", "lstm", "gru")
MODES: tuple[Mode, ...] = ("forward", "training")

_BYTES = 4  # of a float32
_STATES: dict[Kind, int] = {"rnn": 1, "lstm": 2, "gru": 1}  # h, and c of the LSTM

_INPUTS = (8, 32, 128)
# Sizes that are not multiples of a vector or of a tile, so that the edges are timed, too.
ODD = ((100, 50, 10, 100), (60, 7, 21, 300), (365, 3, 9, 37))


@dataclass(frozen=True)
class Case:
    """The shape of one layer in one direction and of its input, float32.

    Attributes:
        kind: "rnn" (tanh), "lstm" or "gru".
        steps: T.
        batch: B.
        input_size: I.
        hidden_size: H.
    """

    kind: Kind
    steps: int
    batch: int
    input_size: int
    hidden_size: int

    def __str__(self) -> str:
        sizes = (self.steps, self.batch, self.input_size, self.hidden_size)
        named = " ".join(f"{name} {size}" for name, size in zip("TBIH", sizes, strict=True))
        return f"{self.kind.upper()} {named}"

    @property
    def weights(self) -> int:
        """Numbers in weight_ih and weight_hh: G·H·(I + H)."""
        return GATES[self.kind] * self.hidden_size * (self.input_size + self.hidden_size)

    def flops(self, mode: Mode) -> int:
        """Operations of the matrix products; those of the gates are not counted.

        Each weight needs a multiplication and an addition for each row of each step. Training has
        three such products: forward, gradients of x and h, gradients of the weights.

        >>> Case("gru", 64, 32, 16, 64).flops("forward") == 2 * (3 * 64 * (16 + 64)) * 64 * 32
        True
        """
        forward = 2 * self.weights * self.steps * self.batch
        return forward if mode == "forward" else 3 * forward

    def step_bytes(self, mode: Mode) -> int:
        """Bytes that every implementation of one step must read or write.

        Forward reads every weight, x_t and the state, and writes the state. Training also writes
        the gates and, in the backward pass, reads them and every weight again, reads x_t, h_{t-1}
        and ∂L/∂h_t, and writes ∂L/∂x_t. Gradients of the weights are not counted: several steps
        can share one pass over them.
        """
        hidden, inputs = self.hidden_size, self.input_size
        states = 2 * _STATES[self.kind] * hidden
        if mode == "forward":
            return _BYTES * (self.weights + self.batch * (inputs + states))
        gates = 2 * GATES[self.kind] * hidden
        row = 3 * inputs + states + 2 * hidden + gates
        return _BYTES * (2 * self.weights + self.batch * row)

    def intensity(self, mode: Mode) -> float:
        """Operations per byte of a step: about B/2 for small B, since each weight is used B times.

        >>> round(Case("gru", 100, 1, 8, 256).intensity("forward"), 2)
        0.5
        """
        return self.flops(mode) / (self.steps * self.step_bytes(mode))


def full_grid(kinds: Sequence[Kind]) -> list[Case]:
    """T 24…512, B 1…256, I 8…128, H 32…512: every T × B × H, with alternating I.

    Each I is combined with each T, B and H nearly equally often, at a third of the cost of the
    whole product. The last three shapes of each kind are the odd ones.

    >>> len(full_grid(["gru"]))
    63
    """
    grid = _product((24, 128, 512), (1, 8, 32, 256), (32, 64, 128, 256, 512))
    return [Case(kind, *sizes) for kind in kinds for sizes in (*grid, *ODD)]


def quick_grid(kinds: Sequence[Kind]) -> list[Case]:
    """A few shapes within the same ranges, for a quick run.

    >>> len(quick_grid(["gru"]))
    9
    """
    grid = _product((24, 128), (1, 32), (64, 256))
    return [Case(kind, *sizes) for kind in kinds for sizes in (*grid, ODD[0])]


def _product(
    steps: Sequence[int], batches: Sequence[int], hidden_sizes: Sequence[int]
) -> list[tuple[int, int, int, int]]:
    """Every T × B × H; I follows from their indices, as in a Latin square."""
    return [
        (T, B, _INPUTS[(t + b + h) % len(_INPUTS)], H)
        for t, T in enumerate(steps)
        for b, B in enumerate(batches)
        for h, H in enumerate(hidden_sizes)
    ]
