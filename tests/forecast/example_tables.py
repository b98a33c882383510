"""Provides small tables for the tests of the forecaster."""

import numpy as np
import pandas as pd

QUICK = {
    "training": "scratch",
    "max_steps": 4,
    "hidden_size": 16,
    "num_layers": 1,
    "batch_size": 8,
}
DAYS = pd.date_range("2023-01-01", periods=140, freq="D")


def sales(n: int = 2, length: int = 140, seed: int = 0) -> pd.DataFrame:
    """Weekly sales of n shops, closed on Sundays, with rare promotions."""
    rng = np.random.default_rng(seed)
    frames = []
    for shop in range(n):
        days = DAYS[:length]
        open_ = (days.day_of_week != 6).astype(float)
        promo = (rng.random(length) < 0.1).astype(float)
        y = (shop + 1) * (20 + 10 * np.sin(days.day_of_week) + 15 * promo) + rng.normal(
            0, 1, length
        )
        frames.append(
            pd.DataFrame(
                {"unique_id": f"shop{shop}", "ds": days, "y": y * open_, "open": open_}
            ).assign(promo=promo)
        )
    return pd.concat(frames, ignore_index=True)


def future(n: int = 2, h: int = 14) -> pd.DataFrame:
    days = pd.date_range(DAYS[-1] + pd.Timedelta(days=1), periods=h, freq="D")
    frames = [
        pd.DataFrame({"unique_id": f"shop{i}", "ds": days, "open": 1.0 * (days.day_of_week != 6)})
        for i in range(n)
    ]
    return pd.concat(frames, ignore_index=True).assign(promo=0.0)


def series(values, freq: str = "D") -> pd.DataFrame:
    return pd.DataFrame(
        {"ds": pd.date_range("2020-01-01", periods=len(values), freq=freq), "y": values}
    )
