"""Defines the options of `gated explain`, and checks them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from gated.cli.options.option import FORECAST, OUTPUT, Option
from gated.cli.options.readers import column_names, one_path, one_text
from gated.cli.requests.forecasting.future_request import FutureRequest
from gated.errors import UsageError

__all__ = ["ExplainRequest"]


@dataclass(frozen=True, kw_only=True)
class ExplainRequest(FutureRequest):
    """The options of `gated explain`; None: not given."""

    series: Annotated[
        str | None,
        Option(
            "--series",
            "LABEL",
            help="The series to explain. Default: three, chosen evenly.",
            panel=FORECAST,
            read=one_text,
        ),
    ] = None
    what_if: Annotated[
        tuple[str, ...] | None,
        Option(
            "--what-if",
            "CHANGE",
            help="Forecast again with a change: price=4.5 in all steps ahead, sales@2024-12-24=0 "
            "in one step of past or future. May be repeated.",
            panel=FORECAST,
            read=column_names,
        ),
    ] = None
    gates: Annotated[
        bool,
        Option(
            "--gates",
            help="Also show the gates of the recurrence over the past: what it kept at each step, "
            "and for how long.",
            panel=FORECAST,
        ),
    ] = False

    out: Annotated[
        Path | None,
        Option(
            "--out -o",
            "FILE",
            help="Write the contributions to each forecast step: .csv, .parquet or .json.",
            panel=OUTPUT,
            read=one_path,
            file="written",
        ),
    ] = None

    def __post_init__(self) -> None:
        super().__post_init__()
        _ = self.changes  # an error in them is reported before the work

    @property
    def changes(self) -> dict[str, object]:
        """The changes: a column to its new value, or to its new values by time.

        Raises:
            UsageError: a change has no value, or a column changes both ahead and at a time.
        """
        found: dict[str, object] = {}
        for typed in self.what_if or ():
            place, equals, value = typed.rpartition("=")
            column, at, time = place.rpartition("@") if "@" in place else (place, "", "")
            if not (equals and column.strip() and value.strip()) or (at and not time.strip()):
                raise UsageError(
                    f"--what-if {typed} has no column and value. Expected column=value, such as "
                    "price=4.5, or column@time=value, such as sales@2024-12-24=0."
                )
            if not at:
                if column.strip() in found:
                    raise self._twice(column)
                found[column.strip()] = value.strip()
                continue
            times = found.setdefault(column.strip(), {})
            if not isinstance(times, dict) or time.strip() in times:
                raise self._twice(column)
            times[time.strip()] = value.strip()
        return found

    def _twice(self, column: str) -> UsageError:
        return UsageError(
            f"--what-if changes `{column.strip()}` twice. Expected one value for all steps ahead, "
            "or one value at each time."
        )
