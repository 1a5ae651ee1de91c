#!/usr/bin/env python3
"""The check of the folders finds what it is there for: each case is a small tree with one fault."""
import os
import tempfile
import unittest

import check_folders


def found_in(files):
    """What the check says of a tree of these files: their paths, and their lines."""
    with tempfile.TemporaryDirectory() as root:
        for path, lines in files.items():
            os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write("\n".join(lines))
        return list(check_folders.violations(root))


class CheckFolders(unittest.TestCase):
    def test_nothing_is_said_of_a_tree_in_order(self):
        self.assertEqual([], found_in({
            "engine/core/a.hpp": ["struct a {};"],
            "engine/api/b.hpp": ['#include "engine/core/a.hpp"', "struct a;"],
            "engine/agent/server/c.cpp": ['#include "engine/core/a.hpp"'],
            "transports/ssh/d.cpp": ['#include "engine/core/a.hpp"', "#include <libssh/libssh.h>"],
            "cli/main.cpp": ['#include "engine/engine.hpp"', '#include "transports/t.hpp"'],
        }))

    def test_a_cycle_is_said_with_its_path_and_its_includes(self):
        self.assertEqual(
            ["folders of the engine form a cycle: "
             "engine/a/one -> engine/b -> engine/c -> engine/a/one\n"
             "    engine/a/one/x.hpp:2 includes engine/b/y.hpp\n"
             "    engine/b/y.hpp:1 includes engine/c/z.hpp\n"
             "    engine/c/z.cpp:1 includes engine/a/one/x.hpp",
             "folders of the engine, with their rooms, form a cycle: "
             "engine/a -> engine/b -> engine/c -> engine/a\n"
             "    engine/a/one/x.hpp:2 includes engine/b/y.hpp\n"
             "    engine/b/y.hpp:1 includes engine/c/z.hpp\n"
             "    engine/c/z.cpp:1 includes engine/a/one/x.hpp"],
            found_in({
                "engine/a/one/x.hpp": ["#pragma once", '#include "engine/b/y.hpp"'],
                "engine/b/y.hpp": ['#include "engine/c/z.hpp"'],
                "engine/c/z.cpp": ['#include "engine/a/one/x.hpp"'],
            }))

    def test_rooms_of_two_folders_form_no_cycle_of_the_folders(self):
        said = found_in({
            "engine/a/one/x.hpp": ['#include "engine/b/y.hpp"'],
            "engine/b/y.hpp": ['#include "engine/a/two/z.hpp"'],
            "engine/a/two/z.hpp": [],
        })
        self.assertEqual(1, len(said))
        self.assertIn("with their rooms, form a cycle: engine/a -> engine/b -> engine/a", said[0])

    def test_a_declaration_of_what_another_folder_defines_counts_as_an_include(self):
        said = found_in({
            "engine/a/x.hpp": ["class upper;"],
            "engine/b/y.hpp": ['#include "engine/a/x.hpp"', "class upper final : public lower {"],
        })
        self.assertIn("engine/a/x.hpp:1 declares upper of engine/b/y.hpp", said[0])

    def check_fault(self, path, include, complaint):
        said = found_in({path: [include], "engine/core/a.hpp": []})
        self.assertEqual(1, len(said), said)
        self.assertTrue(said[0].startswith(complaint), said[0])
        self.assertIn(f"{path}:1 includes", said[0])

    def test_arrows_point_inward(self):
        self.check_fault("engine/core/b.cpp", '#include "transports/ssh/t.hpp"',
                         "engine may not know transports")
        self.check_fault("transports/ssh/b.cpp", '#include "cli/prompt.hpp"',
                         "transports may not know cli")
        self.check_fault("cli/b.cpp", '#include "tests/support/shell.hpp"',
                         "cli may not know tests")

    def test_libraries_have_one_place(self):
        self.check_fault("transports/http/b.cpp", "#include <libssh/libssh.h>",
                         "libssh/ is for transports/ssh alone")
        self.check_fault("transports/ssh/b.cpp", "#include <boost/beast/core.hpp>",
                         "boost/beast is for transports/http alone")
        self.check_fault("engine/core/b.cpp", "#include <CLI/CLI.hpp>", "CLI/ is for cli alone")

    def test_the_command_line_knows_the_face_of_the_engine(self):
        self.check_fault("cli/render/b.cpp", '#include "engine/commands/session/session.hpp"',
                         "cli may not know engine/commands/session/session.hpp")
        self.check_fault("cli/render/b.cpp", '#include "engine/engine.hpp"',
                         "only cli/main.cpp, cli/serve.cpp, cli/service_words.cpp may know")

    def test_the_agent_is_alone_with_what_it_shares(self):
        self.check_fault("engine/agent/server/b.cpp", '#include "engine/api/events.hpp"',
                         "engine/agent may not know engine/api/events.hpp")
        self.check_fault("engine/sync/b.cpp", '#include "engine/agent/files/f.hpp"',
                         "the engine may not know the agent")

    def test_what_the_agent_shares_leads_to_no_library_of_the_engine(self):
        self.assertEqual(
            ["the agent may not use yaml-cpp/yaml.h\n"
             "    engine/agent/edit/a.cpp:1 includes engine/text/t.hpp\n"
             "    engine/text/t.cpp:1 includes yaml-cpp/yaml.h"],
            found_in({
                "engine/agent/edit/a.cpp": ['#include "engine/text/t.hpp"'],
                "engine/text/t.hpp": [],
                "engine/text/t.cpp": ["#include <yaml-cpp/yaml.h>"],
            }))

    def test_a_type_has_one_definition(self):
        self.assertEqual(["outrider::a is defined twice\n    engine/one/x.hpp\n    engine/two/y.hpp"],
                         found_in({
                             "engine/one/x.hpp": ["namespace outrider {", "struct a {"],
                             "engine/two/y.hpp": ["namespace outrider {", "class a {"],
                             "engine/two/z.hpp": ["namespace outrider::agent {", "class a {"],
                         }))

    def test_an_empty_tree_is_a_mistake(self):
        self.assertEqual(1, len(found_in({"README.md": []})))


if __name__ == "__main__":
    unittest.main()
