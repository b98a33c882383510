"""Tests the training modes: pretrained, fine-tuned, from scratch, and the better of two."""

import numpy as np
import pandas as pd
import pytest
import torch

from gated import Forecaster
from gated.cli.library_keywords import TRAINING_MODES as OFFERED
from gated.errors import UsageError
from gated.forecast.config import TRAINING_MODES, ForecasterConfig
from gated.forecast.data.patching import PatchLayout
from gated.forecast.model.network import NetworkConfig
from gated.forecast.model.trainable_network import TrainableNetwork
from gated.forecast.model.weights.pretrained import pretrained_network
from gated.forecast.training.sampler import Sampler
from tests.forecast.example_tables import future, sales

SMALL = {"max_steps": 9, "hidden_size": 16, "num_layers": 1, "batch_size": 8}


def plain() -> pd.DataFrame:
    return sales()[["unique_id", "ds", "y"]]


def test_any_table_is_forecast_without_fitting() -> None:
    out = Forecaster().predict(plain(), h=14, level=[80])
    assert out.shape == (28, 6)
    assert np.isfinite(out["gated"]).all()
    assert (out["gated-lo-80"] <= out["gated"]).all()


def test_without_training_fit_uses_the_pretrained_weights() -> None:
    fitted = Forecaster().fit(plain(), progress=lambda *_: pytest.fail("learned"))
    assert fitted.verdict_.origin == "pretrained"
    assert "The forecast is that of the pretrained network." in fitted.verdict_.text
    at_once = Forecaster().predict(plain(), h=7)
    pd.testing.assert_frame_equal(fitted.predict(h=7), at_once)


def test_forecasting_at_once_leaves_the_forecaster_unfitted() -> None:
    model = Forecaster()
    model.predict(plain(), h=7)
    assert not model.is_fitted
    assert model.fit(plain()).is_fitted


def test_column_names_can_be_given() -> None:
    frame = plain().rename(columns={"unique_id": "a", "ds": "b", "y": "c"})
    out = Forecaster().predict(frame, h=7, id_col="a", time_col="b", target_col="c")
    assert out.columns.tolist() == ["a", "b", "gated", "gated-mean", "gated-lo-80", "gated-hi-80"]
    fitted = Forecaster().fit(frame, id_col="a", time_col="b", target_col="c")
    with pytest.raises(UsageError, match="those of the fitted table"):
        fitted.predict(h=7, target_col="c")


def test_closed_steps_and_covariates_are_used_without_training() -> None:
    frame = sales()
    frame.loc[frame["open"] == 0, "y"] = 0.0
    model = Forecaster().fit(frame, covariates=["open", "promo"])
    assert any(note.startswith("`promo` explains") for note in model.notes_)
    ahead = future()
    with_promo = model.predict(X_df=ahead.assign(promo=1.0), h=7)["gated"]
    lift = (with_promo - model.predict(X_df=ahead, h=7)["gated"]).to_numpy()
    # Shops 0 and 1 sell 15 and 30 more.
    assert lift.reshape(2, 7)[:, :5].mean(axis=1) == pytest.approx([15, 30], rel=0.3)
    out = model.predict(X_df=ahead, h=7).merge(ahead, on=["unique_id", "ds"])
    assert (out.loc[out["open"] == 0, "gated"] == 0).all()
    assert (out.loc[out["open"] == 1, "gated"] > 0).all()


@pytest.mark.parametrize(
    ("training", "stages"),
    [("tune", {"tune"}), ("scratch", {"scratch"}), ("auto", {"tune", "scratch"})],
)
def test_every_training_mode_runs_its_stages(trained, training: str, stages: set[str]) -> None:
    seen: set[str] = set()
    model = Forecaster(h=7, training=training, **SMALL)
    model.fit(plain(), progress=lambda stage, _: seen.add(stage))
    assert seen - {"finish"} == stages
    origin = model.verdict_.origin
    assert origin in {"tune": {"pretrained", "tuned"}, "scratch": {"scratch"}}.get(
        training, {"pretrained", "tuned", "scratch"}
    )
    name = {"tuned": "fine-tuned", "scratch": "trained on this table"}.get(origin, "pretrained")
    assert model.verdict_.share == 0 or f" {name} " in f"{model.verdict_.text} "
    # A network that training did not improve has no final stage.
    assert ("finish" in seen) == (origin != "pretrained")


def test_auto_keeps_the_better_of_two(monkeypatch) -> None:
    from gated.forecast.validation.validation import Validation

    for sign, origin in ((1.0, "pretrained"), (-1.0, "scratch")):

        def score(self, network, sign=sign):
            return float(network.config.hidden_size == 16) * sign

        monkeypatch.setattr(Validation, "score", score)
        model = Forecaster(h=7, training="auto", **SMALL).fit(plain())
        assert model.verdict_.origin == origin


