"""Collects with fakes in a process of its own: `python -m tests.datasets.collect_fake OUT FORMAT DELAY SCENE`."""

from __future__ import annotations

import sys
from pathlib import Path

from echoenv.datasets.collection import collect
from echoenv.datasets.provenance import CollectionSettings
from echoenv.datasets.tasks import Job
from tests.datasets.fake_simulator import FakeSimulators

if __name__ == "__main__":
    out, layout, delay, scene = sys.argv[1:]
    job = Job(Path(out), CollectionSettings(format=layout, size=8), FakeSimulators(delay=float(delay)))
    result = collect(job, [scene], workers=2, preview=False)
    print(result.written, result.finished)
