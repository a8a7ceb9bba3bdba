"""How Sphinx builds the documentation site: `make docs`."""

import inspect
import re
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from sendlib import __version__

project = "sendlib"
copyright = "the authors of sendlib"  # noqa: A001
release = __version__

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
exclude_patterns = ["_static", "**.ipynb_checkpoints"]
html_theme = "furo"
html_title = f"sendlib {release}"
html_static_path = ["_static", "../src/sendlib/packs/template/blocks.css"]
html_css_files = ["blocks.css", "site.css"]
html_show_sphinx = False
html_copy_source = False

# Tutorials run at every build, each in a kernel of its own; one that fails stops the build.
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_merge_streams = True
myst_heading_anchors = 4

# A package's page shows what its __init__ exports.
autodoc_default_options = {
    "members": True,
    "member-order": "bysource",
    "exclude-members": "model_config",
}
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
napoleon_google_docstring = False
napoleon_use_rtype = False
python_use_unqualified_type_names = True

_ELSEWHERE = re.compile(
    r"""<(?:script|img|iframe|source)\b[^>]*\bsrc=["'](?:https?:)?//"""
    r"""|<link\b[^>]*\brel=["'](?:stylesheet|preload|icon)["'][^>]*\bhref=["'](?:https?:)?//"""
    r"""|@import\s+(?:url\()?["']?(?:https?:)?//|url\(["']?(?:https?:)?//"""
)


def setup(app: Sphinx) -> None:
    """Join what is special here to the build."""
    app.connect("autodoc-process-docstring", _name_constants)
    app.connect("build-finished", _refuse_what_comes_from_elsewhere)


def _name_constants(  # noqa: PLR0917
    app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]
) -> None:
    """A package's page also names what it exports without a docstring: constants and types."""
    del app, name, options
    exported = getattr(obj, "__all__", ()) if what == "module" else ()
    plain = [f"``{each}``" for each in exported if not _has_docstring(getattr(obj, each))]
    if plain:
        lines += ["", f"Constants and types: {', '.join(plain)}.", ""]


def _has_docstring(obj: object) -> bool:
    return inspect.isclass(obj) or inspect.isroutine(obj)


def _refuse_what_comes_from_elsewhere(app: Sphinx, failed: Exception | None) -> None:
    """A page that loads a font, a script or a picture from another host is an error."""
    if failed:
        return
    pages = [path for kind in ("html", "css") for path in Path(app.outdir).rglob(f"*.{kind}")]
    found = [path.name for path in pages if _ELSEWHERE.search(path.read_text(encoding="utf-8"))]
    if found:
        raise ExtensionError(f"These load something from another host: {', '.join(found)}")
