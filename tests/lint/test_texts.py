#!/usr/bin/env python3
"""The check of the texts finds what it is there for, in a small tree with one fault a text, and nothing else."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TEXTS = Path(__file__).resolve().with_name("texts")

PROGRAM = """#!/bin/sh
case "$1 ${2-}" in
"help ") printf 'It.\\n\\nCommands:\\n  up    all\\n  ca    one\\n\\nmore\\n' ;;
"up --help") printf 'Usage: meshctl up [flags]\\n\\nX:\\n  -q, --quiet     less\\n      --set K=V   as in --json\\n' ;;
"ca --help") printf 'Usage: meshctl ca [flags]\\n       meshctl ca init [flags] NAME\\n\\nX:\\n      --ca-dir DIR  it\\n' ;;
*) exit 1 ;;
esac
"""
CMAKE = """set(MESHCTL_ROOMS base data kube)
set(MESHCTL_base_USES Threads::Threads)
set(MESHCTL_data_USES mc_base PkgConfig::JANSSON)
set(MESHCTL_kube_USES mc_base mc_data)
"""
ROOMS = """| room | what | may use |
| --- | --- | --- |
| base | memory | - |
| data | JSON | - |
| kube | clusters | all above |
"""
GOOD = {
    "meshctl": PROGRAM,
    "CMakeLists.txt": CMAKE,
    "docs/architecture.md": ROOMS,
    "src/kube/client.c": "",
    "src/kube/client.h": "",
    "tests/run": "#!/bin/sh\n# tests/run --all\n",
    "tests/unit/kube/test_client.c": "",
    "tests/README.md": "`unit/kube`, `unit/ROOM/test_X.c`, `ctest -R unit/kube/test_client`, `kube/nothing`.\n",
    "README.md": """It is `src/kube/client.c`, `src/ROOM/`, `client.h`, `client.{c,h}`, `src/*/client.*`, `no.yaml`, `CMakeLists.txt`.
`meshctl up --set`, `meshctl ca init x`, `meshctl ca --ca-dir`, `meshctl.io/unit`, `meshctl: no`, `meshctl COMMAND`.
Options `--quiet`, `--set K=V`, `--version`, of `tests/run` `--all`, of another `helm list --max`. Built: `build/gcc/meshctl --nothing`.
A path src/nowhere.c and --nothing outside of backticks.

```
$ meshctl up --quiet
1 meshctl nothing; --nothing
```

    meshctl ca init x      # and more
    tests/run --all
""",
}
# Text, content, what is said of it.
FAULTS = [
    ("README.md", "a\n\nb `src/kube/none.c`\n", "README.md:3: there is no src/kube/none.c"),
    ("README.md", "`none.c`\n", "there is no none.c"),
    ("README.md", "`src/ROOM/none.h`\n", "there is no src/ROOM/none.h"),
    ("README.md", "`src/kube/client.{c,x}`\n", "there is no src/kube/client.{c,x}"),
    ("README.md", "`tests/ru`\n", "there is no tests/ru"),
    ("README.md", "see:\n\n    tests/none --all\n", "README.md:3: there is no tests/none"),
    ("README.md", "```\ntests/none\n```\n", "there is no tests/none"),
    ("tests/README.md", "`unit/none`\n", "there is no unit/none"),
    ("src/README.md", "`kube/none.c`\n", "there is no kube/none.c"),
    ("docs/more.md", "`none.h`\n", "docs/more.md:1: there is no none.h"),
    ("CONTRIBUTING.md", "`cc src/none.c`\n", "there is no src/none.c"),
    ("README.md", "`meshctl down`\n", "has no command down"),
    ("README.md", "    meshctl down --west x\n", "has no command down"),
    ("README.md", "```\n$ meshctl down\n```\n", "has no command down"),
    ("README.md", "`meshctl ca show`\n", "ca has no verb show"),
    ("README.md", "`meshctl up --ca-dir x`\n", "up has no option --ca-dir"),
    ("README.md", "`--json`\n", "no option --json"),
    ("README.md", "`--all`\n", "no option --all"),
    ("docs/architecture.md", ROOMS.replace("all above", "-"), "docs/architecture.md:5: room kube may use data"),
    ("docs/architecture.md", ROOMS.replace("JSON | -", "JSON | kube"), "room data may use -"),
    ("docs/architecture.md", ROOMS.replace("| data | JSON | - |\n", "").replace("all above", "data"), "in this order"),
    ("docs/architecture.md", ROOMS + "| ui | terminal | - |\n", "ui is no room"),
]


def check(files):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        program = Path(folder, "meshctl")
        program.chmod(0o755)
        result = subprocess.run([sys.executable, TEXTS, program, "--root", folder], text=True,
                                capture_output=True, check=False)
        return result.returncode, result.stdout + result.stderr


class TextsTest(unittest.TestCase):
    def test_good_tree(self):
        self.assertEqual(check(GOOD), (0, ""))

    def test_each_fault(self):
        for name, text, says in FAULTS:
            with self.subTest(says):
                code, said = check(GOOD | {name: text})
                self.assertEqual(code, 1, said)
                self.assertEqual(said.count("\n"), 1, said)
                self.assertIn(says, said)


if __name__ == "__main__":
    unittest.main()
