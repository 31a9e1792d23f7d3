"""Each check of tidy finds what it is for, and nothing in code that is right."""

import unittest

import tidy


def found(path, text):
    return [finding for _, finding in tidy.check_text(path, text.split("\n"))]


class Tidy(unittest.TestCase):
    def test_a_room_may_not_include_one_that_its_row_leaves_out(self):
        self.assertEqual(found("src/api/x.cc", '#include "kube/api.h"'), ["api may not include kube"])
        self.assertEqual(found("src/restore/x.cc", '#include "kube/api.h"'), [])

    def test_internal_headers_stay_in_their_room(self):
        self.assertTrue(found("src/server/x.cc", '#include "restore/internal/edit_functions.h"'))

    def test_testing_code_is_for_tests(self):
        self.assertTrue(found("src/restore/x.cc", '#include "kube/testing/fake_cluster.h"'))
        self.assertEqual(found("src/restore/x_test.cc", '#include "kube/testing/fake_cluster.h"'), [])

    def test_a_library_belongs_behind_its_room(self):
        self.assertTrue(found("src/api/x.cc", "#include <sqlite3.h>"))
        self.assertEqual(found("src/catalog/x.cc", "#include <sqlite3.h>"), [])

    def test_banned_words_name_what_to_use(self):
        self.assertIn("std::jthread", found("src/jobs/x.cc", "std::thread worker;")[0])
        self.assertTrue(found("src/jobs/x.cc", "auto t = std::chrono::steady_clock::now();"))
        self.assertEqual(found("src/jobs/x.cc", "// a comment may say std::thread"), [])

    def test_long_files_lines_and_functions_are_found(self):
        self.assertTrue(found("src/jobs/x.cc", "\n" * 500))
        self.assertTrue(found("src/jobs/x.cc", "x" * 101))
        self.assertTrue(found("src/jobs/x.cc", "void f() {\n" + "  g();\n" * 80 + "}"))
        self.assertEqual(found("src/jobs/x.cc", "void f() {\n" + "  g();\n" * 60 + "}"), [])

    def test_every_room_of_the_build_has_a_row(self):
        layout = (tidy.ROOT / "cmake" / "layout.cmake").read_text()
        self.assertEqual({name for name in tidy.ROOMS if f"salvor_room({name} " in layout}, set(tidy.ROOMS))

    def test_rooms_are_acyclic(self):
        done = set()
        while len(done) < len(tidy.ROOMS):
            free = {room for room, uses in tidy.ROOMS.items() if room not in done and uses <= done}
            self.assertTrue(free, "a circle of rooms")
            done |= free


if __name__ == "__main__":
    unittest.main()
