"""One reader for each publication; every reader returns text and leaves meaning to ``tidy``."""
