"""Takes what the site says, gives its pages: one template a kind, filled in and never computed in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError
from markupsafe import Markup

from reportgen import units
from reportgen.delivery.site.metadata import caption_of
from reportgen.delivery.site.nouns import Number, Publication, Site
from reportgen.errors import RenderError
from reportgen.text import day_text, period_text

TAIPEI = ZoneInfo("Asia/Taipei")

# Nothing but our own sheet and pictures; the page that searches also its script and what that reads.
# `connect-src` of the others is for checkers, which ask for robots.txt on the page's behalf.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'"
)
SEARCH_POLICY = f"{POLICY}; script-src 'self'"

# What does a chart say that its page says already? Its role, and the colours of paper, which classes repeat.
_SAID_BY_PAGE = re.compile(
    r' (?:xmlns|role|font-family)="[^"]*"| (?:fill|stroke)="#[0-9a-f]{6}"(?=[^<>]* class=")'
)

# Which sheets make up the site's? The note's own come first, so that both look alike.
SHEETS = ("shared/screen.css", "shared/chart.css", "site/site.css")
SITE_FOLDER = "site"


@dataclass(frozen=True, slots=True)
class Page:
    """One page: where it lies, its template, what its head says, and what the template is given.

    `whole_paths`: its links begin at the root of the host, as it is shown wherever something lacks.
    """

    path: str
    template: str
    title: str
    description: str
    told: Mapping[str, Any] = field(default_factory=dict)
    data: Markup | None = None
    card: str = ""
    policy: str = POLICY
    hidden: bool = False
    whole_paths: bool = False

    @property
    def file(self) -> str:
        """The path of its file."""
        return f"{self.path}index.html" if self.path.endswith("/") or not self.path else self.path


class Writer:
    """Fills in the templates of one site, which are compiled once; not `full`: a summary of it, whose
    pages lead nowhere else.
    """

    def __init__(
        self,
        site: Site,
        publications: Sequence[Publication],
        templates: Path,
        *,
        full: bool = True,
    ) -> None:
        self._site, self._publications, self._full = site, publications, full
        self._environment = environment(templates / SITE_FOLDER)

    def write(self, page: Page) -> bytes:
        """The page.

        Raises: RenderError where a template can not be filled in.
        """
        depth = page.path.count("/")
        root = self._site.path if page.whole_paths else "../" * depth or "./"
        hidden = page.hidden or self._site.mode == "members"
        canonical = "" if page.hidden else f"{self._site.address}{page.path}"
        try:
            made = self._environment.get_template(page.template).render(
                site=self._site,
                publications=self._publications,
                page=page,
                root=root,
                hidden=hidden,
                full=self._full,
                canonical=canonical,
                **page.told,
            )
        except TemplateError as error:
            where = getattr(error, "name", None) or page.template
            raise RenderError(f"{where}: {error}; correct the template") from error
        return f"{made.strip()}\n".encode()


def environment(folder: Path) -> Environment:
    """A Jinja environment in which a misspelt name stops the build."""
    made = Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["day"] = day_text
    made.filters["taipei_day"] = taipei_day
    made.filters["period"] = lambda period: period_text(period) if period else ""
    made.filters["printed"] = printed
    made.filters["drawing"] = drawing
    made.globals["caption_of"] = caption_of
    return made


def taipei_day(when: datetime) -> str:
    """The day of a time in Taipei, in words."""
    return day_text(when.astimezone(TAIPEI).date())


def printed(number: Number) -> str:
    """A number with its unit, as the note prints it."""
    if not number.text:
        return "無值"
    return f"{number.text}{units.word(number.unit)}" if number.unit else number.text


def drawing(svg: str) -> Markup:
    """A chart of ours as it stands in a page, which names it and says its colours."""
    return Markup(_SAID_BY_PAGE.sub("", svg))  # noqa: S704  drawn by us, of checked text


def style_sheet(templates: Path, site: Site) -> bytes:
    """The one style sheet: that of the note with ours below it, and the firm's accent last.

    Raises: RenderError where one is not there.
    """
    try:
        sheets = [(templates / name).read_text("utf-8").strip() for name in SHEETS]
    except OSError as error:
        raise RenderError(
            f"{error.filename}: cannot be read ({error.strerror}); restore the templates"
        ) from error
    if site.accent:
        rule = ":root{{--accent:{0};--chart-primary:{0}}}"
        dark = rule.format(site.accent_dark or site.accent)
        sheets += [
            rule.format(site.accent),
            f"@media screen and (prefers-color-scheme:dark){{{dark}}}",
        ]
    return ("\n".join(sheets) + "\n").encode()
