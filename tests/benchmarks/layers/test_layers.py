"""The benchmark of the recurrences, on tiny shapes. No figure of time is asserted."""

import itertools
import json
import math
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
import torch

import gated.nn
from benchmarks.layers import limits
from benchmarks.layers.cases import KINDS, MODES, Case, full_grid, quick_grid
from benchmarks.layers.implementations import onnx_runtime, workload
from benchmarks.layers.implementations.streaming import stream
from benchmarks.layers.implementations.workload import Problem, require_agreement
from benchmarks.layers.memory import training_peaks
from benchmarks.layers.request import Request
from benchmarks.layers.results.layer_report import as_report, load, mean_rows
from benchmarks.layers.results.roofline import roofline
from benchmarks.layers.rows import measure
from benchmarks.layers.run import run
from benchmarks.layers.timing import Pace, Rounds, interleaved
from gated.errors import GatedError, UsageError

BRIEF = Pace(budget=0.0, sample=0.0, rest=0.0, at_least=3)
TINY = Case("gru", 5, 3, 4, 6)


def needs_onnx():
    if not onnx_runtime.is_installed():
        pytest.skip("onnx and onnxruntime are optional: benchmarks/layers/requirements.txt")


@pytest.fixture(scope="module")
def report():
    """A run of two cells of the GRU, in one process of one thread."""
    request = Request([TINY], [TINY], ["gru"], [1], BRIEF, grid="tiny")
    return run(request)


@pytest.fixture
def results(report, tmp_path):
    path = tmp_path / "results.json"
    path.write_text(report.to_json(), encoding="utf-8")
    return path


def test_flops_count_every_multiplication_and_addition_of_the_products():
    case = Case("lstm", 2, 3, 4, 5)
    products = 0
    for _step, _row, _gate, _unit in itertools.product(range(2), range(3), range(4), range(5)):
        products += 4 + 5  # terms of x W_x and of h W_h
    assert case.flops("forward") == 2 * products
    assert case.flops("training") == 3 * 2 * products


@pytest.mark.parametrize("kind", KINDS)
def test_intensity_is_half_the_batch_until_the_rows_outweigh_the_weights(kind):
    few, many = (Case(kind, 10, batch, 32, 512) for batch in (2, 4096))
    assert few.intensity("forward") == pytest.approx(1.0, rel=0.02)
    assert few.intensity("training") == pytest.approx(1.5, rel=0.03)
    assert many.intensity("forward") < 4096 / 4


def test_the_grids_span_what_they_promise():
    grid = full_grid(KINDS)
    assert len(set(grid)) == len(grid) == 3 * 63
    ends = {
        axis: (min(sizes), max(sizes))
        for axis, sizes in zip(
            "TBIH",
            zip(*((c.steps, c.batch, c.input_size, c.hidden_size) for c in grid), strict=True),
            strict=True,
        )
    }
    assert ends == {"T": (24, 512), "B": (1, 256), "I": (8, 128), "H": (32, 512)}
    assert {case.kind for case in quick_grid(["rnn", "gru"])} == {"rnn", "gru"}


def test_sides_take_turns_and_each_is_measured_at_least_thrice():
    said = []
    calls = {side: lambda side=side: said.append(side) for side in ("ours", "torch")}
    rounds = interleaved(calls, BRIEF, {"ours": 3.0, "torch": 3.0})  # long: warm already
    assert said == ["ours", "torch"] * 3
    assert {side: len(seconds) for side, seconds in rounds.seconds.items()} == {
        "ours": 3,
        "torch": 3,
    }


def test_a_short_call_is_warmed_and_repeated_within_a_sample():
    said = []
    pace = replace(BRIEF, sample=0.001)
    interleaved({"ours": lambda: said.append("ours")}, pace, {"ours": 0.1})
    assert len(said) > 1 + 3


