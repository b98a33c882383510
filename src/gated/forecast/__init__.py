"""Tables to forecasts: the main job."""

from gated.forecast.forecaster import Forecaster

__all__ = ["Forecaster"]
