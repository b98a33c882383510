"""Shows at once, without any data of one's own, what each medium is about."""
