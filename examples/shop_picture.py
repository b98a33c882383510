"""Draw the README's picture: the embedded shop, the last 28 known days forecast unseen.

python examples/shop_picture.py docs/shop.svg
"""

import sys
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
import pandas as pd

import gated
from gated.plot import fan_figure

HORIZON, SHOWN = 28, 84

with as_file(files("gated.data") / "shop_daily_total.csv.gz") as path:
    shop = pd.read_csv(path, parse_dates=["ds"])[["ds", "revenue", "open"]]

past, came = shop.iloc[:-HORIZON], shop.iloc[-HORIZON:]
model = gated.Forecaster(h=HORIZON).fit(past, target_col="revenue", covariates=["open"])
ahead = model.predict(h=HORIZON, level=[80], X_df=came[["ds", "open"]])


def trading(values: pd.Series, is_open: pd.Series) -> np.ndarray:
    """Values of open days; a closed day is a gap in the line, not a fall to zero."""
    return np.where(is_open.to_numpy() == 1, values.to_numpy(dtype=float), np.nan)


band = tuple(trading(ahead[f"gated-{side}-80"], came["open"]) for side in ("lo", "hi"))
figure = fan_figure(
    past["ds"].to_numpy()[-SHOWN:],
    trading(past["revenue"], past["open"])[-SHOWN:],
    ahead["ds"].to_numpy(),
    trading(ahead["gated"], came["open"]),
    bands={80: band},
    actual=trading(came["revenue"], came["open"]),
    title="A shop's daily revenue (£), forecast 28 days ahead",
)
Path(sys.argv[1] if len(sys.argv) > 1 else "shop.svg").write_text(figure, encoding="utf-8")
print(model.verdict_.text)
