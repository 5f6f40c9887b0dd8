"""`meshctl render` on charts made to hurt: it answers with a message or with output, within the limits of memory and time.

No peer is run: Helm itself overflows its stack or takes all memory on some of these. Where Helm 3.22 refuses as well, the
words are Helm's (measured once); the others are meshctl's limits. Environment: MESHCTL the program.
"""
import os
import resource
import subprocess
import tempfile
import unittest
from pathlib import Path

MAX_ADDRESSES = 4 << 30
MAX_CPU_S = 90
INPUT_ERROR = 65
CHART = "apiVersion: v2\nname: c\nversion: 1.0.0\n"
MANY = 1000000


def command(chart, options):
    return [os.environ["MESHCTL"], "render", "r", str(chart), *options]


def limit():
    resource.setrlimit(resource.RLIMIT_AS, (MAX_ADDRESSES, MAX_ADDRESSES))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_S, MAX_CPU_S + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def template(text):
    return {"templates/a.yaml": text}


def doubling(use):
    """A value that shares its parts and has 2 to the 40th leaves, and what is done with it."""
    return template('{{$s := dict "a" 1}}{{range until 40}}{{$s = dict "a" $s "b" $s}}{{end}}'
                    '{{$t := dict "a" 1}}{{range until 40}}{{$t = dict "a" $t "b" $t}}{{end}}x: {{' + use + "}}")


def bomb(first, step):
    return first + "".join(f"a{i}: &a{i} {step(i - 1)}\n" for i in range(1, 12))


LISTS = bomb("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n", lambda i: "[" + ",".join([f"*a{i}"] * 10) + "]")
MERGES = bomb("a0: &a0 {k: v}\n", lambda i: "{<<: [" + ",".join([f"*a{i}"] * 10) + "]}")
REFERENCES = ('{"$ref":"#/$defs/0","$defs":{"40":{}' + "".join(
    f',"{i}":{{"allOf":[{{"$ref":"#/$defs/{i + 1}"}},{{"$ref":"#/$defs/{i + 1}"}}]}}' for i in range(40)) + "}}")
KEYS = '{"properties":{"' + "k" * MANY + '":{"properties":{' + ",".join(f'"{i}":{{}}' for i in range(20000)) + "}}}}"

