"""Charts, values and schemas made to hurt: `meshctl render` answers with output or with a message that names the place, within its
limits of memory and time, and ends when it is told to.

No peer is run: Helm itself overflows its stack or takes all memory on some of these. Where Helm 3.22 refuses as well, the
words are Helm's (measured once); the others are meshctl's limits.
"""
import unittest

from harness import BAD_INPUT, GOOD, USAGE, Hostile, Row, main, run

CHART = "apiVersion: v2\nname: c\nversion: 1.0.0\n"
MANY = 1000000
MEMORY = "this takes more than the limit of 512Mi of memory"
TIME = "this takes more than the limit of 1.0s of processor time"
BRIEF = ("--max-time", "1s")
TEXT_LIMIT = "the result is longer than 33554432 bytes"
TERM_S = 0.25
LEVELS = 40


def write(folder, files):
    chart = folder / "c"
    for name, content in {"Chart.yaml": CHART, **files}.items():
        path = chart / name
        path.parent.mkdir(parents=True, exist_ok=True)
        content = content() if callable(content) else content
        if isinstance(content, int):
            with path.open("wb") as file:
                file.truncate(content)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
    return chart


def bomb(name, files, said, *options, code=None, term_s=TERM_S, **more):
    """`said`: what standard error says; "": it is no bomb and has output."""
    code = code if code is not None else BAD_INPUT if said else GOOD
    return Row(name, lambda folder: ["render", "r", write(folder, files), *options], code, said, term_s=term_s, **more)


def template(text):
    return {"templates/a.yaml": text}


def shown(expression):
    return template("x: {{ " + expression + " }}")


def doubling(use):
    """A value that shares its parts and has 2 to the 40th leaves, and what is done with it."""
    return template('{{$s := dict "a" 1}}{{range until 40}}{{$s = dict "a" $s "b" $s}}{{end}}'
                    '{{$t := dict "a" 1}}{{range until 40}}{{$t = dict "a" $t "b" $t}}{{end}}x: {{' + use + "}}")


def long_text(use, bytes_="30000000", of="x"):
    """A text of 30 MB, and what is done with it."""
    return template("{{$s := repeat %s %s}}x: {{ %s }}" % (bytes_, '"' + of + '"', use))


def aliases(first, step):
    return first + "".join(f"a{i}: &a{i} {step(i - 1)}\n" for i in range(1, 12))


BIG = '{{- define "big"}}{{range 280000}}{{"' + "x" * 110 + '"}}{{end}}{{end}}'
LISTS = aliases("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n", lambda i: "[" + ",".join([f"*a{i}"] * 10) + "]")
MERGES = aliases("a0: &a0 {k: v}\n", lambda i: "{<<: [" + ",".join([f"*a{i}"] * 10) + "]}")
REFERENCES = ('{"$ref":"#/$defs/0","$defs":{"40":{}' + "".join(
    f',"{i}":{{"allOf":[{{"$ref":"#/$defs/{i + 1}"}},{{"$ref":"#/$defs/{i + 1}"}}]}}' for i in range(LEVELS)) + "}}")


def long_keys():
    return '{"properties":{"' + "k" * MANY + '":{"properties":{' + ",".join(f'"{i}":{{}}' for i in range(20000)) + "}}}}"


def alternatives(keyword):
    """Each level has two alternatives that go on to the next: 2 to the 40th ways, none of which fits."""
    defs = "".join(f'"{i}":{{"{keyword}":[{{"$ref":"#/$defs/{i + 1}"}},{{"$ref":"#/$defs/{i + 1}"}}]}},' for i in range(LEVELS))
    return '{"$ref":"#/$defs/0","$defs":{' + defs + f'"{LEVELS}":{{"type":"null"}}}}}}'


def many_patterns():
    return '{"patternProperties":{' + ",".join(f'"^(a|b)*{i}$":{{}}' for i in range(2000)) + "}}"


