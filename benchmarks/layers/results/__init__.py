"""The results of a run of `recurrences`: tables, Markdown, roofline."""
