"""Does the pooled model foresee plans better than statsforecast's automatic models?

Each stands at the same past Januaries, before the same authorities (those whose
counts are unbroken), knows nothing later, and is scored by the same code. The
peers see one series at a time, once as plans and once as logarithms, and give
their own ranges; a range may start below zero. What a peer cannot forecast is
counted and left out of its scores. All use the counts as they stand today, not
as they were first published.

Then the seconds of one origin, ten years, every authority with a count. The ways
take turns within one run, so that their ratios can be compared; the first round,
in which modules load and numba compiles, is left out. "Every origin" also fits
the earlier ones, from which the ranges are calibrated. Last comes the memory.

statsforecast 2.1 wants pandas 2, so the lock holds the newest one that does not.

    make bench
"""

import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd

from sendlib import data
from sendlib.forecast.backtest import scorecard
from sendlib.forecast.draws import DrawSettings, draw
from sendlib.forecast.fits import fit_history, past_forecasts
from sendlib.forecast.model import Fit, Floats, fit
from sendlib.forecast.panel import Panel
from sendlib.project import Project
from sendlib.ranges import INTERVALS

FIRST, LAST = 2010, 2025
ORIGINS = range(2019, LAST)
HORIZONS = (1, 2, 3, 5)
SETTINGS = DrawSettings(draws=2_000, seed=20250116, ceiling=0.15)
MODELS = ("AutoARIMA", "AutoETS", "AutoTheta")
SCALES = {"plans": (np.asarray, np.asarray), "logs": (np.log, np.exp)}  # there and back
AHEAD, JOBS, ROUNDS = 10, 2, 5
OURS = "sendlib, pooled"


def whole_panel() -> Panel:
    project = Project.find()
    tables = (data.load(project, name) for name in Panel.TABLES)
    return Panel.from_tables(*tables).up_to(LAST)


def unbroken(panel: Panel) -> list[str]:
    known = panel.plans.loc[panel.authorities, FIRST:LAST].notna().all(axis=1)
    return [code for code in panel.authorities if known[code]]


def of_sendlib(panel: Panel, areas: Sequence[str]) -> pd.DataFrame:
    fits = fit_history(panel, ceiling=SETTINGS.ceiling)
    past = {origin: fits[origin] for origin in ORIGINS}
    return past_forecasts(panel, past, areas, SETTINGS, horizon=max(HORIZONS)).assign(method=OURS)


def series(panel: Panel, areas: Sequence[str]) -> pd.DataFrame:
    """Counts of each authority since its last gap, as statsforecast wants them."""
    wide = panel.plans.loc[list(areas), FIRST:]
    held = wide.notna().iloc[:, ::-1].cumprod(axis=1).iloc[:, ::-1].astype(bool)
    long = wide.where(held).stack().rename_axis(["unique_id", "ds"]).rename("y")
    return long.astype(float).reset_index()


def automatic(frame: pd.DataFrame, horizon: int, n_jobs: int) -> pd.DataFrame:
    """Forecasts and ranges of all three models; missing where a model gives up."""
    from statsforecast import StatsForecast, models  # slow to import, and not to be weighed

    chosen = [getattr(models, name)(season_length=1) for name in MODELS]
    peers = StatsForecast(chosen, freq=1, n_jobs=n_jobs, fallback_model=models.NaNModel())
    return peers.forecast(df=frame, h=horizon, level=list(INTERVALS))


def of_peers(panel: Panel, areas: Sequence[str]) -> pd.DataFrame:
    parts = []
    for origin in ORIGINS:
        frame = series(panel.up_to(origin), areas)
        horizon = min(max(HORIZONS), LAST - origin)
        for scale, (there, back) in SCALES.items():
            wide = automatic(frame.assign(y=there(frame["y"])), horizon, JOBS)
            parts += [of_one(wide, name, scale, back).assign(origin=origin) for name in MODELS]
    said = pd.concat(parts, ignore_index=True)
    said["horizon"] = said["ds"] - said["origin"]
    came = panel.plans.rename_axis(columns="ds").stack().rename("actual").reset_index()
    return said.merge(came, on=["area_code", "ds"])


