"""Defines the settings of the server, and the limits of what one request may cost."""

import ipaddress
import os
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["DEFAULT_STORE", "Limits", "Settings"]

DEFAULT_STORE = "gated-store.db"
"""The file of the store, in the current folder."""


@dataclass(frozen=True)
class Limits:
    """What a request may cost at most; more is refused with a sentence.

    Attributes:
        body_bytes: bytes of a body.
        body_seconds: seconds in which a body must have arrived.
        head_seconds: seconds in which the head of a request must have arrived.
        rows: rows in one request.
        series: series in one request.
        horizon: steps ahead.
        columns: levels and quantiles together.
        seconds: seconds of a request, waiting included.
        at_once: requests of one key at the same time.
        waiting: forecasts that wait at the same time, of all keys.
        rows_of_series: rows that are kept of one series.
        rows_seen: the latest rows of a stored series from which its state is made.
        state_bytes: memory for states of stored series, about; others are read from the store.
        answer_bytes: memory for their latest forecasts.
        page: series or rows in one page of a list.
        tail: last values of each series in a page of the list of series.
        listeners: connections that listen to series at the same time.
        listening_seconds: that such a connection lasts; its client connects again, and its key is
            checked again.
    """

    body_bytes: int = 8 * 2**20
    body_seconds: float = 10.0
    head_seconds: float = 10.0
    rows: int = 100_000
    series: int = 1_000
    horizon: int = 1_000
    columns: int = 20
    seconds: float = 60.0
    at_once: int = 256
    waiting: int = 512
    rows_of_series: int = 1_000_000
    rows_seen: int = 4_096
    state_bytes: int = 256 * 2**20
    answer_bytes: int = 32 * 2**20
    page: int = 1_000
    tail: int = 100
    listeners: int = 200
    listening_seconds: float = 300.0


@dataclass(frozen=True)
class Settings:
    """The settings of a server.

    Attributes:
        store: a path (SQLite), or the address of a PostgreSQL database.
        host, port: where it listens.
        model: a model file of `Forecaster.save`; None for the pretrained network.
        limits: what a request may cost.
        workers: threads of slow forecasts; half as many forecast those that are computed together.
        gather_seconds: how long a forecast waits for others to be computed with it.
    """

    store: str = DEFAULT_STORE
    host: str = "127.0.0.1"
    port: int = 8000
    model: Path | None = None
    limits: Limits = field(default_factory=Limits)
    workers: int = field(default_factory=lambda: max(1, os.cpu_count() or 1))
    gather_seconds: float = 0.003

    @property
    def is_loopback(self) -> bool:
        """Whether only programs of this machine reach the server.

        >>> Settings(host="127.0.0.1").is_loopback, Settings(host="0.0.0.0").is_loopback
        (True, False)
        """
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return False
