"""The generated pages of ``docs/reference``: each is written from the one place that knows."""
