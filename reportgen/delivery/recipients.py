"""Takes the list of recipients as a spreadsheet saves it, gives one Recipient a person, or every fault by row.

address,name,groups,carries
wang@example.tw,王小明,canary;institutions,pdf
li@example.tw,李小姐,,link
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping

from email_validator import EmailNotValidError, validate_email

from reportgen.delivery.headers import safe
from reportgen.delivery.nouns import Carries, Recipient
from reportgen.errors import DeliveryError, SpecError

COLUMNS = ("address", "name", "groups", "carries")
CARRIES: Mapping[str, Carries] = {"pdf": "pdf", "attach": "pdf", "link": "link", "": "pdf"}
_AS_UTF8 = "save it as CSV in UTF-8"


def read_recipients(body: bytes, where: str, id_of: Callable[[str], str]) -> tuple[Recipient, ...]:
    """Everybody on the list, in its order; `id_of` gives the keyed id of an address.

    Raises: SpecError with every fault and its row, the header being row 1.
    """
    problems: list[str] = []
    found: dict[str, tuple[int, Recipient]] = {}
    for row, told in _rows(_text(body, where), where):
        try:
            person = _person(told, id_of)
        except DeliveryError as error:
            problems.append(f"{where} row {row}: {error}")
            continue
        if person.id in found:
            problems.append(
                f"{where} row {row}: the same person as in row {found[person.id][0]}; keep one of them"
            )
        found.setdefault(person.id, (row, person))
    if not found and not problems:
        problems.append(f"{where}: names nobody; write a row for each recipient below the header")
    if problems:
        raise SpecError(*problems)
    return tuple(person for _, person in found.values())


def _text(body: bytes, where: str) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SpecError(f"{where}: not UTF-8 (at byte {error.start}); {_AS_UTF8}") from error


def _rows(text: str, where: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Each row that holds anything, with its number."""
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        while header and not header[-1]:
            header.pop()
        if unknown := [name for name in header if name not in COLUMNS]:
            raise SpecError(
                f"{where} row 1: unknown column '{unknown[0]}'; the columns are {', '.join(COLUMNS)}"
            )
        if "address" not in header or len(set(header)) < len(header):
            raise SpecError(
                f"{where} row 1: must name the column 'address', and each column once; write"
                f" {','.join(COLUMNS)}"
            )
        for number, cells in enumerate(reader, 2):
            values = [cell.strip() for cell in cells]
            if not any(values):
                continue
            if any(values[len(header) :]):
                raise SpecError(
                    f"{where} row {number}: {len(values)} cells for {len(header)} columns; put names with"
                    " a comma in quotes"
                )
            yield number, dict(zip(header, values, strict=False))
    except csv.Error as error:
        raise SpecError(f"{where}: no CSV ({error}); {_AS_UTF8}") from error


def _person(told: Mapping[str, str], id_of: Callable[[str], str]) -> Recipient:
    given = told.get("address", "")
    try:
        # By its form alone: a firm may try things out with reserved names.
        checked = validate_email(
            given, check_deliverability=False, allow_smtputf8=False, test_environment=True
        )
    except EmailNotValidError as error:
        raise DeliveryError(f"'{given}' is no address ({error}); correct it") from error
    carries = told.get("carries", "").lower()
    if carries not in CARRIES:
        raise DeliveryError(f"carries is '{carries}'; write pdf or link")
    groups = tuple(dict.fromkeys(g.strip() for g in told.get("groups", "").split(";") if g.strip()))
    name = safe("name", told.get("name", ""))
    spec = checked.ascii_email or checked.normalized
    return Recipient(id_of(spec), spec, name, groups, CARRIES[carries])
