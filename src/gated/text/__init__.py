"""Formats numbers, times, lists and option names as text for messages.

No other module formats them. An option is written as a Python keyword by default, and as a flag
of the command line inside a command (`option_style`).
"""

from gated.text.lists import columns_of_text, counted, did_you_mean, joined, listed, plain
from gated.text.numbers import (
    aligned,
    amount,
    between,
    change,
    grouped,
    percent,
    percent_range,
    roughly,
    rounded,
    shares,
    tabular,
    whole_percent,
)
from gated.text.options import option, option_name, option_style
from gated.text.times import duration, shown_time, shown_times
from gated.text.visible import printable, printable_lines, shortened

__all__ = [
    "aligned",
    "amount",
    "between",
    "change",
    "columns_of_text",
    "counted",
    "did_you_mean",
    "duration",
    "grouped",
    "joined",
    "listed",
    "option",
    "option_name",
    "option_style",
    "percent",
    "percent_range",
    "plain",
    "printable",
    "printable_lines",
    "roughly",
    "rounded",
    "shares",
    "shortened",
    "shown_time",
    "shown_times",
    "tabular",
    "whole_percent",
]
