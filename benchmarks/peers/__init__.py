"""`gated` and other forecasting libraries on the same tables, splits, scores and machine."""
