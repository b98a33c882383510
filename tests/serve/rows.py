"""Rows of requests, and files with rows."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from starlette.testclient import TestClient

__all__ = ["WEEKS", "add", "days", "two_shops"]

WEEKS = [10.1, 12.0, 11.2, 10.0, 13.0, 20.5, 21.0, 11.0, 12.0, 10.0, 11.0, 12.0, 19.5, 22.0]


def days(
    values: Sequence[float | None], label: str | None = None, first: str = "2024-01-01"
) -> list[dict[str, Any]]:
    """One row a day."""
    named = {} if label is None else {"unique_id": label}
    begin = date.fromisoformat(first)
    return [
        {**named, "ds": (begin + timedelta(day)).isoformat(), "y": value}
        for day, value in enumerate(values)
    ]


def add(client: TestClient, label: str, rows: list[dict[str, Any]]) -> Any:
    """The response of a request that stores rows of a series."""
    return client.post(f"/v1/series/{label}/rows", json={"rows": rows})


def two_shops(target: str) -> bytes:
    """Twenty weeks of two shops, with a weekly season and noise."""
    noise = np.random.default_rng(0).normal(0, 2, (2, 140))
    days = pd.date_range("2024-01-01", periods=140)
    shops = ["Aachen", "<script>alert(1)</script>"]
    parts = [
        pd.DataFrame(
            {
                "day": days,
                "shop": shop,
                target: np.round(30 + 9 * np.sin(0.8976 * np.arange(140)) + one),
            }
        )
        for shop, one in zip(shops, noise, strict=True)
    ]
    return str(pd.concat(parts).to_csv(index=False)).encode()
