"""The strategy's sixteen charts brought up to date, each with what it was compared with."""

from sendlib.outcomes.charts import Chart, Part, Printed, Selection, read_charts
from sendlib.outcomes.frames import ChartFrame, Line, chart_frames
from sendlib.outcomes.series import series_of

__all__ = [
    "Chart",
    "ChartFrame",
    "Line",
    "Part",
    "Printed",
    "Selection",
    "chart_frames",
    "read_charts",
    "series_of",
]