def test_a_ratio_is_taken_round_by_round():
    rounds = Rounds({"ours": [1.0, 2.0, 4.0], "torch": [3.0, 6.0, 12.0]})  # the machine slowed
    ratio = rounds.ratio("torch", "ours")
    assert (ratio.q1, ratio.median, ratio.q3) == (3.0, 3.0, 3.0)
    assert rounds.of("ours").median == 2.0


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", KINDS)
def test_both_sides_do_the_same(kind, mode):
    problem = Problem.of(Case(kind, 7, 3, 4, 5))
    ours, theirs = (call() for call in problem.calls(mode).values())
    assert len(ours) == (1 if mode == "forward" else 1 + 1 + 4)  # output, x, four weights
    assert require_agreement("them", ours, theirs) < 1e-5
    assert ours[0].requires_grad is False


@pytest.mark.parametrize("wrong", [1.001, math.nan])
def test_a_wrong_result_is_not_timed(wrong):
    right = torch.ones(3)
    with pytest.raises(GatedError, match="GRU, training: the two sides differ"):
        require_agreement("GRU, training", [right, right * wrong], [right, right])


def test_a_wrong_layer_stops_the_run(monkeypatch):
    class Off(gated.nn.GRU):
        def forward(self, input, hx=None):
            output, h_n = super().forward(input, hx)
            return output * 1.01, h_n

    monkeypatch.setitem(workload._OURS, "gru", Off)
    monkeypatch.setattr(limits, "_PRODUCTS", (8,))
    request = Request([TINY], [], ["gru"], [1], BRIEF, grid="tiny")
    with pytest.raises(GatedError, match="GRU T 5 B 3 I 4 H 6, forward"):
        measure(request, 1)


def test_without_onnx_runtime_its_columns_are_empty(monkeypatch):
    monkeypatch.setattr(onnx_runtime, "is_installed", lambda: False)
    monkeypatch.setattr(limits, "_PRODUCTS", (8,))
    monkeypatch.setattr(limits, "bandwidths", lambda pace: [])
    tables = measure(Request([TINY], [], ["gru"], [1], BRIEF, grid="tiny"), 1)
    assert [row["mode"] for row in tables["cells"]] == list(MODES)
    assert not any("onnx_ms" in row for row in tables["cells"])
    assert not any("ONNX" in row["what"] for row in tables["streams"])


