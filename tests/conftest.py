"""What holds for every test."""

import os
import shutil
import signal
import threading
from collections.abc import Iterator
from typing import Any

# The arrays of tests are small: threads would only wait for each other. NumPy reads this once.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pandas as pd  # noqa: F401  # before any command, which else hides pandas from pyarrow
import pytest
import torch
from hypothesis import settings

# How many examples a test draws; `pytest --hypothesis-profile=nightly` draws more.
# A busy machine makes an example slow, which is no fault.
settings.register_profile("ci", max_examples=100, deadline=None)
settings.register_profile("nightly", max_examples=1_000, deadline=None)
settings.load_profile("ci")

torch.set_num_threads(1)

# A process in the background of a script ignores Ctrl-C, one of nohup SIGHUP; the tests send both.
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(autouse=True)
def _seed() -> None:
    """Every test draws the same numbers, alone or in company."""
    torch.manual_seed(0)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A browser without a window."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.skip("no Chromium on this machine to open the page with")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield made
        made.close()
