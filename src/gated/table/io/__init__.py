"""Files and frames to columns: delimited text, Parquet, data frames."""
