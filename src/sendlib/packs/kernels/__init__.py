"""Kernels in which notebooks run: started once, given out, held to limits, and ended."""
