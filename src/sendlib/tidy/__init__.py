"""Published shapes to tidy tables: pure functions, frames in and new frames out."""
