#!/usr/bin/env python3
"""The lint finds what it is there for, in a small tree with one fault a file, and nothing else."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

RUN = Path(__file__).resolve().with_name("run")

CMAKE = """set(MESHCTL_ROOMS base data kube ui)
set(MESHCTL_base_USES Threads::Threads)
set(MESHCTL_data_USES mc_base PkgConfig::JANSSON)
set(MESHCTL_kube_USES mc_base mc_data)
set(MESHCTL_ui_USES mc_base)
"""
GOOD = {
    "CMakeLists.txt": CMAKE,
    "include/meshctl/base/mem.h": "#include <stddef.h>\nvoid *mem_alloc(size_t size);\n",
    "src/base/mem.c": "/* Memory. */\n#include <stdlib.h>\nvoid *mem_alloc(size_t n) { return malloc(n); }\n",
    "src/kube/own.h": "struct own;\n",
    "src/kube/own.c": '/* Its own. */\n#include "own.h"\n\n#include "meshctl/base/mem.h"\n',
    "src/ui/term.c": '/* Says. */\nvoid say(void) { write(1, "sprintf(x) in a text", 20); }\n',
    "src/kube/talk.c": "/* atoi(x) in a comment */\nint my_atoi(int x) { return o->system(x); }\n",
    "src/kube/auto.c": "/* Cleanups. */\n#define AUTO_X MC_CLEANUP(x_release) struct x\n"
                       "int f(void)\n{\n    AUTO_X x = {1, 2}, *y = NULL;\n"
                       "    MC_CLEANUP(g)\n    struct g *g = g_new(a, b);\n    json_auto_t *j = NULL;\n"
                       "    AUTO_FREE char *name = mem_strdup(x), *value = NULL;\n}\n",
    "tests/golden/x.yaml": "\ta tab, a blank at the end \n",
    "README.md": "TO" "DO(#12) is allowed; so are /usr/bin and https://example.com/root/x.\n",
}
HEAD = "/* What it is for. */\n"
# File, content, what is said of it.
FAULTS = [
    ("src/data/up.c", HEAD + '#include "meshctl/kube/client.h"\n', "room data may not use room kube"),
    ("include/meshctl/ui/up.h", '#include "meshctl/data/json.h"\n', "may not use room data"),
    ("src/ui/other.c", HEAD + '#include "own.h"\n', "is no header of this room"),
    ("src/ui/dots.c", HEAD + '#include "../kube/own.h"\n', "is no header of this room"),
    ("tests/unit/ui/test_up.c", '#include "meshctl/kube/client.h"\n', "may not use room kube"),
    ("src/nowhere/x.c", HEAD + "int x;\n", "is no room"),
    ("src/kube/curl.c", HEAD + "#include <curl/curl.h>\n", "belongs to room"),
    ("src/kube/bare.c", "int x;\n/* too late */\n", "begins without a sentence"),
    ("src/kube/a.c", HEAD + "int a = sprintf(b, c);\n", "sprintf(): use"),
    ("src/kube/b.c", HEAD + "void *b = malloc(1);\n", "malloc(): use"),
    ("src/kube/c.c", HEAD + "int c = execvp(a, b);\n", "execvp(): use"),
    ("src/kube/d.c", HEAD + 'int d = printf("x");\n', "prints"),
    ("src/kube/e.c", HEAD + 'int e = fprintf(\n    stderr, "x");\n', "prints"),
    ("src/ui/e.c", HEAD + 'void f(void) { puts("x"); }\n', "prints"),
    ("src/ui/w.c", HEAD + "int w = write(1, b, 2);\n", "writes past"),
    ("src/kube/tab.c", HEAD + "int\tx;\n", "a tab"),
    ("src/kube/blank.c", HEAD + "int x; \n", "blanks at the end"),
    ("src/kube/end.c", HEAD + "int x;", "no newline"),
    ("src/kube/long.c", HEAD + "int x;\n" * 900, "901 lines"),
    ("src/kube/f.c", HEAD + "void f(void)\n{\n    AUTO_X x;\n}\n", "f.c:4: x is cleaned up and has no value"),
    ("src/kube/g.c", HEAD + "void f(void)\n{\n    AUTO_FREE char *a = g(1, 2), *b;\n}\n", "b is cleaned up"),
    ("src/kube/h.c", HEAD + "void f(void)\n{\n    MC_CLEANUP(h_free) struct h *h;\n}\n", "h is cleaned up"),
    ("src/kube/i.c", HEAD + "void f(void)\n{\n    json_auto_t *j;\n    j = g();\n}\n", "j is cleaned up"),
    ("tests/unit/kube/test_j.c", HEAD + "void f(void)\n{\n    AUTO_X x;\n}\n", "x is cleaned up"),
    ("src/kube/later.c", "/* TO" "DO: later */\n", "without an issue number"),
    ("tests/x.py", 'x = "/ho' 'me/me/x"\n', "a path of one machine"),
    ("tests/y.py", 'y = "https://py' 'pi.org/simple"\n', "package registry"),
]


def lint(files, *options):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        result = subprocess.run([sys.executable, RUN, "--root", folder, *options], text=True,
                                capture_output=True, check=False)
        return result.returncode, result.stdout + result.stderr


class LintTest(unittest.TestCase):
    def test_good_tree(self):
        self.assertEqual(lint(GOOD, "--no-compile"), (0, ""))

    def test_each_fault(self):
        for name, text, says in FAULTS:
            with self.subTest(name):
                code, said = lint(GOOD | {name: text}, "--no-compile")
                self.assertEqual(code, 1)
                self.assertEqual(said.count("\n"), 1, said)
                self.assertIn(f"{name}:", said)
                self.assertIn(says, said)

    def test_long_file_is_a_note(self):
        code, said = lint(GOOD | {"src/kube/long.c": HEAD + "int x;\n" * 600}, "--no-compile")
        self.assertEqual(code, 0)
        self.assertIn("601 lines", said)

    def test_header_must_compile_alone(self):
        bad = {"include/meshctl/base/mem.h": "void *mem_alloc(size_t size);\n"}
        code, said = lint(GOOD | bad)
        self.assertEqual(code, 1)
        self.assertRegex(said, r"include/meshctl/base/mem\.h:1:\d+: error: .*size_t.*\(alone\)")


if __name__ == "__main__":
    unittest.main()
