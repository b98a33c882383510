"""What holds for every test."""

import signal
import threading

import pytest
import torch

torch.set_num_threads(1)  # the tensors of tests are small: threads would only wait for each other

# A process in the background of a script ignores Ctrl-C; the tests press it, there too.
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _seed() -> None:
    """Every test draws the same numbers, alone or in company."""
    torch.manual_seed(0)
