"""A table of daily series with a week."""

import numpy as np
import pandas as pd


def daily_series(count=2, length=120):
    rng = np.random.default_rng(0)
    ds = pd.date_range("2024-01-01", periods=length)
    week = np.tile([5.0, 6, 7, 8, 9, 2, 1], length)[:length]
    parts = [
        pd.DataFrame({"unique_id": f"s{i}", "ds": ds, "y": week * (i + 1) + rng.random(length)})
        for i in range(count)
    ]
    return pd.concat(parts)
