"""Proving keys: `dev` makes them at once from a known secret, `ceremony` from secrets that nobody keeps."""
