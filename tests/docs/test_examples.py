"""The examples run unchanged."""

import runpy
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_our_gru_replaces_torchs(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(EXAMPLES / "drop_in_gru.py"))
    lines = capsys.readouterr().out.splitlines()
    assert [line.rsplit(": ")[-1] for line in lines] == ["True"] * 3


def test_the_picture_of_the_readme_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = tmp_path / "shop.svg"
    monkeypatch.setattr(sys, "argv", ["shop_picture.py", str(picture)])
    runpy.run_path(str(EXAMPLES / "shop_picture.py"))
    assert "<svg" in picture.read_text(encoding="utf-8")
    assert "held-out windows" in capsys.readouterr().out
