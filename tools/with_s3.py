#!/usr/bin/env python3
"""Runs a command beside a real S3 server, of which environment variables tell (src/objectstore/testing/s3_server.h).

    tools/with_s3.py build/dev/objectstore_test
"""

import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "test" / "e2e"))

from salvor_e2e.s3_server import S3Server  # noqa: E402

if __name__ == "__main__":
    with S3Server() as server:
        environment = {**os.environ, **server.keys, "SALVOR_TEST_S3": server.url,
                       "SALVOR_TEST_S3_PROCESS": str(server.process_file)}
        sys.exit(subprocess.run(sys.argv[1:], env=environment, check=False).returncode)
