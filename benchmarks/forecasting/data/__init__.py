"""Data sets of the forecasting benchmarks, cut into past and future."""
