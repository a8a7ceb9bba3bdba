"""Evidence from published tables: counts, ages as recorded, and the account that balances them."""
