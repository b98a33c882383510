"""M4's hourly series with the folders of their data and published figures."""

import pytest

from benchmarks.common.folders import anchors_folder, data_folder
from benchmarks.forecasting.data.datasets import M4_HOURLY, Columns, load_cuts


@pytest.fixture(scope="package")
def m4_hourly():
    """The test cut, the data folder, the folder of published figures."""
    folders = data_folder(None), anchors_folder(None)
    for folder in folders:
        if not folder.path.is_dir():
            pytest.skip(f"{folder.path} is missing: no published figures to compare with")
    [made] = load_cuts(M4_HOURLY, folders[0], columns=Columns(), horizon=None, validation=False)
    return [made], *folders
