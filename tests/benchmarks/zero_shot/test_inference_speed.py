"""The report of latency and throughput, from given measurements."""

import pytest

from benchmarks.zero_shot import inference_speed


def test_milliseconds_and_megabytes_are_reported_and_the_load_is_read_before(monkeypatch):
    order = []

    def measure(threads, call):
        order.append("measure")
        return inference_speed._Timings(first=1.5, warm=0.02, network=0.007, throughput=2_400.0)

    def machine(threads):
        order.append("machine")
        return {"threads": threads}

    monkeypatch.setattr(inference_speed, "machine", machine)
    monkeypatch.setattr(inference_speed, "in_fresh_process", measure)
    [sheet] = inference_speed.run(1).sheets
    assert order == ["machine", *["measure"] * 7]
    *measured, megabytes = [row["figure"] for row in sheet.rows]
    assert [one.median for one in measured] == pytest.approx([2_400.0, 7.0, 20.0, 1.5])
    assert megabytes > 0
