"""The indicators that the strategies promised to watch: register, feed, control charts, monitor.

``register.yml`` says what each is. An authority supplies figures in a feed,
which is read whole or not at all; control charts tell change from chance, and
the monitor says how each indicator stands and which figures are overdue.
"""

from sendlib.kpi import sentences
from sendlib.kpi.annual import (
    TABLES,
    Figure,
    break_names,
    last_published,
    list_figures,
    published_series,
)
from sendlib.kpi.control import Charts, control_charts
from sendlib.kpi.dates import report_day
from sendlib.kpi.feed import Feed, no_values, read_feed
from sendlib.kpi.frames import (
    control_rows,
    feed_notice,
    monitor_rows,
    published_rows,
    signal_points,
)
from sendlib.kpi.kept import keep_feed, load_feed, open_feed, withhold_small
from sendlib.kpi.monitor import monitor
from sendlib.kpi.page import write_page
from sendlib.kpi.register import Indicator, Register, read_register
from sendlib.kpi.sentences import unit_of
from sendlib.kpi.synthetic import Invented, synthesise
from sendlib.kpi.template import write_feed, write_template

__all__ = [
    "TABLES",
    "Charts",
    "Feed",
    "Figure",
    "Indicator",
    "Invented",
    "Register",
    "break_names",
    "control_charts",
    "control_rows",
    "feed_notice",
    "keep_feed",
    "last_published",
    "list_figures",
    "load_feed",
    "monitor",
    "monitor_rows",
    "no_values",
    "open_feed",
    "published_rows",
    "published_series",
    "read_feed",
    "read_register",
    "report_day",
    "sentences",
    "signal_points",
    "synthesise",
    "unit_of",
    "withhold_small",
    "write_feed",
    "write_page",
    "write_template",
]
