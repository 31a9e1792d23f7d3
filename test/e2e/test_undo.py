"""Random restores into a cluster full of applications are taken back; `make soak-undo` plays 200 of them."""

import unittest

from salvor_e2e.undo_stage import UndoStage

SCENARIOS = 12


class Undo(unittest.TestCase):
    def test_what_was_there_is_there_again(self):
        with UndoStage() as stage:
            restored = 0
            for seed in range(SCENARIOS):
                with self.subTest(seed=seed):
                    scenario = stage.play(seed)
                    restored += scenario.restored
                    self.assertEqual(scenario.problems, [], scenario.fields)
            self.assertGreater(restored, 10 * SCENARIOS)


if __name__ == "__main__":
    unittest.main()
