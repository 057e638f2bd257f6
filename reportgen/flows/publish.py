"""Publishes the site of all approved editions: archive → tree → target → archive.

The archive learns that an edition is published after it is shown: nothing is claimed that is not there, and
what is cut in between is completed by the same command.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from reportgen.archive import Archive, Entry
from reportgen.archive.states import state_of
from reportgen.delivery.site.nouns import Mode
from reportgen.delivery.targets import Published, Target
from reportgen.delivery.targets.folder import FolderTarget
from reportgen.delivery.targets.remote import ADDRESS, RemoteTarget
from reportgen.errors import DeliveryError
from reportgen.flows.build import Progress
from reportgen.flows.site import build_site


@dataclass(frozen=True, slots=True)
class Done:
    """What was published where, and which editions the archive knows as published now."""

    published: Mapping[str, Published]
    editions: tuple[str, ...]


def target_of(address: str, endpoint: str = "") -> Target:
    """The place that an address names: a folder, ssh://host/path, s3://bucket/prefix.

    Raises: DeliveryError
    """
    if address.startswith("s3://"):
        from reportgen.delivery.bucket import open_bucket
        from reportgen.delivery.targets.s3 import BucketTarget

        return BucketTarget(open_bucket(address, endpoint))
    if address.startswith("ssh://"):
        found = ADDRESS.fullmatch(address)
        if found is None:
            raise DeliveryError(f"'{address}': no place; write ssh://user@host/path")
        return RemoteTarget(found["host"], found["path"], int(found["port"] or 22))
    if "://" in address:
        raise DeliveryError(
            f"'{address}': no place; write a folder, ssh://host/path or s3://bucket"
        )
    return FolderTarget(Path(address).absolute())


def publish(
    archive: Archive,
    templates: Path,
    cache: Path,
    targets: Mapping[Mode, Target],
    now: datetime,
    progress: Progress,
    edition: str = "",
) -> Done:
    """Shows the site at its targets: that for members first, then the public one.

    Raises: SpecError, DataError, RenderError where the site can not be made, DeliveryError where an edition is
    not on it, or a target is not given or can not be used.
    """
    built = build_site(archive, templates, cache, progress)
    whole = built.trees[built.site.mode]
    if edition and edition not in whole.editions:
        raise DeliveryError(
            f"{edition}: is not on the site; only what is approved and not withdrawn is published"
        )
    if lacks := [mode for mode in built.trees if mode not in targets]:
        option = "--to" if lacks[0] == built.site.mode else "--summary-to"
        raise DeliveryError(f"site: nothing says where its {lacks[0]} part goes; give {option}")
    done = {}
    for mode, tree in built.trees.items():
        progress(f"publishing {targets[mode]}")
        done[str(targets[mode])] = targets[mode].publish(tree)
    where = str(targets[built.site.mode])
    new = tuple(name for name in whole.editions if _is_new(archive.entries(name), where))
    for name in new:
        archive.append("released", name, {"how": "published", "where": where}, now)
    return Done(done, new)


def _is_new(entries: Sequence[Entry], where: str) -> bool:
    """Whether an edition that counts was not yet published there."""
    told = any(entry.kind == "released" and entry.body.get("where") == where for entry in entries)
    return state_of(entries) in ("approved", "released") and not told
