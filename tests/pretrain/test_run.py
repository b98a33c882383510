"""A pretraining run: learning, resuming to the same bits, refusing other runs, its weights."""

import json
import shutil
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from gated.errors import ModelFileError, UsageError
from gated.forecast.model.trainable_network import TrainableNetwork
from gated.pretrain.__main__ import main
from gated.pretrain.curriculum import KINDS, Curriculum
from gated.pretrain.export import export_weights
from gated.pretrain.run import Run, RunConfig
from gated.pretrain.validation import read_validation_tables, scores

CONFIG = RunConfig(400, warm_up=50, hidden_size=16, num_layers=1, batch_size=8, seed=3)


def advanced(run: Run, steps: int) -> Run:
    for _ in range(steps):
        run._advance()
    return run


def test_the_loss_of_every_kind_of_window_is_finite() -> None:
    network = CONFIG.network()
    curriculum, generator = Curriculum(8), torch.Generator().manual_seed(0)
    layouts = set()
    for _ in range(60):
        batch = curriculum.draw(generator)
        layout = batch.window.layout
        layouts.add((layout.patch, layout.seasonal))
        output = network(batch.window, batch.dense, batch.leads)
        assert network.loss(output).isfinite()
        assert output.target_mask.any()
        assert batch.window.visible[:, : batch.window.read.stop].any((1, 2)).all()
        assert not batch.window.visible[:, batch.window.read.stop :].any()
    assert layouts >= {(24, True), (7, True), (12, True), (4, True), (4, False)}
    assert sum(kind.share for kind in KINDS.values()) == pytest.approx(1)


def test_a_run_learns(tmp_path: Path) -> None:
    run = Run(tmp_path, replace(CONFIG, budget=4_000, learning_rate=5e-3, warm_up=100))
    generator = torch.Generator().manual_seed(9)
    held_out = [Curriculum(64).draw(generator) for _ in range(6)]

    def loss() -> float:
        with torch.no_grad():
            outputs = [run.network(b.window, b.dense, b.leads) for b in held_out]
            return sum(float(run.network.loss(output)) for output in outputs)

    before = loss()
    advanced(run, 100)
    assert loss() < 0.97 * before
    assert run.loop.skipped == 0


@pytest.mark.parametrize("steps", [4, 9])
def test_a_loaded_run_continues_to_the_bits_of_the_saved_one(tmp_path: Path, steps: int) -> None:
    run = advanced(Run(tmp_path, CONFIG), steps)
    run._save("state.safetensors")
    advanced(run, 5)
    again = advanced(Run(tmp_path, CONFIG), 5)
    assert (again.loop.used, again.loop.step, again.loop.loss) == (
        run.loop.used,
        run.loop.step,
        run.loop.loss,
    )
    for name, weight in run.network.state_dict().items():
        assert torch.equal(weight, again.network.state_dict()[name]), name
        assert torch.equal(run.loop.average[name], again.loop.average[name]), name


def test_the_state_of_the_default_size_fits_in_16_mib(tmp_path: Path) -> None:
    run = advanced(Run(tmp_path, RunConfig(1_000, batch_size=8)), 1)
    run._save("state.safetensors")
    assert (tmp_path / "state.safetensors").stat().st_size < 16 * 2**20


def test_a_run_can_be_made_longer_only_before_the_decay(tmp_path: Path) -> None:
    longer = replace(CONFIG, budget=800)
    run = Run(tmp_path, CONFIG)
    while run.windows < 100:
        advanced(run, 1)
    run._save("state.safetensors")
    assert Run(tmp_path, longer).windows == run.windows
    while run.windows < CONFIG.decay_start:
        advanced(run, 1)
    assert (tmp_path / "before_decay.safetensors").exists()
    advanced(run, 3)
    run._save("state.safetensors")
    with pytest.raises(UsageError, match=r"resume from before_decay\.safetensors"):
        Run(tmp_path, longer)
    (tmp_path / "before_decay.safetensors").replace(tmp_path / "state.safetensors")
    assert Run(tmp_path, longer).windows < run.windows


def test_the_state_before_the_decay_continues_to_the_bits_of_the_run(tmp_path: Path) -> None:
    run = Run(tmp_path / "whole", CONFIG)
    while run.windows < CONFIG.decay_start:
        advanced(run, 1)
    (tmp_path / "again").mkdir()
    shutil.copy(
        tmp_path / "whole" / "before_decay.safetensors", tmp_path / "again" / "state.safetensors"
    )
    again = Run(tmp_path / "again", CONFIG)
    assert again.windows < run.windows
    advanced(again, run.loop.step - again.loop.step)
    for name, weight in run.network.state_dict().items():
        assert torch.equal(weight, again.network.state_dict()[name]), name


