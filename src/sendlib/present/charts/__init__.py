"""Charts: each draws a frame of figures on axes, in the house style."""
