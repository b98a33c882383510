"""Jobs are gathered, one slow job blocks no other, and a full queue says so."""

import asyncio
import threading
import time
from collections.abc import Sequence
from typing import Any

import pytest

from gated.serve.forecasting.batching import Batcher
from gated.serve.problems import ProblemError
from tests.serve.event_loops import run_in_thread


def doubled(sizes: list[int]) -> Any:
    def run(work: Sequence[int]) -> list[int]:
        sizes.append(len(work))
        return [2 * number for number in work]

    return run


def test_jobs_that_arrive_together_are_done_together() -> None:
    sizes: list[int] = []

    async def main() -> list[int]:
        batcher = Batcher(
            doubled(sizes), threads=1, most_waiting=100, most_size=100, gather_seconds=0.01
        )
        batcher.start()
        found = await asyncio.gather(*(batcher.do("a", number) for number in range(20)))
        await batcher.stop()
        return found

    assert run_in_thread(main()) == [2 * number for number in range(20)]
    assert sizes == [20]


def test_groups_and_sizes_are_kept_apart() -> None:
    sizes: list[int] = []

    async def main() -> None:
        batcher = Batcher(
            doubled(sizes), threads=1, most_waiting=100, most_size=4, gather_seconds=0.01
        )
        batcher.start()
        jobs = [batcher.do("a", 1, size=2) for _ in range(3)] + [batcher.do("b", 1, size=9)]
        await asyncio.gather(*jobs)
        await batcher.stop()

    run_in_thread(main())
    assert sorted(sizes) == [1, 1, 2]


def test_an_error_belongs_to_its_job() -> None:
    def run(work: Sequence[int]) -> list[int | Exception]:
        return [ValueError("odd") if number % 2 else number for number in work]

    async def main() -> list[Any]:
        batcher: Batcher[int, int] = Batcher(run, threads=1, most_waiting=9, most_size=9)
        batcher.start()
        jobs = (batcher.do("a", number) for number in range(3))
        found = await asyncio.gather(*jobs, return_exceptions=True)
        await batcher.stop()
        return found

    zero, one, two = run_in_thread(main())
    assert (zero, two) == (0, 2)
    assert isinstance(one, ValueError)


def test_a_slow_job_does_not_block_others() -> None:
    release = threading.Event()

    def run(work: Sequence[str]) -> list[str]:
        if "slow" in work:
            release.wait(10)
        return list(work)

    async def main() -> None:
        batcher: Batcher[str, str] = Batcher(run, threads=2, most_waiting=9)
        batcher.start()
        slow = asyncio.create_task(batcher.do("a", "slow"))
        await asyncio.sleep(0.05)
        assert await asyncio.wait_for(batcher.do("b", "quick"), 5) == "quick"
        assert not slow.done()
        release.set()
        assert await slow == "slow"
        await batcher.stop()

    run_in_thread(main())


def test_a_full_queue_says_so_at_once() -> None:
    async def main() -> None:
        batcher: Batcher[int, int] = Batcher(
            lambda work: time.sleep(0.2) or list(work), threads=1, most_waiting=3
        )
        batcher.start()
        jobs = [asyncio.create_task(batcher.do("a", number)) for number in range(4)]
        await asyncio.sleep(0)
        with pytest.raises(ProblemError, match="jobs wait already") as refused:
            await batcher.do("a", 9)
        assert refused.value.status == 503
        assert refused.value.headers == {"Retry-After": "1"}
        await asyncio.gather(*jobs, return_exceptions=True)
        await batcher.stop()

    run_in_thread(main())


def test_a_client_that_has_gone_is_not_computed() -> None:
    done: list[int] = []

    def run(work: Sequence[int]) -> list[int]:
        done.extend(work)
        return list(work)

    async def main() -> None:
        batcher: Batcher[int, int] = Batcher(
            run, threads=1, most_waiting=9, most_size=9, gather_seconds=0.05
        )
        batcher.start()
        gone = asyncio.create_task(batcher.do("a", 1))
        kept = asyncio.create_task(batcher.do("a", 2))
        await asyncio.sleep(0.01)
        gone.cancel()
        assert await kept == 2
        await batcher.stop()

    run_in_thread(main())
    assert done == [2]