RECURSION = [
    bomb("a template includes itself", template('{{define "a"}}{{include "a" .}}{{end}}{{include "a" .}}'),
         "rendering template has a nested reference name: a", "--compat", "3"),
    bomb("two include each other",
         template('{{define "a"}}{{include "b" .}}{{end}}{{define "b"}}{{include "a" .}}{{end}}{{include "a" 1}}'),
         "rendering template has a nested reference name"),
    bomb("a template calls itself", template('{{define "a"}}{{template "a" .}}{{end}}{{template "a" .}}'),
         "exceeded maximum template depth (100000)"),
    bomb("an include of 31 MB that includes itself",
         template(BIG + '{{define "r"}}{{include "big" .}}{{include "r" .}}{{end}}x: {{include "r" . | len}}'),
         ("c/templates/a.yaml:1:", MEMORY)),
    bomb("includes that each hold their output", template(BIG + "".join(
        '{{define "r%d"}}{{include "big" .}}{{include "r%d" .}}{{end}}' % (i, i + 1) for i in range(30)) +
        '{{define "r30"}}{{end}}x: {{include "r0" . | len}}'), ("c/templates/a.yaml:1:", MEMORY)),
    bomb("tpl in tpl", {"values.yaml": "t: '{{ tpl .Values.t . }}'", **template("{{ tpl .Values.t . }}")}, "error calling tpl"),
    bomb("tpl that grows", {"values.yaml": "t: '{{ tpl (print .Values.t .Values.t) . }}'", **template("{{ tpl .Values.t . }}")},
         "calling tpl"),
    bomb("tpl of a new text each time", template('{{range $i := until 1000000}}{{tpl (printf "%d%s" $i (repeat 1000 "{{1}}")) $}}{{end}}'),
         ("c/templates/a.yaml:1:", "this takes more than the limit of"), *BRIEF),
    bomb("parentheses", template("{{" + "(" * MANY + "1" + ")" * MANY + "}}"), "max expression depth exceeded"),
    bomb("9999 parentheses are no fault", template("x: {{" + "(" * 9999 + "1" + ")" * 9999 + "}}"), ""),
    bomb("blocks", template("{{if 1}}" * 100000 + "{{end}}" * 100000), "nested too deeply"),
    bomb("a long pipeline is no fault", template("x: {{1" + "|int" * 100000 + "}}"), ""),
    bomb("a template of actions alone", {f"templates/{i}.yaml": lambda: "{{1}}" * 1000000 for i in range(6)}, MEMORY),
    bomb("many variables", template("".join("{{$v%d := 1}}" % i for i in range(90000)) + "{{$v0}}" * 400000), TIME, *BRIEF),
]

LOOPS = [
    bomb("range over a number", template("x: {{range 1000000000}}{{end}}"), TIME, *BRIEF),
    bomb("loops in loops", template("{{range 1000000}}{{range 1000000}}{{end}}{{end}}"), TIME, *BRIEF),
    bomb("lists in loops", template("{{range until 1000000}}{{range until 1000000}}{{end}}{{end}}"), MEMORY),
    bomb("until", shown("until 1000000000 | len"), "more than 1000000 numbers"),
    bomb("untilStep", shown("untilStep 0 1000000000 1 | len"), "more than 1000000 numbers"),
    bomb("seq", shown("seq 1 1000000000 | len"), "more than 1000000 numbers"),
    bomb("output", template("{{range 1000000}}{{range 1000}}xxxxxxxxxxxxxxxxxxxxxxxx{{end}}{{end}}"),
         "the output is larger than 33554432 bytes"),
    bomb("60 files of 31 MB", {f"templates/{i}.yaml": BIG + '{{template "big" .}}' for i in range(60)}, MEMORY),
    bomb("60 files of 6 million values each", {f"templates/{i}.yaml": '{{repeat 6000000 "- {}\\n"}}' for i in range(60)}, MEMORY),
    bomb("a file of 6 million values", template('{{repeat 6000000 "- {}\\n"}}'), MEMORY),
    bomb("a file of a million documents", template('{{repeat 1000000 "a: {b: {}}\\n---\\n"}}'), "c/templates/a.yaml: more than 100000 documents with those of the files before"),
    bomb("60 files of 90000 documents", {f"templates/{i}.yaml": '{{repeat 90000 "a: {b: {}}\\n---\\n"}}' for i in range(60)}, "more than 100000 documents"),
    bomb("notes", {"templates/NOTES.txt": '{{repeat 30000000 "x"}}', **template("a: 1")}, ""),
]

