"""Chooses the column to forecast: by name, or the only column of numbers."""

from gated.table.columns.names import PRICES, TARGET_NAMES, is_target_name, plain, price_of
from gated.table.columns.roles.choice import NUMERIC, Choice
from gated.table.columns.roles.no_numbers import no_numbers, uncounted_events

__all__ = ["closing_price", "find_target", "only_number"]


def find_target(choice: Choice) -> str | None:
    """Find the target by name; among equally good names, a numeric column."""
    if closing := closing_price(choice):
        return closing
    for tier in TARGET_NAMES:
        named = [name for name in choice.free() if plain(choice.written(name)) in tier]
        fitting = [name for name in named if choice.kinds[name] in NUMERIC]
        fitting = [name for name in fitting if choice.kinds[name] != "empty"] or fitting
        fitting = fitting or ([] if choice.free({"integer", "number"}) else named)
        if len(fitting) > 1:
            raise choice.ambiguous("target_col", fitting)
        if fitting:
            return fitting[0]
    return None


def closing_price(choice: Choice) -> str | None:
    """The closing price, where the prices of a trading day stand beside each other."""
    free = [(choice.written(name), name) for name in choice.free(NUMERIC)]
    named = {price_of(written): name for written, name in reversed(free)}
    named |= {plain(written): name for written, name in free if plain(written) in PRICES}
    if not named.keys() >= PRICES:
        return None
    return named["close"]


def only_number(choice: Choice) -> str:
    numbers = choice.free({"integer", "number"}) or choice.free({"boolean"})
    numbers = numbers or choice.free({"empty"})
    if len(numbers) > 1:  # numbers of invoices, customers and so on are not forecast
        numbers = [name for name in numbers if not choice.is_number_of(name)] or numbers
    likely = [name for name in numbers if is_target_name(choice.written(name))]
    if len(numbers) > 1 and len(likely) == 1:
        numbers = likely
    if len(numbers) > 1:
        helpers = choice.helpers()
        numbers = [name for name in numbers if name not in helpers] or numbers
    if len(numbers) > 1:
        raise choice.ambiguous("target_col", numbers)
    if not numbers:
        text = choice.free({"text"})
        if choice.time is not None and choice.are_events([choice.time]):
            raise uncounted_events(choice.source, choice.columns, text)
        raise no_numbers(choice.source, choice.columns, text)
    return numbers[0]