def test_a_run_can_begin_with_pretrained_weights_and_names_their_runs(tmp_path: Path) -> None:
    first = advanced(Run(tmp_path / "first", CONFIG), 3)
    export_weights(first, tmp_path / "weights")
    start = tmp_path / "weights/forecaster.safetensors"
    run = Run(tmp_path / "second", replace(CONFIG, seed=4), start=start)
    for name, weight in first.loop.average.items():
        assert torch.equal(run.network.state_dict()[name], weight.half().float()), name
        assert torch.equal(run.loop.average[name], run.network.state_dict()[name]), name
    assert run.windows == 0
    assert run.before == [first.summary]
    advanced(run, 2)._save("state.safetensors")
    assert Run(tmp_path / "second", replace(CONFIG, seed=4)).before == [first.summary]
    export_weights(run, tmp_path / "weights")
    card = (tmp_path / "weights/forecaster.md").read_text()
    assert f"{first.windows + run.windows} windows of synthetic series" in card
    assert card.count("| run |") == 2
    with pytest.raises(UsageError, match=r"1 blocks of width 16\. Expected 2 of width 16"):
        Run(tmp_path / "third", replace(CONFIG, num_layers=2), start=start)


def test_another_run_in_the_folder_is_refused(tmp_path: Path) -> None:
    advanced(Run(tmp_path, CONFIG), 1)._save("state.safetensors")
    with pytest.raises(UsageError, match="Choose another folder"):
        Run(tmp_path, replace(CONFIG, seed=4))
    (tmp_path / "state.safetensors").write_bytes(b"nothing")
    with pytest.raises(ModelFileError, match="truncated, damaged"):
        Run(tmp_path, CONFIG)


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    folder = tmp_path / "tables"
    folder.mkdir()
    days = pd.date_range("2020-01-01", periods=400, freq="D")
    values = np.where(days.day_of_week < 5, 10.0, 4.0) + np.arange(400) / 100
    frame = pd.DataFrame({"unique_id": "a", "ds": days, "y": values})
    frame.to_csv(folder / "days.csv", index=False)
    weeks = pd.date_range("2010-01-03", periods=200, freq="W")
    values = np.where(np.arange(200) % 9 == 4, np.nan, np.arange(200) % 52 + np.arange(200) / 10)
    pd.DataFrame({"ds": weeks, "y": values}).to_parquet(folder / "weeks.parquet")
    return folder


def test_validation_scores_every_table(tables: Path) -> None:
    found = scores(CONFIG.network().eval(), read_validation_tables(tables))
    assert set(found) == {"mase_ratio", "crps_ratio", "coverage_80", "days", "weeks"}
    assert all(np.isfinite(value) and value > 0 for value in found.values())
    for rows in (3, 8):
        frame = pd.read_csv(tables / "days.csv").head(rows)
        frame.to_csv(tables / "short.csv", index=False)
        with pytest.raises(UsageError, match=r"short\.csv: no series is longer than a season"):
            read_validation_tables(tables)
    with pytest.raises(UsageError, match=r"no \.csv and no \.parquet"):
        read_validation_tables(tables.parent)


def test_a_run_from_the_terminal_and_its_card(tables: Path, tmp_path: Path, capsys) -> None:
    common = [str(tmp_path / "run"), "--hidden-size", "16", "--num-layers", "1"]
    common += ["--tables", str(tables), "--threads", "1"]
    main([*common, "--windows", "600"])
    logged = [json.loads(line) for line in (tmp_path / "run/log.jsonl").read_text().splitlines()]
    assert logged[-1]["windows"] >= 600
    assert logged[-1]["mase_ratio"] > 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == logged[-1]
    main([*common, "--windows", "600", "--export", str(tmp_path / "weights")])
    card = (tmp_path / "weights/forecaster.md").read_text()
    assert "no real series" in card
    assert f"| days | {logged[-1]['days']}" in card


def test_exported_weights_in_float16_give_nearly_the_same_forecast(
    tmp_path: Path, monkeypatch
) -> None:
    from gated.forecast.model.weights import pretrained

    run = advanced(Run(tmp_path, CONFIG), 2)
    export_weights(run, tmp_path / "weights")
    monkeypatch.setattr(pretrained, "files", lambda package: tmp_path)
    monkeypatch.setattr(pretrained, "_load", pretrained._load.__wrapped__)
    batch = Curriculum(8).draw(torch.Generator().manual_seed(0))
    stored = pretrained.pretrained_network(batch.window.layout)
    assert stored.config.layout == batch.window.layout
    with torch.no_grad():
        ours, theirs = (
            TrainableNetwork.of(network)(batch.window, 1, batch.leads)
            for network in (run.averaged(), stored)
        )
    torch.testing.assert_close(theirs.quantiles, ours.quantiles, rtol=0.02, atol=0.02)


def test_ctrl_c_saves_at_the_end_of_a_step_and_tells_how_to_resume(
    tmp_path: Path, monkeypatch, capsys
) -> None:
    advance, steps = Run._advance, []

    def pressing(self):
        advance(self)
        steps.append(self.windows)
        if len(steps) == 3:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Run, "_advance", pressing)
    words = [str(tmp_path), "--hidden-size", "16", "--num-layers", "1", "--windows", "1e5"]
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 130
    assert f"Interrupted after {steps[-1]:,} windows" in capsys.readouterr().out
    monkeypatch.setattr(Run, "_advance", advance)
    again = Run(tmp_path, RunConfig(100_000, hidden_size=16, num_layers=1))
    assert (again.windows, again.loop.step) == (steps[-1], 3)