TEXTS = [
    bomb("repeat", shown('repeat 1000000000 "abcdefgh" | len'), TEXT_LIMIT),
    bomb("repeat, past all numbers", shown('repeat 9223372036854775807 "abc" | len'), TEXT_LIMIT),
    bomb("indent", shown('indent 1000000000 "a" | len'), TEXT_LIMIT),
    bomb("indent of many lines", shown('indent 100000 (repeat 100000 "\\n") | len'), TEXT_LIMIT),
    bomb("replace", shown('replace "a" (repeat 100000 "b") (repeat 100000 "a") | len'), TEXT_LIMIT),
    bomb("replace nothing", long_text('replace "" $s $s | len'), ("calling replace", "")),
    bomb("text that doubles", template('{{$s := "xxxxxxxx"}}{{range until 40}}{{$s = print $s $s}}{{end}}x: {{len $s}}'), TEXT_LIMIT),
    bomb("trimAll of a large set", long_text('trimAll (printf "%sy" $s) $s | len', "15000000", "é"), ""),
    bomb("splitList", long_text('splitList "" $s | len'), "more than 1000000 parts"),
    bomb("split", long_text('split "x" $s | len'), "more than 1000000 parts"),
    bomb("wide numbers", template('{{range until 100000}}{{printf "%1000000d" 1}}{{end}}'), "the output is larger than"),
    bomb("a format of wide numbers", shown("printf (repeat 100000 \"%1000000[1]d\") 1 | len"), TEXT_LIMIT),
    bomb("cases of a long text", long_text("$s | camelcase | snakecase | kebabcase | swapcase | title | untitle | upper | len"), ("", ""),
         *BRIEF, code=(GOOD, BAD_INPUT)),
    bomb("quotes in quotes", template('{{$s := "\\\\"}}{{range until 40}}{{$s = quote $s}}{{end}}x: {{len $s}}'), TEXT_LIMIT),
    bomb("wrapWith", long_text('wrapWith 1 $s $s | len', "100000"), TEXT_LIMIT),
    bomb("digests without end", template('{{$s := repeat 30000000 "x"}}{{range 1000}}{{sha512sum $s}}{{end}}'), "this takes more than the limit", *BRIEF),
    bomb("base64 of base64", template('{{$s := "xxxxxxxx"}}{{range until 100}}{{$s = b64enc $s}}{{end}}x: {{len $s}}'), TEXT_LIMIT),
    bomb("passwords", template('{{range 1000}}{{bcrypt "x"}}{{end}}'), "", *BRIEF, code=BAD_INPUT),
    bomb("derived passwords", template('{{range 1000}}{{derivePassword 1 "long" "p" "u" "s"}}{{end}}'), "", *BRIEF, code=BAD_INPUT),
    bomb("keys", template('{{range 1000}}{{genPrivateKey "rsa"}}{{end}}'), "", *BRIEF, code=BAD_INPUT),
    bomb("a version range", long_text('semverCompare $s "1.2.3"', "1000000", ">1 || "), "", *BRIEF, code=BAD_INPUT),
]

