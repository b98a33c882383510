"""The fan chart as a figure of matplotlib, in a notebook."""

import numpy as np

from gated.plot.notebook import fan_matplotlib


def test_a_notebook_shows_a_figure_without_pyplot() -> None:
    days = np.arange("2024-01-01", "2024-01-11", dtype="M8[D]")
    figure = fan_matplotlib(days[:7], np.arange(7.0), days[7:], np.arange(3.0), title="north")
    picture = figure._repr_png_()
    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[16:20]) == 900  # pixels wide