def test_an_unknown_training_mode_is_refused() -> None:
    with pytest.raises(UsageError, match=r"training is 'fast'.*'none', 'tune', 'scratch', 'auto'"):
        Forecaster(training="fast").fit(plain())
    assert set(TRAINING_MODES) == set(OFFERED)
    assert ForecasterConfig(training="none").starts == ()


def test_a_tunable_network_begins_with_the_pretrained_weights() -> None:
    layout = PatchLayout(7, 2, 365.25)
    config = NetworkConfig(layout, 8, 1, 0.0, covariates=2, calendar=3, past_covariates=1, static=2)
    tunable, pretrained = TrainableNetwork.tunable(config), pretrained_network(layout)
    assert tunable.config.hidden_size == pretrained.config.hidden_size
    own = tunable.state_dict()
    for name, value in pretrained.arrays.items():
        assert np.array_equal(own[name].numpy(), value), name
    assert all(parameter.requires_grad for parameter in tunable.parameters())


def test_pretrained_networks_share_weights_but_not_layouts() -> None:
    days, hours = (pretrained_network(PatchLayout(patch, 2)) for patch in (7, 24))
    assert days.config.layout.patch == 7
    assert hours.config.layout.patch == 24
    assert all(hours.arrays[name] is value for name, value in days.arrays.items())


def test_training_does_not_change_the_pretrained_weights() -> None:
    layout = PatchLayout(7, 2)
    before = {name: value.copy() for name, value in pretrained_network(layout).arrays.items()}
    tunable = TrainableNetwork.tunable(NetworkConfig(layout, 8, 1, 0.0, 0, 0))
    copied = TrainableNetwork.of(pretrained_network(layout))
    with torch.no_grad():
        for parameter in (*tunable.parameters(), *copied.parameters()):
            parameter.zero_()
    for name, value in pretrained_network(layout).arrays.items():
        assert np.array_equal(value, before[name]), name


def test_loading_does_not_change_the_random_state() -> None:
    from gated.forecast.model.weights import pretrained

    before = torch.get_rng_state()
    TrainableNetwork.of(pretrained._load.__wrapped__())
    assert torch.equal(torch.get_rng_state(), before)


def test_a_saved_forecaster_forecasts_as_before(tmp_path) -> None:
    model = Forecaster().fit(plain())
    model.save(tmp_path / "m")
    again = Forecaster.load(tmp_path / "m")
    assert again.verdict_ == model.verdict_
    pd.testing.assert_frame_equal(again.predict(h=9), model.predict(h=9))


def test_very_short_series_are_forecast_by_the_pretrained_network() -> None:
    few = pd.DataFrame({"ds": pd.date_range("2024-01-01", periods=3), "y": [3.0, 4.0, 5.0]})
    made = Forecaster().forecast(few, 4)
    assert made.fitted.combination.share == 1
    assert (
        "the pretrained network's, without validation on this table" in made.fitted.combination.text
    )
    assert np.isfinite(made.frame["gated"]).all()


def hours(*seasons: int) -> pd.DataFrame:
    """A series of 500 hours for each season."""
    rng, steps = np.random.default_rng(0), np.arange(500)
    parts = [
        pd.DataFrame(
            {
                "unique_id": f"{season}-{place}",
                "ds": pd.date_range("2024-01-01", periods=500, freq="h"),
                "y": 5 + np.sin(2 * np.pi * steps / season) + 0.02 * rng.normal(size=500),
            }
        )
        for place, season in enumerate(seasons)
    ]
    return pd.concat(parts, ignore_index=True)


def test_series_with_another_season_length_are_noted_and_saved(tmp_path) -> None:
    model = Forecaster().fit(hours(24, 23, 24, 23))
    notes = [note for note in model.notes_ if "other season lengths" in note]
    assert notes == ["2 series have other season lengths (2 of 23 steps), which the forecast uses."]
    model.save(tmp_path / "hours.gated")
    again = Forecaster.load(tmp_path / "hours.gated")
    assert again.notes_ == model.notes_
    pd.testing.assert_frame_equal(again.predict(h=24), model.predict(h=24))
    usual = Forecaster().fit(hours(24))
    assert not any("own" in note for note in usual.notes_)


def test_each_training_batch_has_one_season_length() -> None:
    data = Forecaster().forecast(hours(24, 23, 24), h=24).data
    sampler = Sampler(data, data.history, 24, 8)
    generator = torch.Generator().manual_seed(0)
    seen = {sampler.draw(generator).layout.patch for _ in range(30)}
    assert seen == {23, 24}
    assert [group.series.tolist() for group in sampler.groups] == [[1], [0, 2]]
