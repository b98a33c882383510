"""What every benchmark uses: measurement, reports, Markdown, folders of data."""
