"""An invented authority that adds up to what a real one published."""

from sendlib.cohort.synthetic.invent import JANUARIES, Synthetic, synthesise

__all__ = ["JANUARIES", "Synthetic", "synthesise"]
