"""Decides what the prefixes and suffixes of a column mean: its unit, its scales and its flags."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from gated.arrays import BoolArray, FloatArray, IntArray
from gated.table.cells.written.parts import Parts
from gated.table.cells.written.sizes import Sizes, sizes_of
from gated.table.cells.written.units import (
    CONTEXT_LETTERS,
    Affix,
    is_flag,
    is_known_unit,
    is_prefix,
    scale_of,
)

__all__ = ["Affixes", "read_affixes"]

KELVIN = "K"  # after a blank it is a unit, if it stands in every cell


@dataclass(frozen=True)
class Affixes:
    """The meaning of the prefixes and suffixes of [K] distinct cells.

    Attributes:
        prefix, unit: those of most cells, "" for none.
        fits: the cells that have this prefix and unit, and zeros without any.
        is_known: whether the prefix and the unit are known ones.
        has_gap: whether a blank separates the unit from the number in every cell.
        power: the power of ten of each cell's scale.
        scales: the scales as written, with their power of ten.
        flags: the flags that were found.
        sizes: the units of one quantity that the cells have in place of one unit; None if one.
        factor: [K] how many of the smallest unit the unit of each cell is.
    """

    prefix: str
    unit: str
    fits: BoolArray
    is_known: bool
    has_gap: bool
    power: IntArray
    scales: dict[str, int]
    flags: tuple[str, ...]
    sizes: Sizes | None
    factor: FloatArray


def read_affixes(parts: Parts, counts: IntArray, is_zero: BoolArray) -> Affixes:
    """Read the prefixes and suffixes of a column.

    Args:
        parts: the parts of [K] distinct cells, of which at least one is readable.
        counts: [K] how often each cell occurs.
        is_zero: [K] whether the number is zero: a zero needs no unit.
    """
    prefixes, prefix_of = _numbered(parts.prefix)
    suffixes, suffix_of = _numbered(parts.suffix)
    known_prefix = np.array([is_prefix(text) for text in prefixes])
    readable = parts.readable & known_prefix[prefix_of]
    bare = (prefix_of == prefixes.index("")) & (suffix_of == suffixes.index("")) & is_zero
    counted = readable & ~bare
    used = {suffixes[code] for code in np.unique(suffix_of[counted])}
    is_money = bool(counted.any()) and "" not in {
        prefixes[code] for code in np.unique(prefix_of[counted])
    }
    has_gap = bool(parts.has_gap[counted & (suffix_of != suffixes.index(""))].all())
    sizes = _sizes(used, parts, suffixes, suffix_of)
    if sizes is None:
        meanings = _meanings(used, is_money=is_money, has_gap=has_gap)
    else:
        meanings = dict.fromkeys(sizes.factors, Affix(unit=sizes.unit))
    affixes = [meanings.get(text, Affix(unit=text)) for text in suffixes]
    pairs = Counter[tuple[str, str]]()
    kind = prefix_of * len(suffixes) + suffix_of
    for code in np.unique(kind[counted]):
        weight = int(counts[counted & (kind == code)].sum())
        pairs[prefixes[code // len(suffixes)], affixes[code % len(suffixes)].unit] += weight
    prefix, unit = pairs.most_common(1)[0][0] if pairs else ("", "")
    same_prefix = np.array([text == prefix for text in prefixes])
    same_unit = np.array([affix.unit == unit for affix in affixes])
    fits = (counted & same_prefix[prefix_of] & same_unit[suffix_of]) | (readable & bare)
    present = [affixes[code] for code in np.unique(suffix_of[fits])]
    return Affixes(
        prefix,
        unit,
        fits,
        is_known=is_known_unit(unit),
        has_gap=has_gap,
        power=np.array([affix.power for affix in affixes])[suffix_of],
        scales={affix.scale: affix.power for affix in present if affix.scale},
        flags=tuple(sorted({affix.flag for affix in present if affix.flag})),
        sizes=sizes,
        factor=_factors(suffixes, sizes)[suffix_of],
    )


def _sizes(
    used: Collection[str], parts: Parts, suffixes: Sequence[str], suffix_of: IntArray
) -> Sizes | None:
    if len(used) < 2:
        return None
    cells = zip(parts.digits.to_pylist(), (suffixes[code] for code in suffix_of), strict=True)
    return sizes_of(used, [(digits, unit) for digits, unit in cells if digits is not None])


def _factors(suffixes: Sequence[str], sizes: Sizes | None) -> FloatArray:
    factors = {} if sizes is None else sizes.factors
    return np.array([float(factors.get(text, 1)) for text in suffixes])


def _numbered(texts: pa.Array) -> tuple[list[str], IntArray]:
    """The distinct texts, "" among them, and the index of each one; null becomes ""."""
    encoded = pa.concat_arrays([pa.array([""]), texts.fill_null("")]).dictionary_encode()
    codes = encoded.indices.to_numpy(zero_copy_only=False)[1:].astype(np.int64)
    return encoded.dictionary.to_pylist(), codes


def _meanings(used: Collection[str], *, is_money: bool, has_gap: bool) -> dict[str, Affix]:
    """The meaning of each suffix that is no unit.

    One and the same suffix in every cell is the unit, unless it can only be a scale.

    >>> _meanings({"", "K", "m"}, is_money=False, has_gap=False)["m"]
    Affix(unit='', power=6, scale='m', flag='')
    >>> _meanings({"m"}, is_money=False, has_gap=False)  # metres
    {}
    >>> _meanings({"", "p"}, is_money=False, has_gap=True)
    {'p': Affix(unit='', power=0, scale='', flag='p')}
    """
    scales = {text: scale for text in used if text and (scale := scale_of(text)) is not None}
    is_sure = is_money or any(text not in CONTEXT_LETTERS for text in scales)
    if len(used) == 1 and has_gap and KELVIN in used:
        scales = {}
    if not is_sure:
        scales = {}
    marks = [text for text in used if text and text not in scales and is_flag(text)]
    if len(used) == 1:
        marks = []
    return {**scales, **{text: Affix(flag=text) for text in marks}}
