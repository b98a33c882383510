"""Draws the picture of README: a forecast of the shop's last 28 days, which are held out.

python examples/shop_picture.py docs/images/shop.svg
"""

import sys

import numpy as np
import pandas as pd
from matplotlib import rc_context

import gated
from gated.plot import fan_matplotlib

HORIZON, SHOWN = 28, 84
GREY = "#808080"  # legible on white and on black pages, as the picture has no background
STYLE = {
    "svg.fonttype": "none",  # text, not outlines
    "svg.hashsalt": "gated",  # the same picture has the same bytes
    "font.size": 9,
    "axes.titleweight": "bold",
    **dict.fromkeys(["text.color", "axes.titlecolor", "axes.edgecolor"], GREY),
    **dict.fromkeys(["xtick.color", "ytick.color", "grid.color"], GREY),
}

shop = gated.datasets.shop()
past, held_out = shop.iloc[:-HORIZON], shop.iloc[-HORIZON:]
model = gated.Forecaster(h=HORIZON).fit(past, covariates=["open"])
forecast = model.predict(X_df=held_out[["ds", "open"]])


def of_open_days(values: pd.Series, is_open: pd.Series) -> np.ndarray:
    """Return the values of open days, with NaN for closed days, so that the line has gaps."""
    return np.where(is_open.to_numpy() == 1, values.to_numpy(dtype=float), np.nan)


interval = tuple(
    of_open_days(forecast[f"gated-{end}-80"], held_out["open"]) for end in ("lo", "hi")
)
with rc_context(STYLE):
    figure = fan_matplotlib(
        past["ds"].to_numpy()[-SHOWN:],
        of_open_days(past["revenue"], past["open"])[-SHOWN:],
        forecast["ds"].to_numpy(),
        of_open_days(forecast["gated"], held_out["open"]),
        {80: interval},
        actual=of_open_days(held_out["revenue"], held_out["open"]),
        title="A shop's daily revenue (£), forecast 28 days ahead",
    )
    axes = figure.axes[0]
    axes.set_ylim(bottom=0)
    axes.locator_params(axis="y", nbins=5)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value / 1000:g}k" if value else "0")
    out = sys.argv[1] if len(sys.argv) > 1 else "shop.svg"
    figure.savefig(out, transparent=True, metadata={"Date": None, "Creator": None})
print(model.verdict_.text)
