"""The one script that a page may hold, and what tells a browser to run no other."""

import base64
import hashlib
from importlib.resources import files

SCRIPT = files("sendlib.pages").joinpath("what_if.js").read_text(encoding="utf-8")

_DIGEST = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode("ascii")

CONTENT_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
    f"script-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'"
)
"""What a page may load and run: itself."""
