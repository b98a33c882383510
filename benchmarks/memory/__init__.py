"""Measures what recurrent layers can remember: the claims about gates, one by one."""
