"""Zero-shot accuracy by GIFT-Eval's rules, and on tables of other kinds."""
