"""Series on a regular grid: order, gaps, static features, future steps, series left out."""
