"""Closed days of single series in a model that was stored without its series."""

import numpy as np
import pandas as pd

from gated import Forecaster, read_table
from gated.forecast.own_closings import with_own_closings

DAYS = pd.date_range("2021-01-01", periods=1_270)  # the next day is 24 June 2024
RNG = np.random.default_rng(0)


def branches(n: int = 12) -> pd.DataFrame:
    """Branches of which the first alone is closed on 24 June, and half of all on 15 August."""
    y = np.round(50 + RNG.normal(0, 2, (n, len(DAYS))))
    y[0, DAYS.strftime("%m-%d") == "06-24"] = 0
    y[: n // 2, DAYS.strftime("%m-%d") == "08-15"] = 0
    labels = np.repeat([f"branch {place}" for place in range(n)], len(DAYS))
    return pd.DataFrame({"unique_id": labels, "ds": np.tile(DAYS, n), "y": y.ravel()})


def closed(model: Forecaster, table) -> set[tuple[str, str]]:
    made = model.predict(table)
    rows = made[made["gated"] == 0]
    return set(zip(rows["unique_id"], rows["ds"].dt.strftime("%m-%d"), strict=True))


def test_they_are_found_again_in_the_series_that_are_forecast(tmp_path) -> None:
    frame = branches()
    fitted = Forecaster(h=60).fit(frame)
    of_half = {(f"branch {place}", "08-15") for place in range(6)}
    assert closed(fitted, frame) == {("branch 0", "06-24"), *of_half}
    fitted.save(tmp_path / "m.gated", with_table=False)
    stored, table = Forecaster.load(tmp_path / "m.gated"), read_table(frame)
    assert closed(stored, table) == set()
    assert closed(with_own_closings(stored, table), table) == {("branch 0", "06-24"), *of_half}
    assert closed(with_own_closings(stored, table, single=False), table) == of_half
    assert with_own_closings(fitted, table) is fitted
    assert closed(stored, table) == set()  # it is not changed