def of_one(wide: pd.DataFrame, name: str, scale: str, back: Callable) -> pd.DataFrame:
    """One model's columns under the names that the scores know."""
    columns = {"unique_id": "area_code", "ds": "ds", name: "forecast"}
    for level, (low, high) in INTERVALS.items():
        columns |= {f"{name}-lo-{level}": low, f"{name}-hi-{level}": high}
    mine = wide[list(columns)].rename(columns=columns)
    numbers = mine.columns.drop(["area_code", "ds"])
    return mine.assign(**{n: back(mine[n]) for n in numbers}, method=f"{name}, {scale}")


def able(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Forecasts with every range; prints how many of each method have none."""
    limits = [limit for pair in INTERVALS.values() for limit in pair]
    whole = np.isfinite(forecasts[["forecast", *limits]]).all(axis=1)
    missing = forecasts[~whole].groupby("method").size()
    print("No forecast with ranges:", missing.to_dict() or "never, by any method")
    return forecasts[whole]


def compare(panel: Panel, areas: Sequence[str]) -> None:
    said = pd.concat([of_sendlib(panel, areas), of_peers(panel, areas)], ignore_index=True)
    said = able(said[said["horizon"].isin(HORIZONS)])
    card = scorecard(said).sort_values("horizon", kind="stable")
    print(card.round(3).to_string(index=False), "\n")
    wis = card.pivot(index="horizon", columns="method", values="score_pct")
    peers = wis.drop(columns=OURS)
    for horizon, ours in wis[OURS].items():
        best, name = peers.loc[horizon].min(), peers.loc[horizon].idxmin()
        print(
            f"horizon {horizon}: best peer {name}, WIS {best:.2f}%; sendlib {ours:.2f}%, "
            f"{100 * (1 - ours / best):.0f}% below it"
        )


def one_origin(panel: Panel, calibration: Floats) -> None:
    """Fit and draw at the last origin, its calibration taken as known."""
    draw_all(panel, fit(panel, calibration))


def every_origin(panel: Panel) -> None:
    """The same with the calibration: fits and draws at all earlier origins."""
    draw_all(panel, fit_history(panel, ceiling=SETTINGS.ceiling)[panel.origin])


def draw_all(panel: Panel, model: Fit) -> None:
    draw(panel, model, panel.authorities, SETTINGS, horizon=AHEAD)


def speed(panel: Panel) -> None:
    frame = series(panel, panel.authorities)
    ways: dict[str, Callable[[], object]] = {
        "sendlib, fit and draw": lambda: one_origin(panel, np.ones(5)),
        "sendlib, every origin and draw": lambda: every_origin(panel),
        "statsforecast, n_jobs=1": lambda: automatic(frame, AHEAD, 1),
        f"statsforecast, n_jobs={JOBS}": lambda: automatic(frame, AHEAD, JOBS),
    }
    taken = timed(ways)
    fastest = min(seconds for way, seconds in taken.items() if way.startswith("stats"))
    print(
        f"\nJanuary {LAST}, {len(panel.authorities)} authorities, {AHEAD} years, "
        f"{SETTINGS.draws} draws"
    )
    for way, seconds in taken.items():
        print(f"{way:30} {seconds:6.2f} s  {fastest / seconds:4.1f} times the peers' best speed")
    gave_up = automatic(frame, AHEAD, 1)[list(MODELS)].isna().sum() // AHEAD
    print("Series that were too short:", gave_up.to_dict())


def timed(ways: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Median seconds of each way; the first round compiles and is not counted."""
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    for number in range(ROUNDS + 1):
        for way, work in ways.items():
            start = time.perf_counter()
            work()
            if number:
                seconds[way].append(time.perf_counter() - start)
    return {way: statistics.median(taken) for way, taken in seconds.items()}


def memory(panel: Panel) -> None:
    """Peak of a fresh process before and after one fit and draw."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        before, after = pool.submit(peaks, panel).result()
    print(f"Memory: {after - before:.0f} MiB for the fit and draw; peak {after:.0f} MiB in all")


def peaks(panel: Panel) -> tuple[float, float]:
    import statsmodels.robust.robust_linear_model  # noqa: F401 - its import is not the fit

    before = peak()
    one_origin(panel, np.ones(5))
    return before, peak()


def peak() -> float:
    """Most memory this process ever held [MiB].

    Read where Linux keeps it: ``ru_maxrss`` would count what the parent held.
    """
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def main() -> None:
    panel = whole_panel()
    areas = unbroken(panel)
    print(f"statsforecast {version('statsforecast')}, {len(areas)} authorities {FIRST}-{LAST}")
    compare(panel, areas)
    speed(panel)
    memory(panel)


if __name__ == "__main__":
    main()
