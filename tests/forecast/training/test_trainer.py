"""Tests the trainer: equal bits, resuming anywhere, no use of held-out values."""

import signal

import numpy as np
import pandas as pd
import pytest
import torch

import gated
from gated.errors import GatedError
from gated.forecast import Forecaster
from gated.forecast.config import ForecasterConfig
from gated.forecast.model.trainable_network import TrainableNetwork
from gated.forecast.training.trainer import Trainer
from gated.forecast.validation.validation import Validation
from gated.train import seeded
from tests.forecast.example_tables import DAYS, QUICK, sales


def test_the_same_seed_gives_the_same_bits_and_another_seed_others(trained) -> None:
    frame = sales()[["unique_id", "ds", "y"]]
    first, second, other = (
        Forecaster(h=7, seed=seed, **QUICK).fit(frame).predict(level=[80])["gated-hi-80"].to_numpy()
        for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(first, second)
    assert (first != other).any()


def test_an_interrupted_fit_resumes_to_the_same_bits(trained, tmp_path) -> None:
    frame, path = sales()[["unique_id", "ds", "y"]], tmp_path / "c"
    quick = {**QUICK, "max_steps": 12}
    expected = Forecaster(h=7, **quick).fit(frame).predict()["gated"].to_numpy()
    for stage, step in (("scratch", 5), ("finish", 1)):

        def interrupt(now: str, progress, stage: str = stage, step: int = step) -> None:
            if (now, progress.step) == (stage, step):
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            Forecaster(h=7, **quick).fit(frame, checkpoint=path, progress=interrupt)
        assert path.exists()
        stages = []
        model = Forecaster(h=7, **quick).fit(
            frame, checkpoint=path, progress=lambda now, p, s=stages: s.append((now, p.step))
        )
        assert stages[0] == (stage, step + 1)
        assert not path.exists()
        np.testing.assert_array_equal(model.predict()["gated"].to_numpy(), expected)


def test_a_checkpoint_of_other_data_is_refused(tmp_path) -> None:
    path = tmp_path / "c"

    def interrupt(stage: str, progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Forecaster(h=7, **QUICK).fit(sales(1), covariates=[], checkpoint=path, progress=interrupt)
    with pytest.raises(GatedError, match="other data or settings"):
        Forecaster(h=7, **QUICK).fit(sales(1, seed=5), covariates=[], checkpoint=path)


def trained_weights(frame: pd.DataFrame, covariates: list[str] | None) -> dict:
    """The network after the first stage."""
    table = gated.read_table(frame, covariates=covariates)
    with seeded(0) as generator:
        fitting = Trainer(table, 14, ForecasterConfig(**QUICK), generator)
        network = fitting._initial_network("scratch")
        loop = fitting._loop(
            network, fitting.split.end, "scratch", fitting.scratch_plan, scored=False
        )
        loop.run()
    return network.state_dict()


def test_training_does_not_use_the_held_out_part() -> None:
    """Other values in the held-out part must not change the trained network."""
    frame = sales(1)
    other = frame.copy()
    tail = other.index[-14:]
    other.loc[tail, "y"] = 1e6 + other.loc[tail, "y"] ** 2
    other.loc[tail, "promo"] = 1.0
    first, second = (trained_weights(f, ["open", "promo"]) for f in (frame, other))
    for name, value in first.items():
        assert torch.equal(value, second[name]), name


def test_a_gap_in_the_held_out_part_is_allowed(tmp_path) -> None:
    frame = sales(2)[["unique_id", "ds", "y"]]
    frame.loc[frame.index[-13:-1], "y"] = np.nan
    frame.loc[frame["unique_id"].eq("shop0") & (frame["ds"] < DAYS[-15]), "y"] = np.nan
    model = Forecaster(h=7, **QUICK).fit(frame)
    assert np.isfinite(list(model.verdict_.errors.values())).all()
    model.save(tmp_path / "m")


@pytest.mark.parametrize(
    "hyperparameters", [{}, {**QUICK, "max_steps": 20}], ids=["none", "scratch"]
)
def test_one_outlier_does_not_dominate_the_fit(hyperparameters: dict) -> None:
    frame = sales(1)[["ds", "y"]]
    wrong = frame.copy()
    wrong.loc[20, "y"] = 1e9
    widths = []
    for f in (frame, wrong):
        out = Forecaster(h=7, **hyperparameters).fit(f).predict()
        widths.append((out["gated-hi-80"] - out["gated-lo-80"]).mean())
    assert widths[1] < 5 * widths[0]


def test_ctrl_c_anywhere_writes_a_checkpoint_that_resumes_to_the_same_bits(
    trained, tmp_path, monkeypatch
) -> None:
    frame, path = sales(1)[["ds", "y"]], tmp_path / "c"
    quick = {**QUICK, "max_steps": 12}
    expected = Forecaster(h=7, **quick).fit(frame).predict()["gated"].to_numpy()
    for owner, method, turn in ((TrainableNetwork, "loss", 5), (Validation, "score", 3)):
        original, calls = getattr(owner, method), []

        def pressing(self, *args, original=original, calls=calls, turn=turn):
            calls.append(1)
            if len(calls) == turn:
                signal.raise_signal(signal.SIGINT)
            return original(self, *args)

        with monkeypatch.context() as patched:
            patched.setattr(owner, method, pressing)
            with pytest.raises(KeyboardInterrupt):
                Forecaster(h=7, **quick).fit(frame, checkpoint=path)
        model = Forecaster(h=7, **quick).fit(frame, checkpoint=path)
        np.testing.assert_array_equal(model.predict()["gated"].to_numpy(), expected)

    def interrupted(self, *args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Validation, "validated", interrupted)
        with pytest.raises(KeyboardInterrupt):
            Forecaster(h=7, **quick).fit(frame, checkpoint=path)
    model = Forecaster(h=7, **quick).fit(frame, checkpoint=path)
    np.testing.assert_array_equal(model.predict()["gated"].to_numpy(), expected)
