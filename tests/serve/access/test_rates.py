"""Requests of a client are limited: those of a minute, and those at the same time."""

import pytest

from gated.serve.access.rates import Rates
from gated.serve.problems import ProblemError


def test_a_bucket_refills() -> None:
    now = 0.0
    rates = Rates(at_once=5, clock=lambda: now)

    def ask() -> bool:
        try:
            with rates.counted("a", per_minute=60):
                return True
        except ProblemError:
            return False

    assert [ask() for _ in range(61)] == [True] * 60 + [False]
    now = 2.5
    assert [ask() for _ in range(3)] == [True, True, False]


def test_requests_at_the_same_time_are_limited() -> None:
    rates = Rates(at_once=2)
    with rates.counted("a", None), rates.counted("a", None):
        with pytest.raises(ProblemError, match="2 requests of this client are running"):
            rates.counted("a", None).__enter__()
        rates.counted("b", None).__enter__()
    with rates.counted("a", None):
        pass
