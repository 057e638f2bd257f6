"""Takes pictures of finished pages and compares them with accepted ones, which stand in `docs/pictures/`.

What is compared is what a reader would notice: both pictures are blurred a little, so that the edge
of a letter may lie half a pixel elsewhere in another version of a program. A point differs when its
red, green or blue is then more than `DIFFERENCE` of 255 away; `SHARE` of the points may differ.
"""

from __future__ import annotations

import subprocess
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter
from playwright.sync_api import Browser

from tests.pages.browsing import SCHEMES, visited

ACCEPTED = Path(__file__).resolve().parents[2] / "docs" / "pictures"

# How far may a point be from the accepted one, of 255, and how many points may be farther?
DIFFERENCE = 24
SHARE = 0.005

# How fine are the pages of the PDF shown, in dots per inch, and how big may a picture be, in bytes?
RESOLUTION = 72
BIGGEST = 110_000

# How many colours are kept in a picture? As many as its size allows: fewer where a page is dense.
COLOURS = (64, 32, 16, 8)

WIDTHS = (390, 1280)

Pictures = dict[str, Image.Image]


def printed(program: str, pdf: Path, folder: Path) -> Pictures:
    """Every page of the PDF, as `page-1` and so on."""
    folder.mkdir(exist_ok=True)
    command = [program, "-r", str(RESOLUTION), "-png", str(pdf), str(folder / "page")]
    subprocess.run(command, check=True)
    files = sorted(folder.glob("page-*.png"))
    return {f"page-{number}": _read(file) for number, file in enumerate(files, start=1)}


def shown(browser: Browser, address: str) -> Pictures:
    """The first screen and the first chart at each width in each theme: `screen-390-light` and so on."""
    found: Pictures = {}
    for width in WIDTHS:
        for scheme in SCHEMES:
            with visited(browser, address, width, scheme) as visit:
                found[f"screen-{width}-{scheme}"] = _image(visit.page.screenshot())
                chart = visit.page.locator(".exhibit").first
                found[f"chart-{width}-{scheme}"] = _image(chart.screenshot())
    return found


def _image(body: bytes) -> Image.Image:
    with Image.open(BytesIO(body)) as image:
        return image.convert("RGB")


def _read(file: Path) -> Image.Image:
    return _image(file.read_bytes())


# ── accepted pictures ──────────────────────────────────────────────────────────────────────────


def accept(found: Pictures, folder: Path = ACCEPTED) -> None:
    """Keeps the pictures, in few colours, in place of those of the same kinds before."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind in {name.partition("-")[0] for name in found}:
        for before in folder.glob(f"{kind}-*.png"):
            before.unlink()
    for name, image in found.items():
        (folder / f"{name}.png").write_bytes(_small(image))


def _small(image: Image.Image) -> bytes:
    """The picture as PNG, in as many colours as its size allows."""
    body = b""
    for count in COLOURS:
        made = BytesIO()
        image.quantize(count, dither=Image.Dither.NONE).save(made, "PNG", optimize=True)
        body = made.getvalue()
        if len(body) <= BIGGEST:
            break
    return body


def accepted(*kinds: str, folder: Path = ACCEPTED) -> Pictures:
    """The pictures of some kinds that were accepted."""
    files = (file for kind in kinds for file in sorted(folder.glob(f"{kind}-*.png")))
    return {file.stem: _read(file) for file in files}


def differences(found: Pictures, kept: Pictures) -> dict[str, str]:
    """What sets each picture apart from the one that was accepted, by name."""
    told = dict.fromkeys(kept.keys() - found.keys(), "was accepted, and is no more")
    told |= dict.fromkeys(found.keys() - kept.keys(), "is new")
    told |= {name: differs(found[name], kept[name]) for name in found.keys() & kept.keys()}
    return {name: what for name, what in sorted(told.items()) if what}


def differs(image: Image.Image, kept: Image.Image) -> str:
    """What sets two pictures apart, or nothing."""
    if image.size != kept.size:
        return f"measures {image.size}, accepted is {kept.size}"
    red, green, blue = ImageChops.difference(_softened(image), _softened(kept)).split()
    histogram = ImageChops.lighter(red, ImageChops.lighter(green, blue)).histogram()
    share = sum(histogram[DIFFERENCE + 1 :]) / sum(histogram)
    return "" if share <= SHARE else f"{share:.2%} of the points differ, {SHARE:.2%} may"


def _softened(image: Image.Image) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(1))
