"""Writes the weights of a pretraining run, and the card that describes them."""

from pathlib import Path

import numpy as np

from gated.array_file import save_arrays
from gated.files import write_whole
from gated.forecast.model.weights.pretrained import KIND, VERSION
from gated.pretrain.run import Run

__all__ = ["export_weights"]


def export_weights(run: Run, folder: Path) -> None:
    """Write the averaged weights in float16, and their card.

    Args:
        run: as far as it is trained.
        folder: for both files; `src/gated/weights` for those of the package.

    Raises:
        GatedError: a file cannot be written.
    """
    network, config, runs = run.averaged(), run.config, [*run.before, run.summary]
    scores = run.score(network) if run.score is not None else {}
    header = {
        "hidden_size": config.hidden_size,
        "num_layers": config.num_layers,
        "runs": runs,
    }
    arrays = {name: array.astype(np.float16) for name, array in network.arrays.items()}
    folder.mkdir(parents=True, exist_ok=True)
    save_arrays(folder / "forecaster.safetensors", arrays, header, kind=KIND, version=VERSION)
    card = _CARD.format(
        parameters=sum(array.size for array in network.arrays.values()),
        windows=sum(summary["windows"] for summary in runs),
        hidden_size=config.hidden_size,
        num_layers=config.num_layers,
        runs="\n".join(_RUN.format(**summary) for summary in runs),
        scores="\n".join(f"| {name} | {value} |" for name, value in scores.items()),
    )
    write_whole(folder / "forecaster.md", card.encode())


# One line a run; each run begins with the weights of the one before.
_RUN = (
    "| run | `python -m gated.pretrain`: {windows:,} windows, seed {seed}, learning rate "
    "{learning_rate}, {hours} hours on {device} |"
)
_CARD = """# Pretrained weights of the forecaster

| | |
|---|---|
| what | `SeasonNetwork`, {num_layers} GRU blocks of width {hidden_size}: {parameters:,} weights |
| stored as | float16, safetensors |
| trained on | {windows:,} windows of synthetic series (`gated.synthetic`), no real series |
{runs}
| licence | Apache-2.0, as the package |

**Use.** These weights forecast numbers observed at regular steps (seconds to years), from three
values on, without training, with prediction intervals. They read no covariates, holidays or static
features (a regression adds the effect of covariates; `training="auto"` trains on those of a table),
and forecast every series on its own.

**Limits.** The recurrence reads the last 24 seasons (or groups of four steps where there is no
season). The season memory also weighs values of three more long seasons: weeks of hours, years of
days. Where a day, a week and a year repeat, it uses the day and the week. The intervals are trained
on synthetic series; on a table, their widths are calibrated on its held-out windows.

**Accuracy on the training parts of real tables,** by which the runs were chosen: MASE relative to
the seasonal naive baseline; below 1 the weights are more accurate. Test parts:
docs/results/zero_shot.md.

| | |
|---|---|
{scores}
"""
