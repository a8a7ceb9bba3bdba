"""Refresh `data/raw` from its publishers."""
