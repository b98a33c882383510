"""Who is compared, in which configurations, and whose words the settings are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from benchmarks.forecasting.data.cut import Cut
from benchmarks.peers.frequency import calendar
from gated.errors import UsageError

__all__ = ["GATED", "PEERS", "Configuration", "Peer", "chosen"]

FOLDER = Path(__file__).parent

ForecasterConfig: TypeAlias = dict[str, object]
"""What is given to a method, as JSON can say it; each worker tells what it makes of them."""


def _nothing(_: Cut) -> ForecasterConfig:
    return {}


@dataclass(frozen=True)
class Configuration:
    """One way to run a method.

    Attributes:
        method: as the worker is told: the library's own name of it.
        name: default, recommended or anchor.
        title: of the row.
        source: where the settings come from.
        settings: what is given for a cut; all else is the library's default.
        takes_covariates: whether it can use what is known ahead.
        season_length: of the only data it is meant for; None: of all.
    """

    method: str
    name: str
    title: str
    source: str
    settings: Callable[[Cut], ForecasterConfig] = _nothing
    takes_covariates: bool = True
    season_length: int | None = None


@dataclass(frozen=True)
class Peer:
    """A library.

    Attributes:
        name: its own, that of its environment, its requirements and its worker.
        imports: what a program that forecasts with it imports.
        configurations: one row each.
        trial: settings that shorten the work, for a trial of the benchmark.
    """

    name: str
    imports: str
    configurations: tuple[Configuration, ...]
    trial: Mapping[str, object]

    @property
    def worker(self) -> Path:
        """The script that runs in its environment."""
        return FOLDER / "workers" / f"{self.name}_worker.py"

    def of(self, cut: Cut) -> list[Configuration]:
        """The configurations that are meant for such data."""
        seasons = (None, cut.season_length)
        return [one for one in self.configurations if one.season_length in seasons]

    @property
    def requirements(self) -> Path:
        """What `make peers` installs into it."""
        return FOLDER / "requirements" / f"{self.name}.txt"


def _gru_of_the_docs(cut: Cut) -> ForecasterConfig:
    """models.gru, "Usage Example", for monthly data with h 12: input_size 24 is twice that."""
    return {
        "input_size": 2 * cut.h,
        "distribution": "Normal",
        "scaler_type": "robust",
        "encoder_n_layers": 2,
        "encoder_hidden_size": 128,
        "decoder_hidden_size": 128,
        "decoder_layers": 2,
        "max_steps": 200,
    }


def _gru_of_the_anchor(_: Cut) -> ForecasterConfig:
    return {"input_size": 168, "max_steps": 500, "scaler_type": "robust"}


def _season_read(cut: Cut) -> ForecasterConfig:
    """RNNModel asks for input_chunk_length; training_length, by default 24, must exceed it."""
    season = cut.season_length
    if season < 24:
        return {"input_chunk_length": season}
    return {"input_chunk_length": season, "training_length": season + 1}


def _probabilistic_rnn(cut: Cut) -> ForecasterConfig:
    """A training sequence holds what is read and what is forecast, as RNNModel's docstring asks."""
    return {
        "input_chunk_length": 2 * cut.season_length,
        "training_length": 2 * cut.season_length + cut.h,
        "is_probabilistic": True,
        "is_scaled": True,
        "dtype": "float32",
    }


def _calendar_given(cut: Cut) -> ForecasterConfig:
    return {"freq": calendar(cut)}


def _deepar_of_the_readme(cut: Cut) -> ForecasterConfig:
    return {"freq": calendar(cut), "trainer_kwargs": {"max_epochs": 5}}


def _statistical(method: str, *, takes_covariates: bool) -> Configuration:
    return Configuration(
        method,
        "default",
        f"statsforecast {method}",
        "defaults; season_length and freq must be given, n_jobs is the number of threads",
        takes_covariates=takes_covariates,
    )


GATED = Peer(
    "gated",
    "import gated; gated.Forecaster",
    (Configuration("Forecaster", "default", "gated", "defaults; h is given"),),
    {"max_steps": 3},
)
"""What the others are compared with: in every run, and first."""

PEERS = {
    peer.name: peer
    for peer in (
        Peer(
            "neuralforecast",
            "from neuralforecast import NeuralForecast; from neuralforecast.models import GRU",
            (
                Configuration(
                    "GRU",
                    "default",
                    "neuralforecast GRU",
                    "defaults, whose loss is MAE: points only; h and freq must be given",
                ),
                Configuration(
                    "GRU",
                    "recommended",
                    "neuralforecast GRU",
                    "documentation of models.gru, Usage Example, its input of two horizons; "
                    "less the exogenous columns of its table",
                    _gru_of_the_docs,
                ),
                Configuration(
                    "GRU",
                    "anchor",
                    "neuralforecast GRU",
                    "the run that `forecast` quotes: a week of hours read, 500 steps, MAE",
                    _gru_of_the_anchor,
                    season_length=24,
                ),
            ),
            {"max_steps": 3},
        ),
        Peer(
            "darts",
            "from darts import TimeSeries; from darts.models import RNNModel",
            (
                *(
                    Configuration(
                        method,
                        "default",
                        f"darts RNNModel {method}",
                        "defaults, whose loss is squared error: points only; "
                        "input_chunk_length must be given: a season",
                        _season_read,
                    )
                    for method in ("LSTM", "GRU")
                ),
                Configuration(
                    "LSTM",
                    "recommended",
                    "darts RNNModel LSTM",
                    "example notebook 08-DeepAR: GaussianLikelihood, Scaler; docstring of "
                    "RNNModel: training_length over input_chunk_length; user guide, performance: "
                    "32 bit",
                    _probabilistic_rnn,
                ),
            ),
            {"n_epochs": 1, "pl_trainer_kwargs": {"limit_train_batches": 3}},
        ),
        Peer(
            "gluonts",
            "from gluonts.torch import DeepAREstimator",
            (
                Configuration(
                    "DeepAR",
                    "default",
                    "GluonTS DeepAR",
                    "defaults; prediction_length and freq must be given, for numbered steps too: "
                    "the dates are then made up",
                    _calendar_given,
                ),
                Configuration(
                    "DeepAR",
                    "recommended",
                    "GluonTS DeepAR",
                    "README, Simple Example: 5 epochs",
                    _deepar_of_the_readme,
                ),
            ),
            {"num_batches_per_epoch": 3, "trainer_kwargs": {"max_epochs": 1}},
        ),
        Peer(
            "statsforecast",
            "from statsforecast import StatsForecast; from statsforecast.models import AutoARIMA",
            (
                _statistical("SeasonalNaive", takes_covariates=False),
                _statistical("AutoETS", takes_covariates=False),
                _statistical("AutoTheta", takes_covariates=False),
                _statistical("AutoARIMA", takes_covariates=True),
            ),
            {"last_seasons": 3},
        ),
    )
}
"""The libraries by name."""


def chosen(names: str) -> list[Peer]:
    """The peers named in a list with commas, in the order of the list.

    Raises:
        UsageError: one is unknown or stands twice.

    >>> [peer.name for peer in chosen("statsforecast,darts")]
    ['statsforecast', 'darts']
    """
    words = names.split(",")
    if not set(words) <= set(PEERS) or len(set(words)) < len(words):
        raise UsageError(f"--peers is {names}. Expected some of {','.join(PEERS)}, each once.")
    return [PEERS[word] for word in words]
