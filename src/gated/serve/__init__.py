"""Serves forecasts over HTTP: `gated serve`. It needs `gated[serve]`."""

from gated.serve.app import create_app
from gated.serve.run import run
from gated.serve.settings import Limits, Settings

__all__ = ["Limits", "Settings", "create_app", "run"]
