"""Pretraining by echoes: `python agents/visual_echoes.py --data data/echoenv` or `python -m agents.visual_echoes`.

The one idea: an encoder of pictures learns about space by telling which way an echo was heard; what is kept of it is
one file with the encoder alone, from which depth, normals and navigation start. All else that is written here says how
well it could tell in homes that it had not seen.
"""

from __future__ import annotations

import io
import json
import shlex
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if __name__ == "__main__" and __package__ is None:  # as a file from a checkout
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from echoenv.command_line import ArgumentParser, positive_int, require_learners, run_command, seed_number
from echoenv.datasets.atomic_files import make_writable_folder, write_whole
from echoenv.envs.settings import HELD_OUT_HOMES, TRAINING_HOMES
from echoenv.errors import SettingsError
from tasks.markdown import table
from tasks.study_command import add_data_flags, recipe_flags, scenes_asked_for

if TYPE_CHECKING:
    from tasks.orientation_learner import Judged, OrientationLearner
    from tasks.training import Recipe, Workers

PROG = "python -m agents.visual_echoes"
ENCODER, MEASURES, PAGE, PICTURE = "encoder.pt", "measures.json", "measures.md", "confusion.png"
VARIANTS = ("visual_echoes", "simple", "binary_matching", "any_heading")
BACKBONES = ("unet", "resnet50", "habitat", "convnext")

PUBLISHED = 0.66
"""Accuracy of `visual_echoes` in the paper, in Replica's held-out homes."""

_STANDARD: dict[str, Any] = {"size": 128, "slimness": 1, "epochs": 30, "batch": 16, "rate": 1e-4}
_QUICK: dict[str, Any] = {"size": 64, "slimness": 4, "epochs": 8, "batch": 8, "rate": 1e-3}
_POWER = 1.0  # the rate falls evenly to nothing

_EPILOG = """\
A training that was stopped goes on with the same command. Several GPUs: torchrun --nproc-per-node N -m
agents.visual_echoes ... The encoder is in encoder.pt of --out: weights of a policy (network: weights in configs/), or
of tasks.

examples:
  python -m agents.visual_echoes --data data/echoenv
  python -m agents.visual_echoes --data data/echoenv --backbone habitat --seed 1
  python -m agents.visual_echoes --data data/echoenv --quick
"""


@dataclass(frozen=True)
class Pretraining:
    """What is learned, from what.

    Attributes:
        data: Folder that `echoenv.collect` wrote, or of the VisualEchoes data.
        variant: The task, one of `VARIANTS`.
        backbone: The encoder, one of `BACKBONES`.
        size: Height and width of pictures.
        slimness: By which widths are divided; 1 is the published network.
        train: Scenes to learn in.
        test: Scenes to be judged in.
        clockwise_audio: Whether a VisualEchoes folder names its sounds clockwise.
    """

    data: str
    variant: str = "visual_echoes"
    backbone: str = "unet"
    size: int = 128
    slimness: int = 1
    train: tuple[str, ...] = TRAINING_HOMES
    test: tuple[str, ...] = HELD_OUT_HOMES
    clockwise_audio: bool = False

    def __post_init__(self) -> None:
        both = sorted(set(self.train) & set(self.test))
        if both:
            raise SettingsError(f"{', '.join(both)} is both to learn in and to be judged in: give it to one of them")
        if self.size % 32 or self.size < 64:  # before the data are read, which takes a minute
            raise SettingsError(f"size = {self.size}: encoders take pictures of 64, 96, 128, ... pixels")


def build_parser() -> ArgumentParser:
    """The flags of the command."""
    parser = ArgumentParser(
        prog=PROG, epilog=_EPILOG, description="Learn an encoder of pictures by telling which way echoes were heard."
    )
    group = parser.add_argument_group("what is learned, from what")
    add_data_flags(group)
    add = group.add_argument
    add(
        "--variant",
        choices=VARIANTS,
        default=VARIANTS[0],
        help="visual_echoes (four ways), simple (same way or not), binary_matching (same home or not), any_heading",
    )
    add("--backbone", choices=BACKBONES, default=BACKBONES[0], help=f"the encoder: {', '.join(BACKBONES)} (unet)")
    add("--size", type=positive_int, metavar="PIXELS", help="of pictures, which are reduced to it (128)")
    add("--slimness", type=positive_int, metavar="N", help="widths are divided by it; habitat's stay (1)")
    add = parser.add_argument_group("how").add_argument
    add("--epochs", type=positive_int, metavar="N", help="times that every place is seen (30)")
    add("--batch", type=positive_int, metavar="N", help="places of a step, each with all its pictures and echoes (16)")
    add("--rate", type=float, metavar="RATE", help="learning rate of Adam at first; it falls evenly to nothing (1e-4)")
    add("--seed", type=seed_number, default=0, metavar="N", help="of everything random (0)")
    add("--quick", action="store_true", help="a recipe for a CPU: 64 pixels, slim, 8 epochs; other flags change it")
    add("--device", default="auto", help="cpu, cuda, cuda:N (auto)")
    add("--threads", type=positive_int, metavar="N", help="of PyTorch on a CPU (all cores)")
    add("--out", type=Path, metavar="DIR", help="where it goes (runs/visual_echoes/VARIANT_BACKBONE_SEED)")
    return parser


