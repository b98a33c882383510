"""Contains the commands, one module each: demo, forecast, backtest, doctor."""
