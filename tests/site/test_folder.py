"""A tree put into a folder: what is there is left, what is ours and gone goes, all else stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reportgen.delivery.site.folder import Written, write_tree
from reportgen.delivery.site.nouns import File, Tree
from reportgen.errors import DeliveryError


def tree(**files: str) -> Tree:
    made = {name.replace("_", "/"): File.of(body.encode()) for name, body in files.items()}
    return Tree(made, ())


def test_only_what_changed_is_written_and_only_what_is_ours_goes(tmp_path: Path) -> None:
    folder = tmp_path / "public"
    assert write_tree(folder, tree(a="1", b_c="2", d_e_f="3")) == Written(3, 0, 0)
    (folder / "mine.txt").write_text("not of the site")
    times = (folder / "a").stat().st_mtime_ns
    assert write_tree(folder, tree(a="1", b_c="other")) == Written(1, 1, 1)
    assert (folder / "a").stat().st_mtime_ns == times
    assert (folder / "b" / "c").read_text() == "other"
    assert not (folder / "d").exists()
    assert (folder / "mine.txt").exists()
    assert list(json.loads((tmp_path / "public.json").read_bytes())) == ["a", "b/c"]


def test_what_somebody_took_away_is_written_again(tmp_path: Path) -> None:
    folder = tmp_path / "public"
    write_tree(folder, tree(a="1", b="2"))
    (folder / "a").unlink()
    assert write_tree(folder, tree(a="1", b="2")) == Written(1, 1, 0)


def test_what_was_cut_short_is_completed(tmp_path: Path) -> None:
    folder = tmp_path / "public"
    write_tree(folder, tree(a="1"))

    def fails() -> bytes:
        raise OSError(28, "No space left on device", "b")

    cut = Tree({"a": File.of(b"new"), "b": File("0" * 64, fails)}, ())
    with pytest.raises(DeliveryError) as caught:
        write_tree(folder, cut)
    assert str(caught.value) == (
        "b: cannot be written (No space left on device); choose another --output"
    )
    assert write_tree(folder, tree(a="new", b="2")).written == 2
    assert (folder / "a").read_text() == "new"


def test_a_list_never_leads_out_of_the_folder(tmp_path: Path) -> None:
    outside = tmp_path / "kept.txt"
    outside.write_text("kept")
    (tmp_path / "public.json").write_text('{"../kept.txt": "0", "/etc/hosts": "0"}')
    write_tree(tmp_path / "public", tree(a="1"))
    assert outside.read_text() == "kept"


def test_what_is_no_list_of_a_site_is_left(tmp_path: Path) -> None:
    (tmp_path / "public.json").write_text("mine")
    with pytest.raises(DeliveryError, match="not the list of a site"):
        write_tree(tmp_path / "public", tree(a="1"))
    assert (tmp_path / "public.json").read_text() == "mine"
