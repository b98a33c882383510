"""Makes plots, reports and notes of forecasts and backtests."""
