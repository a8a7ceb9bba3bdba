"""See, forecast and pay for special educational needs and disabilities (SEND)."""

__version__ = "0.1.0"