@pytest.mark.parametrize("kind", KINDS)
def test_onnx_runtime_computes_what_torch_does(kind):
    needs_onnx()
    _, layer = workload.layers(kind, 4, 6)
    x = torch.randn(5, 3, 4)
    state = tuple(torch.randn(1, 3, 6) for _ in range(2 if kind == "lstm" else 1))
    with torch.no_grad():
        expected, last = layer(x, state if kind == "lstm" else state[0])
    output, final = onnx_runtime.Session(kind, layer, threads=1).run(x, state)
    torch.testing.assert_close(output, expected, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(final[0], last[0] if kind == "lstm" else last, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_every_way_of_streaming_is_timed(kind):
    streamed = stream(kind, 1, BRIEF, steps=20)
    ways = list(streamed.rounds.seconds)
    assert streamed.ours == ways[0]
    assert f"torch.nn.{kind.upper()}Cell" in ways
    assert all(min(seconds) > 0 for seconds in streamed.rounds.seconds.values())


@pytest.mark.parametrize("kind", KINDS)
def test_a_layer_with_a_step_of_its_own_is_timed_by_it(kind, monkeypatch):
    def step(self, x, state):
        output, last = self(x[None], state)
        return output[0], last

    layer = {"rnn": gated.nn.RNN, "lstm": gated.nn.LSTM, "gru": gated.nn.GRU}[kind]
    monkeypatch.setattr(layer, "step", step, raising=False)
    streamed = stream(kind, 1, BRIEF, steps=20)
    assert streamed.ours == f"gated {kind.upper()}.step"
    assert f"gated {kind.upper()}, one-step call" in streamed.rounds.seconds


def test_a_step_that_is_wrong_is_not_timed(monkeypatch):
    def step(self, x, state):
        output, last = self(x[None], state)
        return output[0] + 0.1, last

    monkeypatch.setattr(gated.nn.GRU, "step", step, raising=False)
    with pytest.raises(GatedError, match=r"gated GRU\.step, 20 steps"):
        stream("gru", 1, BRIEF, steps=20)


def test_the_memory_of_a_training_step_grows_with_the_batch():
    peaks = training_peaks(Case("gru", 40, 64, 8, 64), threads=1)
    kept = 40 * 64 * 64 * 4 / 1e6  # MB of the output alone
    assert peaks.ours > kept
    assert peaks.torchs > kept


def test_cache_sizes_come_from_the_system(monkeypatch, tmp_path):
    caches = [
        ("Data", "1", "48K", "0"),
        ("Instruction", "1", "32K", "0"),
        ("Unified", "2", "1024K", "0"),
        ("Unified", "3", "32M", "0-1"),
    ]
    for number, told in enumerate(caches):
        folder = tmp_path / f"index{number}"
        folder.mkdir()
        for name, value in zip(("type", "level", "size", "shared_cpu_list"), told, strict=True):
            (folder / name).write_text(value + "\n")
    monkeypatch.setattr(limits, "_CACHES", tmp_path)
    spans = {name: (low / 2**20, high / 2**20) for name, low, high in limits._spans(threads=2)}
    assert spans == {"L2": (0.5, 1.5), "L3": (8.0, 24.0), "memory": (128.0, 256.0)}
    monkeypatch.setattr(limits, "_CACHES", tmp_path / "nowhere")
    assert [name for name, _, _ in limits._spans(threads=2)] == ["memory"]


def test_a_run_reports_cells_limits_streams_memory_and_means(report):
    said = json.loads(report.to_json())
    assert said["backend"].startswith("gru ")
    assert said["machine"]["threads"] == "1"
    forward, training = said["cells"]
    assert (forward["mode"], training["mode"]) == MODES
    for cell in (forward, training):
        assert cell["ours_q1_ms"] <= cell["ours_ms"] <= cell["ours_q3_ms"]
        assert cell["gflops"] == pytest.approx(TINY.flops(cell["mode"]) / cell["ours_ms"] / 1e6)
        assert cell["difference"] < 1e-5
        assert 0 < cell["of_peak"] <= cell["of_mm"]
    assert ("onnx_ratio" in forward) is onnx_runtime.is_installed()
    assert "onnx_ratio" not in training
    assert {"torch.mm", "memory"} <= {row["what"] for row in said["limits"]}
    assert all(row["rate"] is None or row["rate"] > 0 for row in said["limits"])
    assert said["streams"][0]["ratio"] == 1.0
    assert said["memory"][0]["T"] == 5
    assert said["means"][0]["what"] == "every cell"  # H 6 lies outside every other group


def cell(kind, mode, sizes, ratio, threads=2):
    named = dict(zip("TBIH", sizes, strict=True))
    figures = {"ratio": ratio, "of_peak": 50.0, "of_mm": 80.0, "gflops": 9.0, "torch_gflops": 3.0}
    return {"kind": kind, "mode": mode, **named, "threads": threads, "intensity": 0.5, **figures}


CELLS = [
    cell("gru", "training", (24, 32, 8, 128), 2.0),
    cell("rnn", "training", (24, 1, 8, 64), 8.0),
    cell("gru", "training", (24, 1, 8, 200), 1.5),  # between the two groups of the GRU
    cell("lstm", "training", (24, 1, 8, 64), 3.0),
    cell("gru", "forward", (24, 1, 8, 256), 0.5),
    cell("gru", "forward", (24, 1, 8, 256), 5.0, threads=1),
]


def test_means_are_geometric_and_name_the_lowest_cell():
    rows = {(row["threads"], row["what"]): row for row in mean_rows(CELLS)}
    small = rows[2, "GRU and RNN, training, H 32…128"]
    assert (small["cells"], small["mean"], small["lowest"]) == (2, pytest.approx(4.0), 2.0)
    assert small["where"] == "GRU training, T 24 B 32 I 8 H 128"
    assert rows[2, "every cell"]["lowest"] == 0.5
    assert rows[1, "every cell"]["mean"] == pytest.approx(5.0)
    assert rows[2, "share of the peak, training, B ≥ 32, H ≥ 128"]["mean"] == pytest.approx(0.5)
    assert (2, "GRU and RNN, training, H 256…512") not in rows
    assert (2, "against ONNX Runtime, forward") not in rows


def test_the_picture_shows_every_cell_and_every_roof():
    roofs = [
        {"what": "torch.mm", "threads": 2, "rate": 200.0, "unit": "GFLOP/s"},
        {"what": "oneDNN product", "threads": 2, "rate": 400.0, "unit": "GFLOP/s"},
        {"what": "L2", "threads": 2, "rate": 220.0, "unit": "GB/s"},
        {"what": "L3", "threads": 2, "rate": None, "unit": "GB/s"},  # not measurable this time
    ]
    tables = {"cells": CELLS, "limits": roofs, "streams": [], "memory": []}
    picture = ET.fromstring(roofline(as_report({}, {}, tables, [])))
    words = ["".join(text.itertext()) for text in picture.findall(".//{*}text")]
    assert {"forward", "training", "L2 220 GB/s"} <= set(words)
    assert "oneDNN product 400, below it torch.mm 200 GFLOP/s" in words
    assert not any("L3" in word for word in words)
    dots = picture.findall(".//{*}circle")
    assert len(dots) == 2 * 5 + 4  # ours and torch's of two threads; the samples above
    assert all(90 <= float(dot.get("cy")) <= 420 for dot in dots[4:])


def test_saved_results_say_the_same_again(call, report, results):
    code, said, _ = call("recurrences", "--saved", str(results), "--json")
    assert (code, said) == (0, report.to_json() + "\n")
    assert load(results).machine == report.machine


def test_saved_results_as_markdown_and_as_a_picture(call, results, tmp_path):
    code, said, _ = call("recurrences", "--saved", str(results), "--markdown")
    assert code == 0
    assert "| what | threads | cells |" in said
    assert "| GRU | 6 |" in said
    assert "Measured: processor" in said
    picture = tmp_path / "roofline.svg"
    code, said, _ = call("roofline", str(results), str(picture))
    assert (code, said) == (0, "")
    assert picture.read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["recurrences", "--kinds", "gru,tcn"], "Expected some of rnn,lstm,gru"),
        (["recurrences", "--kinds", "gru,gru"], "each once"),
        (["recurrences", "--threads", "0"], "Expected 1 or more"),
        (["recurrences", "--threads", "two"], "--threads is two"),
        (["recurrences", "--saved", "nowhere.json"], "nowhere.json cannot be read"),
    ],
)
def test_a_fault_of_the_call_is_one_sentence(call, words, expected):
    code, said, errors = call(*words)
    assert (code, said) == (2, "")
    assert expected in errors


@pytest.mark.parametrize("content", ["[]", "{}", '{"benchmark": "startup"}', "no JSON"])
def test_a_file_of_something_else_is_refused(tmp_path, content):
    path = tmp_path / "other.json"
    path.write_text(content)
    with pytest.raises(GatedError, match="Expected a file that"):
        load(path)


def test_a_picture_of_threads_that_were_not_measured_is_refused(report):
    with pytest.raises(UsageError, match=r"no cell of 9 threads. The results have \[1\]"):
        roofline(report, threads=9)


def test_help_names_the_options(call):
    code, said, _ = call("recurrences", "--help")
    assert code == 0
    for option in ("--quick", "--threads", "--kinds", "--out", "--saved", "--markdown"):
        assert option in said
