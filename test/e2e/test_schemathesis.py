"""Schemathesis against the running server, from the OpenAPI document that it serves."""

import re
import subprocess
import unittest

from salvor_e2e.paths import ROOT
from salvor_e2e.salvor_server import SalvorServer

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
SCHEMATHESIS = ROOT / "build" / "venv" / "bin" / "schemathesis"


class Schemathesis(unittest.TestCase):
    def test_every_operation_answers_as_the_document_says(self):
        with SalvorServer() as server:
            done = subprocess.run(
                [SCHEMATHESIS, "run", f"{server.url}/api-docs", "--url", server.url, "-H", f"Authorization: Bearer {server.key}",
                 "--checks", CHECKS, "--max-examples", "15", "--phases", "examples,fuzzing", "--seed", "1"],
                capture_output=True, text=True, timeout=400, cwd=server.folder)
            self.assertEqual(done.returncode, 0, done.stdout[-6000:] + done.stderr[-1000:])
            passed = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
            self.assertTrue(passed and passed.group(1) == passed.group(2) and int(passed.group(1)) > 300, done.stdout[-2000:])


if __name__ == "__main__":
    unittest.main()
