"""From a fitted forecaster and a table to a forecast and its columns."""
