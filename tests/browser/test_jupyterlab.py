"""JupyterLab as an analyst meets it: what opens, what it asks, how outputs look, what git sees."""

import os
import subprocess
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page

import audit
from checkout import git, make_checkout
from sendlib import data
from sendlib.project import ROOT_VARIABLE, Project

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
LAB = ROOT / ".venv-lab" / "bin" / "jupyter-lab"
PORT, TOKEN = 8871, "invented"
STYLE = "e => [getComputedStyle(e).color, getComputedStyle(e).borderTopColor]"


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    if not LAB.exists():
        pytest.skip("JupyterLab is not installed here; get it with: make .venv-lab/lab.stamp")
    clone = make_checkout(ROOT, tmp_path_factory.mktemp("lab") / "clone")
    data.build(Project(clone))
    return clone


@pytest.fixture(scope="module")
def served(clone, tmp_path_factory):
    """The address of a JupyterLab that was started as ``make lab`` does."""
    home = tmp_path_factory.mktemp("home")
    environment = {name: value for name, value in os.environ.items() if name != ROOT_VARIABLE}
    flags = ["--no-browser", "--allow-root", f"--port={PORT}", "--ServerApp.port_retries=0"]
    flags += [f"--IdentityProvider.token={TOKEN}", f"--LabApp.workspaces_dir={home}"]
    server = subprocess.Popen(
        [LAB, "--config=lab/config.py", *flags],
        cwd=clone,
        env={**environment, "HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield _wait(f"http://127.0.0.1:{PORT}/?token={TOKEN}", server)
    finally:
        server.terminate()
        server.wait(30)


def _wait(address: str, server: subprocess.Popen) -> str:
    for _ in range(120):
        assert server.poll() is None, "JupyterLab ended before it answered"
        try:
            urlopen(address, timeout=5)
            return address
        except URLError:
            with pytest.raises(subprocess.TimeoutExpired):
                server.wait(0.5)
    pytest.fail("JupyterLab did not answer")


@pytest.fixture(scope="module")
def page(served):
    """The window that opens, the start page in it."""
    with audit.open_browser() as browser:
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.goto(served)
        page.wait_for_selector(".jp-Notebook .jp-MarkdownOutput h1", timeout=60_000)
        yield page


def choose(page: Page, menu: str, command: str) -> None:
    page.click(f".lm-MenuBar-itemLabel:text-is('{menu}')")
    page.click(f".lm-Menu-item[data-command='{command}']")


def test_the_start_page_opens_next_to_the_other_pages_and_leads_to_the_tutorials(page):
    assert "/lab/tree/notebooks/00_start_here.ipynb" in page.url
    listed = page.locator(".jp-DirListing-itemText").all_inner_texts()
    assert {path.name for path in (ROOT / "notebooks").glob("[0-9]*.ipynb")} <= set(listed)
    links = page.locator(".jp-Notebook a[href*='tutorials']")
    assert links.count() == len(list((ROOT / "docs" / "tutorials").glob("*.ipynb")))
    links.first.click()
    page.wait_for_selector(".lm-TabBar-tabLabel:text-is('ask_a_question.ipynb')")
    page.click(".lm-TabBar-tabLabel:text-is('00_start_here.ipynb')")


def test_it_asks_nothing(page):
    page.wait_for_timeout(3000)  # the question about news comes two seconds after the rest
    assert page.locator(".Toastify__toast").count() == 0


def test_outputs_wear_the_house_style_in_both_themes_and_saving_them_leaves_git_clean(page, clone):
    choose(page, "Run", "runmenu:run-all")
    tile = page.locator(".jp-OutputArea-output .tile").first
    tile.wait_for(timeout=60_000)
    assert tile.evaluate(STYLE)[1] == "rgb(27, 112, 105)"
    cell = page.locator(".jp-OutputArea-output .scroll tbody th").first
    cell.wait_for(state="attached")
    assert cell.evaluate("e => getComputedStyle(e).textAlign") == "left"
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    assert tile.evaluate(STYLE)[1] == "rgb(111, 208, 198)"
    page.wait_for_function(
        "[...document.querySelectorAll('.jp-InputPrompt')].every(e => !e.textContent.includes('*'))"
    )
    choose(page, "File", "docmanager:save")
    page.wait_for_selector("text=Saving completed")
    assert '"outputs": [\n    {' in (clone / "notebooks/00_start_here.ipynb").read_text("utf-8")
    assert git(clone, "status", "--porcelain") == ""
