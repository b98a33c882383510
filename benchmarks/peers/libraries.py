"""The libraries that are compared, their configurations, and the sources of the settings."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from benchmarks.forecasting.data.cut import Cut
from benchmarks.peers.frequency import calendar
from gated.errors import UsageError

__all__ = ["FOLDER", "GATED", "PEERS", "Configuration", "Peer", "parse_peers", "with_gated_first"]

FOLDER = Path(__file__).parent
"""The folder of workers and requirements."""

Settings: TypeAlias = dict[str, object]
"""Arguments of a method, as values of JSON; each worker documents those that it changes."""


def _defaults(_: Cut) -> Settings:
    return {}


@dataclass(frozen=True)
class Configuration:
    """A method with its settings.

    Attributes:
        method: the library's name of the method.
        name: "default", "recommended", "fine-tuned" or "anchor".
        title: name of the method in the tables.
        source: of the settings.
        settings: the settings for a cut; all others are the library's defaults.
        takes_covariates: whether the method can use covariates with known future.
        season_length: season length of the only data that it is used for; None: of all data.
    """

    method: str
    name: str
    title: str
    source: str
    settings: Callable[[Cut], Settings] = _defaults
    takes_covariates: bool = True
    season_length: int | None = None


@dataclass(frozen=True)
class Peer:
    """A library that is compared.

    Attributes:
        name: of the library, its environment, its requirements and its worker.
        imports: the import statements of a program that forecasts with the library.
        configurations: one row each.
        trial: settings that shorten the training, to try the benchmark.
    """

    name: str
    imports: str
    configurations: tuple[Configuration, ...]
    trial: Mapping[str, object]

    @property
    def worker(self) -> Path:
        """The script that runs in its environment."""
        return FOLDER / "workers" / f"{self.name}_worker.py"

    def configurations_for(self, cut: Cut) -> list[Configuration]:
        """The configurations that are used for a cut, by its season length."""
        seasons = (None, cut.season_length)
        return [one for one in self.configurations if one.season_length in seasons]

    @property
    def requirements(self) -> Path:
        """The file of requirements, which `make peers` installs."""
        return FOLDER / "requirements" / f"{self.name}.txt"

    def reduced_to(self, configurations: Collection[Configuration]) -> "Peer":
        """The library with these of its configurations, in its own order."""
        kept = tuple(one for one in self.configurations if one in configurations)
        return replace(self, configurations=kept)


def _neuralforecast_gru_example(cut: Cut) -> Settings:
    """Of models.gru, "Usage Example": monthly data, h 12, input_size 24, which is twice h."""
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


def _neuralforecast_gru_anchor(_: Cut) -> Settings:
    return {"input_size": 168, "max_steps": 500, "scaler_type": "robust"}


def _darts_default(cut: Cut) -> Settings:
    """RNNModel requires input_chunk_length; training_length, by default 24, must exceed it."""
    season = cut.season_length
    if season < 24:
        return {"input_chunk_length": season}
    return {"input_chunk_length": season, "training_length": season + 1}


def _darts_probabilistic(cut: Cut) -> Settings:
    """A training sequence contains input and horizon, as RNNModel's docstring recommends."""
    return {
        "input_chunk_length": 2 * cut.season_length,
        "training_length": 2 * cut.season_length + cut.h,
        "is_probabilistic": True,
        "is_scaled": True,
        "dtype": "float32",
    }


def _gluonts_default(cut: Cut) -> Settings:
    return {"freq": calendar(cut)}


def _gluonts_readme(cut: Cut) -> Settings:
    return {"freq": calendar(cut), "trainer_kwargs": {"max_epochs": 5}}


def _statsforecast(method: str, *, takes_covariates: bool) -> Configuration:
    return Configuration(
        method,
        "default",
        f"statsforecast {method}",
        "defaults; season_length and freq must be given, n_jobs is the number of threads",
        takes_covariates=takes_covariates,
    )


