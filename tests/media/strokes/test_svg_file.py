"""SVG files: which elements become strokes, what is left out and said, and what is refused."""

import numpy as np
import pytest

from gated.errors import DataError, GatedError, UsageError
from gated.media.strokes import read_strokes, read_strokes_folder, to_lines, write_drawing


def svg(*elements: str, head: str = "") -> str:
    body = "".join(elements)
    return f'<?xml version="1.0"?>{head}<svg xmlns="http://www.w3.org/2000/svg">{body}</svg>'


def save(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def lines(path, *elements: str) -> list[list[list[float]]]:
    """The lines of elements, from the first point, rounded."""
    found = read_strokes(save(path / "a.svg", svg(*elements)))
    assert found.points.dtype == np.float32
    return [(np.round(line, 3) + 0.0).tolist() for line in to_lines(found.points)]


LINE = '<line x1="1" y1="1" x2="4" y2="5"/>'
RECTANGLE = '<rect x="1" y="2" width="3" height="4"/>'
ELEMENTS = {
    "path": ('<path d="M1 2h3v4"/>', [[[0, 0], [3, 0], [3, 4]]]),
    "line": (LINE, [[[0, 0], [3, 4]]]),
    "polyline": ('<polyline points="1,2 4,2,4 6 "/>', [[[0, 0], [3, 0], [3, 4]]]),
    "polygon": ('<polygon points="1,2 4,2 4,6"/>', [[[0, 0], [3, 0], [3, 4], [0, 0]]]),
    "rect": (RECTANGLE, [[[0, 0], [3, 0], [3, 4], [0, 4], [0, 0]]]),
    "units": ('<line x1="1in" y1="0" x2="2in" y2="12pt"/>', [[[0, 0], [96, 16]]]),
    "two": (LINE + LINE, [[[0, 0], [3, 4]], [[0, 0], [3, 4]]]),
    "group": (f'<g><a href="#">{LINE}</a></g>', [[[0, 0], [3, 4]]]),
    "translate": (
        f'{LINE}<g transform="translate(2)"><g transform="translate(1,1)">{LINE}</g></g>',
        [[[0, 0], [3, 4]], [[3, 1], [6, 5]]],
    ),
    "scale": (f'<g transform="scale(2 3)">{LINE}</g>', [[[0, 0], [6, 12]]]),
    "scale both": (f'<g transform="scale(2)">{LINE}</g>', [[[0, 0], [6, 8]]]),
    "rotate": (f'<g transform="rotate(90)">{LINE}</g>', [[[0, 0], [-4, 3]]]),
    "rotate about": (
        f'{LINE}<g transform="rotate(180 1 1)">{LINE}</g>',
        [[[0, 0], [3, 4]], [[0, 0], [-3, -4]]],
    ),
    "matrix": (f'<g transform="matrix(1 2 3 4 5 6)">{LINE}</g>', [[[0, 0], [15, 22]]]),
    "skew": (f'<g transform="skewX(45)">{LINE}</g>', [[[0, 0], [7, 4]]]),
    "skewY": (f'<g transform="skewY(45)">{LINE}</g>', [[[0, 0], [3, 7]]]),
    "the last first": (f'<g transform="scale(2), rotate(90)">{LINE}</g>', [[[0, 0], [-8, 6]]]),
    "not drawn": (f"<defs>{LINE}</defs><style>a</style>{RECTANGLE}<title>x</title>", [
        [[0, 0], [3, 0], [3, 4], [0, 4], [0, 0]]
    ]),
    "empty": (f'<path d=""/><rect width="0" height="3"/><circle r="0"/><polyline/>{LINE}', [
        [[0, 0], [3, 4]]
    ]),
    "other namespaces": (f'<line xmlns="urn:x" x2="9"/>{LINE}', [[[0, 0], [3, 4]]]),
}  # fmt: skip


class TestElements:
    @pytest.mark.parametrize(("element", "expected"), ELEMENTS.values(), ids=ELEMENTS)
    def test_become_strokes(self, tmp_path, element, expected):
        assert lines(tmp_path, element) == expected

    @pytest.mark.parametrize(
        ("element", "radii"),
        [
            ('<circle cx="50" cy="60" r="30"/>', (30, 30)),
            ('<ellipse cx="50" cy="60" rx="30" ry="20"/>', (30, 20)),
            ('<g transform="scale(30 20)"><circle r="1"/></g>', (30, 20)),
        ],
    )
    def test_circles_and_ellipses(self, tmp_path, element, radii):
        """The first point is the rightmost one."""
        (line,) = to_lines(read_strokes(save(tmp_path / "a.svg", svg(element))).points)
        distance = np.linalg.norm((line + np.array([radii[0], 0])) / radii, axis=1)
        assert np.abs(distance - 1).max() < 0.005
        assert np.abs(line[0] - line[-1]).max() < 1e-4
        assert 15 < len(line) < 60

    def test_round_corners(self, tmp_path):
        element = '<rect width="100" height="60" rx="30" ry="10"/>'
        (line,) = to_lines(read_strokes(save(tmp_path / "a.svg", svg(element))).points)
        line = line + np.array([30, 0])
        assert line.min(axis=0) == pytest.approx([0, 0], abs=1e-4)
        assert line.max(axis=0) == pytest.approx([100, 60], abs=1e-4)
        corner = line[(line[:, 0] < 30) & (line[:, 1] < 10)]
        distance = np.linalg.norm((corner - (30, 10)) / (30, 10), axis=1)
        assert np.abs(distance - 1).max() < 0.02
        assert len(corner) >= 4

    def test_the_tolerance_decides_on_the_number_of_points(self, tmp_path):
        path = save(tmp_path / "a.svg", svg('<circle r="50"/>'))
        coarse, fine = (len(read_strokes(path, tolerance).points) for tolerance in (5, 0.05))
        assert coarse < 20
        assert 3 * coarse < fine

    def test_a_document_without_a_namespace(self, tmp_path):
        path = save(tmp_path / "a.svg", f"<svg>{LINE}</svg>")
        assert len(read_strokes(path).points) == 2

    def test_a_doctype_without_entities_is_harmless(self, tmp_path):
        """matplotlib, potrace and KanjiVG write one."""
        head = (
            '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://example.org/no.dtd" '
            "[<!ATTLIST g x CDATA #IMPLIED>]>"
        )
        path = save(tmp_path / "a.svg", svg(LINE, head=head))
        assert len(read_strokes(path).points) == 2

    def test_groups_of_any_depth(self, tmp_path):
        deep = "<g>" * 20_000 + LINE + "</g>" * 20_000
        assert lines(tmp_path, deep) == [[[0, 0], [3, 4]]]

    def test_what_else_draws_is_left_out_and_a_note_says_it(self, tmp_path):
        elements = (
            "<text>a<tspan>b</tspan></text><text>c</text>",
            '<image href="a.png"/><use href="#a"/>',
            f'<svg>{LINE}</svg><g style="fill:red; display : none">{LINE}</g>',
            LINE.replace("<line", '<line visibility="hidden"'),
            LINE,
        )
        found = read_strokes(save(tmp_path / "a.svg", svg(*elements)))
        assert len(found.points) == 2
        assert found.notes == (
            "a.svg: left out: 1 hidden g, 1 hidden line, 1 image, 1 svg, 2 text and 1 use.",
        )

    def test_without_such_elements_there_is_no_note(self, tmp_path):
        assert read_strokes(save(tmp_path / "a.svg", svg(LINE))).notes == ()


LAUGHS = '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
BAD = {
    "empty": (b"", r"the file is empty \(0 bytes\). Expected an SVG file.*Save it again as plain"),
    "no xml": (b"hello", "cannot be read: it is no complete XML: .*Expected an SVG file.*Save"),
    "cut off": (svg(LINE)[:-9], "it is no complete XML: .*Expected.*Save it again as plain SVG"),
    "encoding": (b'<?xml version="1.0" encoding="no"?><svg/>', "no complete XML: .*Expected"),
    "another kind": ("<html><body/></html>", "no SVG document, but one of `html`. Expected.*Save"),
    "entities": (svg(LINE, head=LAUGHS), "declares the entity `a`, and entities can expand.*Exp"),
    "a file as entity": (
        svg(LINE, head='<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/hostname">]>'),
        "declares the entity `x`",
    ),
    "no lines": (svg(), r"a\.svg: has no lines\. Expected an SVG file.*Convert its content to"),
    "text only": (svg("<text>a</text>"), "no lines but 1 text, which are not read. Expected.*Con"),
    "path": (svg('<path d="M0 0L1"/>'), "an element `path` is damaged: at character 6: .*Expect"),
    "length": (svg('<line x2="5%"/>'), "an element `line` is damaged: x2='5%' is no length. Exp"),
    "points": (svg('<polyline points="1,2 a,3"/>'), "`polyline` is damaged: .*no list of numb"),
    "transform": (svg(LINE.replace("<line", '<line transform="turn(3)"')), "transformation 'turn"),
    "arguments": (svg(LINE.replace("<line", '<line transform="scale()"')), "transformation 'sca"),
    "garbage": (svg(LINE.replace("<line", '<line transform="scale(1) x"')), "transformation 'sc"),
    "infinite": (svg('<line x2="1e999"/>'), "points that are not finite.*Expected.*Save it ag"),
    "huge": (svg('<path d="M0 0h1e35"/>'), "points that are not finite, or above 1e30. Expected"),
}  # fmt: skip


class TestBadFiles:
    @pytest.mark.parametrize(("content", "message"), BAD.values(), ids=BAD)
    def test_a_message_names_the_file_and_the_fault(self, tmp_path, content, message):
        path = save(tmp_path / "a.svg", content)
        with pytest.raises(DataError, match=rf"a\.svg: .*{message}|{message}"):
            read_strokes(path)

    def test_a_missing_file(self, tmp_path):
        with pytest.raises(DataError, match=r"there is no such file. Expected an SVG.*Check the"):
            read_strokes(tmp_path / "a.svg")

    def test_a_folder(self, tmp_path):
        with pytest.raises(DataError, match=r"is a folder. Expected an SVG.*Name one file"):
            read_strokes(tmp_path)

    def test_a_file_of_another_kind(self, tmp_path):
        with pytest.raises(
            DataError, match=r"a\.png: is not an SVG file. Expected.*Check the name"
        ):
            read_strokes(save(tmp_path / "a.png", svg(LINE)))

    @pytest.mark.parametrize("tolerance", [0, -1, np.nan])
    def test_a_tolerance_that_is_not_above_0(self, tmp_path, tolerance):
        path = save(tmp_path / "a.svg", svg(LINE))
        with pytest.raises(UsageError, match=r"tolerance=.* Expected a distance above 0.*Leave it"):
            read_strokes(path, tolerance)

    def test_damaged_bytes_are_refused_or_read_but_never_crash(self, tmp_path):
        rng = np.random.default_rng(0)
        elements = [element for element, _ in ELEMENTS.values()]
        content = svg(*elements, '<path d="M0 0a5 5 0 1010 0q5 9 9 0t9 0z"/>').encode()
        outcomes = set()
        for _ in range(500):
            changed = bytearray(content)
            changed[rng.integers(len(changed))] = rng.choice(list(b'0123456789e.-,()"<>MLAz &'))
            path = save(tmp_path / "a.svg", bytes(changed))
            try:
                found = read_strokes(path)
            except GatedError:
                outcomes.add("refused")
            else:
                assert np.isfinite(found.points).all()
                outcomes.add("read")
        assert outcomes == {"refused", "read"}


class TestFolder:
    def test_all_files_below_are_read_in_order(self, tmp_path):
        calls = []
        for name in ("b.svg", "a/c.SVG", ".hidden.svg", ".git/a.svg"):
            save(tmp_path / name, svg(LINE))
        drawings, paths, notes = read_strokes_folder(tmp_path, lambda *call: calls.append(call))
        assert paths == [tmp_path / "a/c.SVG", tmp_path / "b.svg"]
        assert [drawing.points.shape for drawing in drawings] == [(2, 3)] * 2
        assert (notes, calls) == ([], [(1, 2), (2, 2)])

    def test_a_broken_file_is_left_out_and_named(self, tmp_path):
        save(tmp_path / "a.svg", svg(LINE, "<text/>"))
        save(tmp_path / "b.svg", "hello")
        save(tmp_path / "c.png", "hello")
        _, paths, notes = read_strokes_folder(tmp_path)
        assert paths == [tmp_path / "a.svg"]
        text, broken, others = notes
        assert text == "a.svg: left out: 1 text."
        assert broken.startswith(f"{tmp_path}/b.svg is left out: cannot be read: it is no complete")
        assert others == f"{tmp_path}: 1 file of other kinds than SVG left out."

    def test_bad_folders(self, tmp_path):
        with pytest.raises(DataError, match=r"no such folder. Expected a folder with SVG.*Check t"):
            read_strokes_folder(tmp_path / "no")
        with pytest.raises(
            DataError, match=r"has no SVG file\. Expected SVG files.*Check the name"
        ):
            read_strokes_folder(tmp_path)
        path = save(tmp_path / "a.svg", "hello")
        with pytest.raises(DataError, match=r"is not a folder. Expected.*Name the folder above"):
            read_strokes_folder(path)
        with pytest.raises(DataError, match=r"that can be read, of 1 file\. Expected.*The first: "):
            read_strokes_folder(tmp_path)


def test_what_is_written_into_a_folder_is_read(tmp_path):
    write_drawing(tmp_path / "a.svg", [[0, 0, 0], [3, 4, 1]])
    assert read_strokes_folder(tmp_path)[0][0].points.tolist() == [[0, 0, 0], [3, 4, 1]]
