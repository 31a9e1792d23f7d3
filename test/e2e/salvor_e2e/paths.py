"""Where things are built."""

import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[3]
SALVOR = ROOT / "build" / "release" / "salvor"
CLUSTER = ROOT / "build" / "cluster" / "salvor-cluster"
VERSITYGW = ROOT / "build" / "s3" / "versitygw"
DATA = ROOT / "test" / "data"
