"""The pictures of the synthetic series: every family has a row of examples."""

import numpy as np
import pytest

from benchmarks.synthetic.gallery_chart import gallery_figure, gallery_picture
from gated.synthetic.gallery import GALLERY
from tests.benchmarks.common.svg_texts import texts_of


@pytest.mark.parametrize("group", GALLERY)
def test_every_family_is_drawn_and_named(group):
    picture = gallery_picture(group)
    assert set(GALLERY[group]) <= texts_of(picture)
    assert picture == gallery_picture(group)


@pytest.mark.parametrize("group", GALLERY)
def test_every_family_has_four_different_examples(group):
    figure = gallery_figure(group)
    values = [axes.lines[0].get_ydata() for axes in figure.axes]
    assert len(values) == 4 * len(GALLERY[group])
    assert all(np.isfinite(one).all() for one in values)
    for row in range(len(GALLERY[group])):
        examples = values[4 * row : 4 * row + 4]
        assert not np.array_equal(examples[0], examples[1])
