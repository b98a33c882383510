"""What holds for every test."""

import pytest
import torch

torch.set_num_threads(1)  # the tensors of tests are small: threads would only wait for each other


@pytest.fixture(autouse=True)
def _seed() -> None:
    """Every test draws the same numbers, alone or in company."""
    torch.manual_seed(0)
