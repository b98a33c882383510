"""Parts of times in several columns: a year beside a month, a date beside an hour."""
