"""The command `synthetic` with --pictures."""

from gated.synthetic.gallery import GALLERY


def test_each_group_is_drawn_into_the_folder(call, tmp_path):
    code, output, _ = call("synthetic", "--pictures", str(tmp_path))
    assert (code, output) == (0, "")
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {f"synthetic_{group}.svg" for group in GALLERY}
