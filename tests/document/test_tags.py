"""The tags of the PDF that the engine leaves undone: headers, their index, pictures, running heads."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pypdf
import pytest

from reportgen.document import pdf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pypdf.generic import DictionaryObject, PdfObject

PAGE = """<!DOCTYPE html><html lang="zh-Hant-TW"><head><title>圖表</title><style>{faces}
@page {{ size: 300pt 400pt; margin: 40pt; @bottom-right {{ content: counter(page) " / 1";
  font: 8pt "Noto Sans TC" }} }}
html {{ font: 10pt "Noto Sans TC" }} h1, table, figure {{ margin: 0 }}
</style></head><body><h1>圖表</h1>
<dl><div><dt>月份</dt><dd>八月</dd></div></dl>
<table><thead><tr><th scope="col">月份</th><th scope="col">值</th></tr></thead>
<tbody><tr><th scope="row">八月</th><td>3.1</td></tr></tbody></table>
<figure style="position:absolute;left:20pt;top:100pt"><svg xmlns="http://www.w3.org/2000/svg"
viewBox="0 0 90 30" width="90pt" height="30pt"><title>折線圖</title><path d="M0 0L90 30"
stroke="#1b3a5c"/></svg></figure></body></html>"""


@pytest.fixture(scope="module")
def read(fonts: tuple[str, str]) -> pypdf.PdfReader:
    return printed(PAGE.format(faces=faces(fonts)), fonts)


def faces(fonts: tuple[str, str]) -> str:
    return "".join(
        f'@font-face{{font-family:"Noto Sans TC";font-weight:{weight};src:url("{url}")}}'
        for weight, url in zip((400, 700), fonts, strict=True)
    )


def printed(page: str, fonts: tuple[str, str]) -> pypdf.PdfReader:
    return pypdf.PdfReader(BytesIO(pdf.render_pdf(page, fonts=fonts, identifier=b"tags")))


def elements(node: PdfObject) -> Iterator[DictionaryObject]:
    """The structure tree, from the top."""
    node = node.get_object()
    if isinstance(node, dict):
        if "/S" in node:
            yield node
        yield from elements(node.get("/K", pypdf.generic.ArrayObject()))
    elif isinstance(node, list):
        for child in node:
            yield from elements(child)


def find(read: pypdf.PdfReader, role: str) -> list[DictionaryObject]:
    tree = elements(read.trailer["/Root"]["/StructTreeRoot"])
    return [element for element in tree if element["/S"] == role]


def test_a_term_and_its_value_are_one_item(read: pypdf.PdfReader) -> None:
    (item,) = find(read, "/LI")
    assert [part.get_object()["/S"] for part in item["/K"]] == ["/Lbl", "/LBody"]
    assert len(find(read, "/LBody")) == 1


def test_a_header_says_whether_it_heads_a_column_or_a_row(read: pypdf.PdfReader) -> None:
    scopes = [header["/A"]["/Scope"] for header in find(read, "/TH")]
    assert scopes == ["/Column", "/Column", "/Row"]


def test_the_headers_that_a_cell_names_are_found_in_the_index(read: pypdf.PdfReader) -> None:
    names = read.trailer["/Root"]["/StructTreeRoot"]["/IDTree"]["/Names"]
    index = dict(zip(names[::2], names[1::2], strict=True))
    assert list(names[::2]) == sorted(names[::2])
    (cell,) = find(read, "/TD")
    found = [index[name].get_object()["/A"]["/Scope"] for name in cell["/A"]["/Headers"]]
    assert found == ["/Row", "/Column"]


def test_the_place_of_a_picture_is_told_in_points_from_the_foot_of_the_page(
    read: pypdf.PdfReader,
) -> None:
    (figure,) = find(read, "/Figure")
    # 20 pt right of the margin of 40, 100 below it, 90 wide and 30 high, on a page 400 high.
    assert [float(edge) for edge in figure["/A"]["/BBox"]] == pytest.approx([60, 230, 150, 260])


def test_the_number_of_the_page_is_furniture_and_in_no_element(read: pypdf.PdfReader) -> None:
    root = read.trailer["/Root"]["/StructTreeRoot"]
    content = read.pages[0].get_contents().get_data()
    assert content.count(b"/Pagination") == 1
    holders = root["/ParentTree"]["/Nums"][1]
    assert [isinstance(holder.get_object(), dict) for holder in holders].count(False) == 1
    numbers = [kid for element in elements(root) for kid in element["/K"] if isinstance(kid, int)]
    assert len(numbers) == len(holders) - 1


def test_a_page_without_a_table_has_no_index(fonts: tuple[str, str]) -> None:
    style = f'{faces(fonts)}html{{font-family:"Noto Sans TC"}}'
    page = f'<html lang="zh-Hant-TW"><style>{style}</style><h1>圖表</h1></html>'
    assert "/IDTree" not in printed(page, fonts).trailer["/Root"]["/StructTreeRoot"]


def test_a_picture_without_words_is_no_part_of_the_tree(fonts: tuple[str, str]) -> None:
    small = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 3" width="9pt" height="3pt">'
        '<path d="M0 0L9 3" stroke="#1b3a5c"/></svg>'
    )
    page = PAGE.format(faces=faces(fonts)).replace("<td>3.1</td>", f"<td>3.1{small}</td>")
    made = printed(page, fonts)
    assert [figure["/Alt"] for figure in find(made, "/Figure")] == ["折線圖"]
    assert b"/Artifact" in made.pages[0].get_contents().get_data()
