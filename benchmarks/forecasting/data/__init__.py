"""The data sets of the forecasting benchmarks, and where each is cut."""
