"""A damaged or hostile file ends in one sentence, at once, in bounded memory.

`GATED_FUZZ_FILES=1500` changes that many model files, and a ninth as many checkpoints.
"""

import json
import os
import random
import struct
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from gated.array_file import load_arrays
from gated.errors import GatedError, ModelFileError
from gated.forecast import Forecaster
from tests.damage import damaged, signed
from tests.forecast.example_tables import DAYS, sales

# A changed table or model may well have something to warn of.
pytestmark = pytest.mark.filterwarnings("ignore::gated.errors.GatedWarning")

CHANGES = int(os.environ.get("GATED_FUZZ_FILES", "120"))
SEED = int(os.environ.get("GATED_SEED", "0"))
SECONDS = 30  # far more than any of it takes, far less than a size that was believed
SMALL = {"hidden_size": 8, "num_layers": 2, "batch_size": 4, "max_steps": 4}
VERSION, CHECKPOINT_VERSION = 5, 5


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="module")
def ahead() -> pd.DataFrame:
    """The covariates of the next week of three shops."""
    days = pd.date_range(DAYS[-1] + pd.Timedelta(days=1), periods=7)
    shops = [pd.DataFrame({"unique_id": f"shop{i}", "ds": days}) for i in range(3)]
    return pd.concat(shops, ignore_index=True).assign(open=1.0, weather="sun")


@pytest.fixture(scope="module")
def models(folder: Path) -> list[Path]:
    """Of all that a model can hold, of numbered steps, and of the pretrained network."""
    frame = sales(3)
    weather = ["sun", "rain", "snow"]
    frame["weather"] = [weather[i % 7 % 3] for i in range(len(frame))]
    frame["late"] = frame["y"].shift(1).fillna(0.0)
    static = pd.DataFrame({"unique_id": [f"shop{i}" for i in range(4)], "kind": list("abab")})
    everything = Forecaster(h=7, training="scratch", holidays="DE-BY", **SMALL).fit(
        frame.drop(columns="promo"),
        covariates=["open", "weather"],
        past_covariates=["late"],
        static_df=static,
    )
    numbered = Forecaster(h=7, training="scratch", **SMALL).fit(
        pd.DataFrame({"ds": range(90), "y": [float(i % 6) for i in range(90)]})
    )
    pretrained = Forecaster(h=7, training="none").fit(sales(2)[["unique_id", "ds", "y"]])
    paths = []
    for name, model in (("all", everything), ("numbered", numbered), ("pretrained", pretrained)):
        paths.append(folder / f"{name}.gated")
        model.save(paths[-1])
    return paths


def parts_of_a_good_message(message: str, path: Path) -> bool:
    """The file, what was found, and what to do; no line of thousands of characters."""
    return message.startswith(f"{path}: ") and len(message) < 700 and message.endswith(".")


def test_changed_models_are_refused_or_used(models, folder, ahead) -> None:
    rng = random.Random(SEED)
    refused = used = 0
    for trial in range(CHANGES):
        source = rng.choice(models)
        path = folder / "changed.gated"
        path.write_bytes(damaged(source, "model", VERSION, rng))
        started, message = time.monotonic(), ""
        try:
            model = Forecaster.load(path)
        except ModelFileError as error:
            message = str(error)
        if message:
            assert parts_of_a_good_message(message, path), (trial, message)
            refused += 1
        else:  # a change that may be: another name, another value
            use(model, ahead if source.stem == "all" else None, folder)
            used += 1
        assert time.monotonic() - started < SECONDS, trial
    assert refused > 0.7 * CHANGES
    assert used > 0


def use(model: Forecaster, ahead: pd.DataFrame | None, folder: Path) -> None:
    """Check that all methods of a model return a result or raise a gated error."""
    with suppress(GatedError):
        assert np.isfinite(model.predict(X_df=ahead, level=[80])["gated"]).all()
    for ask in (
        lambda: model.memory(X_df=ahead),
        lambda: model.explain(X_df=ahead),
        lambda: model.remembered(X_df=ahead),
        lambda: model.save(folder / "again.gated"),
    ):
        with suppress(GatedError):
            ask()
    assert isinstance(model.verdict_.text, str)
    assert all(isinstance(note, str) for note in model.notes_)
    assert model.h_ >= 1
    assert repr(model).startswith("Forecaster(")


@pytest.mark.parametrize("version", [3, 4, VERSION])
@pytest.mark.parametrize(
    ("place", "size"),
    [
        (("network", "hidden_size"), 40_000),
        (("network", "hidden_size"), 10**18),
        (("network", "num_layers"), 10**9),
        (("network", "covariates"), 10**6),
        (("network", "calendar"), 10**9),
        (("network", "layout", "context"), 10**9),
        (("network", "layout", "patch"), 10**9),
        (("network", "layout", "leads"), 10**9),
        (("network", "layout", "long_season"), 1e9),
        (("frequency", "season_length"), 10**9),
        (("frequency", "long_season"), 10**30),
        (("h",), 10**30),
    ],
)
def test_wrong_sizes_are_refused(models, folder, version: int, place, size) -> None:
    """Sizes are checked before memory is allocated, with the arrays and without any."""
    arrays, header = load_arrays(models[0], kind="model", version=VERSION)
    inner = header
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = size
    path = folder / "huge.gated"
    for kept in (arrays, {}):
        path.write_bytes(signed(kept, header, "model", version))
        started = time.monotonic()
        with pytest.raises(ModelFileError, match=r"parts do not fit together: .*save the model"):
            Forecaster.load(path)
        assert time.monotonic() - started < 2


