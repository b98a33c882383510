"""Defines the options of the benchmark `scale`."""

from dataclasses import dataclass

from benchmarks.common.folders import Folder
from gated.errors import UsageError

__all__ = ["ENGINES", "FRAMES", "PARTS", "TABLES", "ScaleRequest"]

PARTS = ("workers", "overhead", "kills", "training")
ENGINES, FRAMES = ("local", "ray"), ("spark", "dask")
"""What runs jobs over files; engines whose frames are forecast."""
TABLES = {"m5": (1_900, 28), "months": (60, 12)}
"""The kinds of tables: steps of a series, and the horizon."""


@dataclass(frozen=True)
class ScaleRequest:
    """Options of the benchmark.

    Attributes:
        part: what is measured: one of `PARTS`.
        table: kind of the table: one of `TABLES`.
        series: number of series.
        parts: number of Parquet files.
        unsorted: whether the rows of a file are in random order.
        engine: one of `ENGINES` or `FRAMES`.
        workers: the numbers of workers; the first one is the base of the ratios.
        rows_per_bucket: as in `gated.scale.forecast`.
        kills: workers that are killed.
        max_steps: steps of a training; None: as many as `Forecaster` takes.
        seed: of the table and of the kills.
        data_dir: the folder of the data sets.

    Raises:
        UsageError: an option is unknown or out of range.
    """

    part: str
    table: str
    series: int
    parts: int
    unsorted: bool
    engine: str
    workers: tuple[int, ...]
    rows_per_bucket: int
    kills: int
    max_steps: int | None
    seed: int
    data_dir: Folder

    def __post_init__(self) -> None:
        for option, given, known in (
            ("--part", self.part, PARTS),
            ("--table", self.table, tuple(TABLES)),
            ("--engine", self.engine, (*ENGINES, *FRAMES)),
        ):
            if given not in known:
                raise UsageError(f"{option} is {given}. Expected one of {', '.join(known)}.")
        if self.part != "workers" and self.engine in FRAMES:
            raise UsageError(f"--engine {self.engine} has the part workers only.")
        if self.part in ("kills", "training") and self.engine != "local":
            raise UsageError(f"--part {self.part} needs --engine local, whose processes are known.")

    @property
    def steps(self) -> int:
        """Steps of each series."""
        return TABLES[self.table][0]

    @property
    def horizon(self) -> int:
        """Steps ahead."""
        return TABLES[self.table][1]
