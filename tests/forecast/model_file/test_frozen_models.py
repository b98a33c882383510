"""Tests that model files of older versions still load, with the same forecasts.

`frozen/version-3.gated.gz` was written by the code as of commit ad75aba, the last without a
checksum: 70 days with the covariate `open`, hidden_size=8, num_layers=1, five steps from scratch.
`frozen/version-4.gated.gz` was written by commit 0312d55, the last without the mean. The other
files have the forecasts, and the covariate of the days ahead.
"""

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gated.errors import ModelFileError
from gated.forecast import Forecaster

FROZEN = Path(__file__).parent / "frozen"


@pytest.fixture(params=["version-3", "version-4"])
def model(request, tmp_path: Path) -> tuple[Path, pd.DataFrame, pd.DataFrame]:
    """A model file, the covariates ahead, and the forecast of the version that wrote it."""
    path = tmp_path / "m.gated"
    path.write_bytes(gzip.decompress((FROZEN / f"{request.param}.gated.gz").read_bytes()))
    future, expected = (
        pd.read_csv(FROZEN / f"{request.param}{suffix}.csv", parse_dates=["ds"])
        for suffix in ("-future", "")
    )
    return path, future, expected


def test_forecasts_are_the_same(model) -> None:
    path, future, expected = model
    found = Forecaster.load(path).predict(X_df=future, level=[80, 95])
    assert (found.pop("gated-mean") >= 0).all()  # these versions had none
    assert found.columns.tolist() == expected.columns.tolist()
    assert found["ds"].tolist() == expected["ds"].tolist()
    # float32 sums are taken in another order on another machine.
    np.testing.assert_allclose(
        found.iloc[:, 2:].to_numpy(), expected.iloc[:, 2:].to_numpy(), rtol=1e-4, atol=1e-4
    )


def test_a_file_that_is_saved_again_has_the_current_version(model, tmp_path: Path) -> None:
    path, future, _ = model
    old = Forecaster.load(path)
    old.save(tmp_path / "again.gated")
    content = (tmp_path / "again.gated").read_bytes()
    assert b'\\"version\\": 5' in content[:1000]
    new = Forecaster.load(tmp_path / "again.gated")
    pd.testing.assert_frame_equal(new.predict(X_df=future), old.predict(X_df=future))
    assert new.verdict_ == old.verdict_


def test_a_file_of_the_current_version_needs_its_checksum(model, tmp_path: Path) -> None:
    """Otherwise a wrong checksum could simply be removed."""
    path, *_ = model
    content = path.read_bytes()
    for older in (b"3", b"4"):
        content = content.replace(b'\\"version\\": ' + older, b'\\"version\\": 5', 1)
    (tmp_path / "m4").write_bytes(content)
    with pytest.raises(ModelFileError, match="its content does not match its checksum"):
        Forecaster.load(tmp_path / "m4")
