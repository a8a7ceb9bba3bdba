"""Packs: run notebooks, render accessible pages, and publish them all or not at all."""
