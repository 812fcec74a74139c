"""The page of results: `python -m tasks.results_page RUN [RUN ...] --out docs/results/visual_echoes.md`.

The one idea: everything on it is read from the folders of trainings, so that whoever trains again gets the same page
with the new figures. Pretrainings that differ in their seed alone are one row; a study is a section, as it wrote it.
"""

from __future__ import annotations

import io
import json
import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from agents.visual_echoes import MEASURES, PICTURE, PUBLISHED
from echoenv.command_line import ArgumentParser, run_command
from echoenv.datasets.atomic_files import make_writable_folder, write_whole
from echoenv.errors import DatasetError
from tasks.markdown import table
from tasks.study_results import DATA, PAGE

PROG = "python -m tasks.results_page"

INTRODUCTION = """# VisualEchoes: what was learned by listening

Made again from chapter 8 of the dissertation (Gao et al., VisualEchoes, ECCV 2020), with the commands given. **The data
differ**: the published figures are of Replica's scans of real rooms and SoundSpaces' echoes; here homes, light and
echoes are made by EchoEnv ([homes](../homes.md)), in the same 15 homes to learn in and 3 held out by name. Figures can
be compared by their order and by how far they lie apart, not one with one. ± is the standard deviation over seeds.
"""

_WIDTH = 1400  # [pixels] of pictures on the page, at most
_SAME = ("variant", "backbone", "size", "slimness", "train", "test")  # what seeds of one pretraining have in common


def pretraining_section(found: Sequence[Mapping[str, Any]], images: Sequence[str]) -> str:
    """What pretrainings came to: a row for all seeds of one, and the pictures of the first seeds.

    Args:
        found: What `agents.visual_echoes` wrote of each.
        images: Links to the pictures that are shown.
    """
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for one in found:
        groups.setdefault(json.dumps([one[name] for name in _SAME]), []).append(one)
    heads = ("task", "encoder", "homes", "pixels", "epochs", "seeds", "accuracy, homes held out", "chance", "published")
    text = table([heads, *(_pretraining_row(alike) for alike in groups.values())])
    commands = "\n".join(f"    {one['command']}" for one in found)
    said = "An encoder learns by telling how the agent was turned, from where a picture looks, when an echo was heard."
    return "\n\n".join(["## Which way was the echo heard?", commands, said, text, " ".join(images)])


def _pretraining_row(alike: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    first = alike[0]
    shares = 100.0 * np.array([one["measures"]["accuracy"] for one in alike])
    spread = f" ± {shares.std(ddof=1):.1f}" if len(shares) > 1 else ""
    slim = f", widths / {first['slimness']}" if first["slimness"] > 1 else ""
    published = f"{100.0 * PUBLISHED:.0f} %" if first["variant"] == "visual_echoes" else ""
    return (
        f"`{first['variant']}`", f"`{first['backbone']}`{slim}", str(len(first["train"])), str(first["size"]),
        str(first["recipe"]["epochs"]), ", ".join(str(one["recipe"]["seed"]) for one in alike),
        f"**{shares.mean():.1f}{spread} %**", f"{100.0 * first['chance']:.0f} %", published,
    )  # fmt: skip


def study_section(text: str, images: Mapping[str, str]) -> str:
    """A study's page as a part of a larger one.

    Args:
        text: The page that it wrote.
        images: Links by the pictures' own names.
    """
    lines = ["#" + line if line.startswith("#") else line for line in text.rstrip().splitlines()]
    for name, link in images.items():
        lines = [line.replace(f"({name})", f"({link})") for line in lines]
    return "\n".join(lines)


def build_parser() -> ArgumentParser:
    """The flags of the command."""
    parser = ArgumentParser(prog=PROG, description="Make one page of what pretrainings and studies came to.")
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN",
                        help="folders of agents.visual_echoes, tasks.depth, tasks.normals")  # fmt: skip
    parser.add_argument("--out", type=Path, default=Path("docs/results/visual_echoes.md"), metavar="FILE",
                        help="the page; pictures go to ../images (docs/results/visual_echoes.md)")  # fmt: skip
    return parser


def run(arguments: Sequence[str] | None = None) -> int:
    """Makes the page.

    Raises:
        DatasetError: A folder holds nothing to show, or the page cannot be written.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    flags = build_parser().parse_args(given)
    images = flags.out.parent.parent / "images" / flags.out.stem
    for folder in (flags.out.parent, images):
        make_writable_folder(folder)
    pretrained = [folder for folder in flags.runs if (folder / MEASURES).is_file()]
    studies = [folder for folder in flags.runs if (folder / DATA).is_file()]
    for folder in flags.runs:
        if folder not in (*pretrained, *studies):
            raise DatasetError(f"'{folder}' holds neither {MEASURES} nor {DATA}: let its command come to an end first")
    link = os.path.relpath(images, flags.out.parent)
    parts = [INTRODUCTION.strip()]
    if pretrained:
        parts.append(_pretrained(pretrained, images, link))
    parts += [_study(folder, images, link) for folder in studies]
    parts.append(f"This page was written by `{PROG} {shlex.join(given)}`.")
    write_whole(flags.out, ("\n\n".join(parts) + "\n").encode())
    print(f"{flags.out} is written, with pictures in {images}")
    return 0


def _pretrained(folders: Sequence[Path], images: Path, link: str) -> str:
    found = [json.loads((folder / MEASURES).read_text("utf-8")) for folder in folders]
    shown, seen = [], set()
    for folder, one in zip(folders, found, strict=True):
        what = (one["variant"], one["backbone"])
        if what not in seen:
            seen.add(what)
            name = f"confusion_{folder.resolve().name}"
            shown.append(f"![{' '.join(what)}]({link}/{_kept(folder / PICTURE, images, name)})")
    return pretraining_section(found, shown)


def _study(folder: Path, images: Path, link: str) -> str:
    name = folder.resolve().name
    title, _, text = (folder / PAGE).read_text("utf-8").partition("\n")
    links = {
        picture.name: f"{link}/{_kept(picture, images, f'{name}_{picture.stem}')}"
        for picture in sorted(folder.glob("*.png"))
        if f"({picture.name})" in text  # others are of an earlier command
    }
    return study_section(f"{title} (`{name}`)\n{text}", links)


def _kept(picture: Path, images: Path, name: str) -> str:
    """Writes a picture as the page shows it, and returns the name of its file."""
    from PIL import Image

    with Image.open(picture) as opened:
        shown = opened.convert("RGB")
    if shown.width > _WIDTH:
        shown = shown.resize((_WIDTH, round(shown.height * _WIDTH / shown.width)), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    shown.save(file, "JPEG", quality=88, optimize=True)
    write_whole(images / f"{name}.jpg", file.getvalue())
    return f"{name}.jpg"


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point: `run`, with mistakes as one line and exit status 2."""
    return run_command(run, PROG, arguments)


if __name__ == "__main__":
    sys.exit(main())
