"""How JupyterLab shows this project: ``make lab``, or ``jupyter lab --config=lab/config.py``."""

import os
import sys
import warnings
from pathlib import Path

LAB = Path(__file__).resolve().parent
ROOT = LAB.parent
ENVIRONMENT = Path(sys.prefix, "share", "jupyter", "lab")  # nothing is written to anyone's home
sys.path.insert(0, str(LAB))
from clean_git import refresh, set_filter  # noqa: E402


def write_style() -> Path:
    """Make custom.css of the one set of rules for blocks, strong enough to win in JupyterLab."""
    blocks = ROOT / "src" / "sendlib" / "packs" / "template" / "blocks.css"
    inside = f".jp-OutputArea .jp-OutputArea-output {{\n{blocks.read_text(encoding='utf-8')}}}\n"
    folder = ENVIRONMENT / "custom"
    folder.mkdir(parents=True, exist_ok=True)
    own = (LAB / "style.css").read_text(encoding="utf-8")
    (folder / "custom.css").write_text(own + inside, encoding="utf-8")
    return folder


# JupyterLab reads this file twice, once as a server.
warnings.filterwarnings("ignore", "Overriding existing post_save_hook")
set_filter(ROOT)
# As in a run of pages: matrices here are small, and more threads make the fits slower.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
c = get_config()  # noqa: F821
c.ServerApp.root_dir = str(ROOT)
c.ServerApp.tornado_settings = {"static_custom_path": [str(write_style())]}
c.FileContentsManager.post_save_hook = refresh
c.LabApp.default_url = "/lab/tree/notebooks/00_start_here.ipynb"
c.LabApp.app_settings_dir = str(LAB)
c.LabApp.workspaces_dir = str(ENVIRONMENT / "workspaces")
c.LabApp.custom_css = True
