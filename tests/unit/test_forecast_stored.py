"""Projections of packs are stored once, and compared with the counts that followed."""

from sendlib.authority import Authority
from sendlib.forecast import describe_stored, store, stored_projections
from sendlib.forecast import project as project_plans
from sendlib.forecast.stored import model_version, read_stored
from sendlib.ranges import QUANTILES


def projection(folder, la="865"):
    authority = Authority.open(la, as_of=2023, project=folder)
    return project_plans(authority, scenario="baseline", horizon=3)


def test_a_folder_without_projections_has_none(tmp_path):
    assert read_stored(tmp_path).empty


def test_a_projection_is_stored_with_its_vintage_model_and_quantiles(project, tmp_path):
    store(projection(project), tmp_path)
    stored = read_stored(tmp_path)
    assert stored["census_year"].tolist() == [2024, 2025, 2026]
    assert set(stored["area_code"]) == {"865"}
    assert set(stored["scenario"]) == {"baseline"}
    assert set(stored["as_of"]) == {2023}
    assert set(stored["model"]) == {model_version()}
    rows = stored[list(QUANTILES)]
    assert (rows.diff(axis=1).iloc[:, 1:] > 0).all(axis=None)


def test_the_same_projection_is_not_stored_twice_and_another_authority_s_is_added(
    project, tmp_path
):
    store(projection(project), tmp_path)
    first = (tmp_path / "forecasts.csv").read_bytes()
    store(projection(project), tmp_path)
    assert (tmp_path / "forecasts.csv").read_bytes() == first
    store(projection(project, "850"), tmp_path)
    assert read_stored(tmp_path)["area_code"].value_counts().to_dict() == {"850": 3, "865": 3}


def test_only_projections_that_a_count_has_overtaken_are_compared_with_it(project, tmp_path):
    store(projection(project), tmp_path)
    later, same = (Authority.open("865", as_of=year, project=project) for year in (2025, 2023))
    shown = stored_projections(later, tmp_path)
    assert shown[["counted in", "counted"]].to_numpy().tolist() == [[2024, 5536], [2025, 6383]]
    low, high = shown[["low", "high"]].iloc[-1]
    assert describe_stored(shown) == (
        f"Earlier packs projected for January 2025: {low:,.0f} to {high:,.0f} from January 2023. "
        "Counted: 6,383."
    )
    assert stored_projections(same, tmp_path).empty
    assert describe_stored(stored_projections(same, tmp_path)) == ""
