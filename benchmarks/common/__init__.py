"""What all benchmarks share: measurement, reports, Markdown, data folders, options."""
