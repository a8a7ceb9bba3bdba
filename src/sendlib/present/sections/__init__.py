"""The parts of particular pages: each takes frames of the analysis and gives tables and charts."""
