"""The turns of phrase that errors and notes about tables share."""

from collections.abc import Iterable
from difflib import get_close_matches

_SPECIAL = {
    "covariates": ("covariates=[…]", "--covariate"),
    "past_covariates": ("past_covariates=[…]", "--past-covariate"),
    "static_df": ("static_df=", "--static"),
    "wide": ("wide=True", "--wide"),
}


def option(name: str, value: str | None = None) -> str:
    """How to give a parameter from Python and from the terminal.

    >>> option("time_col")
    'time_col= / --time-col'
    >>> option("freq", "YS")
    'freq="YS" / --freq YS'
    """
    python, terminal = _SPECIAL.get(name, (f"{name}=", "--" + name.replace("_", "-")))
    if value is None:
        return f"{python} / {terminal}"
    return f'{python}"{value}" / {terminal} {value}'


def listed(names: Iterable[object], limit: int = 8) -> str:
    """Column or series names in backticks, cut short after `limit`.

    >>> listed(["ds", "y"])
    '`ds`, `y`'
    >>> listed(range(5), limit=2)
    '`0`, `1` and 3 more'
    """
    shown = [f"`{name}`" for name in names]
    more = len(shown) - limit
    return ", ".join(shown) if more <= 0 else f"{', '.join(shown[:limit])} and {more} more"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A closing question when `word` is close to a known one, else nothing.

    >>> did_you_mean("untis", ["units", "orders"])
    ' Did you mean `units`?'
    >>> did_you_mean("xyz", ["units"])
    ''
    """
    spellings = {name.casefold(): name for name in known}
    close = get_close_matches(word.casefold(), spellings, n=1, cutoff=0.6)
    return f" Did you mean `{spellings[close[0]]}`?" if close else ""


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun.

    >>> counted(1, "row"), counted(2000, "row"), counted(3, "series", "series")
    ('1 row', '2,000 rows', '3 series')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
