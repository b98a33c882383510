"""The timing of generation: every medium has a row, and units are counted as the medium says."""

import pytest

from benchmarks.sequences.speed import generation
from gated.tasks.generator.codecs import CODECS
from gated.tasks.shipped import GENERATORS
from tests.tasks.generator.pieces import pieces_of


@pytest.mark.parametrize("medium", CODECS)
def test_units_a_second_are_counted(medium, monkeypatch) -> None:
    monkeypatch.setitem(generation._TIMED, medium, (1 if medium == "image" else 5, 2))
    ticks = iter([10.0, 12.0])
    params = {"medium": medium, "hidden_size": 8, "num_layers": 1, "window": 8, "validation": 0}
    model = generation.untrained(pieces_of(medium), params)
    monkeypatch.setattr(generation.time, "perf_counter", lambda: next(ticks))
    found = generation.units_a_second(model)
    if medium == "image":
        assert found == 1  # two images in two seconds
    elif medium == "drawing":
        assert 0 < found <= 5  # a drawing may end
    else:
        assert found == 5  # two pieces of five units in two seconds


def test_the_report_has_every_medium_and_every_generator_of_the_package(call, monkeypatch) -> None:
    calls = []

    def instead(threads, call, *rest):
        calls.append(rest[0])
        return {"medium": str(rest[0])}

    monkeypatch.setattr(generation, "in_fresh_process", instead)
    code, output, _ = call("generation_speed")
    assert code == 0
    assert set(calls[:-1]) == {*CODECS, *GENERATORS}
    assert "share of real time" in output
