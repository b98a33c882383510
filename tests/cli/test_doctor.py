"""`gated doctor` finds what is there, and notices what is not."""

import json

from gated.cli import doctor
from gated.ops import BACKENDS


def test_all_is_well_here(gated):
    result = gated("doctor")
    assert result.exit_code == 0
    assert result.stderr == ""
    assert "reference: rnn, lstm, gru live, in agreement with the equations" in result.stdout
    assert "shop_daily_total.csv.gz" in result.stdout
    assert "terminal stdout is none" in result.stdout


def test_json(gated):
    found = json.loads(gated("doctor", "--json").stdout)
    assert found["backends"].keys() == BACKENDS.keys()
    assert found["torch"]["threads"] == 1
    assert all(found["packages"].values())
    assert found["demo data"]["present"] is True


def test_a_backend_that_errs_is_named(gated, monkeypatch):
    sample = doctor._sample
    monkeypatch.setattr(
        doctor, "_sample", lambda kind, name: sample(kind, name) + (name == "torch") * 0.25
    )
    result = gated("doctor")
    assert result.exit_code == 1
    assert "torch: rnn is off by 2.5e-01" in result.stdout


def test_missing_data_are_named(gated, monkeypatch, tmp_path):
    monkeypatch.setattr(doctor, "shop_data", lambda: tmp_path / "gone.csv")
    result = gated("doctor")
    assert result.exit_code == 1
    assert "gone.csv is missing" in result.stdout


def test_an_absent_package_is_told(gated, monkeypatch):
    monkeypatch.setattr(doctor, "_OPTIONAL", ("a-package-that-nobody-wrote",))
    assert "a-package-that-nobody-wrote (absent)" in gated("doctor").stdout