VALUES = [
    bomb("a list that doubles", template("{{$s := list 1}}{{range until 40}}{{$s = concat $s $s}}{{end}}x: {{len $s}}"),
         "error calling concat: more than 1000000 elements", "--compat", "3"),
    bomb("uniq", template("{{$l := until 1000000}}x: {{uniq $l | len}}"), "", *BRIEF, code=BAD_INPUT),
    bomb("without", template("{{$l := until 1000000}}{{range 1000}}{{$l = without $l -1 -2 -3 -4}}{{end}}"), "this takes more than", *BRIEF),
    bomb("has", template("{{$l := until 1000000}}{{range 1000000}}{{$_ := has -1 $l}}{{end}}"), TIME, *BRIEF),
    bomb("append in a loop", template("{{$l := list}}{{range 1000000}}{{$l = append $l 1}}{{end}}"), MEMORY),
    bomb("set in a loop", template("{{$d := dict}}{{range $i := until 1000000}}{{$_ := set $d (printf \"%0100000d\" $i) $d}}{{end}}"), MEMORY),
    bomb("toJson of shared parts", doubling("toJson $s | len"), "the value has more than 2000000 parts"),
    bomb("toYaml of shared parts", doubling("toYaml $s | len"), "the value has more than 2000000 parts"),
    bomb("toToml of shared parts", doubling("toToml $s | len"), TEXT_LIMIT),
    bomb("toYaml of a long text shared", template('{{$s := repeat 30000000 "x"}}{{$l := list}}{{range until 1000}}{{$l = append $l $s}}{{end}}x: {{toYaml $l | len}}'),
         MEMORY),
    bomb("toPrettyJson of a long text shared", template('{{$s := repeat 30000000 "x"}}{{$l := list}}{{range until 1000}}{{$l = append $l $s}}{{end}}x: {{toPrettyJson $l | len}}'),
         MEMORY),
    bomb("deepCopy of shared parts", doubling("deepCopy $s | len"), "the value has more than 2000000 parts"),
    bomb("merge of shared parts", doubling("merge $s $t | len"), "the value has more than 2000000 parts"),
    bomb("deepEqual of shared parts", doubling("deepEqual $s $t"), ""),
    bomb("print of shared parts", doubling("print $s | len"), TEXT_LIMIT),
    bomb("a map in itself", template('{{$s := dict}}{{$_ := set $s "s" $s}}x: {{print $s | len}} {{deepCopy $s}}'),
         "nested deeper than 1000 levels"),
    bomb("sortAlpha of many texts", template('{{$l := list}}{{range $i := until 1000000}}{{$l = printf "%d" $i | append $l}}{{end}}x: {{sortAlpha $l | len}}'), MEMORY),
    bomb("sortAlpha of long texts", template('{{$s := repeat 30000000 "x"}}{{$l := list}}{{range until 1000}}{{$l = append $l $s}}{{end}}x: {{sortAlpha $l | len}}'), TIME, *BRIEF),
    bomb("short keys in a loop", template("{{$d := dict}}{{range $i := until 1000000}}{{range $k := until 10}}{{$_ := set $d (printf \"%d.%d\" $i $k) 1}}{{end}}{{end}}"), MEMORY),
    bomb("all files as numbers", {**{f"files/{i}": 5 << 20 for i in range(19)}, **shown("toYaml .Files | len")}, MEMORY),
    bomb("decimals", shown("mulf" + " 1.7e308 1e-308 1.3" * 30000), ("", ""), *BRIEF, code=(GOOD, BAD_INPUT)),
    bomb("shuffle", long_text("shuffle $s | len"), "", *BRIEF, code=(GOOD, BAD_INPUT)),
    bomb("fromToml of many values", shown('fromToml (printf "a = [%s]" (repeat 8000000 "1,")) | len'), MEMORY),
    bomb("fromToml of many tables", shown('fromToml (repeat 2000000 "[[a]]\\n") | len'), ""),
    bomb("long texts in files", {f"templates/{i}.yaml": '{{ print "a: " (repeat 30000000 "x") }}' for i in range(20)}, MEMORY),
    bomb("fromYaml of many values", shown('fromYaml (printf "a: [%s]" (repeat 8000000 "{},")) | len'), MEMORY),
    bomb("fromJson of many values", shown('fromJson (printf "{\\"a\\":[%s1]}" (repeat 8000000 "{},")) | len'), MEMORY),
    bomb("nested JSON", shown('fromJson (repeat 1000000 "[") | len'), ""),
    bomb("lines", {"files/a": lambda: "\n" * 5000000, **template('{{range 20}}{{$.Files.Lines "files/a" | len}}{{end}}')}, MEMORY),
    bomb("patterns of file names", {"files/" + "a" * 200: b"", **shown('.Files.Glob "files/' + "*a" * 60 + 'b" | len')}, ""),
    bomb("patterns of many file names", {**{f"files/{i}" + "a" * 200: b"" for i in range(2000)},
                                         **template('{{range 100}}x: {{$.Files.Glob "files/' + "*a" * 60 + 'b" | len}}{{end}}')}, TIME, *BRIEF),
]

