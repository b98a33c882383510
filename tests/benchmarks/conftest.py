"""Where the benchmarks find their data."""

import pytest

from benchmarks.folders import anchors_folder, data_folder


@pytest.fixture
def data():
    """The folder of data sets."""
    return data_folder(None)


@pytest.fixture
def anchors():
    """The folder of published figures."""
    return anchors_folder(None)
