"""The errors a person must act on, one branch per person.

ReportError
├── SpecError      the analyst: a template, formula, claim or setting is wrong      exit 78
├── SourceError    the provider or the network: says whether trying again helps     exit 69
├── DataError      the data: stale, missing, implausible                            exit 65
├── NotReadyError  the calendar: the month's releases are not all out yet           exit 75
├── RenderError    the page: a template or a rendering step failed                  exit 70
└── DeliveryError  the operator: sending, publishing, archiving                     exit 70

Every message reads: *where: what, with the value; what to do*.
"""

from __future__ import annotations


class ReportError(Exception):
    """Anything reportgen refuses to do; its text says where, what and what to do."""

    exit_code = 1


class SpecError(ReportError):
    """Something an analyst wrote does not hold; carries every problem found in one run."""

    exit_code = 78

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class SourceError(ReportError):
    """A provider did not answer, or answered what it should not; `retry` says if waiting helps."""

    exit_code = 69

    def __init__(self, message: str, *, retry: bool = False) -> None:
        super().__init__(message)
        self.retry = retry


class DataError(ReportError):
    """The data can not carry the edition: stale, missing or implausible."""

    exit_code = 65


class NotReadyError(ReportError):
    """A release that the edition needs is not out yet."""

    exit_code = 75


class RenderError(ReportError):
    """A page, chart or file could not be made."""

    exit_code = 70


class DeliveryError(ReportError):
    """An edition could not be handed on."""

    exit_code = 70
