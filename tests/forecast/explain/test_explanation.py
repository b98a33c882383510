"""The frames and sentences of an explanation."""

import numpy as np
import pandas as pd
import pytest

from gated.errors import UsageError
from gated.forecast import Forecaster
from gated.forecast.explain import Explanation
from tests.forecast.explain.tables import H, intermittent, promoted, weekly


@pytest.fixture(scope="module")
def explained() -> Explanation:
    return Forecaster().explain(weekly(), h=H)


def test_the_frame_adds_up_to_the_forecast(explained: Explanation) -> None:
    frame = explained.frame
    assert frame.columns.tolist() == ["unique_id", "ds", "driver", "contribution", "share"]
    forecast = Forecaster().predict(weekly(), h=H)
    total = frame.groupby("ds")["contribution"].sum().to_numpy()
    np.testing.assert_allclose(total, forecast["gated"], rtol=1e-4)
    first = frame[frame["ds"] == frame["ds"].iloc[0]]
    assert first["driver"].iloc[0] == explained.reference_text == "the mean of all past values"
    assert np.isnan(first["share"].iloc[0])
    assert first["share"].sum() == pytest.approx(1)
    assert first["share"].iloc[1:].is_monotonic_decreasing


def test_past_lists_the_values_with_the_largest_contributions(explained: Explanation) -> None:
    past = explained.past(top=3)
    assert past.columns.tolist() == ["unique_id", "ds", "past", "contribution", "weight"]
    assert len(past) == 3 * H
    assert (past["past"] < past["ds"]).all()
    whole = explained.past()
    assert len(whole) > len(past)
    size = whole[whole["ds"] == whole["ds"].iloc[0]]["contribution"].abs()
    assert size.is_monotonic_decreasing
    with pytest.raises(UsageError, match=r"top is 0. Expected a whole number, at least 1"):
        explained.past(top=0)


def test_sentences_are_sums_that_a_reader_can_check(explained: Explanation) -> None:
    first, *steps = explained.sentences()
    assert first.startswith("What moves the forecast away from the mean of all past values (")
    assert "same weekday, last 4 weeks" in first
    assert len(steps) == 3
    for step in steps:
        when, _, rest = step.partition(": ")
        number, _, parts = rest.partition(" = ")
        pd.Timestamp(when)
        words = parts.rstrip(".").replace("(", "\n(").splitlines()
        tokens = " ".join(word.rpartition(")")[2] for word in words).split()
        total, sign = float(tokens[0].replace(",", "")), 1.0
        for token in tokens[1:]:
            if token in "+−":
                sign = 1.0 if token == "+" else -1.0
            else:
                total += sign * float(token.replace(",", ""))
        assert total == pytest.approx(float(number.replace(",", "")), abs=0.1)


def test_it_prints_its_drivers(explained: Explanation) -> None:
    text = str(explained)
    assert text.startswith("Explanation of the median of 1 series, 14 steps ahead.")
    assert "same weekday, last 4 weeks" in text
    assert repr(explained) == "<Explanation of the median of 1 series, 14 steps ahead>"
    assert "<table" in explained._repr_html_()


def test_drivers_are_shares_that_add_up_to_one() -> None:
    drivers = Forecaster().explain(intermittent(), h=H).drivers
    shares = [share for _, share in drivers]
    assert sum(shares) == pytest.approx(1)
    assert shares == sorted(shares, reverse=True)


def test_one_series_of_several_can_be_explained() -> None:
    model = Forecaster(h=H).fit(intermittent())
    assert [one.label for one in model.explain(series="good 1").series] == ["good 1"]
    assert len(model.explain().series) == 3
    with pytest.raises(UsageError, match="good 7"):
        model.explain(series="good 7")
    with pytest.raises(UsageError, match=r"'good 7', which is not explained here"):
        model.explain().sentences("good 7")


@pytest.mark.parametrize("value", [0.0, 5.0])
def test_a_constant_series_is_moved_by_nothing(value: float) -> None:
    explained = Forecaster().explain(weekly().assign(y=value), h=H)
    np.testing.assert_allclose(
        explained.frame["contribution"].groupby(explained.frame["ds"]).sum(), value, atol=1e-6
    )
    assert np.isfinite(explained.past()["weight"]).all()
    assert str(explained)


def test_numbers_near_the_largest_float_are_not_explained() -> None:
    """The mean of the goods with many zeros is that of the other good, in another unit."""
    table = intermittent(40, series=2)
    table["y"] = 0.0
    table.loc[0, "y"] = 1e300
    explained = Forecaster().explain(table, h=3)
    frame = explained.frame
    assert np.isfinite(frame["contribution"]).all()
    assert "not explained" in set(frame[frame["unique_id"] == "good 1"]["driver"])
    assert str(explained)


def test_a_good_that_is_no_longer_sold_is_explained() -> None:
    table = weekly(500)
    table.loc[table.index[-200:], "y"] = 0.0
    explained = Forecaster().explain(table, h=H)
    assert np.isfinite(explained.frame["contribution"]).all()
    assert explained.sentences()


def test_covariates_are_named(explained: Explanation) -> None:
    past, ahead = promoted()
    model = Forecaster(h=H).fit(past, covariates=["promotion", "noise"])
    frame = model.explain(X_df=ahead).frame
    assert "promotion" in set(frame["driver"])
    assert "promotion" not in set(explained.frame["driver"])


@pytest.mark.parametrize("freq", ["h", "MS", "W-SUN", "YS"])
def test_every_frequency_is_explained(freq: str) -> None:
    steps = 60 if freq != "YS" else 40
    rng = np.random.default_rng(0)
    start = "1980-01-01" if freq == "YS" else "2020-01-01"
    table = pd.DataFrame(
        {"ds": pd.date_range(start, periods=steps, freq=freq), "y": rng.normal(10, 1, steps)}
    )
    assert Forecaster().explain(table, h=4).sentences()


def test_numbered_steps_are_explained() -> None:
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"t": np.arange(80), "y": rng.normal(10, 1, 80)})
    assert Forecaster().explain(table, h=4).past(top=1)["past"].max() < 80


def test_too_many_values_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gated.forecast.explain.table_explanation.MOST_CELLS", 100)
    made = Forecaster().forecast(weekly(), h=H)
    with pytest.raises(UsageError, match="has 1,960 parts, one for each forecast step"):
        made.explain()
    page = made.report()  # has no such panel then
    assert "What it remembered" not in page


def test_drivers_as_bars(explained: Explanation) -> None:
    axes = explained.plot().axes[0]
    shares = dict(explained.drivers)
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == list(shares)
    widths = [bar.get_width() for bar in axes.patches]
    np.testing.assert_allclose(widths, [100 * share for share in shares.values()])
    first = explained.plot(step=1).axes[0]
    largest = explained.series[0].largest(0, 2)
    np.testing.assert_allclose(
        [bar.get_width() for bar in first.patches][:2], [value for _, value in largest]
    )
    for step in (0, H + 1, True, "1"):
        with pytest.raises(UsageError, match=f"Expected a whole number from 1 to {H}"):
            explained.plot(step=step)  # type: ignore[arg-type]
