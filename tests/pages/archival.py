"""The rules of PDF/A-3, level A, that can be checked with pikepdf and fontTools.

Clauses are those of ISO 19005-3:2012; veraPDF's list of rules says in the open what each demands:
https://docs.verapdf.org/validation/pdfa-parts-2-and-3/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any
from xml.etree import ElementTree as ET

import pikepdf
from fontTools.ttLib import TTFont

from tests.pages.printed import Face
from tests.pages.subject import Rules, Subject

RULES = Rules("ISO 19005-3")

XMP = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
}

# Which filters does ISO 32000-1, table 6, know, less LZW, which 6.1.7.2 forbids, and Crypt?
FILTERS = frozenset(
    [
        "/ASCIIHexDecode",
        "/ASCII85Decode",
        "/FlateDecode",
        "/RunLengthDecode",
        "/CCITTFaxDecode",
        "/JBIG2Decode",
        "/DCTDecode",
        "/JPXDecode",
    ]
)
BLEND_MODES = frozenset(
    [
        "/Normal",
        "/Compatible",
        "/Multiply",
        "/Screen",
        "/Overlay",
        "/Darken",
        "/Lighten",
        "/ColorDodge",
        "/ColorBurn",
        "/HardLight",
        "/SoftLight",
        "/Difference",
        "/Exclusion",
        "/Hue",
        "/Saturation",
        "/Color",
        "/Luminosity",
    ]
)
# Which annotations and actions may a note carry? More are allowed; ours are links to the web.
ANNOTATIONS = frozenset({"/Link"})
ACTIONS = frozenset({"/URI", "/GoTo"})

# Annex C of ISO 32000-1 by way of 6.1.13: the longest string and name, the deepest nesting.
STRING_BYTES, NAME_BYTES, NESTING = 32767, 127, 28


# ── the file ───────────────────────────────────────────────────────────────────────────────────


@RULES.of("6.1.2", "the file begins with %PDF-1.n and a comment of four bytes above 127")
def header(subject: Subject) -> Iterator[str]:
    first, second = subject.body.split(b"\n", 2)[:2]
    if not re.fullmatch(rb"%PDF-1\.[0-7]", first.rstrip(b"\r")):
        yield f"begins with {first!r}"
    if not (second.startswith(b"%") and len(second) >= 5 and min(second[1:5]) > 127):
        yield f"second line is {second!r}"


@RULES.of("6.1.3", "the trailer has an ID, nothing is encrypted, nothing follows the end")
def trailer(subject: Subject) -> Iterator[str]:
    if "/ID" not in subject.pdf.trailer:
        yield "no ID"
    if subject.pdf.is_encrypted:
        yield "encrypted"
    if not re.search(rb"%%EOF\r?\n?\Z", subject.body):
        yield "something follows the end"


@RULES.of("6.1.7", "streams lie inside the file and use the filters that are allowed")
def streams(subject: Subject) -> Iterator[str]:
    for item in _streams(subject.pdf):
        if outside := {"/F", "/FFilter", "/FDecodeParms"} & set(item.keys()):
            yield f"stream {item.objgen} has {sorted(outside)}"
        used = item.get("/Filter", pikepdf.Array())
        for name in used if isinstance(used, pikepdf.Array) else [used]:
            if str(name) not in FILTERS:
                yield f"stream {item.objgen} uses {name}"


@RULES.of("6.1.13", "strings, names, nesting and page sizes keep the limits")
def limits(subject: Subject) -> Iterator[str]:
    for value in _values(subject.pdf):
        if isinstance(value, pikepdf.String) and len(bytes(value)) > STRING_BYTES:
            yield f"a string of {len(bytes(value))} bytes"
        if isinstance(value, pikepdf.Name) and len(str(value).encode()) > NAME_BYTES:
            yield f"a name of {len(str(value).encode())} bytes"
    for number, page in enumerate(subject.pdf.pages, start=1):
        if (depth := _nesting(page)) > NESTING:
            yield f"page {number} nests {depth} graphics states"
        if not all(3 <= float(edge) <= 14400 for edge in page.mediabox[2:]):
            yield f"page {number} measures {list(page.mediabox)}"


@RULES.of("6.4, 6.9 to 6.12", "no forms, layers, presentations or demands on the reader")
def plain_catalogue(subject: Subject) -> Iterator[str]:
    catalogue = subject.pdf.Root
    for key in ("/AcroForm", "/OCProperties", "/Requirements", "/Perms", "/Collection"):
        if key in catalogue:
            yield f"the catalogue has {key}"
    if "/AlternatePresentations" in catalogue.get("/Names", {}):
        yield "the catalogue names alternate presentations"
    yield from (
        f"page {number} has /PresSteps"
        for number, page in enumerate(subject.pdf.pages, start=1)
        if "/PresSteps" in page.obj
    )


# ── graphics ───────────────────────────────────────────────────────────────────────────────────


@RULES.of("6.2.2", "content streams use known operators, and pages and forms name their resources")
def content_streams(subject: Subject) -> Iterator[str]:
    # The reader of pages refuses an operator that it does not know.
    try:
        assert subject.sheets
    except ValueError as error:
        yield str(error)
    for number, page in enumerate(subject.pdf.pages, start=1):
        if "/Resources" not in page.obj:
            yield f"page {number} names no resources"
    for form in _streams(subject.pdf):
        if form.get("/Subtype") == "/Form" and "/Resources" not in form:
            yield f"form {form.objgen} names no resources"


@RULES.of("6.2.3", "one output intent for archives, with an ICC profile of RGB")
def output_intent(subject: Subject) -> Iterator[str]:
    intents = list(subject.pdf.Root.get("/OutputIntents", ()))
    if len(intents) != 1:
        yield f"{len(intents)} output intents"
        return
    if intents[0].get("/S") != "/GTS_PDFA1":
        yield f"the output intent is {intents[0].get('/S')}"
    if "/OutputConditionIdentifier" not in intents[0]:
        yield "the output intent names no condition"
    profile = intents[0].DestOutputProfile
    body = profile.read_bytes()
    if body[36:40] != b"acsp" or body[16:20] != b"RGB " or int(profile.N) != 3:
        yield "the profile is none of RGB"
    if body[8] not in (2, 4):
        yield f"the profile is of version {body[8]}"


@RULES.of(
    "6.2.4", "no colour space but grey, RGB and those that a profile or a white point defines"
)
def colour_spaces(subject: Subject) -> Iterator[str]:
    for value in _values(subject.pdf):
        if isinstance(value, pikepdf.Name) and value in ("/DeviceCMYK", "/DeviceN", "/Separation"):
            yield f"{value} is used"
    for page in subject.pdf.pages:
        for _, operator in pikepdf.parse_content_stream(page, "k K"):
            yield f"operator {operator}: CMYK is used"


@RULES.of(
    "6.2.5, 6.2.10", "graphics states have no transfer functions or halftones, and blend plainly"
)
def graphics_states(subject: Subject) -> Iterator[str]:
    for item in _dictionaries(subject.pdf):
        if forbidden := {"/TR", "/TR2", "/HT", "/HTP", "/HTO"} & set(item.keys()):
            yield f"a graphics state has {sorted(forbidden)}"
        if "/BM" in item and str(item.BM) not in BLEND_MODES:
            yield f"a graphics state blends by {item.BM}"


@RULES.of(
    "6.2.8, 6.2.9", "pictures are not interpolated, and no XObject is of PostScript or elsewhere"
)
def external_objects(subject: Subject) -> Iterator[str]:
    for item in _streams(subject.pdf):
        kind = item.get("/Subtype")
        if kind == "/Image" and item.get("/Interpolate", False):
            yield f"picture {item.objgen} is interpolated"
        if kind in ("/Image", "/Form", "/PS"):
            forbidden = {"/OPI", "/Ref", "/PS", "/Subtype2", "/Alternates"} & set(item.keys())
            if forbidden or kind == "/PS":
                yield f"XObject {item.objgen} is {kind} with {sorted(forbidden)}"


# ── fonts ──────────────────────────────────────────────────────────────────────────────────────


@RULES.of("6.2.11.4", "every font is embedded, as a subset, and may be")
def embedded_fonts(subject: Subject) -> Iterator[str]:
    for font in _fonts(subject.pdf):
        name = str(font.BaseFont)
        if not re.match(r"/[A-Z]{6}\+", name):
            yield f"{name} is no subset"
        descriptor = font.DescendantFonts[0].FontDescriptor
        if "/FontFile2" not in descriptor:
            yield f"{name} is not embedded as TrueType"
            continue
        program = _program(font)
        if "OS/2" in program and program["OS/2"].fsType & 0x0302:
            yield f"{name} may not be embedded so (fsType {program['OS/2'].fsType})"


@RULES.of("6.2.11.3", "composite fonts map codes to glyphs one to one")
def composite_fonts(subject: Subject) -> Iterator[str]:
    for font in _fonts(subject.pdf):
        descendant = font.DescendantFonts[0]
        if font.get("/Encoding") not in ("/Identity-H", "/Identity-V"):
            yield f"{font.BaseFont} is encoded by {font.get('/Encoding')}"
        if descendant.get("/CIDToGIDMap") != "/Identity":
            yield f"{font.BaseFont} maps to glyphs by {descendant.get('/CIDToGIDMap')}"
        if not {"/Registry", "/Ordering", "/Supplement"} <= set(descendant.CIDSystemInfo.keys()):
            yield f"{font.BaseFont} does not say its characters"


@RULES.of("6.2.11.5", "the widths in the file are those of the font program")
def widths(subject: Subject) -> Iterator[str]:
    programs = {str(font.BaseFont).lstrip("/"): _program(font) for font in _fonts(subject.pdf)}
    for face, codes in _shown(subject).items():
        program = programs[face.name]
        order, scale = program.getGlyphOrder(), 1000 / program["head"].unitsPerEm
        for code in sorted(codes):
            meant = face.widths.get(code, face.width)
            if abs(meant - program["hmtx"][order[code]][0] * scale) > 1:
                yield f"{face.name}: code {code} is {meant} wide, its glyph is not"


@RULES.of("6.2.11.7", "every code that is shown stands for characters, none of them private")
def unicode_values(subject: Subject) -> Iterator[str]:
    for face, codes in _shown(subject).items():
        for code in sorted(codes):
            text = face.texts.get(code, "")
            if not text or set(text) & {"\0", "\ufeff", "\ufffe", "\ufffd"}:
                yield f"{face.name}: code {code} stands for {text!r}"
            if any("\ue000" <= character <= "\uf8ff" for character in text):
                yield f"{face.name}: code {code} stands for a private character"


@RULES.of("6.2.11.8", "the glyph for missing characters is never shown, nor one that is not there")
def missing_glyphs(subject: Subject) -> Iterator[str]:
    programs = {str(font.BaseFont).lstrip("/"): _program(font) for font in _fonts(subject.pdf)}
    for face, codes in _shown(subject).items():
        program = programs[face.name]
        for code in sorted(codes):
            text = face.texts.get(code, "")
            if code == 0 or code >= program["maxp"].numGlyphs:
                yield f"{face.name}: code {code} has no glyph"
            elif (
                text.strip() and not program["glyf"][program.getGlyphOrder()[code]].numberOfContours
            ):
                yield f"{face.name}: {text} is an empty glyph"


# ── what readers touch ─────────────────────────────────────────────────────────────────────────


@RULES.of("6.3", "annotations are links that print and are not hidden")
def annotations(subject: Subject) -> Iterator[str]:
    for number, page in enumerate(subject.pdf.pages, start=1):
        for annotation in page.obj.get("/Annots", ()):
            if annotation.Subtype not in ANNOTATIONS:
                yield f"page {number}: an annotation is {annotation.Subtype}"
            if int(annotation.get("/F", 0)) & 0b100111 != 0b100:
                yield f"page {number}: a link has the flags {annotation.get('/F')}"


@RULES.of("6.5", "actions only lead somewhere, and nothing runs by itself")
def actions(subject: Subject) -> Iterator[str]:
    for item in _dictionaries(subject.pdf):
        if "/AA" in item or "/JS" in item:
            yield "something would run by itself"
        if item.get("/Type") == "/Action" and item.S not in ACTIONS:
            yield f"an action is {item.S}"
    if "/JavaScript" in subject.pdf.Root.get("/Names", {}):
        yield "the catalogue names scripts"
    opening = subject.pdf.Root.get("/OpenAction")
    if isinstance(opening, pikepdf.Dictionary) and opening.S not in ACTIONS:
        yield f"opening does {opening.S}"


# ── metadata ───────────────────────────────────────────────────────────────────────────────────


@RULES.of("6.6.2", "the catalogue has XMP metadata of known properties, in UTF-8")
def metadata(subject: Subject) -> Iterator[str]:
    if "/Metadata" not in subject.pdf.Root:
        yield "no metadata"
        return
    stream = subject.pdf.Root.Metadata
    if stream.get("/Type") != "/Metadata" or stream.get("/Subtype") != "/XML":
        yield "the metadata do not say that they are XML"
    body = stream.read_bytes()
    if not (begun := re.match(rb"<\?xpacket begin=[^?]*\?>", body)):
        yield "the metadata do not begin with an xpacket"
    elif re.search(rb"\b(bytes|encoding)=", begun[0]):
        yield "the xpacket has attributes that are forbidden"
    for description in _descriptions(subject):
        for name in (*description.attrib, *(child.tag for child in description)):
            if name[1:].partition("}")[0] not in XMP.values():
                yield f"unknown property {name}"


@RULES.of("6.6.4", "the metadata say PDF/A, part 3, level A")
def identification(subject: Subject) -> Iterator[str]:
    for name, value in (("part", "3"), ("conformance", "A")):
        if (found := _property(subject, "pdfaid", name)) != value:
            yield f"{name} is {found}"


@RULES.of(
    "6.6.3", "title, author, subject, times and programs of the metadata are those of the file"
)
def same_facts(subject: Subject) -> Iterator[str]:
    info = subject.pdf.trailer.Info
    pairs = (
        ("/Title", "dc", "title"),
        ("/Author", "dc", "creator"),
        ("/Subject", "dc", "description"),
        ("/Creator", "xmp", "CreatorTool"),
        ("/Producer", "pdf", "Producer"),
        ("/CreationDate", "xmp", "CreateDate"),
        ("/ModDate", "xmp", "ModifyDate"),
    )
    for key, space, name in pairs:
        here, there = str(info.get(key, "")), _property(subject, space, name)
        if key.endswith("Date"):
            here, there = (re.sub(r"\D", "", text) for text in (here, there))
        if here != there or not here:
            yield f"{key} is {here!r}, {space}:{name} is {there!r}"


# ── tags and attachments ───────────────────────────────────────────────────────────────────────


@RULES.of("6.7", "the file is tagged, with standard roles, and names its language")
def tagged(subject: Subject) -> Iterator[str]:
    catalogue = subject.pdf.Root
    if not bool(catalogue.get("/MarkInfo", {}).get("/Marked", False)):
        yield "not marked as tagged"
    if "/StructTreeRoot" not in catalogue:
        yield "no structure tree"
        return
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", str(catalogue.get("/Lang", ""))):
        yield f"the language is '{catalogue.get('/Lang', '')}'"
    for element in list(subject.tree.walk())[1:]:
        if element.role not in ROLES:
            yield f"role {element.role} is not standard"


@RULES.of("6.8", "each attachment has names, type, relation and day, and belongs to the document")
def attachments(subject: Subject) -> Iterator[str]:
    related = [item.objgen for item in subject.pdf.Root.get("/AF", ())]
    names = subject.pdf.Root.get("/Names", {}).get("/EmbeddedFiles", {}).get("/Names", ())
    embedded = list(names)[1::2]
    if sorted(related) != sorted(item.objgen for item in embedded):
        yield "the files that are embedded are not those that belong to the document"
    for item in embedded:
        name = str(item.get("/UF", ""))
        if not name or "/F" not in item:
            yield f"an attachment is called {name!r} and {item.get('/F')}"
        if item.get("/AFRelationship") not in RELATIONS:
            yield f"{name} is related by {item.get('/AFRelationship')}"
        stream = item.EF.F
        if not re.fullmatch(r"/[a-z]+/[a-z0-9.+-]+", str(stream.get("/Subtype", ""))):
            yield f"{name} is of the type {stream.get('/Subtype')}"
        if "/ModDate" not in stream.get("/Params", {}):
            yield f"{name} bears no day"


RELATIONS = frozenset(["/Source", "/Data", "/Alternative", "/Supplement", "/Unspecified"])
# ISO 32000-1, 14.8.4.
ROLES = frozenset(
    [
        "Document",
        "Part",
        "Art",
        "Sect",
        "Div",
        "BlockQuote",
        "Caption",
        "TOC",
        "TOCI",
        "Index",
        "NonStruct",
        "Private",
        "P",
        "H",
        "H1",
        "H2",
        "H3",
        "H4",
        "H5",
        "H6",
        "L",
        "LI",
        "Lbl",
        "LBody",
        "Table",
        "TR",
        "TH",
        "TD",
        "THead",
        "TBody",
        "TFoot",
        "Span",
        "Quote",
        "Note",
        "Reference",
        "BibEntry",
        "Code",
        "Link",
        "Annot",
        "Ruby",
        "RB",
        "RT",
        "RP",
        "Warichu",
        "WT",
        "WP",
        "Figure",
        "Formula",
        "Form",
    ]
)


# ── what the rules look at ─────────────────────────────────────────────────────────────────────


def _streams(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Stream]:
    return (item for item in pdf.objects if isinstance(item, pikepdf.Stream))


def _values(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Every string, name, dictionary and stream of the file."""
    for item in pdf.objects:
        yield from _inside(item)


