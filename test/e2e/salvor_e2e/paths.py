"""Where things are built."""

import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[3]
SALVOR = ROOT / "build" / "release" / "salvor"
CLUSTER = ROOT / "build" / "cluster" / "salvor-cluster"
DATA = ROOT / "test" / "data"
