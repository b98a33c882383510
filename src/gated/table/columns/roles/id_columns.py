"""Chooses the column, or the columns, that name the series."""

from gated.table.columns.joined_columns import joined_name
from gated.table.columns.names import ID_NAMES
from gated.table.columns.roles.choice import Choice
from gated.table.columns.roles.events import are_separated
from gated.table.columns.roles.separating import alternate, fewest_separating

__all__ = ["find_ids"]


def find_ids(choice: Choice) -> str | None:
    """Find the id column by name; a vague name or any text column only if times repeat."""
    if choice.are_several:
        return _separating_ids(choice)
    rows = len(choice.source.frame)
    for tier in ID_NAMES:
        named = choice.named_ids(tier)
        if len(named) != 1:
            continue
        distinct = choice.source.frame[named[0]].n_unique()
        if tier is ID_NAMES[0] or distinct == 1:
            return named[0]
        if tier is ID_NAMES[1] and distinct < rows:
            return named[0]
    return None


def _separating_ids(choice: Choice) -> str | None:
    """The column, or the columns, that make each time occur once in a series.

    Of several candidates the fewest that do so are taken. A column that differs in every row
    numbers the rows, and names no series.
    """
    tiers = [*(choice.named_ids(tier) for tier in ID_NAMES), choice.free({"text"})]
    tiers.append(choice.label_numbers())
    if len(tiers[0]) == 1:
        return tiers[0][0]
    rows = len(choice.source.frame)
    for name in dict.fromkeys(name for tier in tiers for name in tier):
        if choice.source.frame[name].n_unique() == rows:
            choice.notes.append(f"left out: `{name}` differs in every row.")
            choice.taken.add(name)
    tiers = [[name for name in tier if name not in choice.taken] for tier in tiers]
    candidates = list(dict.fromkeys(name for tier in tiers for name in tier))
    if choice.has_no_names:
        candidates.sort(key=choice.columns.index)
    assert choice.time is not None
    if len(candidates) < 2:
        if tiers[-2] and not any(tiers[:-2]) and choice.are_events([choice.time]):
            raise choice.events([choice.time])
        if candidates == tiers[-1] and not are_separated(choice.source, choice.time, candidates):
            return None
        return candidates[0] if candidates else None
    chosen = fewest_separating(choice.source, choice.time, candidates)
    if chosen is not None:
        if not any(tiers[:-2]) and alternate(choice.source, choice.time, chosen.columns):
            return None
        if chosen.instead:
            raise choice.ambiguous("id_col", [*chosen.columns, *chosen.instead])
        return joined_name(chosen.columns)
    first: list[str] = next((tier for tier in tiers[:-1] if tier), [])
    if len(first) > 1:  # rows of one time stay, whatever is taken
        raise choice.ambiguous("id_col", first)
    return first[0] if first else None