def run(arguments: Sequence[str] | None = None) -> int:
    """Pretrains as the command line says.

    Raises:
        EchoEnvError: A mistake in what was asked for.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    flags = build_parser().parse_args(given)
    require_learners("stable_baselines3", "torch")
    from tasks.training import Recipe, Workers

    chosen = recipe_flags(flags, _QUICK if flags.quick else _STANDARD)
    scenes = scenes_asked_for(flags)
    sizes = chosen["size"], chosen["slimness"]
    what = Pretraining(str(flags.data), flags.variant, flags.backbone, *sizes, *scenes, flags.clockwise_audio)
    recipe = Recipe(chosen["epochs"], chosen["batch"], chosen["rate"], power=_POWER, seed=flags.seed,
                    threads=flags.threads)  # fmt: skip
    folder = flags.out or Path("runs/visual_echoes") / f"{what.variant}_{what.backbone}_{recipe.seed}"
    page = pretrain(what, recipe, folder, Workers.found(flags.device), f"{PROG} {shlex.join(given)}")
    if page:
        print(f"{page}\n{folder / ENCODER}, {MEASURES}, {PAGE} and {PICTURE} are written")
    return 0


def pretrain(what: Pretraining, recipe: Recipe, folder: Path, workers: Workers, command: str) -> str:
    """Trains to the end, or goes on; writes the encoder, the measures and the picture.

    Args:
        what: What is learned.
        recipe: How.
        folder: Where it goes.
        workers: The processes that share it.
        command: That the measures name.

    Returns:
        The page of measures; an empty text in all processes but the first.

    Raises:
        DatasetError: The data are missing or do not suffice, or the folder holds another training.
        SettingsError: Something that the networks cannot take.
    """
    from tasks.orientation_learner import OrientationLearner
    from tasks.training import Training
    from tasks.views import load_views

    make_writable_folder(folder)
    parts = [
        load_views(what.data, scenes, ("rgb", "echo"), what.size, what.clockwise_audio)
        for scenes in (what.train, what.test)
    ]
    learner = OrientationLearner(parts[0], parts[1], what.variant, what.backbone, what.slimness, recipe.seed)
    about = {**asdict(what), "data": str(Path(what.data).resolve())}
    training = Training(learner, recipe, folder, about, workers)
    training.run(print if workers.rank == 0 else lambda _: None)
    if workers.rank != 0:
        return ""
    judged = learner.judged()
    found = _measures(what, recipe, learner, judged, command, training.curve())
    write_whole(folder / ENCODER, encoder_bytes(learner.network.visual, what.backbone, found))
    write_whole(folder / MEASURES, json.dumps(found, indent=1).encode())
    write_whole(folder / PICTURE, confusion_picture(judged))
    write_whole(folder / PAGE, page_of(found).encode())
    return page_of(found)


def _measures(
    what: Pretraining, recipe: Recipe, learner: OrientationLearner, judged: Judged, command: str,
    curve: list[dict[str, Any]],
) -> dict[str, Any]:  # fmt: skip
    """All that is said of a pretraining, as JSON has it."""
    return {
        "command": command,
        **asdict(what),
        "recipe": asdict(recipe),
        "pictures": {"train": learner.pairs.pictures.size, "test": len(judged.predicted)},
        "classes": list(judged.names),
        "chance": 1.0 / len(judged.names),
        "measures": judged.measures(),
        "by_home": judged.by_home(),
        "confusion": judged.confusion().tolist(),
        "seconds": round(sum(point["seconds"] for point in curve), 1),
    }


def encoder_bytes(encoder: Any, backbone: str, about: dict[str, Any]) -> bytes:
    """An encoder as a file that `agents.encoders.load_weights` takes: its tensors under `visual`, a text under `about`.

    The CNN of Habitat's agents is to be given colours from 0 to 1, as policies see them, so the mean and the deviation
    that were taken off in the pretraining are made part of its first convolution: what it gives is the same. Encoders
    of the other kinds are given normalised colours wherever they go on.

    Args:
        encoder: The network.
        backbone: Which one of `BACKBONES` it is.
        about: What it is, as JSON has it; `colours` is added.
    """
    import torch

    from tasks.depth_networks import PICTURE_DEVIATION, PICTURE_MEAN

    tensors = {name: value.detach().cpu().clone() for name, value in encoder.state_dict().items()}
    if backbone == "habitat":
        mean, deviation = (torch.tensor(one)[:, None, None] for one in (PICTURE_MEAN, PICTURE_DEVIATION))
        scaled = tensors["cnn.0.weight"] / deviation
        tensors["cnn.0.weight"] = scaled
        tensors["cnn.0.bias"] = tensors["cnn.0.bias"] - (scaled * mean).sum(dim=(1, 2, 3))
    colours = "0 to 1" if backbone == "habitat" else "0 to 1, less ImageNet's mean, over its deviation"
    file = io.BytesIO()
    torch.save({"visual": tensors, "about": json.dumps({**about, "colours": colours})}, file)
    return file.getvalue()


def page_of(found: dict[str, Any]) -> str:
    """Measures as Markdown."""
    measures, chance, names = found["measures"], found["chance"], found["classes"]
    published = f"; {PUBLISHED:.0%} published, in Replica's homes" if found["variant"] == VARIANTS[0] else ""
    widths = f", widths / {found['slimness']}" if found["slimness"] > 1 else ""
    pictures, recipe = found["pictures"], found["recipe"]
    lines = [
        f"# Which way was the echo heard? `{found['variant']}`, `{found['backbone']}`, seed {recipe['seed']}",
        f"    {found['command']}",
        f"{found['size']} pixels{widths}; {recipe['epochs']} epochs of {pictures['train']} pictures, "
        f"{found['seconds']:.0f} s; judged on {pictures['test']} pictures, each with an echo of every kind.",
        f"Accuracy in homes not seen: **{measures['accuracy']:.1%}** (chance {chance:.1%}{published}).",
    ]
    if "angle_error" in measures:
        lines.append(f"Mean error of the angle: {measures['angle_error']:.1f} degrees (chance 90).")
    homes = [("home", "accuracy"), *((f"`{name}`", f"{share:.1%}") for name, share in found["by_home"].items())]
    rows = _percent(found["confusion"])
    shares = [("class \\ told", *names), *((n, *map("{:.1f}".format, row)) for n, row in zip(names, rows, strict=True))]
    lines += [table(homes), "Percent of each class that were told to be:", table(shares), f"![confusion]({PICTURE})"]
    return "\n\n".join(lines) + "\n"


def _percent(confusion: Any) -> Any:
    counts = np.asarray(confusion, np.float64)
    return 100.0 * counts / np.maximum(counts.sum(axis=1, keepdims=True), 1.0)


def confusion_picture(judged: Judged) -> bytes:
    """What was told of each class, as a PNG file."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    percent, names = _percent(judged.confusion()), judged.names
    side = 2.4 + 0.55 * len(names)
    figure = Figure(figsize=(side + 0.6, side), layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    drawn = axes.imshow(percent, vmin=0.0, vmax=100.0, cmap="Blues")
    for (row, column), value in np.ndenumerate(percent):
        color = "white" if value > 55.0 else "black"
        axes.text(column, row, f"{value:.0f}", ha="center", va="center", color=color, fontsize=10)
    axes.set_xticks(range(len(names)), names)
    axes.set_yticks(range(len(names)), names)
    axes.set_xlabel("told")
    axes.set_ylabel("heard")
    axes.set_title(f"accuracy {judged.accuracy():.1%}, chance {1.0 / len(names):.1%}", fontsize=10)
    figure.colorbar(drawn, ax=axes, shrink=0.85, label="% of what was heard")
    file = io.BytesIO()
    figure.savefig(file, dpi=130, format="png")
    return file.getvalue()


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point: `run`, with mistakes as one line and exit status 2."""
    return run_command(run, PROG, arguments)


if __name__ == "__main__":
    sys.exit(main())
