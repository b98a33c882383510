"""`gated doctor`: its findings and its reports of missing parts."""

import json
from dataclasses import replace

import pytest

from gated.cli.commands import doctor, torch_state
from gated.ops import BACKENDS
from gated.ops.cpu import extension


@pytest.fixture
def cpp(monkeypatch):
    """Pretend that the C++ recurrences are installed, or not."""

    def pretend(reason=None, in_use=None, possible=(), built=()):
        monkeypatch.delenv("GATED_ISA", raising=False)
        monkeypatch.setattr(extension, "reason", lambda: reason)
        monkeypatch.setattr(extension, "instruction_set", lambda: in_use)
        monkeypatch.setattr(extension, "instruction_sets", lambda: possible)
        monkeypatch.setattr(extension, "built_instruction_sets", lambda: built)

    return pretend


def test_a_complete_installation_is_reported(gated):
    result = gated("doctor")
    assert result.exit_code == 0
    assert result.stderr == ""
    assert "reference: rnn, lstm, gru work and agree with the equations" in result.stdout
    assert "shop_daily_total.csv.gz" in result.stdout
    assert "terminal stdout is not a terminal" in result.stdout


def test_json(gated):
    found = json.loads(gated("doctor", "--json").stdout)
    assert found["backends"].keys() == BACKENDS.keys()
    assert found["torch"]["threads"] == 1
    assert all(found["packages"].values())
    assert found["demo data"]["present"] is True


def test_a_backend_with_wrong_results_is_named(gated, monkeypatch):
    sample = torch_state._sample
    monkeypatch.setattr(
        torch_state, "_sample", lambda kind, name: sample(kind, name) + (name == "torch") * 0.25
    )
    result = gated("doctor")
    assert result.exit_code == 1
    assert "torch: rnn is off by 2.5e-01" in result.stdout


def test_a_wrong_recurrence_of_forecasts_is_named(gated, monkeypatch):
    states = doctor.gru_states
    monkeypatch.setattr(doctor, "gru_states", lambda weights, x: states(weights, x) + 0.25)
    result = gated("doctor")
    assert result.exit_code == 1
    assert "the recurrence is off by 2.5e-01" in result.stdout


def test_torch_is_not_needed(gated, monkeypatch):
    monkeypatch.setattr(doctor, "find_spec", lambda _: None)
    result = gated("doctor")
    assert result.exit_code == 0
    assert 'not installed: only training needs it, pip install "gated[train]"' in result.stdout
    assert "the recurrence agrees with the equations" in result.stdout


def test_missing_data_are_named(gated, monkeypatch, tmp_path):
    monkeypatch.setattr(doctor, "shop_file", lambda: tmp_path / "gone.csv")
    result = gated("doctor")
    assert result.exit_code == 1
    assert "gone.csv is missing" in result.stdout


def test_an_absent_package_is_named(gated, monkeypatch):
    monkeypatch.setattr(doctor, "_OPTIONAL", ("a-package-that-nobody-wrote",))
    assert "a-package-that-nobody-wrote (absent)" in gated("doctor").stdout


@pytest.mark.parametrize(
    ("built", "possible", "sets"),
    [
        (("avx2",), ("avx2",), "built: avx2"),
        (
            ("avx512", "avx2", "baseline"),
            ("avx2", "baseline"),
            "built: avx512, avx2, baseline; here: avx2, baseline",
        ),
    ],
)
def test_the_instruction_sets_are_printed(gated, cpp, built, possible, sets):
    cpp(in_use="avx2", possible=possible, built=built)
    assert f"C++      used, avx2 ({sets}), threads: 1" in gated("doctor").stdout


def test_the_cpp_part_of_another_machine_is_named(gated, cpp):
    cpp("built only for avx512, which this machine does not have", built=("avx512",))
    output = gated("doctor").stdout
    assert "C++      not used: built only for avx512, which this machine does not have" in output
    assert "-m pip install --force-reinstall --no-deps" in output


def test_without_cpp_the_steps_of_installing_it_are_printed(gated, cpp):
    cpp("not built when gated was installed, which takes a C++ compiler")
    result = gated("doctor")
    assert result.exit_code == 0
    assert "C++      not used: not built when gated was installed" in result.stdout
    assert "-m pip install --force-reinstall --no-deps" in result.stdout


def test_switched_off_cpp_needs_no_installation(gated, cpp, monkeypatch):
    cpp("switched off by GATED_ISA=none")
    monkeypatch.setenv("GATED_ISA", "none")
    found = json.loads(gated("doctor", "--json").stdout)["C++"]
    assert found["live"] is False
    assert found["remedy"] == []


def test_an_absent_backend_is_not_an_error(gated, monkeypatch):
    absent = replace(BACKENDS["torch"], supports=lambda *_: False)
    monkeypatch.setitem(BACKENDS, "torch", absent)
    result = gated("doctor")
    assert result.exit_code == 0
    assert "torch: absent" in result.stdout
