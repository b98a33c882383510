"""The pictures of the synthetic series, and the measurement of drawing them."""

from xml.etree import ElementTree

import pytest
import torch

from benchmarks.synthetic.gallery_chart import picture
from benchmarks.synthetic.run import draw_and_train
from gated.pretrain.curriculum import KINDS
from gated.pretrain.run import RunConfig
from gated.synthetic.draws import Draws
from gated.synthetic.gallery import GALLERY


@pytest.mark.parametrize("group", GALLERY)
def test_every_family_is_drawn_and_named(group):
    drawn = picture(group)
    texts = {element.text for element in ElementTree.fromstring(drawn).iter() if element.text}
    assert set(GALLERY[group]) <= texts
    assert drawn == picture(group)
    assert drawn.count("<path") >= 3 * len(GALLERY[group])


def test_every_family_is_finite():
    for families in GALLERY.values():
        for name, family in families.items():
            values = family(Draws(8, torch.Generator().manual_seed(0)), 200)
            assert values.shape == (8, 200), name
            assert values.isfinite().all(), name


def test_drawing_and_training_are_both_timed():
    network = RunConfig(1, hidden_size=16, num_layers=1, batch_size=8).network()
    generator = torch.Generator().manual_seed(0)
    drawing, training = draw_and_train("months", KINDS["months"], network, generator)
    assert drawing > 0
    assert training > 0
