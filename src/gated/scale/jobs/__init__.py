"""Jobs over Parquet files: planned, run in tasks that may be run again, and resumed."""
