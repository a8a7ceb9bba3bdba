"""The first page of a board's pack, from the key figures of its pages and the pack before."""

from collections.abc import Mapping
from typing import Any

from bs4 import BeautifulSoup
from markupsafe import Markup, escape

from sendlib.board import changes, narrative, rag
from sendlib.board.file import Board
from sendlib.board.schedules import describe_next_run
from sendlib.packs import Draft, Run
from sendlib.packs.front import Front, RagStatus, RatedFigure

_UNDER_A_PICTURE = "details, .source, .note"
YEAR_BEFORE = "a year before"


def make_front(board: Board, draft: Draft, previous: Run | None) -> Front:
    """What the first page says of a draft; ``previous`` is the pack to compare it with."""
    figures, record = draft.figures, previous.record if previous else {}
    rated = rag.rate_figures(figures, board.thresholds)
    heading, key = narrative.title(figures, rated)
    findings = narrative.findings(figures, rated)
    earlier = _changed(figures, record)
    return Front(
        title=heading,
        findings=findings,
        chart=_chart(draft, figures[key]["page"], figures[key]["value"]) if key else None,
        moves=narrative.moves(figures, earlier, told=_told(figures)),
        since=changes.name_of(previous) if earlier else YEAR_BEFORE,
        remark=_remark(record, draft, is_changed=bool(earlier)),
        missing=_missing(draft, rated),
        rated=rated,
        next_run=describe_next_run(board),
    )


def _told(figures: Mapping[str, object]) -> list[str]:
    """The figures whose change the three sentences have told."""
    return [key for key in narrative.TOLD if key in figures]


def _changed(figures: Mapping[str, Any], record: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of the pack before; none where not one of them reads otherwise now."""
    earlier = dict(record.get("figures") or {})
    values = {key: figure["value"] for key, figure in earlier.items() if key in figures}
    is_same = all(figures[key]["value"] == value for key, value in values.items())
    return {} if is_same else earlier


def _remark(record: Mapping[str, Any], draft: Draft, *, is_changed: bool) -> str:
    """What explains the changes since the pack before, in a sentence or two."""
    if not record:
        return ""
    causes = changes.find_causes(record, draft.record)
    data = [cause.what for cause in causes if cause.kind is changes.Kind.DATA and cause.now]
    if not is_changed:
        return "No headline figure has changed since the last pack."
    if data:
        return f"New data: {narrative.shorten(data)}."
    if any(cause.kind is changes.Kind.ASSUMPTIONS for cause in causes):
        return "Assumptions have changed since the last pack; the data have not."
    return "No new data or assumption explains this: ask before relying on it."


def _missing(draft: Draft, rated: tuple[RatedFigure, ...]) -> tuple[Markup, ...]:
    """What pages say is late or missing, each a link to its page, and figures that none states."""
    said = [
        Markup('<a href="{}">{}</a>').format(page.notebook.page, point)
        for page in draft.pages
        for point in page.missing
    ]
    unknown = [escape(each.label) for each in rated if each.status is RagStatus.NOT_KNOWN]
    return (*said, *(Markup("{}: on no page of this pack").format(label) for label in unknown))


def _chart(draft: Draft, page: str, value: str) -> tuple[Markup, str] | None:
    """The chart of a page whose title has a figure, or its first, and where its numbers stand."""
    content = next((each.content for each in draft.pages if each.notebook.page == page), "")
    charts = BeautifulSoup(content, "html.parser").select("figure.chart")
    titled = [chart for chart in charts if value in str(chart.find(class_="chart-title"))]
    if not charts:
        return None
    chart = (titled or charts)[0]
    for part in chart.select(_UNDER_A_PICTURE):
        part.decompose()
    return Markup(str(chart)), f"{page}#{chart['id']}"  # noqa: S704  # made by our own charts
