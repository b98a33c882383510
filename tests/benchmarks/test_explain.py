"""The scores of attributions, and the drivers of synthetic series."""

from importlib import resources
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.explain import labels
from benchmarks.explain.faithfulness import REPLACEMENTS, scores
from benchmarks.explain.known_drivers import KINDS, precision_and_recall
from benchmarks.explain.methods import METHODS, SIGNED, directed
from benchmarks.explain.perturbed import PerturbedForecast
from benchmarks.explain.windows import Windows
from gated import Forecaster
from gated.media.audio import read_recording


@pytest.fixture(scope="module")
def windows() -> Windows:
    rng = np.random.default_rng(0)
    parts = [
        pd.DataFrame(
            {
                "unique_id": f"{number}",
                "ds": pd.date_range("2024-01-01", periods=140),
                "y": 50 + 20 * (np.arange(140) % 7 >= 5) + rng.normal(0, 1, 140),
            }
        )
        for number in range(2)
    ]
    return Windows("drawn", pd.concat(parts, ignore_index=True), 7)


@pytest.fixture(scope="module")
def forecast(windows: Windows) -> PerturbedForecast:
    made = Forecaster().forecast(windows.frame, h=windows.h)
    return PerturbedForecast(made, 1)


def test_an_unchanged_past_gives_the_forecast_of_the_product(forecast: PerturbedForecast) -> None:
    made, scale = forecast.made, forecast.made.data.scale
    found = forecast.of(forecast.past[None])[0] * scale.spread[1] + scale.center[1]
    np.testing.assert_allclose(found, made.frame["gated"].to_numpy()[7:], rtol=1e-5)


def test_a_replaced_value_moves_it(forecast: PerturbedForecast) -> None:
    moved = forecast.past.copy()
    moved[-7] += 1
    both = forecast.of(np.stack([forecast.past, moved]))
    assert abs(both[1, 0] - both[0, 0]) > 0.01


@pytest.mark.parametrize("replacement", REPLACEMENTS)
def test_named_values_move_more_than_random_ones(
    forecast: PerturbedForecast, replacement: str
) -> None:
    found = {
        name: scores(forecast, np.abs(METHODS[name](forecast)), replacement, 7)
        for name in ("ours", "random")
    }
    for score in ("AOPCR", "comprehensiveness"):
        assert found["ours"][score] > found["random"][score]
    assert found["ours"]["sufficiency"] < found["random"]["sufficiency"]
    assert 0 < found["ours"]["APT"] <= 1


@pytest.mark.parametrize("name", METHODS)
def test_every_method_attributes_to_the_past(forecast: PerturbedForecast, name: str) -> None:
    attribution = METHODS[name](forecast)
    assert attribution.shape == (7, 140)
    assert np.isfinite(attribution).all()
    if name in SIGNED:
        assert (directed(name, forecast, attribution) != 0).any()


def test_only_true_drivers_give_full_marks() -> None:
    shares = dict.fromkeys(
        [("same weekday, last 4 weeks", "same weekday, earlier weeks"), ("promotion",)], 0.5
    )
    assert precision_and_recall("weekday and promotion", shares) == (1.0, 1.0)
    precision, recall = precision_and_recall("promotion", shares)
    assert (precision, recall) == (0.5, 1.0)
    assert set(KINDS) >= {"weekday", "step", "promotion"}


def test_the_windows_of_one_series_end_at_different_times(tmp_path: Path) -> None:
    from benchmarks.common.folders import data_folder
    from benchmarks.explain.windows import read_windows

    (tmp_path / "forecast").mkdir()
    days = pd.date_range("2000-01-01", periods=900)
    table = pd.DataFrame({"ds": days, "births": np.arange(900.0)})
    table.to_csv(tmp_path / "forecast" / "us_births_daily.csv", index=False)
    found = read_windows(data_folder(tmp_path), "us_births", 3).frame
    ends = found.groupby("unique_id")["y"].max()
    assert ends.tolist() == [499.0, 699.0, 899.0]
    assert (found.groupby("unique_id").size() == 500).all()


def test_frames_that_contribute_most_change_the_label_more_than_others() -> None:
    folder = resources.files("gated") / "data" / "digits"
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".wav"))[:4]
    clips = []
    for name in names:
        with resources.as_file(folder / name) as path:
            clips.append(read_recording(path, 8_000).samples)
    falls, seconds = labels.measure(clips)
    assert list(falls) == ["contributions", "occlusion of each frame", "loudness", "random order"]
    assert {len(found) for found in (*falls.values(), *seconds.values())} == {4}
    assert np.mean(falls["contributions"]) > np.mean(falls["random order"]) > 0
