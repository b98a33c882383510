"""Fits a forecaster: without training, or with the trainer, which needs torch."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from gated.forecast.config import ForecasterConfig
from gated.forecast.training.fitted import Fitted
from gated.forecast.training.zero_shot import fit_zero_shot
from gated.libraries import require_torch
from gated.table import Table
from gated.train.progress import Progress

if TYPE_CHECKING:
    from gated.train.checkpoint import Checkpoint

__all__ = ["fit_table", "learned"]

Follow = Callable[[str, Progress], None]


def fit_table(past: Table, h: int, config: ForecasterConfig, progress: Follow | None) -> Fitted:
    """Fit a network to a table, as `config.training` asks.

    Args:
        past: the past.
        h: the horizon, in steps.
        config: the hyperparameters.
        progress: called after every training step with the stage.

    Raises:
        UsageError: the configuration asks for training, and torch is not installed.
    """
    with learned(past, h, config, progress, None) as fitted:
        return fitted


@contextmanager
def learned(
    past: Table,
    h: int,
    config: ForecasterConfig,
    progress: Follow | None,
    checkpoint: "str | Path | Checkpoint | None",
) -> Iterator[Fitted]:
    """The same as `fit_table`, with a checkpoint, which is kept until the block ends.

    So nothing is lost if the block, which stores the result, is interrupted.

    Args:
        past, h, config, progress: as in `fit_table`.
        checkpoint: the file for an interrupted training, or its object.

    Raises:
        UsageError: torch is needed, and not installed.
    """
    if not config.starts and checkpoint is None:
        yield fit_zero_shot(past, h, config)
        return
    require_torch("Training a forecaster")
    from gated.forecast.training.trainer import fit
    from gated.train.checkpoint import opened

    with opened(checkpoint) as resumed:
        yield fit(past, h, config, progress=progress, checkpoint=resumed)