PEERS = {
    peer.name: peer
    for peer in (
        Peer(
            "gated",
            "import gated; gated.Forecaster",
            (
                Configuration("Forecaster", "default", "gated", "defaults, zero-shot; h is given"),
                Configuration(
                    "Forecaster",
                    "fine-tuned",
                    "gated",
                    "guide, Training: the pretrained weights are trained on the table",
                    lambda _: {"training": "tune"},
                ),
            ),
            {"max_steps": 3},
        ),
        Peer(
            "fracast",
            "from fracast import FracastModel",
            (
                Configuration(
                    "FracastModel",
                    "default",
                    "fracast",
                    "README, Python inference: from_pretrained() loads the 8-bit weights of the "
                    "package; zero-shot; h is given",
                    takes_covariates=False,
                ),
            ),
            {},
        ),
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
                    "documentation of models.gru, Usage Example, with its input of two horizons, "
                    "without the exogenous columns of its table",
                    _neuralforecast_gru_example,
                ),
                Configuration(
                    "GRU",
                    "anchor",
                    "neuralforecast GRU",
                    "the run that `forecast` quotes: input of a week of hours, 500 steps, MAE",
                    _neuralforecast_gru_anchor,
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
                        _darts_default,
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
                    _darts_probabilistic,
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
                    "defaults; prediction_length and freq must be given; numbered steps get "
                    "invented dates",
                    _gluonts_default,
                ),
                Configuration(
                    "DeepAR",
                    "recommended",
                    "GluonTS DeepAR",
                    "README, Simple Example: 5 epochs",
                    _gluonts_readme,
                ),
            ),
            {"num_batches_per_epoch": 3, "trainer_kwargs": {"max_epochs": 1}},
        ),
        Peer(
            "statsforecast",
            "from statsforecast import StatsForecast; from statsforecast.models import AutoARIMA",
            (
                _statsforecast("SeasonalNaive", takes_covariates=False),
                _statsforecast("AutoETS", takes_covariates=False),
                _statsforecast("AutoTheta", takes_covariates=False),
                _statsforecast("AutoARIMA", takes_covariates=True),
            ),
            {"last_seasons": 3},
        ),
    )
}
"""The libraries by name."""

GATED = PEERS["gated"]
"""gated itself; its first configuration is the first method of every table."""


def with_gated_first(peers: Sequence[Peer]) -> list[Peer]:
    """The libraries, but first gated with its first configuration, which the ratios refer to."""
    chosen = [one for peer in peers if peer.name == GATED.name for one in peer.configurations]
    ours = GATED.reduced_to([GATED.configurations[0], *chosen])
    return [ours, *(peer for peer in peers if peer.name != GATED.name)]


def parse_peers(text: str) -> list[Peer]:
    """The libraries of a list with commas, in the order of the list.

    A word is the name of a library, or `LIBRARY:WORD` for its configurations, or its methods, of
    that name.

    Raises:
        UsageError: a name is unknown, or a configuration occurs twice.

    >>> [chosen] = parse_peers("darts:recommended")
    >>> [(one.method, one.name) for one in chosen.configurations]
    [('LSTM', 'recommended')]
    """
    chosen: dict[str, list[Configuration]] = {}
    for word in text.split(","):
        name, colon, part = word.partition(":")
        all_of_it = PEERS[name].configurations if name in PEERS else ()
        found = [one for one in all_of_it if not colon or part in (one.method, one.name)]
        before = chosen.setdefault(name, [])
        if not found or any(one in before for one in found):
            raise UsageError(
                f"--peers is {text}, but {word or 'an empty word'} is unknown or given twice. "
                f"Expected some of {','.join(PEERS)}, each once, or one of their methods or "
                "configurations, such as statsforecast:AutoETS or darts:recommended."
            )
        before += found
    return [PEERS[name].reduced_to(configurations) for name, configurations in chosen.items()]
