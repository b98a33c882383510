"""Groups: all rows of each in one call, in whole buckets."""

import pyarrow as pa
import pytest

from gated.scale.columns import SeriesColumns
from gated.scale.groups import group_count, in_groups
from gated.scale.hashing import buckets_of
from tests.scale.conftest import monthly, shuffled

COLUMNS = SeriesColumns(("unique_id",), "ds", "y")


@pytest.mark.parametrize("n_series", [1, 63, 64, 128, 1_000_000])
@pytest.mark.parametrize("n_buckets", [1, 8, 1_024])
def test_a_bucket_has_whole_groups(n_series, n_buckets) -> None:
    assert group_count(n_series, n_buckets) % n_buckets == 0


def test_each_group_is_one_call_with_all_its_rows() -> None:
    table, seen = monthly(50), []

    def run(rows: pa.Table) -> pa.Table:
        groups = set(buckets_of(COLUMNS.hashes(rows), 8).tolist())
        seen.append((groups, len(rows)))
        return rows

    made = in_groups(shuffled(table, 1), COLUMNS, 8, run)
    assert [groups for groups, _ in seen] == [{group} for group in range(8)]
    assert sum(count for _, count in seen) == len(table)
    assert made.sort_by([("unique_id", "ascending"), ("ds", "ascending")]).equals(
        table.sort_by([("unique_id", "ascending"), ("ds", "ascending")]).combine_chunks()
    )


def test_without_rows_the_schema_remains() -> None:
    assert in_groups(monthly(1).slice(0, 0), COLUMNS, 8, lambda rows: rows).schema == (
        monthly(1).schema
    )
