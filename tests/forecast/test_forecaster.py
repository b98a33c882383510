"""The estimator, as its users call it."""

import signal
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch
from sklearn.base import clone

import gated
from gated.errors import DataError, GatedError, ModelFileError, NotFittedError, UsageError
from gated.forecast import Forecaster
from gated.forecast.fitting import Fitting
from gated.forecast.judging import Judging
from gated.forecast.network import SeasonNetwork
from gated.forecast.settings import Settings
from gated.train import load_tensors, save_tensors, seeded

QUICK = {"max_steps": 4, "hidden_size": 16, "num_layers": 1, "batch_size": 8}
DAYS = pd.date_range("2023-01-01", periods=140, freq="D")


def sales(n: int = 2, length: int = 140, seed: int = 0) -> pd.DataFrame:
    """Weekly sales of n shops, closed on Sundays, with a promotion now and then."""
    rng = np.random.default_rng(seed)
    frames = []
    for shop in range(n):
        days = DAYS[:length]
        open_ = (days.day_of_week != 6).astype(float)
        promo = (rng.random(length) < 0.1).astype(float)
        y = (shop + 1) * (20 + 10 * np.sin(days.day_of_week) + 15 * promo) + rng.normal(
            0, 1, length
        )
        frames.append(
            pd.DataFrame(
                {"unique_id": f"shop{shop}", "ds": days, "y": y * open_, "open": open_}
            ).assign(promo=promo)
        )
    return pd.concat(frames, ignore_index=True)


def future(n: int = 2, h: int = 14) -> pd.DataFrame:
    days = pd.date_range(DAYS[-1] + pd.Timedelta(days=1), periods=h, freq="D")
    frames = [
        pd.DataFrame({"unique_id": f"shop{i}", "ds": days, "open": 1.0 * (days.day_of_week != 6)})
        for i in range(n)
    ]
    return pd.concat(frames, ignore_index=True).assign(promo=0.0)


@pytest.fixture(scope="module")
def fitted() -> Forecaster:
    return Forecaster(h=14, **QUICK).fit(sales()[["unique_id", "ds", "y"]])


@pytest.fixture(scope="module")
def with_covariates() -> Forecaster:
    return Forecaster(h=14, **QUICK).fit(sales(), covariates=["open", "promo"])


def test_a_frame_of_the_expected_form_comes_out(fitted: Forecaster) -> None:
    out = fitted.predict(h=5, level=[80, 95], quantiles=[0.9])
    assert out.columns.tolist() == [
        "unique_id",
        "ds",
        "gated",
        "gated-lo-80",
        "gated-hi-80",
        "gated-lo-95",
        "gated-hi-95",
        "gated-q-90",
    ]
    assert out["unique_id"].tolist() == ["shop0"] * 5 + ["shop1"] * 5
    assert out["ds"].iloc[0] == DAYS[-1] + pd.Timedelta(days=1)
    lo95, lo80, mid = (out[c].to_numpy() for c in ("gated-lo-95", "gated-lo-80", "gated"))
    hi80, hi95 = (out[c].to_numpy() for c in ("gated-hi-80", "gated-hi-95"))
    assert ((lo95 <= lo80) & (lo80 <= mid) & (mid <= hi80) & (hi80 <= hi95)).all()
    np.testing.assert_allclose(out["gated-q-90"], hi80)


@pytest.mark.parametrize("kind", ["pandas", "polars", "arrow"])
def test_the_kind_that_comes_in_goes_out(kind: str, fitted: Forecaster) -> None:
    frame = sales()[["unique_id", "ds", "y"]]
    given = {"pandas": frame, "polars": pl.from_pandas(frame), "arrow": pa.table(frame)}[kind]
    out = Forecaster(h=14, **QUICK).fit(given).predict(h=3)
    assert type(out) is type(given)
    expected = fitted.predict(h=3)["gated"].to_numpy()
    np.testing.assert_array_equal(np.asarray(out["gated"]), expected)


