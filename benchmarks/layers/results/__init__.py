"""The results of a run: tables, Markdown, roofline."""
