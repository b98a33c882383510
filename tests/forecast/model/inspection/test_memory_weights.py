"""A distance in the past is described in the right unit of time for every step length."""

import pytest

from gated.forecast.model.inspection.memory_weights import _description
from gated.table.time.calendar import Frequency


@pytest.mark.parametrize(
    ("alias", "season", "distance", "expected"),
    [
        ("2h", 12, 168, "14 days before"),
        ("h", 24, 24, "1 day before"),
        ("h", 168, 336, "2 weeks before"),
        ("30min", 48, 96, "2 days before"),
        ("15min", 96, 96, "1 day before"),
        ("10min", 144, 288, "2 days before"),
        ("min", 60, 120, "2 hours before"),
        ("6h", 4, 8, "2 days before"),
        ("8h", 3, 6, "2 days before"),
        ("D", 7, 364, "52 weeks before"),
        ("D", 14, 14, "2 weeks before"),
        ("D", 365, 365, "365 days before"),
        ("B", 5, 10, "2 weeks before"),
        ("W", 52, 52, "52 weeks before"),
        ("W", 4, 4, "4 weeks before"),
        ("MS", 12, 24, "2 years before"),
        ("2MS", 6, 6, "1 year before"),
        ("QE", 4, 4, "1 year before"),
        ("MS", 5, 5, "5 months before"),
        ("YE", 1, 3, "3 steps before"),
        ("1", 12, 24, "24 steps before"),
        ("D", 7, 6, "6 steps before"),
        ("h", 24, 1, "1 step before"),
    ],
)
def test_descriptions(alias, season, distance, expected):
    assert _description(distance, Frequency.of(alias, season)) == expected
