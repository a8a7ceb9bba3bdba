import errno

import pytest

from sendlib.errors import OutputError
from sendlib.files import sync_tree, write_whole
from sendlib.packs.outputs.writing import outputs_in


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "no space is left. Free some space there"),
        (errno.EROFS, "writing is not allowed. Allow writing there"),
    ],
)
def test_an_error_that_only_a_write_can_meet_is_told_with_its_remedy(tmp_path, number, words):
    with pytest.raises(OutputError) as caught, outputs_in(tmp_path):
        raise OSError(number, "said by the system")
    assert f"{tmp_path}: {words}" in str(caught.value)
    assert caught.value.exit_code == 6


@pytest.mark.parametrize("number", [errno.EACCES, errno.ENOTDIR, errno.EIO])
def test_an_error_about_a_file_of_the_run_names_that_file(tmp_path, number):
    told = r"run\.json: .*(then run again|a file stands)"
    with pytest.raises(OutputError, match=told), outputs_in(tmp_path):
        raise OSError(number, "Said by the system", str(tmp_path / "run.json"))


def test_an_error_about_anything_else_is_a_fault_of_the_program(tmp_path):
    with pytest.raises(FileNotFoundError), outputs_in(tmp_path / "out"):
        (tmp_path / "notebooks" / "none.ipynb").read_text()
    with pytest.raises(KeyError), outputs_in(tmp_path):
        raise KeyError("x")


def test_a_file_is_replaced_in_one_step_and_its_folder_kept(tmp_path):
    path = tmp_path / "a" / "b.txt"
    path.parent.mkdir()
    for content in (b"old", b"new"):
        assert write_whole(path, content) == path
        assert path.read_bytes() == content
    (path.parent / "link").symlink_to("nowhere")
    sync_tree(tmp_path)
    assert sorted(found.name for found in path.parent.iterdir()) == ["b.txt", "link"]
