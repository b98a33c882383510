"""What the network reads: a table as scaled rows, windows and covariates."""
