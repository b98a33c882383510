"""Pretrains the forecasting network on synthetic series, on a CPU or a GPU; can be resumed."""
