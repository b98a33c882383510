"""What is timed: the grid of shapes, and the operations and bytes that each of them costs."""

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
# No multiple of a vector or of a tile: what remains at the edges is timed too.
ODD = ((100, 50, 10, 100), (60, 7, 21, 300), (365, 3, 9, 37))


@dataclass(frozen=True)
class Case:
    """One layer in one direction over one batch, float32.

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

        A weight costs a multiplication and an addition for each row of each step; training does
        that three times: forward, for the gradients of x and h, for those of the weights.

        >>> Case("gru", 64, 32, 16, 64).flops("forward") == 2 * (3 * 64 * (16 + 64)) * 64 * 32
        True
        """
        forward = 2 * self.weights * self.steps * self.batch
        return forward if mode == "forward" else 3 * forward

    def step_bytes(self, mode: Mode) -> int:
        """Bytes that one step must bring to the arithmetic, or take away, however it is written.

        Forward: every weight; x_t and the state in, the state out. Training adds, on the way back,
        every weight again; the gates kept and fetched; x_t, h_{t-1} and ∂L/∂h_t in, ∂L/∂x_t out.
        The weights' gradients are left out: several steps can share one pass over them.
        """
        hidden, inputs = self.hidden_size, self.input_size
        states = 2 * _STATES[self.kind] * hidden
        if mode == "forward":
            return _BYTES * (self.weights + self.batch * (inputs + states))
        kept = 2 * GATES[self.kind] * hidden
        row = 3 * inputs + states + 2 * hidden + kept
        return _BYTES * (2 * self.weights + self.batch * row)

    def intensity(self, mode: Mode) -> float:
        """Operations per byte of a step: about B/2 for a small batch, as weights are used B times.

        >>> round(Case("gru", 100, 1, 8, 256).intensity("forward"), 2)
        0.5
        """
        return self.flops(mode) / (self.steps * self.step_bytes(mode))


def full_grid(kinds: Sequence[Kind]) -> list[Case]:
    """T 24…512, B 1…256, I 8…128, H 32…512: every T × B × H, the sizes of I taking turns.

    Each size of I meets each T, each B and each H equally often or nearly so, at a third of the
    cost of the whole product. Three odd shapes of each kind close it.

    >>> len(full_grid(["gru"]))
    63
    """
    grid = _product((24, 128, 512), (1, 8, 32, 256), (32, 64, 128, 256, 512))
    return [Case(kind, *sizes) for kind in kinds for sizes in (*grid, *ODD)]


def quick_grid(kinds: Sequence[Kind]) -> list[Case]:
    """A few shapes within the same ranges, for a look in passing.

    >>> len(quick_grid(["gru"]))
    9
    """
    grid = _product((24, 128), (1, 32), (64, 256))
    return [Case(kind, *sizes) for kind in kinds for sizes in (*grid, ODD[0])]


def _product(
    steps: Sequence[int], batches: Sequence[int], hidden_sizes: Sequence[int]
) -> list[tuple[int, int, int, int]]:
    """Every T × B × H, with I chosen by their places, as in a Latin square."""
    return [
        (T, B, _INPUTS[(t + b + h) % len(_INPUTS)], H)
        for t, T in enumerate(steps)
        for b, B in enumerate(batches)
        for h, H in enumerate(hidden_sizes)
    ]
