"""The indicators that the strategies promised to watch: register, feed, control charts, monitor.

``register.yml`` says what each is. An authority supplies figures in a feed,
which is read whole or not at all; control charts tell change from chance, and
the monitor says how each indicator stands and which figures are overdue.
"""

from sendlib.kpi import narrative
from sendlib.kpi.annual import TABLES, last_published, list_figures, published_series
from sendlib.kpi.control import control_charts, monitor
from sendlib.kpi.feed import Feed, read_feed, save_feed, write_feed, write_feed_template
from sendlib.kpi.frames import (
    by_frequency,
    caveats,
    control_rows,
    feed_notice,
    monitor_rows,
    published_rows,
    signal_points,
)
from sendlib.kpi.register import Indicator, Register, read_register, report_day
from sendlib.kpi.synthetic import open_feed, synthesise_feed

__all__ = [
    "TABLES",
    "Feed",
    "Indicator",
    "Register",
    "by_frequency",
    "caveats",
    "control_charts",
    "control_rows",
    "feed_notice",
    "last_published",
    "list_figures",
    "monitor",
    "monitor_rows",
    "narrative",
    "open_feed",
    "published_rows",
    "published_series",
    "read_feed",
    "read_register",
    "report_day",
    "save_feed",
    "signal_points",
    "synthesise_feed",
    "write_feed",
    "write_feed_template",
]
