#!/usr/bin/env python3
"""Each rule of tidy.py refuses what it is for and lets the rest pass."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import tidy  # noqa: E402  pylint: disable=wrong-import-position

HEADER = "#pragma once\n"


def found_in(files, **options):
    """The violations of a tree of {path: text}, as ["path:line: text"]."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        sources = tidy.read_tree(root)
        found = list(tidy.violations(root, sources))
        if options.get("headers"):
            (root / "build").mkdir()
            commands = '[{"file": "%s/core/base/x.cc", "command": "g++ -std=c++20 -c x.cc"}]' % root
            (root / "build/compile_commands.json").write_text(commands)
            for _ in range(options["headers"]):
                again = list(tidy.check_headers(root, root / "build", sources, 2))
            found += again
        return [f"{path}:{line}: {text}" for path, line, text in sorted(found)]


class TidyTest(unittest.TestCase):
    def refuses(self, files, expected):
        found = found_in(files)
        self.assertEqual(len(found), 1, found)
        self.assertIn(expected, found[0])

    def passes(self, files):
        self.assertEqual(found_in(files), [])

    def test_includes_point_down(self):
        self.refuses({"core/call/a.h": HEADER + '#include "sip/b.h"\n'},
                     "core/call/a.h:2: core/call must not include sip/b.h")
        self.refuses({"acd/a.h": HEADER + '#include "ivr/b.h"\n'}, "acd must not include ivr/b.h")
        self.refuses({"sip/a.h": HEADER + '#include "media/b.h"\n'}, "must not include media/b.h")
        self.refuses({"api/a.h": HEADER + '#include "storage/lmdb_table.h"\n'}, "must not include")
        self.passes({"api/a.h": HEADER + '#include "storage/reader.h"\n',
                     "api/b.h": HEADER + '#include "api/a.h"\n#include "core/base/x.h"\n',
                     "sip/a.h": HEADER + '#include "core/call/b.h"\n#include <vector>\n',
                     "server/a.cc": '#include "sip/a.h"\n#include "api/a.h"\n'})

    def test_foreign_headers_have_one_home(self):
        self.refuses({"core/config/a.h": HEADER + "#include <yaml-cpp/yaml.h>\n"},
                     r"<yaml-cpp/yaml.h> has its home in core/config/yaml\.cc")
        self.refuses({"media/a.h": HEADER + "#include <sofia-sip/nta.h>\n"}, "has its home in")
        self.refuses({"api/a.h": HEADER + "#include <boost/beast/http.hpp>\n"}, "has its home in")
        self.passes({"core/config/yaml.cc": "#include <yaml-cpp/yaml.h>\n",
                     "sip/a.h": HEADER + "#include <sofia-sip/nta.h>\n"})
        beast = "#include <boost/beast.hpp>\n"
        self.passes({"api/a.cc": beast, "api/b.cc": beast})
        self.refuses({"api/a.cc": beast, "api/b.cc": beast, "api/c.cc": beast}, "at most 2 files")

    def test_clocks_mutexes_and_chance_have_one_home(self):
        for line in ("auto t = std::chrono::steady_clock::now();", "time(nullptr);",
                     "std::mutex m;", "std::lock_guard lock(m);", "std::random_device d;",
                     "int n = rand();", "getrandom(p, 1, 0);"):
            self.refuses({"server/a.cc": line + "\n"}, "only core/base/")
            self.passes({"tests/e2e/a.cc": line + "\n"})
        self.passes({"server/a.cc": 'x = loop.time(0); // std::mutex\nlog("std::mutex");\n',
                     "core/base/mailbox.h": HEADER + "std::mutex m;\n"})

    def test_pure_files_take_time_and_chance_as_arguments(self):
        for line in ("auto now = monotonic_now();", "core::wall_now();", 'getenv("A");',
                     "std::thread t;", "#include <fstream>", '#include "core/base/clock.h"',
                     '#include "core/base/mailbox.h"', "auto s = entropy_seed();"):
            self.refuses({"acd/a.h": HEADER + line + "\n"}, "acd/a.h:2: pure code")
            self.passes({"sip/stack.h": HEADER + line + "\n"})
            self.passes({"server/a.cc": line + "\n"})

    def test_no_decision_by_the_order_of_an_unordered_container(self):
        member = HEADER + "std::unordered_map<int, std::vector<int>> agents_;\n"
        loop = "for (auto& [id, agent] : agents_) {\n}\n"
        test = {"tests/unit/acd/a_test.cc": ""}
        self.refuses({"acd/a.h": member, "acd/a.cc": loop, **test}, "acd/a.cc:1: walks")
        self.refuses({"acd/a.h": member + "auto first = agents_.begin();\n"}, "acd/a.h:3: walks")
        self.passes({"acd/a.h": member, "acd/a.cc": "// A sum: order is free.\n" + loop, **test})
        self.passes({"acd/a.h": member.replace("unordered_", ""), "acd/a.cc": loop, **test})
        self.passes({"server/a.h": member, "server/a.cc": loop})

    def test_each_pure_unit_has_its_test(self):
        self.refuses({"acd/a.cc": ""}, "has no test tests/unit/acd/a_test.cc")
        self.refuses({"core/base/clock.cc": ""}, "has no test")
        self.passes({"acd/a.cc": "", "tests/unit/acd/a_test.cc": "", "server/b.cc": "",
                     "sip/stack.cc": ""})

    def test_form(self):
        self.refuses({"server/a.h": "int a;\n"}, "#pragma once is missing")
        self.refuses({"server/a.cc": "// " + "x" * 98 + "\n"}, "line of 101 columns")
        self.passes({"server/a.cc": "// " + "ж" * 97 + "\n"})
        self.refuses({"server/a.cc": "// TODO: later\n"}, "needs the number")
        self.passes({"server/a.cc": "// TODO(#12): later\n"})

    def test_headers_compile_alone_also_when_the_answer_is_remembered(self):
        good = HEADER + "#include <string>\ninline std::string a;\n"
        bad = HEADER + "inline std::string b;\n"
        user = HEADER + '#include "core/base/good.h"\ninline std::string c = a;\n'
        files = {"core/base/good.h": good, "core/base/bad.h": bad, "core/base/user.h": user}
        for runs in (1, 2):
            found = found_in(files, headers=runs)
            self.assertEqual(len(found), 1, found)
            self.assertIn("core/base/bad.h:1: does not compile alone", found[0])

    def test_long_functions_are_measured(self):
        body = "  step();\n" * 80
        deeper = body.replace("  ", "    ")
        text = (f"int f(int a,\n      int b) {{\n{body}}}\n\n"
                f"struct S {{\n  int g() {{\n{deeper}  }}\n}};\n")
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "a.cc").write_text(text)
            source = tidy.Source(Path(folder), "a.cc")
        self.assertEqual(list(tidy.function_sizes(source)), [(1, 83), (86, 82)])

    def test_the_command_fails_on_a_violation_and_says_where(self):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "a.h").write_text("int a;\n")
            run = subprocess.run(
                [sys.executable, Path(tidy.__file__), "--root", folder, "--no-headers"],
                capture_output=True, text=True, check=False)
        self.assertEqual(run.returncode, 1)
        self.assertIn("a.h:1: #pragma once is missing", run.stdout)


if __name__ == "__main__":
    unittest.main()
