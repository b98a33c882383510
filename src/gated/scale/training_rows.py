"""Holds the series that one worker trains on, some buckets at a time, so that memory is bounded.

The buckets of a worker are split into portions of about a million rows. A training passes from one
portion to the next after some steps, and from the last to the first. Buckets are drawn by hashes,
so each portion is a random sample of the series.
"""

from collections.abc import Callable, Sequence

from gated.errors import DataError
from gated.table import Table

__all__ = ["PORTION_ROWS", "TrainingRows", "portions"]

PORTION_ROWS = 1_000_000
"""Rows of a portion, about; more only if one bucket has more."""


def portions(n_rows: int, n_buckets: int, rank: int, count: int) -> list[list[int]]:
    """The buckets of each portion of a worker: of rank, rank + count, rank + 2 · count …

    Args:
        n_rows, n_buckets: of the table.
        rank: the number of the worker.
        count: how many workers there are.

    >>> portions(4_000_000, 8, 1, 2)
    [[1, 3], [5, 7]]
    """
    own = list(range(rank, n_buckets, count))
    size = max(1, PORTION_ROWS * n_buckets // n_rows)
    return [own[begin : begin + size] for begin in range(0, len(own), size)]


class TrainingRows:
    """The portions of a worker as tables, each of which is read when it is looked up.

    Args:
        buckets: those of each portion.
        read: reads some buckets as a table; it raises a `DataError` if no series is usable.
    """

    def __init__(
        self, buckets: Sequence[Sequence[int]], read: Callable[[Sequence[int]], Table]
    ) -> None:
        self._buckets, self._read = buckets, read

    def __len__(self) -> int:
        return len(self._buckets)

    def __getitem__(self, number: int) -> Table:
        """Read a portion; one without a usable series is passed over.

        Raises:
            DataError: no portion has a usable series.
        """
        refused: DataError | None = None
        for buckets in (*self._buckets[number:], *self._buckets[:number]):
            try:
                return self._read(buckets)
            except DataError as error:
                refused = error
        assert refused is not None
        raise refused
