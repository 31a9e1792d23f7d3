"""kill -9 of the server at chosen requests to the API server, before they are forwarded and after they
were answered; and several servers that want the same data folder. `make soak-kill` does it at every request."""

import unittest

from salvor_e2e.control_plane import ControlPlane
from salvor_e2e.disturbed import at_each, every, never, staircase
from salvor_e2e.half_filled import FIXED, PATCHABLE
from salvor_e2e.kill_stage import RESUME_SECONDS_MAX, KillStage, outcomes, states
from salvor_e2e.mixed_set import make_mixed_set
from salvor_e2e.salvor_server import end_of

OBJECTS = 240
STEPS = 20
RIVALS = 3


class KillEverywhere(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        plane = cls.enterClassContext(ControlPlane("--audit"))
        cls.stage = cls.enterClassContext(KillStage(plane, make_mixed_set(plane, OBJECTS, 3), plane))

    def tearDown(self):
        self.stage.assert_nothing_was_made_twice()

    def test_a_restore_goes_on_from_each_request(self):
        expected = outcomes(self.stage.undisturbed())
        resumes = []
        for moment in ("before", "after"):
            run = self.stage.disturb(staircase(moment, STEPS))
            self.assertEqual(outcomes(run), expected)
            self.assertEqual(len(run.kills), STEPS)
            resumes += run.resume_seconds
        self.assertLessEqual(max(resumes), RESUME_SECONDS_MAX)
        print(f"{2 * STEPS} kills, resumed within {max(resumes):.2f} s")

    def test_an_object_that_was_deleted_to_be_made_anew_comes_back(self):
        expected = states(self.stage.disturb(never, PATCHABLE | FIXED, existing_policy="recreate"))

        run = self.stage.disturb(at_each("DELETE", "after", STEPS), PATCHABLE | FIXED, existing_policy="recreate")

        self.assertEqual(states(run), expected)
        self.assertEqual({kill["method"] for kill in run.kills}, {"DELETE"})
        print(f"{len(run.kills)} kills between a deletion and its creation")

    def test_a_server_refuses_the_folder_of_another_that_acts(self):
        refusals = []

        def look_on(_):
            refusals.extend(end_of(self.stage.server.spawn()) for _ in range(RIVALS))

        run = self.stage.disturb(never, while_running=look_on)

        self.assertEqual(run.job["state"], "COMPLETED")
        self.assertEqual(refusals, [1] * RIVALS)
        self.assertIn("is in use by another server", (self.stage.server.folder / "server.log").read_text())

    def test_of_several_servers_that_follow_a_dead_one_one_goes_on(self):
        server, losers = self.stage.server, []
        start = server.start

        def start_with_rivals(on_spawn):
            losers.extend(server.start_among_rivals(1 + RIVALS))
            on_spawn(server.process.pid)

        server.start = start_with_rivals
        try:
            run = self.stage.disturb(every(OBJECTS // 2, OBJECTS // 2, "after", OBJECTS))
        finally:
            server.start = start

        self.assertEqual(len(run.kills), 2)
        self.assertEqual(losers, [1] * RIVALS * 2)


if __name__ == "__main__":
    unittest.main()