# name, files, options, what stderr says ("" for success), MiB at the most
CASES = [
    ("a template includes itself", template('{{define "a"}}{{include "a" .}}{{end}}{{include "a" .}}'), [],
     "rendering template has a nested reference name: a", 200),
    ("two include each other", template('{{define "a"}}{{include "b" .}}{{end}}{{define "b"}}{{include "a" .}}{{end}}{{include "a" 1}}'),
     [], "rendering template has a nested reference name", 200),
    ("a template calls itself", template('{{define "a"}}{{template "a" .}}{{end}}{{template "a" .}}'), [],
     "exceeded maximum template depth (100000)", 300),
    ("tpl in tpl", {"values.yaml": "t: '{{ tpl .Values.t . }}'", **template("{{ tpl .Values.t . }}")}, [], "error calling tpl", 300),
    ("tpl that grows", {"values.yaml": "t: '{{ tpl (print .Values.t .Values.t) . }}'", **template("{{ tpl .Values.t . }}")}, [],
     "error calling tpl", 300),
    ("parentheses", template("{{" + "(" * MANY + "1" + ")" * MANY + "}}"), [], "max expression depth exceeded", 200),
    ("9999 parentheses are no fault", template("x: {{" + "(" * 9999 + "1" + ")" * 9999 + "}}"), [], "", 200),
    ("blocks", template("{{if 1}}" * 100000 + "{{end}}" * 100000), [], "nested too deeply", 200),
    ("a long pipeline is no fault", template("x: {{1" + "|int" * MANY + "}}"), [], "", 400),
    ("nested JSON", template('x: {{ fromJson (repeat 1000000 "[") | len }}'), [], "", 200),
    ("nested flow", {"values.yaml": "a: " + "[" * MANY}, [], "exceeded max depth", 200),
    ("nested blocks", {"values.yaml": "\n".join(" " * i + "a:" for i in range(3000))}, [], "exceeded max depth", 200),
    ("nested --set-json", {}, ["--set-json", "a=" + "[" * 100000], "exceeded max depth", 200),
    ("nested manifest", template("a: " + "[" * 200000), [], "exceeded max depth", 200),
    ("aliases", {"values.yaml": LISTS}, [], "document contains excessive aliasing", 300),
    ("merge keys", {"values.yaml": MERGES}, [], "document contains excessive aliasing", 300),
    ("an alias inside itself", {"values.yaml": "a: &a [*a]\n"}, [], "anchor 'a' value contains itself", 200),
    ("aliases in a manifest", template(LISTS), [], "document contains excessive aliasing", 300),
    ("range over a number", template("x: {{range 1000000000}}{{end}}"), [], "the template", 200),
    ("until", template("x: {{until 1000000000 | len}}"), [], "more than 1000000 numbers", 200),
    ("untilStep", template("x: {{untilStep 0 1000000000 1 | len}}"), [], "more than 1000000 numbers", 200),
    ("seq", template("x: {{seq 1 1000000000 | len}}"), [], "more than 1000000 numbers", 200),
    ("loops in loops", template("{{range until 1000000}}{{range until 1000000}}{{end}}{{end}}"), [], "uses too much memory", 2500),
    ("output", template("{{range until 1000000}}{{range until 1000}}xxxxxxxxxxxxxxxxxxxxxxxx{{end}}{{end}}"), [],
     "the output is larger than 134217728 bytes", 900),
    ("repeat", template('x: {{repeat 1000000000 "abcdefgh" | len}}'), [], "the result is longer than 134217728 bytes", 400),
    ("repeat, past all numbers", template('x: {{repeat 9223372036854775807 "abc" | len}}'), [],
     "the result is longer than 134217728 bytes", 400),
    ("indent", template('x: {{indent 1000000000 "a" | len}}'), [], "the result is longer than 134217728 bytes", 400),
    ("indent of many lines", template('x: {{indent 100000 (repeat 100000 "\\n") | len}}'), [],
     "the result is longer than 134217728 bytes", 400),
    ("replace", template('x: {{replace "a" (repeat 100000 "b") (repeat 100000 "a") | len}}'), [],
     "the result is longer than 134217728 bytes", 400),
    ("text that doubles", template('{{$s := "xxxxxxxx"}}{{range until 40}}{{$s = print $s $s}}{{end}}x: {{len $s}}'), [],
     "error calling print: the result is longer than 134217728 bytes", 900),
    ("a list that doubles", template("{{$s := list 1}}{{range until 40}}{{$s = concat $s $s}}{{end}}x: {{len $s}}"), [],
     "error calling concat: more than 1000000 elements", 400),
    ("toJson of shared parts", doubling("toJson $s | len"), [], "the value has more than 2000000 parts", 400),
    ("toYaml of shared parts", doubling("toYaml $s | len"), [], "the value has more than 2000000 parts", 400),
    ("deepCopy of shared parts", doubling("deepCopy $s | len"), [], "the value has more than 2000000 parts", 400),
    ("merge of shared parts", doubling("merge $s $t | len"), [], "the value has more than 2000000 parts", 400),
    ("deepEqual of shared parts", doubling("deepEqual $s $t"), [], "", 200),
    ("a map in itself", template('{{$s := dict}}{{$_ := set $s "s" $s}}x: {{print $s | len}} {{deepCopy $s}}'), [],
     "nested deeper than 1000 levels", 300),
    ("a regular expression that backtracks", template('x: {{regexMatch "^(a+)+$" (print (repeat 40 "a") "b")}}'), [],
     "match limit exceeded", 200),
    ("many matches", template('x: {{regexReplaceAll "" (repeat 1000000 "a") (repeat 1000 "b") | len}}'), [],
     "the result is longer than 134217728 bytes", 500),
    ("bad UTF-8 in a template", template(b'x: "\xff\xfe"\n'), [], "yaml: invalid leading UTF-8 octet", 200),
    ("bad UTF-8 in values", {"values.yaml": b'a: "\xff\xfe"\n'}, [], "yaml: invalid leading UTF-8 octet", 200),
    ("NUL in a template", template(b'x: "a\0b"\n'), [], "yaml: control characters are not allowed", 200),
    ("NUL in values", {"values.yaml": b'a: "x\0y"\n'}, [], "yaml: control characters are not allowed", 200),
    ("NUL in Chart.yaml", {"Chart.yaml": b"apiVersion: v2\nname: c\0\nversion: 1.0.0\n"}, [],
     "yaml: control characters are not allowed", 200),
    ("a large file", {"files/big": b"x" * (6 << 20)}, [], 'chart file "big" is larger than the maximum file size 5242880', 200),
    ("a large template", {"templates/big.yaml": 100 << 20}, [], "is larger than the maximum file size 5242880", 200),
    ("large files", {f"files/f{i}": 5 << 20 for i in range(25)}, [], "larger than the maximum file size 104857600", 400),
    ("many files", {f"files/f{i}": b"" for i in range(20100)}, [], "more than 20000 files", 300),
    ("a values file without end", {}, ["--values", "/dev/zero"], "/dev/zero is larger than the limit of 16777216 bytes", 200),
    ("a long list index", {}, ["--set", "a[65537]=1"], "index of 65537 is greater than maximum supported index of 65536", 200),
    ("a schema that is nested", {"values.schema.json": '{"not":' * 100000}, [], "exceeded max depth", 200),
    ("a schema that multiplies", {"values.schema.json": REFERENCES}, [], "too large to be checked", 300),
    ("a schema with long keys", {"values.schema.json": KEYS}, [], "too large to be checked", 800),
    ("a schema that backtracks", {"values.schema.json": '{"properties":{"a":{"pattern":"^(a+)+$"}}}',
                                  "values.yaml": "a: " + "a" * 60 + "b\n"}, [], "match limit exceeded", 200),
    ("a schema with many faults", {"values.schema.json": '{"properties":{"a":{"items":{"type":"string"}}}}',
                                   "values.yaml": "a:\n" + "  - 1\n" * 200000}, [], "- at '/a/0': got number, want string", 500),
    ("patterns of file names", {"files/" + "a" * 200: b"", **template('x: {{.Files.Glob "files/' + "*a" * 60 + 'b" | len}}')}, [], "", 200),
]


