"""How varied procedural homes are, and whether all of them are sound: `python -m benchmarks.homes_variety`.

The one idea: thousands of homes are looked at one by one in several processes, and what was found is kept as it comes
(`records`), so that the run can be ended at any moment and goes on where it was; tables and a figure are then made of
what is kept. They are written into `docs/homes.md`; a home that is not sound ends the run with 1.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import multiprocessing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import echoenv
from benchmarks import homes_looks
from benchmarks.homes_looks import RAYS, Look, Measured
from benchmarks.homes_variety_page import built_text, looks_table, looks_text, variety_figure, variety_text
from benchmarks.pages import HOMES, write_section
from benchmarks.records import Records
from echoenv.scene.homes.plans.drafts import DRAFT_STYLES

KEPT = Path(__file__).parent.parent / "build" / "homes_variety.jsonl"
_CHUNK = 2  # homes that a process takes at a time


def code_in_use() -> str:
    """Hash of all that a result depends on: the sources of the package and of the looks."""
    package = Path(echoenv.__file__).parent
    sources = [*sorted((package / "scene").rglob("*.py")), *sorted((package / "rays").rglob("*.py"))]
    sources += [*sorted((package / "navigation").rglob("*.py")), Path(homes_looks.__file__)]
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:16]


def addresses_of(styles: list[str] | tuple[str, ...], seeds: int) -> list[str]:
    """Homes of the first seeds of each style, the styles in turn, so that a part of a run has seen all of them."""
    return [f"procedural:{style}?seed={seed}" for seed in range(seeds) for style in styles]


def style_of(address: str) -> str:
    """The style in a home's address."""
    return address.partition(":")[2].partition("?")[0]


def gather(
    what: str, look: Callable[[str], dict[str, Any]], addresses: list[str], records: Records, workers: int
) -> list[dict[str, Any]]:
    """Look at all homes that were not looked at yet, keep what was found, and return it in the addresses' order."""
    from tqdm import tqdm

    left = [address for address in addresses if f"{what} {address}" not in records]
    context = multiprocessing.get_context("spawn")  # threads of the ray engine do not survive a fork
    bar = tqdm(total=len(addresses), initial=len(addresses) - len(left), desc=what, unit=" homes", smoothing=0.02)
    if left:
        with context.Pool(workers) as pool:
            for found in pool.imap_unordered(look, left, chunksize=_CHUNK):
                records.add(f"{what} {found['address']}", found)
                if found["faults"]:
                    bar.write("\n  ".join([found["address"], *found["faults"]]))
                bar.update()
    bar.close()
    return [records[f"{what} {address}"] for address in addresses]


def options(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.homes_variety", description=__doc__.splitlines()[0])
    add = functools.partial(parser.add_argument)
    add("--style", choices=DRAFT_STYLES, action="append", help="one style; repeat for several. Writes no page")
    add("--seeds", type=int, default=60, help="seeds per style that are checked, from 0 (default: %(default)s)")
    add("--only-build", action="store_true", help="build them without light, and look no closer")
    add("--measured", type=int, default=40, help="seeds per style whose variety is measured (default: %(default)s)")
    add("--workers", type=int, default=2, help="processes (default: %(default)s)")
    add("--keep", type=Path, default=KEPT, metavar="FILE", help="where results are kept (default: %(default)s)")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Look at all homes, print what is wrong, write the page; 1 where anything was."""
    flags = options(arguments)
    styles = tuple(flags.style or DRAFT_STYLES)
    records = Records(flags.keep, code_in_use())
    what, look = ("built", homes_looks.built) if flags.only_build else ("looked at", homes_looks.looked)
    looked = gather(what, look, addresses_of(styles, flags.seeds), records, flags.workers)
    looks = {style: [Look(**found) for found in looked if style_of(found["address"]) == style] for style in styles}
    faulty = [look for homes in looks.values() for look in homes if look.faults]
    print(looks_table(looks), f"{len(faulty)} of {len(looked)} homes have faults", sep="\n\n")
    if not flags.style:
        title, text = ("Every seed", built_text(looks, faulty)) if flags.only_build else (
            "Procedural homes", looks_text(looks, faulty, RAYS)
        )  # fmt: skip
        write_section(HOMES, title, text)
    failed = _variety(styles, flags, records) if flags.measured else []
    return int(bool(faulty or failed))


def _variety(styles: tuple[str, ...], flags: argparse.Namespace, records: Records) -> list[Measured]:
    """Measure how homes vary and write it onto the page; the homes that could not be measured."""
    found = gather("measured", homes_looks.measured, addresses_of(styles, flags.measured), records, flags.workers)
    failed = [Measured(**home) for home in found if home["faults"]]
    homes: dict[str, list[Measured]] = {style: [] for style in styles}
    for home in found:
        if not home["faults"]:
            homes[style_of(home["address"])].append(Measured(**home))
    text = variety_text(homes)
    print(text)
    if not flags.style:
        variety_figure(homes)
        write_section(HOMES, "Variety", text)
    return failed


if __name__ == "__main__":
    raise SystemExit(main())
