"""Board runs: one file says what a board wants; a pack goes out whole, checked, or not at all."""
