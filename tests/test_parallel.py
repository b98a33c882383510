"""Tests the computing of items in several threads at the same time."""

import multiprocessing
import sys
import threading
from collections.abc import Iterator

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from gated import parallel
from gated.parallel import in_order, one_thread_for_products


@pytest.fixture
def _workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "torch", raising=False)  # else its threads count
    monkeypatch.setenv("OMP_NUM_THREADS", "3")


def product_threads() -> set[int]:
    """The threads of each library of matrix products that is loaded."""
    return {one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"}


@pytest.mark.usefixtures("_workers")
@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 50])
def test_results_are_in_the_order_of_the_items(count: int) -> None:
    assert list(in_order(lambda item: 2 * item, range(count))) == [2 * n for n in range(count)]


@pytest.mark.usefixtures("_workers")
def test_items_are_computed_at_the_same_time() -> None:
    together = threading.Barrier(3, timeout=30)
    assert len(list(in_order(lambda item: together.wait(), range(3)))) == 3


@pytest.mark.usefixtures("_workers")
def test_a_single_item_is_computed_in_this_thread() -> None:
    assert list(in_order(lambda item: threading.current_thread(), [0])) == [
        threading.current_thread()
    ]


@pytest.mark.usefixtures("_workers")
def test_few_items_are_taken_ahead() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for n in range(100):
            taken.append(n)
            yield n

    results = in_order(abs, items())
    assert next(results) == 0
    assert len(taken) <= 5
    results.close()
    assert len(taken) <= 5


@pytest.mark.usefixtures("_workers")
def test_an_error_reaches_the_caller_in_its_place() -> None:
    def run(item: int) -> float:
        return 1 / item

    results = in_order(run, [2, 4, 0, 1])
    assert [next(results), next(results)] == [0.5, 0.25]
    with pytest.raises(ZeroDivisionError):
        next(results)


@pytest.mark.usefixtures("_workers")
def test_a_worker_may_compute_items_itself() -> None:
    """It must not wait for threads that wait for it."""

    def run(item: int) -> list[int]:
        return list(in_order(abs, range(item)))

    assert list(in_order(run, [3] * 20)) == [[0, 1, 2]] * 20


def _in_a_child() -> None:
    assert list(in_order(abs, [-1, -2, -3])) == [1, 2, 3]


@pytest.mark.usefixtures("_workers")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_has_threads_of_its_own() -> None:
    list(in_order(abs, range(10)))
    with one_thread_for_products():
        child = multiprocessing.get_context("fork").Process(target=_in_a_child)
        child.start()
        child.join(60)
    assert child.exitcode == 0


def test_products_have_one_thread_inside_and_the_same_as_before_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parallel, "libraries_have_one_thread", lambda: False)
    assert np.ones((2, 2)) @ np.ones(2) is not None
    with threadpool_limits(2, user_api="blas"):
        before = product_threads()
        with one_thread_for_products():
            with one_thread_for_products():
                assert product_threads() == {1}
            assert product_threads() == {1}
        assert product_threads() == before


def test_overlapping_limits_are_lifted_by_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "libraries_have_one_thread", lambda: False)
    with threadpool_limits(2, user_api="blas"):
        before = product_threads()
        first, second = one_thread_for_products(), one_thread_for_products()
        first.__enter__()
        second.__enter__()
        first.__exit__(None, None, None)
        assert product_threads() == {1}
        second.__exit__(None, None, None)
        assert product_threads() == before
