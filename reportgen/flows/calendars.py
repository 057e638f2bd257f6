"""Takes the releases of a publication, gives their calendars as series that can be fetched."""

from __future__ import annotations

from collections.abc import Mapping

from reportgen.model import RELEASE_DAYS, ReleaseSpec, SeriesSpec


def calendars(releases: Mapping[str, ReleaseSpec]) -> dict[str, SeriesSpec]:
    """Each release that FRED has a calendar of, as a series of its days."""
    return {
        f"release_{id_}": SeriesSpec(
            id=f"release_{id_}",
            label=release.label,
            unit="count",
            frequency="E",
            agency="",
            provider="FRED",
            identifier=f"{RELEASE_DAYS}{release.calendar}",
            link="https://fred.stlouisfed.org/releases/calendar",
            lag=0,
            max_age=45,
            released={},
            providers=(("fred", f"{RELEASE_DAYS}{release.calendar}"),),
            future=True,
        )
        for id_, release in releases.items()
        if release.calendar
    }