EXPRESSIONS = [
    bomb("an expression that backtracks", shown('regexMatch "^(a+)+$" (print (repeat 40 "a") "b")'), "match limit exceeded"),
    bomb("an expression that backtracks at every place", shown('regexMatch "(a+)+$" (print (repeat 1000000 "a") "b")'), "match limit exceeded"),
    bomb("a slow match at every place", long_text('regexFindAll "x*[yz]" $s -1 | len', "3000000"), TIME, *BRIEF),
    bomb("a slow match in a loop", template('{{range 1000000}}{{regexMatch "^(a?){20}a{20}$" "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"}}{{end}}'),
         ("", ""), *BRIEF, code=BAD_INPUT),
    bomb("many matches", shown('regexReplaceAll "" (repeat 1000000 "a") (repeat 1000 "b") | len'), TEXT_LIMIT),
    bomb("many parts", long_text('regexSplit "x" $s -1 | len'), "more than 1000000 matches"),
    bomb("an expression that is repeated", shown('mustRegexMatch "((a{1,30}){1,30}){1,30}" "b"'), "invalid repeat count"),
    bomb("a long expression", long_text('regexMatch $s "b"'), "", code=GOOD),
]

YAML = [
    bomb("nested flow", {"values.yaml": "a: " + "[" * MANY}, "exceeded max depth"),
    bomb("nested blocks", {"values.yaml": "\n".join(" " * i + "a:" for i in range(3000))}, "exceeded max depth"),
    bomb("nested manifest", template("a: " + "[" * 200000), "exceeded max depth"),
    bomb("aliases", {"values.yaml": LISTS}, "document contains excessive aliasing"),
    bomb("merge keys", {"values.yaml": MERGES}, "document contains excessive aliasing"),
    bomb("an alias inside itself", {"values.yaml": "a: &a [*a]\n"}, "anchor 'a' value contains itself"),
    bomb("aliases in a manifest", template(LISTS), "document contains excessive aliasing"),
    bomb("many values", {"values.yaml": lambda: "a: [" + "{}," * 1700000 + "]"}, "too many values"),
    bomb("many values of a person", {"v.yaml": lambda: "a: [" + "{}," * 1000000 + "]", **template("x: 1")}, "would take more than 192 MiB of memory", "--values", "c/v.yaml", "--values", "c/v.yaml", "--values", "c/v.yaml"),
    bomb("many anchors", {"values.yaml": lambda: "a: [" + ",".join(f"&a{i} 1" for i in range(400000)) + "]"}, ""),
    bomb("a long key", {"values.yaml": lambda: "a" * 5000000 + ": 1\n", **template("x: 1")}, "", code=(GOOD, BAD_INPUT)),
    bomb("bad UTF-8 in a template", template(b'x: "\xff\xfe"\n'), "yaml: invalid leading UTF-8 octet"),
    bomb("bad UTF-8 in values", {"values.yaml": b'a: "\xff\xfe"\n'}, "yaml: invalid leading UTF-8 octet"),
    bomb("NUL in a template", template(b'x: "a\0b"\n'), "yaml: control characters are not allowed"),
    bomb("NUL in values", {"values.yaml": b'a: "x\0y"\n'}, "yaml: control characters are not allowed"),
    bomb("NUL in Chart.yaml", {"Chart.yaml": b"apiVersion: v2\nname: c\0\nversion: 1.0.0\n"}, "yaml: control characters are not allowed"),
    bomb("a values file without end", {}, "/dev/zero is larger than the limit of 16777216 bytes", "--values", "/dev/zero"),
]