def test_every_flipped_bit_is_noticed(models, folder) -> None:
    content = models[0].read_bytes()
    rng = random.Random(SEED)
    path = folder / "flipped.gated"
    header_length = struct.unpack("<Q", content[:8])[0]
    for trial in range(300):
        # Half of them in the header, which is the smaller part of the file.
        most = len(content) if trial % 2 else 8 + header_length
        changed = bytearray(content)
        changed[rng.randrange(most)] ^= 1 << rng.randrange(8)
        path.write_bytes(changed)
        with pytest.raises(ModelFileError):
            Forecaster.load(path)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("version", [3, 4, VERSION])
def test_weights_that_are_not_finite_are_refused(models, folder, value, version) -> None:
    arrays, header = load_arrays(models[0], kind="model", version=VERSION)
    arrays["network.width.bias"][3] = value
    path = folder / "nan.gated"
    path.write_bytes(signed(arrays, header, "model", version))
    with pytest.raises(ModelFileError, match=r"weight width.bias has NaN or infinity"):
        Forecaster.load(path)


def test_weights_that_are_too_large_are_an_error(models, folder) -> None:
    arrays, header = load_arrays(models[1], kind="model", version=VERSION)
    arrays["network.width.weight"][:] = 3e38
    arrays["network.decode.1.weight"][:] = 3e38
    path = folder / "large.gated"
    path.write_bytes(signed(arrays, header, "model", VERSION))
    with pytest.raises(GatedError, match=r"forecasts NaN or infinity for 1 of 1 series.*Fit again"):
        Forecaster.load(path).predict()


@pytest.mark.skipif(os.name == "nt", reason="pipes and devices as in POSIX")
def test_pipes_and_devices_are_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, kind in ((tmp_path / "pipe", "a named pipe"), (Path(os.devnull), "a device")):
        with pytest.raises(ModelFileError, match=f"is {kind}. Expected a gated model file. Name"):
            Forecaster.load(path)
    with pytest.raises(ModelFileError, match=r"is a named pipe\. Expected a gated checkpoint"):
        Forecaster(h=7, training="scratch", **SMALL).fit(
            sales(1)[["ds", "y"]], checkpoint=tmp_path / "pipe"
        )


def interrupted(at_stage: str):
    def interrupt(stage: str, progress) -> None:
        if stage == at_stage and progress.step == 1:
            raise KeyboardInterrupt

    return interrupt


@pytest.mark.parametrize("stage", ["tune", "scratch", "finish"])
def test_changed_checkpoints_are_refused_or_used(folder, stage: str, monkeypatch) -> None:
    from gated.forecast.model.trainable_network import TrainableNetwork
    from gated.forecast.model.weights import pretrained

    with torch.random.fork_rng(devices=[]):
        small = TrainableNetwork.untrained(8, 1).frozen()
    monkeypatch.setattr(pretrained, "_load", lambda: small)
    table = sales(1, length=70)[["ds", "y"]]
    rng = random.Random(SEED)
    source, path = folder / "whole.checkpoint", folder / "changed.checkpoint"

    def fit(file: Path, progress=None) -> Forecaster:
        model = Forecaster(h=7, training="auto", **{**SMALL, "num_layers": 1})
        return model.fit(table, checkpoint=file, progress=progress)

    with pytest.raises(KeyboardInterrupt):
        fit(source, interrupted(stage))
    refused = 0
    for trial in range(max(1, CHANGES // 27)):
        path.write_bytes(damaged(source, "checkpoint", CHECKPOINT_VERSION, rng))
        started, message = time.monotonic(), ""
        try:
            fit(path)
        except GatedError as error:
            message = str(error)
        if message and "other data or settings" not in message:
            assert parts_of_a_good_message(message, path), (trial, message)
            refused += 1
        assert time.monotonic() - started < SECONDS, trial
    assert refused


def test_a_header_that_is_not_json_is_refused(models, folder) -> None:
    arrays, header = load_arrays(models[0], kind="model", version=VERSION)
    header["verdict"]["share"] = float("nan")
    path = folder / "constant.gated"
    path.write_bytes(signed(arrays, header, "model", VERSION))
    with pytest.raises(ModelFileError, match="NaN is not a JSON number"):
        Forecaster.load(path)
    deep = "[" * 100_000
    described = json.dumps({"__metadata__": {"gated": deep}}).encode()
    path.write_bytes(struct.pack("<Q", len(described)) + described)
    with pytest.raises(ModelFileError, match="cannot be read as a gated model file"):
        Forecaster.load(path)
