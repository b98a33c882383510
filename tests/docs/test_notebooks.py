"""The notebooks run, and are stored without outputs (which hold paths and times of a machine)."""

import json
import warnings
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
import torch

NOTEBOOKS = sorted((Path(__file__).parents[2] / "docs/guide/notebooks").glob("*.ipynb"))


def cells(notebook: Path) -> list[dict[str, Any]]:
    found = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in found if cell["cell_type"] == "code"]


def test_the_guide_has_its_notebooks() -> None:
    names = [notebook.stem for notebook in NOTEBOOKS]
    assert names == ["backtest", "covariates", "first_forecast", "recurrences"]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_stored_without_outputs(notebook: Path) -> None:
    for cell in cells(notebook):
        assert cell["outputs"] == []
        assert cell["execution_count"] is None


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(
    notebook: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any
) -> None:
    """Cell by cell, as `make docs` runs it with a kernel; there any warning is shown, too."""
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, Any] = {"__name__": "__main__"}
    with mpl.rc_context({"backend": "agg"}), torch.random.fork_rng():
        for number, cell in enumerate(cells(notebook)):
            source = compile("".join(cell["source"]), f"{notebook.stem}, cell {number}", "exec")
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                exec(source, namespace)
        plt.close("all")
    printed = capsys.readouterr().out
    assert "False" not in printed
