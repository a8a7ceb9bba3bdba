"""The layers that ``pyproject.toml`` states, proved by import-linter."""

from importlinter.cli import lint_imports


def test_every_layer_imports_only_those_below_it(root, capsys, monkeypatch):
    monkeypatch.chdir(root)
    failed = lint_imports(config_filename=str(root / "pyproject.toml"), no_cache=True)
    said = capsys.readouterr().out
    assert not failed, said
    assert " 0 broken" in said
