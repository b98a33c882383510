"""What every request and response has in common: limits, errors, headers, the page."""