def test_any_horizon_is_forecast_and_a_longer_one_begins_with_the_trained_one(fitted) -> None:
    short, long = fitted.predict(h=14), fitted.predict(h=100)
    assert len(long) == 200
    first = long.groupby("unique_id").head(14)["gated"].to_numpy()
    np.testing.assert_allclose(first, short["gated"].to_numpy())
    assert np.isfinite(long["gated"]).all()


def test_the_same_seed_gives_the_same_bits_and_another_seed_others() -> None:
    frame = sales()[["unique_id", "ds", "y"]]
    first, second, other = (
        Forecaster(h=7, seed=seed, **QUICK).fit(frame).predict(level=[80])["gated-hi-80"].to_numpy()
        for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(first, second)
    assert (first != other).any()


def test_inputs_are_left_untouched() -> None:
    frame, ahead = sales(), future()
    frame_before, ahead_before = frame.copy(deep=True), ahead.copy(deep=True)
    Forecaster(h=7, **QUICK).fit(frame, covariates=["open"]).predict(X_df=ahead, h=7)
    pd.testing.assert_frame_equal(frame, frame_before)
    pd.testing.assert_frame_equal(ahead, ahead_before)


def test_rows_in_any_order_give_the_same_forecast(fitted: Forecaster) -> None:
    shuffled = sales()[["unique_id", "ds", "y"]].iloc[::-1]
    out = Forecaster(h=14, **QUICK).fit(shuffled).predict(h=14).sort_values(["unique_id", "ds"])
    assert out["unique_id"].tolist() == fitted.predict()["unique_id"].tolist()
    assert np.isfinite(out["gated"]).all()


def test_known_future_covariates_change_the_forecast_and_closed_days_are_zero(
    with_covariates: Forecaster,
) -> None:
    out = with_covariates.predict(X_df=future(), level=[80])
    sundays = out["ds"].dt.day_of_week == 6
    assert sundays.sum() == 4
    assert (out.loc[sundays, ["gated", "gated-lo-80", "gated-hi-80"]] == 0).all(axis=None)
    assert (out.loc[~sundays, "gated"] > 0).all()
    assert any("open = 0" in note for note in with_covariates.notes_)
    same = with_covariates.predict(futr_df=future(), level=[80])
    pd.testing.assert_frame_equal(out, same)


def test_missing_future_covariates_are_asked_for(with_covariates: Forecaster) -> None:
    with pytest.raises(DataError, match="X_df"):
        with_covariates.predict(h=14)
    with pytest.raises(DataError, match="promo"):
        with_covariates.predict(X_df=future().drop(columns="promo"))
    with pytest.raises(DataError, match="shop1"):
        with_covariates.predict(X_df=future(n=1))
    with pytest.raises(UsageError, match="two names for the same"):
        with_covariates.predict(X_df=future(), futr_df=future())


def test_another_table_is_forecast_with_the_fitted_network(fitted: Forecaster) -> None:
    other = sales(n=1, seed=9)[["unique_id", "ds", "y"]].assign(unique_id="new")
    out = fitted.predict(other, h=4)
    assert out["unique_id"].tolist() == ["new"] * 4


def test_missing_values_are_masked_not_invented() -> None:
    frame = sales(n=1)[["unique_id", "ds", "y"]]
    holes = frame.copy()
    holes.loc[[50, 51, 90], "y"] = np.nan
    zeros = frame.copy()
    zeros.loc[[50, 51, 90], "y"] = 0.0
    dropped = frame.drop(index=[50, 51, 90])
    forecasts = [
        Forecaster(h=7, **QUICK).fit(f).predict()["gated"].to_numpy()
        for f in (holes, dropped, zeros)
    ]
    np.testing.assert_array_equal(forecasts[0], forecasts[1])
    assert (forecasts[0] != forecasts[2]).any()


def test_explain_names_observed_past_steps(with_covariates: Forecaster) -> None:
    out = with_covariates.explain(X_df=future(), h=7, top=2)
    assert out.columns.tolist() == ["unique_id", "ds", "remembered", "seasons", "weight"]
    assert (out["remembered"] <= DAYS[-1]).all()
    assert (out["remembered"].dt.day_of_week == out["ds"].dt.day_of_week).all()
    assert (out["remembered"].dt.day_of_week != 6).all()
    days = (out["ds"] - out["remembered"]).dt.days
    np.testing.assert_allclose(days / 7, out["seasons"])
    assert out["weight"].between(0, 1).all()


def test_memory_shares_are_heaviest_first_and_sum_to_one(fitted: Forecaster) -> None:
    kept = fitted.memory()
    shares = [share for _, share in kept]
    assert kept[0][0].endswith("before")
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1.0)