SETS = [
    bomb("a long list index", {}, "index of 65537 is greater than maximum supported index of 65536", "--set", "a[65537]=1"),
    bomb("many long lists", {}, MEMORY, "--set", ",".join(f"a{i}[65536]=1" for i in range(8000)), "--set", ",".join(f"b{i}[65536]=1" for i in range(8000))),
    bomb("lists in lists", {}, "a key with more than", "--set", "a" + "[0]" * 10000 + "=1"),
    bomb("nested --set", {}, "nested level is greater than", "--set", ".".join("a" * 1000) + "=1"),
    bomb("nested --set-json", {}, "exceeded max depth", "--set-json", "a=" + "[" * 100000),
    bomb("no amount", {}, "--max-memory takes an amount from 32Mi on", "--max-memory", "lots", code=USAGE),
    bomb("no time", {}, "is not a duration", "--max-time", "soon", code=USAGE),
]

SCHEMAS = [
    bomb("a schema that is nested", {"values.schema.json": '{"not":' * 100000}, "exceeded max depth"),
    bomb("a schema that multiplies", {"values.schema.json": REFERENCES}, "too large to be checked"),
    bomb("a schema of anyOf", {"values.schema.json": alternatives("anyOf")}, "", code=BAD_INPUT),
    bomb("a schema of oneOf", {"values.schema.json": alternatives("oneOf")}, "", code=BAD_INPUT),
    bomb("a schema with long keys", {"values.schema.json": long_keys}, ("chart c", MEMORY)),
    bomb("a schema that backtracks", {"values.schema.json": '{"properties":{"a":{"pattern":"^(a+)+$"}}}', "values.yaml": "a: " + "a" * 60 + "b\n"},
         "match limit exceeded"),
    bomb("a slow pattern", {"values.schema.json": '{"properties":{"a":{"pattern":"a*[xy]"}}}', "values.yaml": lambda: "a: " + "a" * 4000000}, ("chart c", TIME), *BRIEF),
    bomb("patterns times names", {"values.schema.json": many_patterns, "values.yaml": lambda: "".join(f"{'ab' * 20}{i}x: 1\n" for i in range(50000))},
         ("chart c", TIME), *BRIEF),
    bomb("a schema with many faults", {"values.schema.json": '{"properties":{"a":{"items":{"type":"string"}}}}', "values.yaml": lambda: "a:\n" + "  - 1\n" * 200000},
         "- at '/a/0': got number, want string"),
    bomb("a long enum of many items", {"values.schema.json": lambda: '{"properties":{"a":{"items":{"enum":[' + ",".join(f'"{i}"' for i in range(100000)) + "]}}}}",
                                       "values.yaml": lambda: "a:\n" + "  - x\n" * 100000}, "", *BRIEF, code=BAD_INPUT),
    bomb("unique items", {"values.schema.json": '{"properties":{"a":{"uniqueItems":true}}}', "values.yaml": lambda: "a: [" + ",".join(map(str, range(300000))) + "]"}, ""),
    bomb("a number of many digits", {"values.schema.json": lambda: '{"properties":{"a":{"multipleOf":' + "7" * 4000000 + "}}}", "values.yaml": "a: 1e300"}, "", *BRIEF, code=(GOOD, BAD_INPUT)),
    bomb("a large exponent", {"values.schema.json": lambda: '{"properties":{"a":{"multipleOf":' + "7" * 500000 + 'e-900000}}}', "values.yaml": "a: 1"}, "", *BRIEF, code=(GOOD, BAD_INPUT)),
    bomb("a reference to itself", {"values.schema.json": '{"$ref":"#"}'}, "reference cycle"),
    bomb("a schema that is deep by references", {"values.schema.json": '{"properties":{"a":{"$ref":"#"}},"additionalProperties":{"$ref":"#"}}',
                                                 "values.yaml": "a: " + "{a: " * 900 + "1" + "}" * 900}, "", code=(GOOD, BAD_INPUT)),
]

