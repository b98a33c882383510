"""Proves that explanations are faithful: what they name is what the forecast depends on."""