def _inside(value: Any) -> Iterator[Any]:
    """The value and what it holds directly; what it refers to is an object of its own."""
    yield value
    if isinstance(value, pikepdf.Array):
        held = list(value)
    elif isinstance(value, (pikepdf.Dictionary, pikepdf.Stream)):
        held = [item for _, item in value.items()]
    else:
        return
    for item in held:
        if isinstance(item, pikepdf.Object) and not item.is_indirect:
            yield from _inside(item)


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Dictionary]:
    return (value for value in _values(pdf) if isinstance(value, pikepdf.Dictionary))


def _nesting(page: pikepdf.Page) -> int:
    depth = deepest = 0
    for _, operator in pikepdf.parse_content_stream(page, "q Q"):
        depth += 1 if str(operator) == "q" else -1
        deepest = max(deepest, depth)
    return deepest


def _fonts(pdf: pikepdf.Pdf) -> list[pikepdf.Dictionary]:
    """Each font once, from the resources of all pages."""
    found: dict[tuple[int, int], pikepdf.Dictionary] = {}
    for page in pdf.pages:
        for font in page.obj.Resources.get("/Font", {}).values():
            found[font.objgen] = font
    return list(found.values())


def _program(font: pikepdf.Dictionary) -> TTFont:
    return TTFont(BytesIO(font.DescendantFonts[0].FontDescriptor.FontFile2.read_bytes()))


def _shown(subject: Subject) -> Mapping[Face, set[int]]:
    """The codes that pages show, by font."""
    found: dict[str, tuple[Face, set[int]]] = {}
    for sheet in subject.sheets:
        for run in sheet.runs:
            _, codes = found.setdefault(run.face.name, (run.face, set()))
            codes.update(run.codes)
    return dict(found.values())


def _descriptions(subject: Subject) -> list[ET.Element]:
    body = subject.pdf.Root.Metadata.read_bytes()
    packet = body[body.index(b"?>") + 2 : body.rindex(b"<?xpacket")]
    return ET.fromstring(packet).findall(".//rdf:Description", XMP)  # noqa: S314  our own file


def _property(subject: Subject, space: str, name: str) -> str:
    """The text of a property, written as attribute, element, or list of one."""
    tag = f"{{{XMP[space]}}}{name}"
    for description in _descriptions(subject):
        if tag in description.attrib:
            return description.attrib[tag]
        if (found := description.find(tag)) is not None:
            return "".join(found.itertext())
    return ""
