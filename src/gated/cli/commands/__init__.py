"""One module a command: demo, forecast, backtest, doctor."""