def test_save_and_load_forecast_the_same_bits(tmp_path, with_covariates: Forecaster) -> None:
    path = tmp_path / "shop.gated"
    with_covariates.save(path)
    loaded = Forecaster.load(path)
    pd.testing.assert_frame_equal(
        loaded.predict(X_df=future(), level=[80]),
        with_covariates.predict(X_df=future(), level=[80]),
    )
    assert loaded.get_params() == with_covariates.get_params()
    assert loaded.verdict_ == with_covariates.verdict_
    assert loaded.notes_ == with_covariates.notes_


def test_a_loaded_model_gives_back_the_kind_it_was_fitted_on(tmp_path) -> None:
    frame = pl.from_pandas(sales()[["unique_id", "ds", "y"]])
    model = Forecaster(h=7, **QUICK).fit(frame)
    model.save(tmp_path / "m")
    out = Forecaster.load(tmp_path / "m").predict(h=2)
    assert isinstance(out, pl.DataFrame)
    assert out.schema["ds"] == frame.schema["ds"]
    assert out.equals(model.predict(h=2))


def test_a_damaged_model_file_is_refused(tmp_path, fitted: Forecaster) -> None:
    path = tmp_path / "m"
    fitted.save(path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ModelFileError, match="truncated"):
        Forecaster.load(path)
    path.write_bytes(b"PK\x03\x04 not ours")
    with pytest.raises(ModelFileError, match="cannot be read as a gated model"):
        Forecaster.load(path)


def test_before_fitting_everything_says_to_fit() -> None:
    for call in ("predict", "explain", "memory"):
        with pytest.raises(NotFittedError, match="Call fit"):
            getattr(Forecaster(), call)()
    with pytest.raises(NotFittedError, match="Call fit"):
        _ = Forecaster().verdict_
    with pytest.raises(NotFittedError, match="Call fit"):
        Forecaster().save("nowhere")


def test_interrupted_fitting_goes_on_to_the_same_bits(tmp_path) -> None:
    frame, path = sales()[["unique_id", "ds", "y"]], tmp_path / "c"
    quick = {**QUICK, "max_steps": 12}
    expected = Forecaster(h=7, **quick).fit(frame).predict()["gated"].to_numpy()
    for stage, step in (("learn", 5), ("finish", 1)):

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