class Hostile(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, files):
        chart = self.folder / "c"
        for name, content in {"Chart.yaml": CHART, **files}.items():
            path = chart / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, int):
                with path.open("wb") as file:
                    file.truncate(content)
            else:
                path.write_bytes(content.encode() if isinstance(content, str) else content)
        return chart

    def render(self, chart, options):
        """Exit status (negative: a signal), stdout's text, stderr's text, MiB of the peak."""
        with (self.folder / "out").open("wb+") as out, (self.folder / "err").open("wb+") as err:
            process = subprocess.Popen(command(chart, options), stdout=out, stderr=err, preexec_fn=limit)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            texts = [(file.seek(0), file.read())[1].decode("utf-8", "replace") for file in (out, err)]
        return process.returncode, *texts, usage.ru_maxrss >> 10

    def check(self, chart, options, said, max_mib):
        code, out, err, peak = self.render(chart, options)
        self.assertEqual(code, INPUT_ERROR if said else 0, err[-500:])
        self.assertIn(said, err)
        self.assertEqual(bool(out), not said)
        self.assertLess(peak, max_mib)
        return out

    def test_limits(self):
        for name, files, options, said, max_mib in CASES:
            with self.subTest(name):
                self.setUp()
                self.check(self.write(files), options, said, max_mib)

    def test_byte_order_marks_and_line_ends(self):
        mark = b"\xef\xbb\xbf"
        files = {"Chart.yaml": mark + CHART.replace("\n", "\r\n").encode(), "values.yaml": mark + b"a: 1\r\nb: |\r\n  x\r\n  y\r\n",
                 "templates/a.yaml": mark + b"x: {{.Values.a}}\r\ny: {{.Values.b | quote}}\r\n"}
        # As helm 3.22.0 prints it.
        self.assertEqual(self.check(self.write(files), [], "", 200),
                         '---\n# Source: c/templates/a.yaml\nx: 1\r\ny: "x\\ny\\n"\n')

    def test_links(self):
        for links, said in (({"x": "x"}, "Too many levels of symbolic links"),
                            ({"a": "b", "b": "a"}, "Too many levels of symbolic links"),
                            ({"templates/loop": "../templates"}, "levels"),
                            ({"charts/c": ".."}, "folders are nested more than 64 deep"),
                            ({"files/zero": "/dev/zero"}, "cannot load irregular file")):
            with self.subTest(links=links):
                self.setUp()
                chart = self.write({"templates/a.yaml": "", "files/a": "", "charts/_": ""})
                for name, target in links.items():
                    (chart / name).symlink_to(target)
                self.check(chart, [], said, 200)


if __name__ == "__main__":
    unittest.main()
