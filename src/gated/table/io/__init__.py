"""Opens files and frames as columns: delimited text, Parquet, data frames."""
