"""Offsets of zones are those of pandas, also in the hours at which they change."""

import numpy as np
import pandas as pd
import pytest

from gated.table.zone_offsets import offsets_from_utc, to_utc

ZONES = ["Europe/Oslo", "America/Sao_Paulo", "Europe/Dublin", "Asia/Kolkata", "UTC", "+05:45"]


@pytest.mark.parametrize("zone", ZONES)
def test_every_half_hour_of_three_years(zone: str) -> None:
    times = np.arange("2015", "2018", dtype="M8[h]").astype("M8[ns]") + np.timedelta64(30, "m")
    wall = pd.DatetimeIndex(times).tz_localize("UTC").tz_convert(zone).tz_localize(None).to_numpy()
    np.testing.assert_array_equal(times + offsets_from_utc(times, zone), wall)
    aware = pd.DatetimeIndex(times).tz_localize(
        zone, nonexistent="shift_forward", ambiguous=np.ones(len(times), dtype=bool)
    )
    np.testing.assert_array_equal(
        to_utc(times, zone), aware.tz_convert("UTC").tz_localize(None).to_numpy()
    )


def test_a_skipped_time_becomes_the_first_one_after_the_gap() -> None:
    # Samoa left out 30 December 2011; pandas 3.1 is an hour off in Samoa's gaps at midnight.
    wall = np.array(["2011-12-30T12:00", "2010-09-26T00:30"], "M8[ns]")
    utc = to_utc(wall, "Pacific/Apia")
    found = utc + offsets_from_utc(utc, "Pacific/Apia")
    assert found.astype("M8[m]").astype(str).tolist() == ["2011-12-31T00:00", "2010-09-26T01:00"]


def test_an_unknown_zone() -> None:
    with pytest.raises(KeyError):
        offsets_from_utc(np.array(["2024-01-01"], "M8[ns]"), "Europe/Olso")
