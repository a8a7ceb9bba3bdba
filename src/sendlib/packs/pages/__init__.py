"""Pages of a pack: from executed notebooks to HTML, and what is checked of them."""
