"""The measurement of drawing synthetic series, and of training on them."""

import torch

from benchmarks.synthetic import run as synthetic_benchmark
from benchmarks.synthetic.run import draw_and_train
from gated.pretrain.curriculum import KINDS
from gated.pretrain.run import RunConfig
from gated.synthetic.draws import Draws
from gated.synthetic.gallery import GALLERY


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


def test_every_kind_is_reported_and_the_load_is_read_before_the_measurement(monkeypatch):
    order = []

    def measure(threads, call):
        order.append("measure")
        return dict.fromkeys(KINDS, (2.0, 8.0))

    def machine(threads):
        order.append("machine")
        return {"threads": threads}

    monkeypatch.setattr(synthetic_benchmark, "machine", machine)
    monkeypatch.setattr(synthetic_benchmark, "in_fresh_process", measure)
    [sheet] = synthetic_benchmark.run(1).sheets
    assert order == ["machine", *["measure"] * 5]
    assert [row["kind"] for row in sheet.rows] == list(KINDS)
    assert all(row["ratio"].median == 0.25 for row in sheet.rows)
