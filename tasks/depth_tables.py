"""The tables of depth: models, measures, and the published figures that own ones stand beside.

The one idea: published figures stand here once, by table.

Source: the dissertation's tables 8.1, 8.2, 8.3 (Replica) and 8.4a (NYU-V2); Gao et al., VisualEchoes (ECCV 2020).
"""

from __future__ import annotations

from tasks.study_results import Published, Tables

CASE_STUDY = Published(
    "table 8.1, Replica",
    {
        "average": (1.070, 0.791, 0.230, 0.235, 0.509, 0.750),
        "echo": (0.713, 0.347, 0.134, 0.580, 0.772, 0.868),
        "rgb": (0.374, 0.202, 0.076, 0.749, 0.883, 0.945),
        "rgb_echo": (0.346, 0.172, 0.068, 0.798, 0.905, 0.950),
    },
)

TRANSFER = Published(
    "tables 8.2 and 8.3, RGB2Depth on Replica",
    {
        "from nothing": (0.360, 0.214, 0.078, 0.747, 0.879, 0.940),
        "from ImageNet": (0.356, 0.203, 0.076, 0.748, 0.891, 0.948),
        "from MIT Indoor Scenes": (0.334, 0.196, 0.072, 0.770, 0.897, 0.950),
        "from VisualEchoes": (0.332, 0.195, 0.070, 0.773, 0.899, 0.951),
        "from SimpleVisualEchoes": (0.340, 0.198, 0.073, 0.763, 0.892, 0.948),
        "from BinaryMatching": (0.345, 0.199, 0.074, 0.760, 0.889, 0.944),
    },
)

MULTISCALE = Published(
    "table 8.4a, NYU-V2 (RMS over the pixels of all images)",
    {
        "from nothing": (0.804, 0.209, 0.086, 0.676, 0.897, 0.967),
        "from ImageNet": (0.555, 0.126, 0.054, 0.843, 0.968, 0.991),
        "from MIT Indoor Scenes": (0.711, 0.180, 0.075, 0.730, 0.925, 0.979),
        "from VisualEchoes": (0.683, 0.165, 0.069, 0.762, 0.934, 0.981),
    },
)

TABLES = Tables(
    title="Depth from views and echoes",
    titles={
        "average": "Average",
        "echo": "Echo2Depth",
        "rgb": "RGB2Depth",
        "rgb_echo": "RGB+Echo2Depth",
        "rgb_echo_attention": "RGB+Echo by attention",
        "rgb_convnext": "ConvNeXt-Tiny",
        "multiscale": "Multi-scale ResNet-50",
    },
    columns={
        "rms": "RMS [m] ↓",
        "rel": "REL ↓",
        "log10": "log10 ↓",
        "delta1": "δ < 1.25 ↑",
        "delta2": "δ < 1.25² ↑",
        "delta3": "δ < 1.25³ ↑",
    },
    told=("rms", "rel"),
    case_study=CASE_STUDY,
    transfer={"rgb": TRANSFER, "multiscale": MULTISCALE},
    measured="Errors are taken over an image's pixels of known depth and averaged over the images held out",
)
