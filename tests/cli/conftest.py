"""Provides tables of sales and the command line in this process."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from gated import Forecaster
from gated.cli.app import app

Gated = Callable[..., Result]
WriteSales = Callable[..., Path]

TINY_NETWORK = {"hidden_size": 8, "num_layers": 1, "batch_size": 8}


@pytest.fixture(autouse=True)
def _in_an_empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def gated() -> Gated:
    """Run `gated …`: stdout and stderr are separate, and not terminals."""

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return run


@pytest.fixture
def forecast(gated: Gated) -> Gated:
    """Run `gated forecast …` seven steps ahead."""

    def run(*arguments: object) -> Result:
        return gated("forecast", *arguments, "--horizon", 7)

    return run


@pytest.fixture
def tiny_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let training from scratch use a tiny network: the terminal has no option for its size."""
    for name, value in TINY_NETWORK.items():
        monkeypatch.setitem(Forecaster.__init__.__kwdefaults__, name, value)


@pytest.fixture
def write_sales(tmp_path: Path) -> WriteSales:
    """Write a CSV of daily sales, more at weekends, with a promo every other day."""

    def write(
        name: str = "sales.csv",
        *,
        days: int = 70,
        unsold: int = 0,
        series: tuple[str, ...] = (),
    ) -> Path:
        """The last `unsold` days of each series have a promo and no sales yet."""
        lines = ["unique_id,ds,y,promo" if series else "ds,y,promo"]
        for label in series or ("",):
            for day in range(days + unsold):
                when = date(2024, 1, 1) + timedelta(day)
                sold = f"{20 + 10 * (day % 7 > 4) + day % 2}" if day < days else ""
                row = f"{when},{sold},{day % 2}"
                lines.append(f"{label},{row}" if series else row)
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture
def sales(write_sales: WriteSales) -> Path:
    """Seventy days of one series, in sales.csv."""
    return write_sales()