def test_parameters_follow_the_conventions() -> None:
    model = Forecaster(h=7, seed=5)
    assert model.get_params()["seed"] == 5
    assert clone(model).get_params() == model.get_params()
    assert model.set_params(seed=6) is model
    assert repr(model) == "Forecaster(h=7, seed=6)"
    with pytest.raises(UsageError, match="'sede' is no parameter"):
        model.set_params(sede=1)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"hidden_size": 0}, "hidden_size is 0"),
        ({"max_steps": 2.5}, "max_steps is 2.5"),
        ({"dropout": 1.0}, "dropout is 1.0"),
        ({"learning_rate": -1}, "learning_rate is -1"),
        ({"h": 0}, "h is 0"),
        ({"season_length": 0}, "season_length"),
        ({"freq": "fortnight"}, "fortnight"),
    ],
)
def test_a_bad_hyperparameter_is_named(params, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Forecaster(**params).fit(sales(1)[["ds", "y"]])


@pytest.mark.parametrize(
    ("h", "message"),
    [(0, "h is 0"), (-3, "h is -3"), (2.5, "h is 2.5"), (True, "h is True"), (10**9, "invention")],
)
def test_a_horizon_beyond_reason_is_refused(fitted: Forecaster, h, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        fitted.predict(h=h)


def test_a_horizon_given_as_the_table_is_noticed(fitted: Forecaster) -> None:
    with pytest.raises(UsageError, match="write h=7"):
        fitted.predict(7)


def series(values, freq: str = "D") -> pd.DataFrame:
    return pd.DataFrame(
        {"ds": pd.date_range("2020-01-01", periods=len(values), freq=freq), "y": values}
    )


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [
        (np.full(60, 7.0), 7, 7),
        (np.zeros(60), 0, 0),
        (np.tile([1e300, 2e300], 30), 0, 4e300),
        (np.tile([-5.0, -6.0, -7.0], 20), -20, 0),
        (np.arange(9.0), 0, 40),
        (np.array([3.0, 4.0]), 0, 20),
        (np.r_[np.zeros(50), 1, np.zeros(9)], 0, 1),
        (np.tile([1e-9, 3e-9], 30), 0, 1e-8),
    ],
    ids=["constant", "zeros", "huge", "negative", "nine", "two", "one-sale", "tiny"],
)
def test_odd_series_get_a_finite_sensible_forecast(
    values, low: float, high: float, tmp_path
) -> None:
    model = Forecaster(h=7, freq="D", **QUICK).fit(series(values))
    out = model.predict(level=[80])
    for column in ("gated", "gated-lo-80", "gated-hi-80"):
        assert np.isfinite(out[column]).all()
    assert out["gated"].between(low, high).all()
    assert model.verdict_.text
    model.save(tmp_path / "m")


def test_a_series_of_length_one_among_others_is_forecast_too() -> None:
    frame = pd.concat([sales(1), sales(1).tail(1).assign(unique_id="late")])
    out = Forecaster(h=7, **QUICK).fit(frame[["unique_id", "ds", "y"]]).predict()
    late = out[out["unique_id"] == "late"]["gated"]
    assert len(late) == 7
    assert np.isfinite(late).all()


def test_integer_and_non_negative_data_are_respected() -> None:
    rng = np.random.default_rng(0)
    counts = rng.poisson(0.4, 120).astype(float)
    out = Forecaster(h=7, **QUICK).fit(series(counts)).predict(level=[95])
    for column in ("gated", "gated-lo-95", "gated-hi-95"):
        assert (out[column] >= 0).all()
        assert (out[column] == out[column].round()).all()


@pytest.mark.parametrize(
    ("freq", "periods"),
    [("min", 300), ("15min", 400), ("h", 300), ("B", 200), ("W", 160), ("MS", 90), ("QS", 40)],
)
def test_every_usual_frequency(freq: str, periods: int) -> None:
    frame = series(10 + np.sin(np.arange(periods)), freq)
    out = Forecaster(**QUICK).fit(frame).predict(h=5)
    last = frame["ds"].iloc[-1]
    assert out["ds"].tolist() == pd.date_range(last, periods=6, freq=freq)[1:].tolist()


def test_years_and_numbered_steps() -> None:
    frame = pd.DataFrame({"ds": np.arange(30), "y": np.arange(30) % 5})
    out = Forecaster(**QUICK).fit(frame).predict(h=3)
    assert out["ds"].tolist() == [30, 31, 32]


def learned_weights(frame: pd.DataFrame, covariates: list[str] | None) -> dict:
    """The network after the first stage."""
    table = gated.read_table(frame, covariates=covariates)
    with seeded(0) as generator:
        fitting = Fitting(table, 14, Settings(**QUICK), generator)
        loop = fitting._loop(fitting.holdout.end, fitting.learning, scored=False)
        loop.run()
    return fitting.network.state_dict()


def test_learning_sees_nothing_of_the_held_out_part() -> None:
    """A leak would show: a wholly different tail must leave the learned network the same."""
    frame = sales(1)
    other = frame.copy()
    tail = other.index[-14:]
    other.loc[tail, "y"] = 1e6 + other.loc[tail, "y"] ** 2
    other.loc[tail, "promo"] = 1.0
    first, second = (learned_weights(f, ["open", "promo"]) for f in (frame, other))
    for name, value in first.items():
        assert torch.equal(value, second[name]), name


@pytest.mark.parametrize("calendar", [True, False])
def test_a_part_of_a_patch_is_forecast_as_the_whole(calendar: bool, monkeypatch) -> None:
    monkeypatch.setattr("gated.forecast.prepare._VALUES_NEEDED", 0 if calendar else 10**9)
    model = Forecaster(h=14, max_steps=40, hidden_size=16).fit(sales()[["unique_id", "ds", "y"]])
    assert bool(model._fitted.facts.calendar_names) == calendar
    whole = model.predict(h=14).groupby("unique_id").head(3)["gated"]
    np.testing.assert_allclose(model.predict(h=3)["gated"], whole, rtol=1e-6)


def test_a_tail_without_target_is_left_out_and_said() -> None:
    frame = sales(1)[["ds", "y"]]
    longer = pd.concat([frame, pd.DataFrame({"ds": future(1)["ds"], "y": np.nan})])
    model = Forecaster(h=7, **QUICK).fit(longer)
    assert model.predict()["ds"].iloc[0] == DAYS[-1] + pd.Timedelta(days=1)
    assert any("14 rows after the last `y`" in note for note in model.notes_)


def test_a_gap_in_the_held_out_part_is_survived(tmp_path) -> None:
    frame = sales(2)[["unique_id", "ds", "y"]]
    frame.loc[frame.index[-13:-1], "y"] = np.nan
    frame.loc[frame["unique_id"].eq("shop0") & (frame["ds"] < DAYS[-15]), "y"] = np.nan
    model = Forecaster(h=7, **QUICK).fit(frame)
    assert np.isfinite(list(model.verdict_.errors.values())).all()
    model.save(tmp_path / "m")


def test_single_values_are_forecast_by_the_rule() -> None:
    frame = pd.DataFrame({"unique_id": list("abc"), "ds": [DAYS[0]] * 3, "y": [1.0, 2.0, 3.0]})
    model = Forecaster(h=2, freq="D", **QUICK).fit(frame)
    assert "too short to hold anything out" in model.verdict_.text
    assert model.predict()["gated"].tolist() == [1, 1, 2, 2, 3, 3]


def test_one_wrong_value_does_not_drown_the_rest() -> None:
    frame = sales(1)[["ds", "y"]]
    wrong = frame.copy()
    wrong.loc[20, "y"] = 1e9
    widths = []
    for f in (frame, wrong):
        out = Forecaster(h=7, max_steps=60, hidden_size=16).fit(f).predict(level=[80])
        widths.append((out["gated-hi-80"] - out["gated-lo-80"]).mean())
    assert widths[1] < 5 * widths[0]


def test_intervals_of_next_to_no_history_are_wide() -> None:
    frame = pd.concat(
        [
            sales(2)[["unique_id", "ds", "y"]],
            pd.DataFrame({"unique_id": "one", "ds": DAYS[-1:], "y": 7.0}),
            pd.DataFrame({"unique_id": "two", "ds": DAYS[-2:], "y": [7.0, 9.0]}),
        ]
    )
    several = Forecaster(h=3, max_steps=60, hidden_size=16).fit(frame).predict(level=[80])
    single = Forecaster(h=3, freq="D", **QUICK).fit(frame[frame["unique_id"] == "one"])
    alone = single.predict(level=[80])
    for out in (several[several["unique_id"].isin(["one", "two"])], alone):
        width = out["gated-hi-80"] - out["gated-lo-80"]
        assert (width > 0.1 * out["gated"]).all()


def test_levels_and_quantiles_may_be_arrays(fitted: Forecaster) -> None:
    out = fitted.predict(h=2, quantiles=np.array([0.1, 0.9]), level=np.array([80]))
    assert {"gated-q-10", "gated-q-90", "gated-lo-80"} <= set(out.columns)
    with pytest.raises(UsageError, match="level is 80"):
        fitted.predict(h=2, level=80)


def test_a_wide_table_is_forecast_again() -> None:
    wide = sales().pivot(index="ds", columns="unique_id", values="y").reset_index()
    model = Forecaster(h=7, **QUICK).fit(wide)
    again = model.predict(wide, h=7)
    pd.testing.assert_frame_equal(again, model.predict(h=7))


def test_a_table_read_otherwise_is_refused(fitted: Forecaster) -> None:
    monthly = pd.DataFrame({"ds": pd.date_range("2020", periods=40, freq="MS"), "y": range(40)})
    with pytest.raises(UsageError, match=r"frequency is .*MS.* fitted on .*D"):
        fitted.predict(gated.read_table(monthly))
    with pytest.raises(UsageError, match=r"gated\.read_table instead"):
        Forecaster().fit(gated.read_table(monthly), covariates=["nope"])


@pytest.mark.parametrize("constant", [1.0, 0.1 + 0.2, 1e200])
def test_a_covariate_that_never_changed_says_nothing(constant: float) -> None:
    frame = sales(1)[["ds", "y"]].assign(x=constant)
    model = Forecaster(h=7, **QUICK).fit(frame, covariates=["x"])
    ahead = future(1, 7)[["ds"]]
    usual, odd = (
        model.predict(h=7, X_df=ahead.assign(x=value))["gated"] for value in (constant, constant)
    )
    np.testing.assert_array_equal(usual, odd)
    assert np.isfinite(usual).all()


def test_whole_numbers_of_numpy_are_whole_numbers(tmp_path) -> None:
    model = Forecaster(h=np.int64(7), seed=np.int64(1), **QUICK).fit(sales(1)[["ds", "y"]])
    model.save(tmp_path / "m")
    assert Forecaster.load(tmp_path / "m").get_params()["h"] == 7


@pytest.mark.parametrize("label", [7, "7", 2.5])
def test_ids_survive_the_file(tmp_path, label) -> None:
    model = Forecaster(h=7, **QUICK).fit(sales(1)[["ds", "y"]].assign(unique_id=label))
    model.save(tmp_path / "m")
    pd.testing.assert_frame_equal(Forecaster.load(tmp_path / "m").predict(), model.predict())


def test_ids_that_a_file_cannot_keep_are_named(tmp_path) -> None:
    model = Forecaster(h=7, **QUICK).fit(sales(1)[["ds", "y"]].assign(unique_id=Decimal("1.5")))
    with pytest.raises(GatedError, match=r"Decimal.*Use text or numbers as ids"):
        model.save(tmp_path / "m")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "change",
    [
        {"schema": {"id_dtype": {"name": "read_csv", "source": "secret.csv"}}},
        {"facts": "text"},
        {"network": {"dropout": 7}},
        {"params": {"unknown": 1}},
        {"ids": ["one too many"] * 3},
        {"verdict": None},
    ],
)
def test_a_hostile_header_is_refused_and_runs_nothing(tmp_path, fitted, change: dict) -> None:
    fitted.save(tmp_path / "m")
    tensors, header = load_tensors(tmp_path / "m", kind="model", version=1)
    for name, value in change.items():
        merged = isinstance(value, dict) and isinstance(header[name], dict)
        header[name] = {**header[name], **value} if merged else value
    save_tensors(tmp_path / "m", tensors, header, kind="model", version=1)
    with pytest.raises(ModelFileError, match="do not fit together"):
        Forecaster.load(tmp_path / "m")


def test_ctrl_c_anywhere_leaves_a_checkpoint_that_goes_on_to_the_same_bits(
    tmp_path, monkeypatch
) -> None:
    frame, path = sales(1)[["ds", "y"]], tmp_path / "c"
    quick = {**QUICK, "max_steps": 12}
    expected = Forecaster(h=7, **quick).fit(frame).predict()["gated"].to_numpy()
    for owner, method, turn in ((SeasonNetwork, "loss", 5), (Judging, "score", 3)):
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

    def interrupted(self, network):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Judging, "verdict", interrupted)
        with pytest.raises(KeyboardInterrupt):
            Forecaster(h=7, **quick).fit(frame, checkpoint=path)
    model = Forecaster(h=7, **quick).fit(frame, checkpoint=path)
    np.testing.assert_array_equal(model.predict()["gated"].to_numpy(), expected)


def test_what_is_learned_is_not_there_before_fitting(fitted: Forecaster) -> None:
    assert hasattr(fitted, "verdict_")
    assert not hasattr(Forecaster(), "verdict_")
