"""The tables of surface normals: models, measures, and the published figures that own ones stand beside.

The one idea: published figures stand here once, shares as shares of 1.

Source: the dissertation's table 8.4b (NYU-V2); Gao et al., VisualEchoes (ECCV 2020).
"""

from __future__ import annotations

from tasks.study_results import Published, Tables

PUBLISHED = Published(
    "table 8.4b, NYU-V2",
    {
        "from nothing": (26.3, 16.1, 0.379, 0.606, 0.690),
        "from ImageNet": (26.4, 17.1, 0.361, 0.592, 0.685),
        "from MIT Indoor Scenes": (25.2, 17.5, 0.365, 0.578, 0.672),
        "from VisualEchoes": (22.9, 14.1, 0.427, 0.641, 0.724),
    },
)

TABLES = Tables(
    title="Surface normals from views",
    titles={"average": "Average", "unet": "U-Net", "pspnet": "PSPNet"},
    columns={
        "mean": "mean angle [°] ↓",
        "median": "median angle [°] ↓",
        "within_11.25": "< 11.25° ↑",
        "within_22.5": "< 22.5° ↑",
        "within_30": "< 30° ↑",
    },
    told=("mean", "median"),
    case_study=None,
    transfer={"pspnet": PUBLISHED},
    measured="Angles are taken over all pixels of known normal of all images held out together",
)
