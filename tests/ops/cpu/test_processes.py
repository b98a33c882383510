"""The C++ recurrences with threads, forks, workers and many calls."""

import gc
import multiprocessing
import resource
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from gated import nn, ops
from tests.ops.cpu.cases import flat, needs_kernels, run_and_derive

pytestmark = needs_kernels

forks = pytest.mark.skipif(sys.platform == "win32", reason="this system cannot fork")


@pytest.fixture(params=[1, 2, 3])
def threads(request: pytest.FixtureRequest) -> Iterator[int]:
    before = torch.get_num_threads()
    torch.set_num_threads(request.param)
    yield request.param
    torch.set_num_threads(before)


def large_enough_to_share() -> tuple[Any, Tensor, tuple[Tensor, ...]]:
    """A network whose steps are large enough for a second thread."""
    layer = nn.LSTM(24, 64, 2, bidirectional=True)
    return layer, torch.randn(40, 32, 24), (torch.randn(4, 32, 64), torch.randn(4, 32, 64))


def test_any_number_of_threads_gives_the_same_results(threads: int) -> None:
    layer, x, state = large_enough_to_share()
    found = run_and_derive(layer, x, state)
    for one, other in zip(run_and_derive(layer, x, state), found, strict=True):
        assert torch.equal(one, other)  # the same bits for the same number of threads
    torch.set_num_threads(1)
    for one, other in zip(found, run_and_derive(layer, x, state), strict=True):
        # Sums over rows are cut in as many parts as there are threads: float32's 7 digits less 2.
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4)


def test_backward_uses_the_number_of_threads_of_forward() -> None:
    """The layout of the reserve depends on the number of threads."""
    layer, x, _ = large_enough_to_share()
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        output, _ = layer(x)
        torch.set_num_threads(1)
        output.sum().backward()
    finally:
        torch.set_num_threads(before)
    assert all(weight.grad.isfinite().all() for weight in layer.parameters())


def test_several_python_threads(threads: int) -> None:
    layer, x, state = large_enough_to_share()
    expected = run_and_derive(layer, x, state)
    found: list[list[Tensor]] = []

    def work() -> None:
        torch.set_num_threads(threads)
        with ops.use_backend("cpu"):
            found.extend(run_and_derive(layer, x, state) for _ in range(3))

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(found) == 12
    for results in found:
        for one, other in zip(results, expected, strict=True):
            assert torch.equal(one, other)


def _answer_from_a_fork(layer: Any, x: Tensor, state: Any, answers: Any) -> None:
    answers.put([result.detach().numpy() for result in run_and_derive(layer, x, state)])


@forks
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child(threads: int) -> None:
    """A child has no threads of its parent, and its calls work."""
    layer, x, state = large_enough_to_share()
    expected = run_and_derive(layer, x, state)
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    child = context.Process(target=_answer_from_a_fork, args=(layer, x, state, answers))
    child.start()
    found = answers.get(timeout=120)
    child.join(timeout=120)
    assert child.exitcode == 0
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(torch.from_numpy(one), other, rtol=1e-4, atol=1e-4)
    run_and_derive(layer, x, state)  # and the parent still works


class Encoded(Dataset):  # type: ignore[type-arg]
    """Items that a network has run over."""

    def __init__(self, layer: Any) -> None:
        self.layer = layer

    def __len__(self) -> int:
        return 6

    def __getitem__(self, index: int) -> Tensor:
        with torch.no_grad():
            return self.layer(torch.full((4, 3), float(index)))[0]


@forks
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_workers_of_a_data_loader() -> None:
    data = Encoded(nn.GRU(3, 5))
    loader = DataLoader(data, batch_size=2, num_workers=2, multiprocessing_context="fork")
    found = torch.cat(list(loader))
    assert torch.equal(found, torch.stack([data[index] for index in range(6)]))


def test_memory_does_not_grow() -> None:
    layer, x = nn.LSTM(8, 16, 2, dropout=0.5), torch.randn(20, 8, 8)
    state = (torch.zeros(2, 8, 16), torch.zeros(2, 8, 16))

    def work(times: int) -> int:
        for _ in range(times):
            run_and_derive(layer, x, state)
            layer.eval().step(x[0], state)
            layer.train()
        gc.collect()
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # kilobytes on Linux

    before = work(100)
    # A call keeps about 200 kB until backward: one left in ten would show 40 MB.
    assert work(2000) - before < 20_000


def test_objects_are_released() -> None:
    layer, x = nn.GRU(3, 4), torch.randn(5, 2, 3)

    def work() -> None:
        loss = sum(r.sum() for r in flat(layer(x)))
        loss.backward()
        layer.step(x[0], layer.step(x[1])[1])

    work()
    gc.collect()
    before = len(gc.get_objects())
    for _ in range(50):
        work()
    gc.collect()
    assert len(gc.get_objects()) - before < 50  # less than one a call
