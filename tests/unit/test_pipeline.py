import pytest

from error_codes import places
from sendlib.data import pipeline
from sendlib.errors import DataError


def test_a_file_without_a_table_and_a_table_without_a_contract_are_named(monkeypatch):
    frames = {"areas": pipeline.NOTHING, "waits": pipeline.NOTHING}
    monkeypatch.setattr(pipeline, "tidy_figures", lambda read: {"area": read["areas"], "wait": 0})
    monkeypatch.setattr(pipeline, "tidy_services", lambda *_: {})
    monkeypatch.setattr(pipeline, "correct", dict)
    with pytest.raises(DataError) as caught:
        pipeline.to_tables({}, frames)
    found = places(caught.value)
    assert found[:2] == [
        ("layout_without_table", "layout waits"),
        ("table_without_contract", "table wait"),
    ]
    others = {where for code, where in found[2:] if code == "contract_without_table"}
    assert others == {f"table {name}" for name in pipeline.TABLES} - {
        "table area",
        "table unlikely",
    }
