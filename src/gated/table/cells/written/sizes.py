"""Units of several sizes of one quantity in a column, such as "512 MB" and "1.2 GB".

All cells are brought to the smallest unit that occurs.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

__all__ = ["Sizes", "sizes_of"]

_PREFIXES = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15}
_BYTES = ("B", "KB", "MB", "GB", "TB", "PB")
# A program that counts in powers of 1024 writes 1000 to 1023 of a unit before the next one.
_BEYOND_1000 = re.compile(r"^10(?:[01]\d|2[0-3])(?:[.,]\d{1,2})?$")


def _with_prefixes(unit: str) -> dict[str, int]:
    return {prefix + unit: factor for prefix, factor in _PREFIXES.items()}


def _bytes(base: int) -> tuple[dict[str, int], dict[str, int]]:
    """The units of bytes as capital and as small letters."""
    factors = [base**power for power in range(len(_BYTES))]
    capital = dict(zip(_BYTES, factors, strict=True)) | {"kB": base, "bytes": 1, "Bytes": 1}
    return capital, dict(zip(map(str.lower, _BYTES), factors, strict=True))


_BINARY = {f"{prefix}iB": 1024**power for power, prefix in enumerate("KMGTP", 1)}
_DECIMAL_BYTES, _BINARY_BYTES = _bytes(1000), _bytes(1024)
# "m" is none of them: it may be a metre or a minute.
_FAMILIES: tuple[Mapping[str, int], ...] = (
    {"B": 1, "kiB": 1024, **_BINARY},
    {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "sec": 10**9,
     "min": 60 * 10**9, "h": 3600 * 10**9},
    _with_prefixes("W"),
    _with_prefixes("Wh"),
    _with_prefixes("Hz"),
    _with_prefixes("bit/s") | _with_prefixes("bps") | {"Kbps": 10**3},
    {"mV": 1, "V": 10**3, "kV": 10**6},
    {"mA": 1, "A": 10**3, "kA": 10**6},
    {"mg": 1, "g": 10**3, "kg": 10**6, "t": 10**9},
    {"mm": 1, "cm": 10, "km": 10**6},
    {"ml": 1, "cl": 10, "dl": 100, "l": 1000, "hl": 10**5},
)  # fmt: skip


@dataclass(frozen=True)
class Sizes:
    """Units of one quantity.

    Attributes:
        unit: the smallest one.
        factors: for each unit: how many of the smallest one it is, a whole number.
    """

    unit: str
    factors: Mapping[str, int]

    @property
    def text(self) -> str:
        """What was done, as a part of a sentence."""
        others = [f"1 {unit} as {times:,}" for unit, times in self.factors.items() if times > 1]
        return f'numbers are in "{self.unit}", with {", ".join(others)}'


def sizes_of(used: Collection[str], numbers: Iterable[tuple[str, str]]) -> Sizes | None:
    """The sizes of the units of a column; None if they are not units of one quantity.

    Args:
        used: the distinct texts after numbers that need a unit.
        numbers: the digits and the unit of each cell. Bytes are counted in powers of 1024 if there
            are 1000 to 1023 of a unit, else of 1000.

    >>> sizes_of({"MB", "GB"}, [("700", "MB"), ("1.01", "GB")]).factors
    {'MB': 1, 'GB': 1000}
    >>> sizes_of({"MB", "GB"}, [("1010", "MB"), ("1.01", "GB")]).factors
    {'MB': 1, 'GB': 1024}
    >>> sizes_of({"MB", "kWh"}, []) is None
    True
    """
    if len(used) < 2 or max(map(len, used)) < 2:  # single letters may be flags
        return None
    family = next((one for one in _FAMILIES if one.keys() >= set(used)), None)
    for decimal, binary in zip(_DECIMAL_BYTES, _BINARY_BYTES, strict=True):
        if family is None and decimal.keys() >= set(used):
            largest = max(used, key=decimal.__getitem__)
            below = (digits for digits, unit in numbers if unit != largest)
            family = binary if any(map(_BEYOND_1000.match, below)) else decimal
    if family is None:
        return None
    known = family
    in_order = sorted(used, key=lambda unit: (known[unit], unit))
    least = known[in_order[0]]
    return Sizes(in_order[0], {unit: known[unit] // least for unit in in_order})