FOLDERS = [
    bomb("a large file", {"files/big": b"x" * (6 << 20)}, 'chart file "big" is larger than the maximum file size 5242880'),
    bomb("a large template", {"templates/big.yaml": 100 << 20}, "is larger than the maximum file size 5242880"),
    bomb("large files", {f"files/f{i}": 5 << 20 for i in range(25)}, "larger than the maximum file size 104857600"),
    bomb("many files", {f"files/f{i}": b"" for i in range(20100)}, "more than 20000 files"),
    bomb("many rules", {".helmignore": "\n".join("*a" * 30 + f"{i}" for i in range(10000)), **{f"files/{i}" + "a" * 200: b"" for i in range(3000)}},
         "", *BRIEF, code=(GOOD, BAD_INPUT)),
    bomb("many aliases of a chart", {
        "Chart.yaml": lambda: CHART + "dependencies:\n" + "".join(f"- {{name: s, version: 1.0.0, alias: a{i}}}\n" for i in range(50000)),
        "charts/s/Chart.yaml": "apiVersion: v2\nname: s\nversion: 1.0.0\n", "charts/s/values.yaml": lambda: "a: [" + "1," * 100000 + "]"},
        "this takes more than the limit of", *BRIEF),
    bomb("charts in charts", {"charts/c/" * i + "Chart.yaml": CHART for i in range(18)}, "subcharts are nested more than 16 deep"),
]


class Bombs(Hostile):
    def test_recursion(self):
        self.check_rows(RECURSION)

    def test_loops(self):
        self.check_rows(LOOPS)

    def test_texts(self):
        self.check_rows(TEXTS)

    def test_values(self):
        self.check_rows(VALUES)

    def test_expressions(self):
        self.check_rows(EXPRESSIONS)

    def test_yaml(self):
        self.check_rows(YAML)

    def test_sets(self):
        self.check_rows(SETS)

    def test_schemas(self):
        self.check_rows(SCHEMAS)

    def test_folders(self):
        self.check_rows(FOLDERS)

    def test_time_has_a_limit_by_itself(self):
        row = bomb("range without end", template("{{range 9223372036854775807}}{{end}}"), "")
        done = run(row, self.folder, term_s=None)
        self.assertEqual(done.code, BAD_INPUT)
        self.assertLess(done.processor_s, 21)

    def test_byte_order_marks_and_line_ends(self):
        mark = b"\xef\xbb\xbf"
        files = {"Chart.yaml": mark + CHART.replace("\n", "\r\n").encode(), "values.yaml": mark + b"a: 1\r\nb: |\r\n  x\r\n  y\r\n",
                 "templates/a.yaml": mark + b"x: {{.Values.a}}\r\ny: {{.Values.b | quote}}\r\n"}
        # As helm 3.22.0 prints it.
        done = run(Row("marks", ["render", "r", write(self.folder, files)], GOOD), self.folder)
        self.assertEqual(done.out, '---\n# Source: c/templates/a.yaml\nx: 1\r\ny: "x\\ny\\n"\n'.replace("\r\n", "\n") if "\r" not in done.out else
                         '---\n# Source: c/templates/a.yaml\nx: 1\r\ny: "x\\ny\\n"\n')

    def test_links(self):
        for number, (links, said) in enumerate((({"x": "x"}, "Too many levels of symbolic links"),
                                                ({"a": "b", "b": "a"}, "Too many levels of symbolic links"),
                                                ({"templates/loop": "../templates"}, "levels"),
                                                ({"charts/c": ".."}, "folders are nested more than 64 deep"),
                                                ({"files/zero": "/dev/zero"}, "cannot load irregular file"))):
            with self.subTest(links=links):
                folder = self.folder / str(number)
                folder.mkdir()
                chart = write(folder, {"templates/a.yaml": "", "files/a": "", "charts/_": ""})
                for name, target in links.items():
                    (chart / name).symlink_to(target)
                row = Row("links", ["render", "r", chart], BAD_INPUT, said)
                self.check_run(row, run(row, folder))


if __name__ == "__main__":
    main()
