"""Time limits: for all libraries, and for single ones."""

import pytest

from benchmarks.peers.time_limit import TimeLimit
from gated.errors import UsageError


def test_a_library_can_have_another_limit():
    limit = TimeLimit.parse("darts=240,400")
    assert [limit.for_library(name) for name in ("gated", "darts")] == [400, 240]
    assert str(limit) == "400, darts 240"


@pytest.mark.parametrize(
    "text", ["", "soon", "0", "inf", "nan", "400,darts", "darts=", "prophet=9"]
)
def test_a_text_that_is_no_limit_is_refused(text):
    with pytest.raises(UsageError, match="--limit"):
        TimeLimit.parse(text)
