"""The number of cells of most rows, and the line that names the separator."""

import re
from collections import Counter
from collections.abc import Sequence

__all__ = ["GIVEN_SEPARATOR", "usual_width"]

# The first line of files for Excel names the separator.
GIVEN_SEPARATOR = re.compile(r"\s*\"?sep=(?P<mark>[,;|\t]?)\"?\s*(?:\r\n?|\n)", re.I)


def usual_width(rows: Sequence[Sequence[str]]) -> int:
    """The number of cells of most rows, a row with many cells counting more than a note.

    Of equally frequent numbers, it is the one that comes first.

    >>> usual_width([["Title"], [], ["date", "y"], ["2024-01-01", "5"]])
    2
    """
    widths = Counter(len(row) for row in rows if row)
    return max(widths, key=lambda width: width * widths[width], default=1)
