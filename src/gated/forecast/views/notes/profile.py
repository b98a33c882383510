"""Describes a table profile in sentences: closed steps, unused columns, season lengths."""

from gated.forecast.data.table_profile import TableProfile
from gated.forecast.views.notes.closed import closed_notes
from gated.forecast.views.notes.covariates import regression_notes
from gated.text import listed, option

__all__ = ["profile_notes", "unused_notes"]


def profile_notes(profile: TableProfile, target: str) -> tuple[str, ...]:
    """Notes on the profile of a table, one sentence each.

    Args:
        profile: profile of the table.
        target: name of its target column.
    """
    return (
        *_closing_notes(profile, target),
        *closed_notes(profile.closed_calendar, target),
        *regression_notes(profile, target),
        *_uninformative_notes(profile, target),
        *unused_notes(profile, target),
        *_season_notes(profile),
    )


def unused_notes(profile: TableProfile, target: str) -> tuple[str, ...]:
    """A sentence on the columns for which the network has no inputs, if any."""
    if not profile.unused:
        return ()
    return (
        f"not used: {listed(profile.unused)}. Without training, static features only serve series "
        f"without a past; {option('training', 'auto')} trains a network that uses them for all.",
    )


def _closing_notes(profile: TableProfile, target: str) -> tuple[str, ...]:
    closing = profile.closing
    if closing is None:
        return ()
    condition = f"{closing.covariate} = {closing.value:g}"
    if closing.category is not None:
        condition = f"a category of {closing.covariate}"
    return (
        f"{target} was 0 on all {closing.times} steps with {condition}: such steps are closed. "
        "They are forecast as 0 and left out of the past.",
    )


def _uninformative_notes(profile: TableProfile, target: str) -> tuple[str, ...]:
    if not profile.without_effect:
        return ()
    return (f"left out: {listed(profile.without_effect)} did not explain {target} in the past.",)


def _season_notes(profile: TableProfile) -> tuple[str, ...]:
    if not profile.own_seasons:
        return ()
    count = sum(series for _, series in profile.own_seasons)
    lengths = ", ".join(f"{series} of {steps} steps" for steps, series in profile.own_seasons)
    has = (
        "1 series has another season length"
        if count == 1
        else f"{count} series have other season lengths"
    )
    return (f"{has} ({lengths}), which the forecast uses.",)
