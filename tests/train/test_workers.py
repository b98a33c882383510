"""Several workers of one training: gradients are averaged, seeds differ."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest
import torch
from torch import distributed, nn

from gated.train.workers import Workers


def steps(rank: int, count: int, meeting: str) -> tuple[list[float], float]:
    """The gradients and the mean of one of some workers."""
    distributed.init_process_group("gloo", init_method=meeting, rank=rank, world_size=count)
    workers = Workers.joined()
    used, unused = nn.Parameter(torch.zeros(2)), nn.Parameter(torch.zeros(1))
    (used * torch.tensor([1.0, 10.0 * rank])).sum().backward()
    if rank:
        unused.sum().backward()
    workers.average_gradients([used, unused])
    workers.wait()
    found = torch.cat([used.grad, unused.grad]).tolist(), workers.mean(float(rank))
    distributed.destroy_process_group()
    return found


def test_gradients_and_numbers_are_averaged(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("GLOO_SOCKET_IFNAME", "lo")
    meeting = (tmp_path / "meeting").as_uri()
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        found = list(pool.map(steps, range(2), [2, 2], [meeting, meeting]))
    assert found == [([1.0, 5.0, 0.5], 0.5)] * 2


@pytest.mark.parametrize("rank", [0, 1])
def test_seeds_differ_between_workers_and_numbers(rank) -> None:
    seeds = {Workers(rank, 2).seed(0, step, stage) for step in range(50) for stage in range(3)}
    assert len(seeds) == 150
    assert seeds.isdisjoint({Workers(1 - rank, 2).seed(0, step, 0) for step in range(50)})
    assert all(0 <= seed < 2**61 for seed in seeds)
