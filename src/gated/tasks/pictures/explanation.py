"""Describes the gates of a network: as heat maps, as numbers, and in sentences.

"Kept" is the update gate z of h_t = z_t ⊙ h_{t-1} + (1 − z_t) ⊙ n_t: the share of the old state,
the memory, that a unit keeps in a step. The rest, 1 − z, is overwritten.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from gated.arrays import BoolArray, FloatArray
from gated.insight import BlockGates
from gated.insight.pictures import CONVENTION
from gated.plot.panels.picture import Picture
from gated.text import percent

__all__ = ["Contrast", "Explained", "Explanation", "explained"]

_FEWEST = 2  # steps of each kind in a comparison


@dataclass(frozen=True)
class Contrast:
    """Steps of one kind, to be compared with the others.

    Attributes:
        words: where they are, such as "at the pauses".
        name: as a key.
        chosen: [T] the steps.
    """

    words: str
    name: str
    chosen: BoolArray

    @property
    def is_possible(self) -> bool:
        """Whether there are enough steps of both kinds."""
        count = int(self.chosen.sum())
        return _FEWEST <= count <= len(self.chosen) - _FEWEST


@dataclass(frozen=True)
class Explanation:
    """The gates of one sequence in numbers and in words.

    Attributes:
        blocks: of each block its number, the mean kept share, that of each step, and those of the
            steps of a kind.
        sentences: one for each block, then what the numbers mean; before them those on
            contributions.
        contributions: what each step adds to the label, or to each symbol.
    """

    blocks: list[dict[str, Any]]
    sentences: tuple[str, ...]
    contributions: tuple[dict[str, Any], ...] = ()

    def preceded(self, sentences: Sequence[str], found: Sequence[dict[str, Any]]) -> "Explanation":
        """The same with the contributions in front."""
        return replace(self, sentences=(*sentences, *self.sentences), contributions=tuple(found))


@dataclass(frozen=True)
class Explained:
    """A picture, with its explanation where one is requested.

    Attributes:
        picture: of the sequence, and of its gates.
        explanation: None without gates.
        figure: the moving figure of a motion: positions, bones and frame time; None otherwise.
    """

    picture: Picture
    explanation: Explanation | None = None
    figure: tuple[FloatArray, Any, float] | None = None


def explained(
    blocks: Sequence[BlockGates], contrast: Contrast | None, times: tuple[float, float], unit: str
) -> Explanation:
    """Describe gates in numbers and sentences; every number is computed from the gates.

    Args:
        blocks: of one sequence, at least one.
        contrast: steps to compare with the others; None for none.
        times: from the begin of the first step to the end of the last one.
        unit: of the times: "s", or "" for a number of a step.
    """
    numbers, sentences = [], []
    for index, block in enumerate(blocks, 1):
        kept = block.kept
        found: dict[str, Any] = {"block": index, "mean": _rounded(kept.mean())}
        words = f"Block {index} keeps {percent(float(kept.mean()))} of its memory a step on average"
        if contrast is not None and contrast.is_possible:
            inside, outside = kept[contrast.chosen].mean(), kept[~contrast.chosen].mean()
            found[contrast.name] = _rounded(inside)
            found["elsewhere"] = _rounded(outside)
            words += (
                f"; {contrast.words} it keeps {percent(float(inside))}, elsewhere "
                f"{percent(float(outside))}"
            )
        if len(kept) > 1:
            words += f". It keeps least {_place(kept, times, unit)}: {percent(float(kept.min()))}"
        found["kept"] = [_rounded(share) for share in kept]
        numbers.append(found)
        sentences.append(f"{words}.")
    return Explanation(numbers, (*sentences, CONVENTION))


def _place(kept: FloatArray, times: tuple[float, float], unit: str) -> str:
    step = int(kept.argmin())
    if unit != "s":
        return f"at step {step + 1:,} of {len(kept):,}"
    begin, end = times
    return f"at {begin + (step + 0.5) * (end - begin) / len(kept):.2f} s"


def _rounded(share: float) -> float:
    return round(float(share), 4)
