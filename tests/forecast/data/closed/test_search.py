"""Tests which weekdays, hours, dates and holidays the past shows to be closed."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gated
from gated.forecast.data.closed.calendar import ClosedCalendar, ClosedRule
from gated.forecast.data.closed.search import find_closed_calendar

CHRISTMAS = (1224, 1225, 1226, 1227, 1228, 1229, 1230, 1231, 101, 102, 103)


def found(frame: pd.DataFrame, place: str | None = None, **options) -> ClosedCalendar:
    table = gated.read_table(frame, **options)
    return find_closed_calendar(table, np.ones(table.n_rows, dtype=bool), place)


def values(calendar: ClosedCalendar) -> list[tuple]:
    return [(rule.kind, rule.values) for rule in calendar.rules]


def shop() -> pd.DataFrame:
    return gated.datasets.shop()[["ds", "revenue"]]


def sales(begin: str, end: str, seed: int = 0, freq: str = "D", **columns) -> pd.DataFrame:
    """Sales at every time, that the tests close in part."""
    ds = pd.date_range(begin, end, freq=freq)
    y = np.random.default_rng(seed).gamma(9, 10, len(ds))
    return pd.DataFrame({"ds": ds, "y": y, **columns})


def test_the_shop_is_closed_on_saturdays_at_christmas_and_easter() -> None:
    rules = found(shop()).rules
    assert rules == (
        ClosedRule("weekday", (5,), (), seen=105, closed=104, zeros=104),
        ClosedRule("date", CHRISTMAS, (), seen=18, closed=18, zeros=18, years=(2009, 2010)),
        ClosedRule("easter", (-2, 0, 1), (), seen=6, closed=6, zeros=6, years=(2010, 2011)),
    )


def test_an_export_of_open_days_only_shows_the_same() -> None:
    whole, open_only = shop(), shop().query("revenue > 0")
    assert values(found(open_only)) == values(found(whole))
    assert [rule.zeros for rule in found(open_only).rules] == [0, 0, 0]


def test_goods_are_judged_together() -> None:
    goods = gated.datasets.goods()[["unique_id", "ds", "units"]]
    assert found(goods) == found(shop())  # no good has rules of its own
    rare = goods[goods["unique_id"].isin(goods["unique_id"].unique()[:1])]
    assert ("weekday", (5,)) in values(found(rare))


def test_one_christmas_is_enough_but_one_easter_is_not() -> None:
    first_year = shop().query("ds < '2010-12-10'")
    assert values(found(first_year)) == [("weekday", (5,)), ("date", CHRISTMAS)]


def test_closed_holidays_by_name() -> None:
    rule = found(shop(), "GB-ENG").rules[-1]
    assert (rule.kind, rule.closed, rule.seen) == ("holiday", 18, 18)
    assert {"May Day", "Late Summer Bank Holiday", "Easter Monday"} <= set(rule.names)


def test_a_holiday_that_was_open_stays_open() -> None:
    frame = sales("2020-01-01", "2023-12-31")
    holidays = pd.to_datetime(["2020-05-08", "2021-05-03", "2022-05-02", "2023-05-01"])
    frame.loc[frame["ds"].isin(holidays), "y"] = 0.0
    (rule,) = found(frame, "GB").rules
    assert rule.names == ("May Day",)
    assert (rule.closed, rule.years) == (4, (2020, 2021, 2022, 2023))
    frame.loc[frame["ds"] == "2023-05-01", "y"] = 50.0  # the latest was open
    assert found(frame, "GB").is_empty


def test_a_date_needs_two_years_and_days_around_it_that_are_open() -> None:
    frame = sales("2021-01-01", "2023-06-30")
    for dates, closes in (
        (["2021-08-16"], False),
        (["2021-08-16", "2022-08-16"], True),
        (["2021-08-16", "2022-08-17"], False),
    ):
        closed = frame.copy()
        closed.loc[closed["ds"].isin(pd.to_datetime(dates)), "y"] = 0.0
        assert values(found(closed)) == ([("date", (816,))] if closes else [])
    often = frame.copy()
    often.loc[np.random.default_rng(1).random(len(often)) < 0.4, "y"] = 0.0
    often.loc[often["ds"].dt.strftime("%m-%d") == "08-16", "y"] = 0.0
    assert found(often).is_empty


def test_a_weekday_that_opened_lately_is_open() -> None:
    frame = sales("2022-01-01", "2023-12-31")
    sundays = frame["ds"].dt.day_of_week == 6
    frame.loc[sundays & (frame["ds"] < "2023-12-10"), "y"] = 0.0
    assert found(frame).is_empty
    frame.loc[sundays & (frame["ds"] != "2022-12-18"), "y"] = 0.0
    assert values(found(frame)) == [("weekday", (6,))]


@pytest.mark.parametrize("with_rows", [True, False])
def test_hours_of_days_and_of_the_week(with_rows: bool) -> None:
    frame = sales("2024-01-01", "2024-02-11 23:00", freq="h")
    hour, day = frame["ds"].dt.hour, frame["ds"].dt.day_of_week
    is_open = (hour >= 8) & (hour < 20) & (day != 6) & ~((day == 5) & (hour >= 14))
    frame.loc[~is_open, "y"] = 0.0
    calendar = found(frame if with_rows else frame[is_open])
    assert values(calendar) == [
        ("weekday", (6,)),
        ("time_of_day", (*range(8), *range(20, 24))),
        ("time_of_week", tuple(range(5 * 24 + 14, 5 * 24 + 20))),
    ]


def test_a_branch_with_its_own_closed_day() -> None:
    north, south = (sales("2023-01-01", "2023-12-31", seed, unique_id=seed) for seed in (7, 8))
    for frame, closed in ((north, (0, 6)), (south, (6,))):
        frame.loc[frame["ds"].dt.day_of_week.isin(closed), "y"] = 0.0
    calendar = found(pd.concat([north, south]))
    assert values(calendar) == [("weekday", (6,))]
    assert [(own.ids, own.slots) for own in calendar.own] == [((7,), (0,))]
    assert type(calendar.own[0].ids[0]) is int


def test_levels_with_missing_weekdays_are_not_closed() -> None:
    frame = sales("2022-01-01", "2023-12-31")
    open_days = frame["ds"].dt.day_of_week != 6
    assert values(found(frame[open_days], freq="D")) == [("weekday", (6,))]
    price = frame.assign(y=100 + np.cumsum(frame["y"] - 90) / 100)
    assert found(price[open_days], freq="D").is_empty


def test_a_price_beside_sales_stays_observed() -> None:
    frame = sales("2022-01-01", "2023-12-31")
    frame = frame[frame["ds"].dt.day_of_week != 6]
    price = frame.assign(unique_id="price", y=100 + np.cumsum(frame["y"] - 90) / 100)
    table = gated.read_table(pd.concat([frame.assign(unique_id="sales"), price]), freq="D")
    calendar = find_closed_calendar(table, np.ones(table.n_rows, dtype=bool))
    assert values(calendar) == [("weekday", (6,))]
    series = np.repeat([0, 1], table.lengths)
    closed = calendar.closed_rows(table, table.ds, series)
    assert closed[series == 0].sum() == 104
    assert not closed[series == 1].any()


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.3])
def test_rare_demand_is_not_closed_by_chance(rate: float) -> None:
    for seed in range(10):
        frame = sales("2022-01-01", "2023-12-31", seed)
        frame.loc[np.random.default_rng(seed).random(len(frame)) > rate, "y"] = 0.0
        assert found(frame).is_empty


def test_quiet_nights_are_not_closed() -> None:
    """At night one in twenty hours has demand, in the day one in two."""
    frame = sales("2024-01-01", "2024-04-30 23:00", freq="h")
    share = np.where(frame["ds"].dt.hour < 6, 0.05, 0.5)
    frame.loc[np.random.default_rng(0).random(len(frame)) > share, "y"] = 0.0
    assert found(frame).is_empty


HOURS = pd.date_range("2023-01-02", periods=365 * 24, freq="h")  # from a Monday on


def counts(rate: np.ndarray, days: int, seed: int) -> pd.DataFrame:
    """Numbers of sales by hour, with busy and slack days."""
    rng = np.random.default_rng(seed)
    busy = np.repeat(rng.gamma(6, 1 / 6, days), 24)
    return pd.DataFrame({"ds": HOURS[: 24 * days], "y": rng.poisson(rate[: 24 * days] * busy)})


@pytest.mark.parametrize("seed", range(12))
def test_quiet_hours_of_a_smooth_day_are_not_closed(seed: int) -> None:
    """The quietest hour of the night has 0.6 sales on all days together: often none, by chance."""
    rng = np.random.default_rng(seed)
    days = (45, 90, 180, 365)[seed % 4]
    top = np.exp(rng.uniform(np.log(0.3), np.log(8)))
    wave = (1 - np.cos(2 * np.pi * (HOURS.hour.to_numpy() - 15) / 24)) / 2
    rate = top * (0.6 / (top * days)) ** (wave ** rng.choice([0.7, 1, 2]))
    assert found(counts(rate, days, seed)).is_empty


@pytest.mark.parametrize("seed", range(12))
def test_opening_hours_of_rare_sales_are_found(seed: int) -> None:
    """0.7 to 8 sales an hour, fewer after opening and before closing; Saturdays until 14:00."""
    rng = np.random.default_rng(seed)
    top, opens, closes = np.exp(rng.uniform(np.log(0.7), np.log(8))), 9, int(rng.integers(16, 22))
    hour = HOURS.hour.to_numpy()
    shape = 0.15 + np.sin(np.pi * np.clip((hour - opens + 0.5) / (closes - opens), 0, 1))
    is_saturday = HOURS.day_of_week.to_numpy() == 5
    is_open = (hour >= opens) & (hour < np.where(is_saturday, 14, closes))
    frame = counts(np.where(is_open, top * shape, 0.0), 180, seed)
    calendar = found(frame)
    closed = calendar.closed_times(frame["ds"].to_numpy(), weekly=True)
    assert (closed == ~is_open[: len(closed)]).all()


def test_a_time_of_the_week_needs_other_days_that_are_open_at_this_time() -> None:
    """At 3:00 one sale in 20 days: none on Tuesdays in 17 weeks is chance. On Thursdays in late
    evenings the shop is open, on other days it is not."""
    hour, day = HOURS.hour.to_numpy(), HOURS.day_of_week.to_numpy()
    rate = np.where(hour < 6, 0.05, 2.0)
    quiet = counts(rate, 119, 4)
    tuesdays = (day[: len(quiet)] == 1) & (hour[: len(quiet)] == 3)
    assert found(quiet.assign(y=quiet["y"].where(~tuesdays, 0))).is_empty
    late = np.where((hour >= 9) & (hour < np.where(day == 3, 21, 18)), 2.0, 0.0)
    ((kind, times), (kind_of_week, evenings)) = values(found(counts(late, 119, 0)))
    assert (kind, times) == ("time_of_day", (*range(9), *range(21, 24)))
    assert kind_of_week == "time_of_week"
    assert evenings == tuple(d * 24 + h for d in (0, 1, 2, 4, 5, 6) for h in (18, 19, 20))


def chain(seed: int, branches: int, closed: dict[str, range], chance: float = 0.01) -> pd.DataFrame:
    """Branches over three years, each closed at some dates and now and then by chance."""
    rng = np.random.default_rng(seed)
    frames = []
    for branch in range(branches):
        frame = sales("2021-01-01", "2023-12-10", seed=seed + branch, unique_id=f"b{branch:02d}")
        date = frame["ds"].dt.strftime("%m-%d")
        dates = [day for day, which in closed.items() if branch in which]
        is_closed = date.isin(dates) | (rng.random(len(frame)) < chance)
        frames.append(frame.assign(y=frame["y"].where(~is_closed, 0.0)))
    return pd.concat(frames)


def own_dates(calendar: ClosedCalendar) -> list[tuple]:
    return [(own.ids, own.rule.kind, own.rule.values) for own in calendar.own_dates]


@pytest.mark.parametrize("stay_open", [1, 2, 7])
def test_a_chain_of_which_some_branches_stay_open_at_christmas(stay_open: int) -> None:
    most = range(stay_open, 10)
    calendar = found(chain(0, 10, {"12-25": most, "12-26": most, "08-16": range(9, 10)}))
    assert calendar.rules == ()
    assert own_dates(calendar) == [
        (tuple(f"b{branch:02d}" for branch in most), "date", (1225, 1226)),
        (("b09",), "date", (816,)),
    ]
    christmas = calendar.own_dates[0].rule
    assert (christmas.closed, christmas.seen, christmas.years) == (4, 4, (2021, 2022))


def test_branches_that_close_on_different_days_of_christmas() -> None:
    long, short = range(2, 6), range(2, 12)
    calendar = found(chain(1, 12, {"12-24": long, "12-25": short, "12-26": short, "12-27": long}))
    assert own_dates(calendar) == [
        (tuple(f"b{branch:02d}" for branch in long), "date", (1224, 1225, 1226, 1227)),
        (tuple(f"b{branch:02d}" for branch in range(6, 12)), "date", (1225, 1226)),
    ]


def test_a_new_branch_closes_when_nearly_all_others_do() -> None:
    """Its first Christmas is ahead. A branch that opened on the last one stays open."""
    frame = chain(2, 12, {"12-25": range(1, 12)})
    new = frame["unique_id"].eq("b11") & (frame["ds"] < "2023-03-01")
    ((ids, kind, dates),) = own_dates(found(frame[~new]))
    assert (kind, dates) == ("date", (1225,))
    assert ids == tuple(f"b{branch:02d}" for branch in range(1, 12))
    opened = frame["unique_id"].eq("b05") & frame["ds"].eq("2022-12-25")
    ((ids, _, _),) = own_dates(found(frame.assign(y=frame["y"].where(~opened, 80.0))))
    assert "b05" not in ids


def test_named_and_moving_holidays_of_some_branches() -> None:
    frame = chain(3, 8, {}, chance=0.0)
    some = frame["unique_id"] >= "b03"
    mondays = pd.to_datetime(["2021-08-30", "2022-08-29", "2023-08-28"])
    fridays = pd.to_datetime(["2021-04-02", "2022-04-15", "2023-04-07"])
    frame.loc[some & (frame["ds"].isin(mondays) | frame["ds"].isin(fridays)), "y"] = 0.0
    ids = tuple(f"b{branch:02d}" for branch in range(3, 8))
    assert own_dates(found(frame)) == [(ids, "easter", (-2,))]
    (_, holiday) = found(frame, "GB-ENG").own_dates
    assert (holiday.ids, holiday.rule.names) == (ids, ("Late Summer Bank Holiday",))


@pytest.mark.parametrize("branches", [2, 15, 60])
@pytest.mark.parametrize("chance", [0.01, 0.1])
def test_closed_days_by_chance_are_no_dates(branches: int, chance: float) -> None:
    assert found(chain(4, branches, {}, chance)).is_empty


@pytest.mark.parametrize("freq", ["MS", "W-SUN", "QS"])
def test_longer_steps_have_no_calendar(freq: str) -> None:
    frame = sales("2000-01-01", "2012-12-31", freq=freq)
    frame.loc[frame.index % 12 == 6, "y"] = 0.0
    assert found(frame).is_empty


def test_numbered_steps_have_no_calendar() -> None:
    y = np.where(np.arange(140) % 7 == 6, 0.0, 5.0 + np.arange(140) % 3)
    assert found(pd.DataFrame({"ds": np.arange(140), "y": y})).is_empty


def test_rows_that_are_not_shown_are_not_read() -> None:
    frame = sales("2022-01-01", "2023-12-31")
    frame.loc[(frame["ds"].dt.day_of_week == 6) & (frame["ds"] >= "2023-01-01"), "y"] = 0.0
    table = gated.read_table(frame)
    late = table.ds >= np.datetime64("2023-01-01")
    assert values(find_closed_calendar(table, late)) == [("weekday", (6,))]
    assert find_closed_calendar(table, ~late).is_empty


SHOPS = pd.concat(
    [
        sales("2021-01-01", "2023-03-31", seed, unique_id=f"s{seed}").assign(
            y=lambda frame, seed=seed: frame["y"].where(
                ~frame["ds"].dt.day_of_week.isin([6, seed])
                & ~frame["ds"].dt.strftime("%m-%d").isin(["12-25", "12-26", "01-01"]),
                0.0,
            )
        )
        for seed in range(3)
    ]
)
OF_SHOPS = found(SHOPS)


@settings(max_examples=12, deadline=None)
@given(scale=st.floats(1e-9, 1e9), weeks=st.integers(-300, 300), seed=st.integers(0, 1_000))
def test_closures_do_not_depend_on_scale_order_or_date(scale: float, weeks: int, seed: int) -> None:
    """Weekly closures move with whole weeks; all others stay if only rows and scale change."""
    assert values(OF_SHOPS) == [("weekday", (6,)), ("date", (1225, 1226)), ("date", (101,))]
    assert [own.ids for own in OF_SHOPS.own] == [("s0",), ("s1",), ("s2",)]
    mixed = SHOPS.sample(frac=1, random_state=seed).assign(y=lambda frame: scale * frame["y"])
    same = found(mixed)
    assert same.rules == OF_SHOPS.rules
    assert sorted(same.own, key=str) == sorted(OF_SHOPS.own, key=str)
    moved = found(mixed.assign(ds=mixed["ds"] + pd.Timedelta(weeks=weeks)))
    assert moved.rules[0] == OF_SHOPS.rules[0]
    assert sorted(moved.own, key=str) == sorted(OF_SHOPS.own, key=str)
