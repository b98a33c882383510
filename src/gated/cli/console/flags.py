"""How the terminal writes the parameters that Python gives as keywords."""

__all__ = ["flag"]

_OTHER_NAMES = {
    "covariates": "--covariate",
    "past_covariates": "--past-covariate",
    "static_df": "--static",
    "X_df": "--future",
}


def flag(name: str, value: str | None = None) -> str:
    """A parameter as a flag; for `gated.text.option_style`.

    >>> flag("season_length"), flag("freq", "YS"), flag("covariates")
    ('--season-length', '--freq YS', '--covariate')
    """
    spelled = _OTHER_NAMES.get(name, "--" + name.replace("_", "-"))
    return spelled if value is None else f"{spelled} {value}"
