"""Tests that rows of one step are brought together as requested, and what is said about it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gated.table.reader import read_table
from tests.table.example_tables import check, frame, has_note, panel, refusal

RECEIPTS = """receipt,till,sold_at,amount,discount
1,a,22.01.2024 09:12:40,10.5,0
2,b,22.01.2024 09:12:40,4.5,1
3,a,22.01.2024 19:59:01,,0
4,a,23.01.2024 08:00:00,7,0
5,b,25.01.2024 12:30:00,1,1
6,b,25.01.2024 12:31:00,2,0
7,b,25.01.2024 12:59:59,6,0
"""
NAN = np.nan


def receipts(tmp_path: Path) -> Path:
    path = tmp_path / "receipts.csv"
    path.write_text(RECEIPTS)
    return path


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("sum", [15.0, 7.0, 0.0, 9.0]),
        ("mean", [7.5, 7.0, NAN, 3.0]),
        ("median", [7.5, 7.0, NAN, 2.0]),
        ("count", [2.0, 1.0, 0.0, 3.0]),
        ("min", [4.5, 7.0, NAN, 1.0]),
        ("max", [10.5, 7.0, NAN, 6.0]),
        ("first", [10.5, 7.0, NAN, 1.0]),
        ("last", [4.5, 7.0, NAN, 6.0]),
    ],
)
def test_each_rule(tmp_path: Path, rule: str, expected: list[float]) -> None:
    table = read_table(receipts(tmp_path), target_col="amount", aggregate=rule, freq="D")
    check(table)
    np.testing.assert_array_equal(table.y, expected)
    assert table.ds[0] == np.datetime64("2024-01-22")
    assert has_note(table, "7 rows of `amount` became 3 steps:")
    assert has_note(table, f'in each step of D (aggregate="{rule}")')
    assert has_note(table, "1 row without `amount` not used")
    assert has_note(table, "The rows of all `till` are brought together")


def test_a_step_without_sales_is_0_unless_told_otherwise(tmp_path: Path) -> None:
    path = receipts(tmp_path)
    options = {"target_col": "amount", "aggregate": "sum", "freq": "D"}
    zero = read_table(path, **options)
    assert has_note(zero, 'taken as 0 (fill="missing" takes them as not observed)')
    np.testing.assert_array_equal(read_table(path, **options, fill="missing").y, [15, 7, NAN, 9])
    mean = read_table(path, **{**options, "aggregate": "mean"}, fill="zero")
    np.testing.assert_array_equal(mean.y, [7.5, 7, 0, 3])


def test_series_of_sums_end_together(tmp_path: Path) -> None:
    path, options = receipts(tmp_path), {"target_col": "amount", "id_col": "till", "freq": "D"}
    table = read_table(path, **options, aggregate="sum")
    check(table)
    assert table.lengths.tolist() == [4, 4]
    np.testing.assert_array_equal(table.y, [10.5, 7, 0, 0, 4.5, 0, 0, 9])
    assert read_table(path, **options, aggregate="mean").lengths.tolist() == [2, 4]


def test_covariates_are_averaged_and_categories_keep_the_last(tmp_path: Path) -> None:
    table = read_table(
        receipts(tmp_path),
        target_col="amount",
        aggregate="sum",
        freq="D",
        covariates=["discount", "till"],
    )
    np.testing.assert_allclose(table.covariates[:, 0], [1 / 3, 0, NAN, 1 / 3])
    np.testing.assert_array_equal(table.covariates[:, 1], [0, 0, NAN, 1])
    assert has_note(table, "The mean of a step was taken for `discount`.")
    assert has_note(table, "The last value of a step was taken for `till`.")


def test_rows_are_counted_without_any_number(tmp_path: Path) -> None:
    path = tmp_path / "visits.csv"
    path.write_text("arrived\n2024-03-01 10:00\n2024-03-01 10:05\n2024-03-02 11:40\n")
    table = read_table(path, aggregate="count", freq="D")
    assert table.y.tolist() == [2.0, 1.0]
    assert table.ids.tolist() == ["count"]
    assert has_note(table, "target: the number of rows.")
    log = frame(time=pd.to_datetime(["2024-03-01", "2024-03-01", "2024-03-02"]), page=list("aba"))
    assert read_table(log, aggregate="count").y.tolist() == [2.0, 1.0]
    by_page = read_table(log, aggregate="count", id_col="page")
    assert by_page.ids.tolist() == ["a", "b"]
    assert by_page.y.tolist() == [1.0, 1.0, 1.0, 0.0]


def test_without_a_step_rows_of_one_time_are_brought_together() -> None:
    days = pd.date_range("2024-01-01", periods=5)
    rows = frame(ds=[*days, *days[:3]], y=[1.0, 2, 3, 4, 5, 10, 20, 30])
    table = read_table(rows, aggregate="sum")
    assert table.y.tolist() == [11, 22, 33, 4, 5]
    assert table.frequency.alias == "D"
    again = read_table(panel(1), aggregate="sum")
    assert has_note(again, 'aggregate="sum" changed no value: there is one row at most')


def test_a_rule_without_a_step_asks_for_one(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    seconds = np.sort(random.integers(0, 40 * 86_400, 400))
    rows = frame(ds=np.datetime64("2024-01-01") + seconds.astype("m8[s]"), y=1.0)
    message = refusal(rows, aggregate="sum")
    assert 'aggregate="sum" was given without a step' in message
    assert 'for example freq="D".' in message
    assert 'freq="D"' in refusal(rows)
    assert 'aggregate="sum" to add up amounts' in refusal(rows)
    given = refusal(rows, freq="D")
    assert "400 rows lie in 40 steps of D." in given
    assert "freq=" not in given
    assert read_table(rows, freq="D", aggregate="sum").y.sum() == 400
    minutes = frame(ds=rows["ds"].astype("M8[s]").dt.floor("min"), y=1.0)
    assert 'freq="D"' in refusal(minutes, aggregate="count")
    few = rows.iloc[::40]
    assert 'freq="W"' in refusal(few, aggregate="sum")


def test_an_unknown_rule_is_refused() -> None:
    assert "Did you mean `sum`?" in refusal(panel(1), aggregate="summ")


@pytest.mark.parametrize(
    ("alias", "last_day", "kept"),
    [
        ("MS", "2024-06-12", 5),
        ("ME", "2024-06-30", 6),
        ("W", "2024-06-26", 25),
        ("W-WED", "2024-06-26", 26),
        ("QS", "2024-06-30", 2),
    ],
)
def test_a_step_that_is_cut_off_is_left_out(alias: str, last_day: str, kept: int) -> None:
    days = pd.date_range("2024-01-01", last_day)
    rows = frame(ds=np.repeat(days, 2), y=1.0)
    table = read_table(rows, aggregate="sum", freq=alias)
    check(table)
    assert table.n_rows == kept
    is_left_out = len(pd.Series(1, days).resample(alias).sum()) > kept
    assert has_note(table, "The last step is incomplete and was left out") == is_left_out
    expected = pd.Series(2.0, days).resample(alias).sum()[:kept]
    assert table.y.tolist() == expected.tolist()
    assert (table.ds == expected.index.to_numpy()).all()


def test_an_incomplete_first_month_is_named_and_kept() -> None:
    days = pd.date_range("2024-01-20", "2024-06-30")
    table = read_table(frame(ds=np.repeat(days, 2), y=1.0), aggregate="sum", freq="MS")
    assert table.y[0] == 24
    assert has_note(table, "The first step, 2024-01-01, may be incomplete: its first row is of")


def test_an_incomplete_day_is_left_out_only_if_it_is_clear() -> None:
    hours = pd.date_range("2024-01-01", "2024-01-20", freq="h")
    hours = hours[(hours.hour >= 8) & (hours.hour < 20)]
    whole = read_table(frame(ds=hours, y=1.0), aggregate="sum", freq="D")
    assert set(whole.y) == {12.0}
    assert not has_note(whole, "incomplete")
    cut = read_table(frame(ds=hours[:-9], y=1.0), aggregate="sum", freq="D")
    assert cut.n_rows == whole.n_rows - 1
    perhaps = read_table(frame(ds=hours[:-2], y=1.0), aggregate="sum", freq="D")
    assert perhaps.n_rows == whole.n_rows
    assert has_note(perhaps, "The last step may be incomplete")


def test_days_are_those_of_the_zone_of_the_table() -> None:
    utc = pd.date_range("2024-03-29T23:00Z", "2024-04-01T21:59Z", freq="h")
    aware = read_table(frame(ds=utc.tz_convert("Europe/Berlin"), y=1.0), aggregate="sum", freq="D")
    assert aware.y.tolist() == [24, 23, 24]
    written = [time.isoformat() for time in utc.tz_convert("Europe/Berlin")]
    assert read_table(frame(ds=written, y=1.0), aggregate="sum", freq="D").y.tolist() == [
        24,
        23,
        24,
    ]


def test_business_days_have_no_weekend() -> None:
    days = pd.date_range("2024-01-01", periods=14)
    rows = frame(ds=np.repeat(days, 2), y=1.0)
    assert "4 more" not in refusal(rows, aggregate="sum", freq="B")
    assert "8 rows are of a Saturday or Sunday" in refusal(rows, aggregate="sum", freq="B")
    weekdays = frame(ds=np.repeat(days[days.day_of_week < 5], 2), y=1.0)
    assert read_table(weekdays, aggregate="sum", freq="B").y.tolist() == [2.0] * 10


def test_the_columns_of_a_wide_table() -> None:
    times = pd.date_range("2024-01-01", periods=48, freq="30min")
    rows = frame(time=times, indoor=np.arange(48.0), outdoor=1.0)
    table = read_table(rows, aggregate="mean", freq="6h")
    assert table.ids.tolist() == ["indoor", "outdoor"]
    assert table.y.tolist() == [5.5, 17.5, 29.5, 41.5, 1, 1, 1, 1]
    assert has_note(table, "96 values of the series became 8 steps")


def test_numbered_steps() -> None:
    rows = frame(t=[0, 0, 1, 2, 3, 3], y=[1.0, 2, 3, 4, 5, 6])
    assert read_table(rows, aggregate="sum").y.tolist() == [3, 3, 4, 11]
    assert read_table(rows, aggregate="mean", freq=2).y.tolist() == [2, 5]


class TestReadings:
    """Times of devices, a little off a regular grid."""

    def times(self, step: str, count: int, jitter: str, begin: str = "2024-05-01") -> np.ndarray:
        random = np.random.default_rng(1)
        grid = pd.date_range(begin, periods=count, freq=step)
        shift = random.uniform(-1, 1, count) * pd.Timedelta(jitter).total_seconds()
        return (grid + pd.to_timedelta(shift.round(), unit="s")).to_numpy()

    @pytest.mark.parametrize(
        ("step", "jitter"), [("10min", "40s"), ("h", "6min"), ("15min", "2min"), ("1min", "7s")]
    )
    def test_they_are_put_on_the_grid(self, step: str, jitter: str) -> None:
        times = self.times(step, 200, jitter, "2024-05-01T00:00")
        keep = np.arange(200) % 37 != 5  # some readings are missing
        rows = frame(time=times[keep], temp=np.arange(200.0)[keep])
        for table in (read_table(rows), read_table(rows, freq=step)):
            check(table)
            assert np.isnan(table.y).sum() == (~keep).sum()
            assert table.y[40] == 40
            assert has_note(table, "The times were put on a grid of")

    def test_readings_of_one_step_are_averaged(self) -> None:
        times = self.times("5min", 300, "2min")
        rows = frame(time=np.sort(times), temp=20.0)
        rows.loc[len(rows)] = [np.datetime64("2024-05-01T12:01:17"), 26.0]
        table = read_table(rows, freq="5min")
        assert table.n_rows == 300
        assert table.y.max() == 23
        assert has_note(table, "the mean was taken where rows share a step (1 time)")
        assert 'freq="5min"' in refusal(rows)

    def test_a_grid_that_begins_between_two_steps(self) -> None:
        times = self.times("5min", 100, "20s", "2024-05-01T00:02:30")
        table = read_table(frame(time=times, temp=np.arange(100.0)))
        assert table.y.tolist() == list(range(100))

    def test_each_series_has_its_own_phase(self) -> None:
        begin = (("a", "2024-05-01T00:00:00"), ("b", "2024-05-01T00:02:30"))
        rows = [
            frame(sensor=name, time=self.times("5min", 80, "20s", first), v=np.arange(80.0))
            for name, first in begin
        ]
        table = read_table(pd.concat(rows))
        assert table.lengths.tolist() == [80, 80]
        assert not np.isnan(table.y).any()

    def test_a_coarser_step_needs_a_rule(self) -> None:
        rows = frame(time=self.times("5min", 100, "20s"), temp=1.0)
        assert 'aggregate="mean" to average measurements' in refusal(rows, freq="h")
        assert read_table(rows, freq="h", aggregate="mean").n_rows == 8  # the last is cut off


class TestSummerTime:
    """The hour that occurs twice on the day when summer time ends."""

    def wall(self, zone: str, begin: str, end: str, freq: str = "h") -> frame:
        times = pd.date_range(begin, end, freq=freq, tz=zone).tz_localize(None)
        return frame(time=times, load=np.arange(float(len(times))))

    @pytest.mark.parametrize(
        ("zone", "begin", "end", "twice"),
        [
            ("Europe/Berlin", "2023-10-20", "2023-11-02", "2023-10-29 02:00"),
            ("Europe/London", "2022-10-20", "2022-11-02", "2022-10-30 01:00"),
            ("America/New_York", "2023-10-30", "2023-11-12", "2023-11-05 01:00"),
            ("Australia/Sydney", "2024-03-30", "2024-04-12", "2024-04-07 02:00"),
        ],
    )
    def test_both_are_averaged(self, zone: str, begin: str, end: str, twice: str) -> None:
        rows = self.wall(zone, begin, end)
        table = read_table(rows)
        check(table)
        place = int(np.flatnonzero(table.ds == np.datetime64(twice))[0])
        assert table.y[place] == place + 0.5
        note = f"{twice} occurs twice, as on the day when summer time ends; the two rows were"
        assert has_note(table, note)

    def test_quarter_hours_over_two_years(self) -> None:
        rows = self.wall("Europe/Vienna", "2022-10-01", "2023-11-30", "15min")
        table = read_table(rows)
        assert has_note(table, "2022-10-30 02:00 and 7 more times occur twice")
        assert np.isnan(table.y).sum() == 4  # the hour left out in spring

    def test_every_series_of_a_table(self) -> None:
        rows = self.wall("Europe/Berlin", "2023-10-20", "2023-11-02")
        both = pd.concat([rows.assign(meter="a"), rows.assign(meter="b")]).sort_values("time")
        assert read_table(both, id_col="meter").n_series == 2

    def test_other_repeated_hours_are_an_error(self) -> None:
        rows = self.wall("UTC", "2023-10-20", "2023-11-02")
        assert "have the same time" in refusal(pd.concat([rows, rows.iloc[[50]]]))
        sunday = rows[rows["time"] == "2023-10-29 02:00"]
        assert "have the same time" in refusal(pd.concat([rows, sunday, sunday]))
        daily = frame(ds=[*pd.date_range("2023-10-20", periods=20), np.datetime64("2023-10-29")])
        assert "have the same time" in refusal(daily.assign(y=1.0))
