"""Data sets by name and by path, and faults of the options."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.forecasting.data.datasets import DATASETS, Columns, load_cuts
from gated.errors import UsageError

FILES = {
    "m4_hourly": ["forecast/m4_hourly.csv.gz"],
    "m3": ["forecast/m3.csv.gz", "forecast/m3_meta.csv"],
    "births": ["forecast/us_births_daily.csv"],
    "bike": ["forecast/bike_sharing_hourly.csv.gz"],
    "vic": ["forecast/vic_elec_halfhourly.csv.gz"],
    "etth1": ["forecast/ETTh1.csv"],
    "carparts": ["forecast/carparts_monthly_wide.csv.gz"],
    "ausretail": ["demo/aus_retail_monthly.csv.gz"],
    "airpassengers": ["forecast/classics/AirPassengers.csv"],
    "peyton": ["forecast/classics/wp_log_peyton_manning.csv"],
}


def read(name, folder, *, validation=False, horizon=None, columns=None):
    """Load as the command does; skip if a file of the data folder is missing."""
    for file in FILES.get(name, []):
        if not (folder.path / file).is_file():
            pytest.skip(f"{file} is not in {folder.path}")
    chosen = columns or Columns()
    return load_cuts(name, folder, columns=chosen, horizon=horizon, validation=validation)


def write(folder, **columns):
    path = folder / "sales.csv"
    pd.DataFrame(columns).to_csv(path, index=False)
    return str(path)


@pytest.fixture
def sales(tmp_path):
    days = pd.date_range("2024-01-01", periods=30, freq="D")
    return write(tmp_path, day=days, price=np.arange(30.0), sold=np.arange(30), views=np.arange(30))


def test_a_table_by_its_path(sales, data):
    columns = Columns(time="day", target="sold", covariates=("price",))
    [cut] = read(sales, data, horizon=3, columns=columns)
    np.testing.assert_array_equal(cut.y, [[27, 28, 29]])
    assert cut.future["price"].tolist() == [27, 28, 29]
    assert cut.season_length == 7
    assert cut.name == "sales.csv"


def test_a_path_requires_a_horizon(sales, data):
    with pytest.raises(UsageError, match="--horizon"):
        read(sales, data)


def test_an_unknown_name_lists_the_known_ones(data):
    with pytest.raises(UsageError, match="m4_hourly, m3, shop"):
        read("m5", data)


@pytest.mark.parametrize("name", ["m3", "shop"])
def test_a_named_data_set_has_fixed_columns(name, data):
    with pytest.raises(UsageError, match="--covariate"):
        read(name, data, columns=Columns(covariates=("price",)))


@pytest.mark.parametrize("name", ["m4_hourly", "m3"])
def test_a_competition_has_a_fixed_horizon(name, data):
    with pytest.raises(UsageError, match="leave out --horizon"):
        read(name, data, horizon=5)


@pytest.mark.parametrize("name", DATASETS)
def test_every_named_data_set_can_be_cut(name, data):
    for cut in read(name, data):
        assert cut.y.shape == (len(cut.ids), cut.h)
        assert len(cut.past) == cut.offsets[-1]
        assert len(cut.future) == cut.y.size
        assert not cut.future[list(cut.covariates)].isna().any(axis=None)


def test_shop_is_the_embedded_revenue_with_the_closed_days(data):
    [cut] = read("shop", data)
    assert cut.y.shape == (1, 28)
    np.testing.assert_array_equal(cut.y[cut.closed_ahead], 0)
    assert cut.closed_before.sum() == 739 - 604 - cut.closed_ahead.sum()


def test_m4_hourly_has_numbered_steps_and_the_competitions_cut(data):
    [cut] = read("m4_hourly", data)
    assert cut.y.shape == (414, 48)
    assert cut.season_length == 24
    first = cut.past["ds"].iloc[:2].tolist()
    assert first == [1, 2]
    rows = pd.read_csv(data.file("forecast/m4_hourly.csv.gz"))
    actual = rows[rows["split"] == "test"]["y"].to_numpy().reshape(414, 48)
    np.testing.assert_array_equal(cut.y, actual)
    assert any("numbers its steps" in note for note in cut.notes)


def test_m4_hourly_for_validation_is_cut_inside_the_training_part(data):
    [cut] = read("m4_hourly", data, validation=True)
    [test] = read("m4_hourly", data)
    ends = test.history.reshape(-1)[test.offsets[1:, None] - np.arange(48, 0, -1)]
    np.testing.assert_array_equal(cut.y, ends)


def test_m3_is_four_parts_with_their_own_horizons_and_dates(data):
    parts = {part.name: part for part in read("m3", data)}
    horizons = {name: part.h for name, part in parts.items()}
    assert horizons == {"yearly": 6, "quarterly": 8, "monthly": 18, "other": 8}
    seasons = {name: part.season_length for name, part in parts.items()}
    assert seasons == {"yearly": 1, "quarterly": 4, "monthly": 12, "other": 1}
    assert sum(len(part.ids) for part in parts.values()) == 3003
    assert parts["yearly"].past["ds"].iloc[0] == pd.Timestamp("1975-01-01")
    # The file says that Q3 starts at 3967/2, the third quarter of 1983.
    third = parts["quarterly"].past.query("unique_id == 'Q3'")
    assert third["ds"].iloc[:2].tolist() == [pd.Timestamp("1983-07-01"), pd.Timestamp("1983-10-01")]
