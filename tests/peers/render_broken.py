"""Charts that Helm refuses, or nearly: {name: {path: text}}, each made in a folder of its own."""

CHART = "apiVersion: v2\nname: c\nversion: 0.1.0\n"


def metadata(text):
    return {"Chart.yaml": text, "templates/a.yaml": "kind: A\n"}


def values(text):
    return {"Chart.yaml": CHART, "values.yaml": text, "templates/a.yaml": "kind: A\nv: {{ toJson .Values }}\n"}


def template(text):
    return {"Chart.yaml": CHART, "templates/a.yaml": text, "values.yaml": "a: 1\ns: text\nl: [1]\nm: {k: v}\nn: null\n"}


def depends(text, **files):
    return {"Chart.yaml": CHART + "dependencies:\n" + text,
            "charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 1.2.3\n",
            "charts/sub/templates/s.yaml": "kind: Sub\n", "templates/a.yaml": "kind: A\n"} | files


METADATA = [
    "", "name: c\n", "apiVersion: v2\nversion: 0.1.0\n", "apiVersion: v2\nname: c\n", "apiVersion: v3\nname: c\nversion: 1.0.0\n",
    "apiVersion: v9\nname: c\nversion: 1.0.0\n", "apiVersion: 2\nname: c\nversion: 1.0.0\n",
    "apiVersion: v2\nname: c\nversion: one\n", "apiVersion: v2\nname: c\nversion: 1\n", "apiVersion: v2\nname: c\nversion: 1.2\n",
    "apiVersion: v2\nname: c\nversion: v1.2.3\n", "apiVersion: v2\nname: c\nversion: 01.2.3\n", "apiVersion: v2\nname: c\nversion: 1.2.3.4\n",
    "apiVersion: v2\nname: c\nversion: 1.2.3-\n", "apiVersion: v2\nname: c\nversion: 1.10\n",
    "apiVersion: v2\nname: a/b\nversion: 0.1.0\n", "apiVersion: v2\nname: ..\nversion: 0.1.0\n", "apiVersion: v2\nname: .\nversion: 0.1.0\n",
    "apiVersion: v2\nname: 'a\\b'\nversion: 0.1.0\n", "apiVersion: v2\nname: Upper_Case\nversion: 0.1.0\n",
    "apiVersion: v2\nname: \"two\\nlines\"\nversion: 0.1.0\n", "apiVersion: v2\nname: 12\nversion: 0.1.0\n",
    "apiVersion: v2\nname: [c]\nversion: 0.1.0\n", "apiVersion: v2\nname: {a: b}\nversion: 0.1.0\n", "- a\n", "text\n", "5\n", "null\n",
    "apiVersion: v2\nname: c\nversion: 0.1.0\n  bad: indent\n", "apiVersion: v2\n\tname: c\n", "a: b: c\n", "name: 'open\n", "*x\n", "a: [1, 2\n", "a: }\n",
    CHART + "type: library\n", CHART + "type: Library\n", CHART + "type: nonsense\n", CHART + "type: application\n", CHART + "type: ''\n",
    CHART + "type: 5\n", CHART + "deprecated: true\n", CHART + "deprecated: yes\n", CHART + "deprecated: 'true'\n", CHART + "deprecated: 1\n",
    CHART + "kubeVersion: '>=1.0.0'\n", CHART + "kubeVersion: '>=99.0.0'\n", CHART + "kubeVersion: nonsense\n", CHART + "kubeVersion: 1\n",
    CHART + "kubeVersion: '^1.0.0-0'\n", CHART + "kubeVersion: '1.x || >=2'\n", CHART + "kubeVersion: '=1.34.4'\n", CHART + "kubeVersion: '~1.34'\n",
    CHART + "kubeVersion: '1.30 - 1.34.9'\n", CHART + "kubeVersion: '!=1.34.4'\n", CHART + "kubeVersion: '> 1.0.0 < 2.0.0'\n", CHART + "kubeVersion: '>1,<2'\n",
    CHART + "keywords: text\n", CHART + "keywords: [1, true]\n", CHART + "keywords: [[a]]\n", CHART + "sources: {a: b}\n", CHART + "maintainers: [null]\n",
    CHART + "maintainers: [text]\n", CHART + "maintainers: text\n", CHART + "maintainers: [{name: 5, email: [a]}]\n", CHART + "annotations: [a]\n",
    CHART + "annotations: {a: 1, b: true, c: 1.5}\n", CHART + "annotations: {a: [1]}\n", CHART + "annotations: {a: null}\n", CHART + "appVersion: 1.10\n",
    CHART + "appVersion: [1]\n", CHART + "unknown: [1]\n", CHART + "NAME: other\n", CHART + "name: twice\n", CHART + "dependencies: text\n",
    CHART + "dependencies: [null]\n", CHART + "dependencies: [text]\n", CHART + "dependencies: {}\n", CHART + "dependencies: []\n", CHART + "tags: [a]\n",
    CHART + "description: \"bell \\a and\\ttab\"\n", "\ufeff" + CHART, "--- \n" + CHART, CHART + "---\nname: second\n", CHART + "...\n",
    CHART.replace("\n", "\r\n"), "%YAML 1.1\n---\n" + CHART,
]

VALUES = [
    "", "null\n", "# only a comment\n", "[]\n", "text\n", "5\n", "true\n", "1.5\n", "a: b: c\n", "a: [1\n", "a: 'x\n", "\ta: 1\n", "a: 1\n b: 2\n", "a: *none\n",
    "a: &x [*x]\n", "a: !!binary x\n", "a: !!int x\n", "a: !custom x\n", "a: 1\na: 2\n", "? [a]\n: b\n", "{a: 1}: b\n", "a: \"\\q\"\n", "a: @x\n", "a: `x`\n", "a: %x\n",
    "a: |\n\ttab\n", "a: 1\n---\nb: 2\n", "---\na: 1\n---\nb: 2\n---\na: {c: 1}\n", "a: 1\n--- # more\nb: 2\n", "a: 1\n--- b\n", "a: 1\n----\nb: 2\n",
    "a: 1\n---\n[]\n", "a: 1\n---\nb: c: d\n", "a: 1\n---\n\n---\n# x\n---\nb: null\n", "a: {x: 1, y: 2}\n---\na: {y: null, z: [1]}\n---\na: {z: [2]}\n",
    "a: 1\r\n---\r\nb: 2\r\n", "---\n---\na: 1\n", "a: 1\n...\n---\nb: 2\n", "a: 1\n...\nb: 2\n", "\ufeffa: 1\n", "a: \u00e9\n", "<<: {a: 1}\n", "a: .inf\n", "a: .nan\n",
    "global: 1\n", "global: null\n", "global: []\n", "global: {a: 1}\n", "1: a\n", "null: a\n", "true: a\n", "1.0: a\n", "'': a\n", "a.b: c\n", "a: 1e400\n",
    "a: 18446744073709551616\n", "a: 9223372036854775807\n", "a: -9223372036854775809\n", "a: 0x7fffffffffffffff\n", "a: 1__0\n", "a: +5\n", "a: 0o17\n", "a: 0b11\n",
]

TEMPLATES = [
    # parsing
    "{{ if }}{{ end }}", "{{ end }}", "{{ if .a }}", "{{ else }}", "{{ range }}{{ end }}", "{{ .a", "{{ \"open }}", "{{ `open }}", "{{ 'ab' }}", "{{ nosuch }}", "{{ $x }}",
    "{{ $x := }}", "{{ .a | }}", "{{ | quote }}", "{{ (.a }}", "{{ .a) }}", "{{ define \"x\" }}", "{{ define x }}{{ end }}", "{{ template }}", "{{ template x }}",
    "{{ block \"b\" }}{{ end }}", "{{ 1a }}", "{{ 0x }}", "{{ 'a }}", "{{ \"\\q\" }}", "{{ /* open }}", "{{ /* c */ x }}", "{{ .a.}}", "{{ ..a }}", "{{ .a b }}", "{{ 5 5 }}",
    "{{ nil }}", "{{ nil | quote }}", "{{ break }}", "{{ continue }}", "{{ range .l }}{{ break }}{{ end }}", "{{ with }}{{ end }}", "{{ else if .x }}", "{{ if .x }}{{ else }}{{ else }}{{ end }}",
    "{{ $a, $b := .x }}", "{{ range $a, $b, $c := .x }}{{ end }}", "{{ range $a, 5 := .x }}{{ end }}", "{{ # }}", "{{ ! }}", "{{ .a = 5 }}", "{{ $x = 5 }}", "{{ \"a\" := 5 }}", "{{ \"a\".b }}",
    "{{ define \"x\" }}1{{ end }}{{ define \"x\" }}2{{ end }}{{ template \"x\" }}", "{{ if .x }}{{ define \"y\" }}{{ end }}{{ end }}", "\n\n  {{ nosuch 1 }}\n", "text\n{{- \n nosuch }}", "{{}}", "{{ }}", "{{- -}}", "{{-}}",
    # running
    "{{ .Values.a.b }}", "{{ .Values.s.b }}", "{{ .Values.none.b }}", "{{ .Values.none.b.c }}", "{{ .Values.n.b }}", "{{ .Values.l.x }}", "{{ .none.x }}", "{{ (.Values.none).x }}", "{{ ((.Values.none).x).y }}",
    "{{ index .Values \"none\" \"x\" }}", "{{ index .Values.l 5 }}", "{{ index .Values.l \"a\" }}", "{{ index .Values.m 1 }}", "{{ index 5 1 }}", "{{ index nil 1 }}", "{{ len 5 }}", "{{ len .Values.none }}",
    "{{ range .Values.a }}{{ end }}", "{{ range .Values.s }}{{ end }}", "{{ range 3 }}{{ . }}{{ end }}", "{{ range .Values.none }}x{{ else }}none{{ end }}", "{{ template \"none\" . }}", "{{ include \"none\" . }}", "{{ include \"none\" }}",
    "{{ include 5 . }}", "{{ eq .Values.a \"1\" }}", "{{ eq .Values.a 1 }}", "{{ eq .Values.a 1.0 }}", "{{ lt .Values.a .Values.s }}", "{{ eq .Values.m .Values.m }}", "{{ eq 1 }}", "{{ eq }}", "{{ not }}", "{{ and }}",
    "{{ quote }}", "{{ upper 5 }}", "{{ upper .Values.a }}", "{{ upper .Values.none }}", "{{ .Values.a | upper | quote }}", "{{ indent \"a\" \"b\" }}", "{{ indent .Values.a \"b\" }}", "{{ trunc .Values.a \"b\" }}", "{{ repeat 1.5 \"a\" }}",
    "{{ fail \"no: really\" }}", "{{ fail \"two\\nlines\" }}", "{{ fail \"\" }}", "{{ fail 5 }}", "{{ required \"need it\" .Values.none }}", "{{ required \"need it\" \"\" }}", "{{ required \"need it\" 0 }}", "{{ required \"a: b: c\" nil }}",
    "{{ .Values.a | fail }}", "{{ define \"x\" }}{{ fail \"inside\" }}{{ end }}{{ include \"x\" . }}", "{{ define \"x\" }}{{ .y.z }}{{ end }}{{ include \"x\" . }}", "{{ define \"x\" }}\n\n {{ .y.z }}{{ end }}\n{{ template \"x\" . }}",
    "{{ define \"x\" }}{{ include \"y\" . }}{{ end }}{{ define \"y\" }}{{ upper 5 }}{{ end }}{{ include \"x\" . | nindent 2 }}", "{{ tpl \"{{ .x.y }}\" . }}", "{{ tpl \"{{ nosuch }}\" . }}", "{{ tpl \"{{ if }}\" . }}", "{{ tpl \"{{ fail `deep` }}\" . }}",
    "{{ tpl \"{{ include \\\"none\\\" . }}\" . }}", "{{ tpl .Values.none . }}", "{{ tpl .Values.l . }}", "{{ toJson }}", "{{ fromYaml .Values.l }}", "{{ (fromYaml \"a: b: c\").Error }}", "{{ fromYaml \"- a\" | toJson }}", "{{ fromJson \"{\" | toJson }}",
    "{{ lookup \"v1\" \"Pod\" \"\" \"\" | toJson }}", "{{ lookup \"v1\" }}", "{{ .Files.Nothing }}", "{{ .Release.Nothing }}", "{{ .Chart.Nothing }}", "{{ .Capabilities.Nothing }}", "{{ .Template.Nothing }}", "{{ .Nothing }}", "{{ .Subcharts.x.y }}",
    "{{ .Values.Nothing.Nothing }}", "{{ $.Values.m.k.x }}", "{{ $x := .Values.none }}{{ $x.y }}", "{{ with .Values.m }}{{ .k.x }}{{ end }}", "{{ range $k, $v := .Values.m }}{{ $v.x }}{{ end }}", "{{ if .Values.m.k.x }}{{ end }}",
    "{{ with .Values.m.k.x }}{{ end }}", "{{ range .Values.m.k.x }}{{ end }}", "{{ $x := .Values.m.k.x }}", "{{ .Values.m.k | .x }}", "{{ (.Values.m).k.x }}", "{{ .Values.m.k }}{{ .Values.m.k.x | quote | nindent 5 }}", "{{ print (upper 5) }}",
    "{{ call 5 }}", "{{ call .Values.none }}", "{{ printf 5 }}", "{{ printf \"%d\" .Values.a }}", "{{ printf \"%s\" nil }}", "{{ html nil }}", "{{ js .Values.none }}", "{{ urlquery .Values.l }}", "{{ slice .Values.s 1 }}", "{{ semverCompare \"x\" \"y\" }}",
    "{{ regexMatch \"(\" \"a\" }}", "{{ regexReplaceAll \"(\" \"a\" \"b\" }}", "{{ mustRegexMatch \"(\" \"a\" }}", "{{ div 1 0 }}", "{{ mod 1 0 }}", "{{ first 5 }}", "{{ mustFirst 5 }}", "{{ dict \"a\" }}", "{{ dict 1 2 | toJson }}", "{{ get .Values.m }}",
    "{{ set .Values.s \"a\" 1 }}", "{{ set .Values.none \"a\" 1 }}", "{{ dig \"a\" \"b\" .Values }}", "{{ dig \"a\" \"b\" \"c\" .Values.m }}", "{{ merge .Values.m 5 }}", "{{ env \"HOME\" }}", "{{ expandenv \"$HOME\" }}", "{{ getHostByName \"localhost\" }}",
    "{{ b64dec \"*\" }}", "{{ atoi \"x\" }}", "{{ toDecimal \"9\" }}", "{{ ternary 1 2 3 }}", "{{ until -3 }}", "{{ splitList 5 \"a\" }}", "{{ join \",\" 5 }}", "{{ sortAlpha 5 }}", "{{ has 1 2 }}", "{{ without 5 1 }}", "{{ chunk 0 .Values.l }}",
    # documents
    "a: b: c\n", "a: [1\n", "kind: [A]\n", "kind: {a: b}\n", "kind: 5\n", "apiVersion: [v1]\n", "metadata: text\n", "metadata: []\n", "metadata: {name: [a]}\n", "metadata: {name: 5}\n", "metadata: {annotations: text}\n",
    "metadata: {annotations: {a: 1}}\n", "metadata: {annotations: {a: true}}\n", "metadata: {annotations: {a: [1]}}\n", "metadata: {annotations: {a: {b: c}}}\n", "metadata: {annotations: {a: null}}\n", "- a\n", "text\n", "5\n", "true\n", "null\n", "~\n",
    "\ta: 1\n", "a: 1\n\tb: 2\n", "a: *x\n", "a: 1\na: 2\n", "kind: A\n--- \nkind: b: c\n", "kind: A\n---\nkind: B\nbad\n", "kind: A\n---\n\n\n\nx: 'open\n", "a: {{ .Values.s }}: x\n", "a: \"{{ .Values.s }}\n", "{{ .Values.m }}\n", "{{ .Values.l }}\n",
    "{{ .Values.s }}\n", "kind: A\nmetadata:\n  name: x\n   bad: 1\n", "KIND: Upper\nMetadata: {Name: x}\n", "kind: A\nKind: B\n", "? a\n", "%", "%TAG ! x\n---\na: 1\n", "a: !!float x\n", "a: !!str 5\n", "\x00", "a: \"\x01\"\n", "a: \x7f\n",
    "kind: A\nmetadata: {annotations: {\"helm.sh/hook\": pre-install}}\n", "kind: A\nmetadata: {annotations: {\"helm.sh/hook\": 5}}\n", "kind: A\nmetadata: {annotations: {\"helm.sh/hook\": null}}\n", "kind: A\nmetadata: {annotations: {\"helm.sh/hook\": test, \"helm.sh/hook-weight\": 5}}\n",
]

DEPENDENCIES = [
    depends("  - {name: sub, version: 1.2.3}\n"), depends("  - {name: sub, version: 2.x}\n"), depends("  - {name: sub}\n"), depends("  - {name: none, version: 1.2.3}\n"),
    depends("  - {name: sub, version: 1.2.3}\n  - {name: none}\n  - {name: more}\n"), depends("  - {name: none, condition: none.enabled}\n", **{"values.yaml": "none: {enabled: false}\n"}),
    depends("  - {name: sub, version: 1.2.3, alias: 'bad alias'}\n"), depends("  - {name: sub, version: 1.2.3, alias: good_1-A}\n"), depends("  - {name: sub, version: 1.2.3, alias: a.b}\n"),
    depends("  - {name: sub, version: 1.2.3}\n  - {name: sub, version: 1.2.3}\n"), depends("  - {name: sub, version: 1.2.3, alias: a}\n  - {name: sub, version: 1.2.3, alias: a}\n"),
    depends("  - {name: sub, version: 1.2.3, alias: a}\n  - {name: sub, version: 1.2.3, alias: b}\n"), depends("  - {version: 1.2.3}\n"), depends("  - {name: sub, version: nonsense}\n"), depends("  - {name: sub, version: [1]}\n"),
    depends("  - {name: sub, version: 1.2.3, tags: text}\n"), depends("  - {name: sub, version: 1.2.3, condition: [a]}\n"), depends("  - {name: sub, version: 1.2.3, enabled: false}\n"), depends("  - {name: sub, version: 1.2.3, enabled: 'no'}\n"),
    depends("  - {name: sub, version: 1.2.3, import-values: text}\n"), depends("  - {name: sub, version: 1.2.3, import-values: [5, null, [a], {child: x}, {parent: y}, {}]}\n"),
    depends("  - {name: sub, version: 1.2.3, import-values: [{child: x, parent: y}]}\n", **{"charts/sub/values.yaml": "x: 5\n"}), depends("  - {name: sub, version: 1.2.3, import-values: [{child: x.y, parent: a.b.c}]}\n", **{"charts/sub/values.yaml": "x: {y: {z: 1}}\n", "values.yaml": "a: 1\n"}),
    depends("  - {name: sub, version: 1.2.3}\n", **{"charts/sub/values.yaml": "a: b: c\n"}), depends("  - {name: sub, version: 1.2.3}\n", **{"charts/sub/Chart.yaml": "name: sub\n"}), depends("  - {name: sub, version: 1.2.3}\n", **{"charts/sub/templates/s.yaml": "{{ nosuch }}"}),
    depends("  - {name: sub, version: 1.2.3}\n", **{"charts/sub/templates/s.yaml": "\n{{ .Values.a.b.c }}"}), depends("  - {name: sub, version: 1.2.3}\n", **{"charts/sub/templates/s.yaml": "a: b: c"}), depends("  - {name: sub, version: 1.2.3}\n", **{"values.yaml": "sub: 5\n"}),
    depends("  - {name: sub, version: 1.2.3}\n", **{"values.yaml": "sub: [a]\n"}), depends("  - {name: sub, version: 1.2.3}\n", **{"values.yaml": "sub: text\n"}), depends("  - {name: sub, version: 1.2.3}\n", **{"values.yaml": "sub: null\n"}), depends("  - {name: sub, version: 1.2.3}\n", **{"values.yaml": "sub: true\n"}),
    depends("  - {name: sub, version: 1.2.3}\n", **{"charts/broken/templates/x.yaml": "kind: X\n"}), depends("  - {name: sub, version: 1.2.3}\n", **{"charts/dir.tgz/Chart.yaml": CHART}),
    depends("  - {name: sub, version: 1.2.3}\n", **{"charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 1.2.3\ntype: library\n"}), depends("  - {name: sub, version: 1.2.3}\n", **{"charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 1.2.3\nkubeVersion: '>99'\n"}),
    depends("  - {name: sub, version: 1.2.3}\n", **{"requirements.yaml": "dependencies:\n  - {name: other}\n"}), depends("  - {name: sub, version: 1.2.3}\n", **{"Chart.lock": "a: b: c\n"}), depends("  - {name: sub, version: 1.2.3}\n", **{"Chart.lock": "dependencies: text\n"}),
    depends("  - {name: sub, version: 1.2.3, tags: [a, b]}\n", **{"values.yaml": "tags: {a: false}\n"}), depends("  - {name: sub, version: 1.2.3, tags: [a, b]}\n", **{"values.yaml": "tags: {a: false, b: true}\n"}),
    depends("  - {name: sub, version: 1.2.3, tags: [a], condition: 'x.y, sub.on'}\n", **{"values.yaml": "tags: {a: false}\nsub: {on: true}\n"}), depends("  - {name: sub, version: 1.2.3, tags: [a], condition: 'x.y,sub.on'}\n", **{"values.yaml": "tags: {a: 'no'}\nsub: {on: 1}\nx: 5\n"}),
]

OTHERS = [
    {"templates/a.yaml": "kind: A\n"}, {"Chart.yaml": CHART}, {"Chart.yaml": CHART, "templates/_only.tpl": "{{ define \"x\" }}{{ end }}"}, {"Chart.yaml": CHART, "templates/a.yaml": "kind: A\n", ".helmignore": "**/x\n"},
    {"Chart.yaml": CHART, "templates/a.yaml": "kind: A\n", ".helmignore": "[\n"}, {"Chart.yaml": CHART, "templates/a.yaml": "kind: A\n", "templates/b.yaml": "kind: B\n", ".helmignore": "b.yaml\n"},
    {"Chart.yaml": CHART, "templates/a.yaml": "kind: A\n", "templates/b.yaml": "kind: B\n", ".helmignore": "/templates/b.yaml\n"}, {"Chart.yaml": CHART, "templates/a.yaml": "kind: A\n", ".helmignore": "Chart.yaml\n"},
    {"Chart.yaml": CHART, "templates/a.yaml": "kind: A\n", ".helmignore": "!templates/\n"}, {"Chart.yaml": CHART, "templates/x/a.yaml": "kind: A\n", "templates/y/b.yaml": "kind: B\n", ".helmignore": "templates/x/\n"},
    {"Chart.yaml": CHART, "templates/a.yaml": "{{ .Values.x.y }}", "templates/b.yaml": "{{ .Values.z.y }}", "templates/d/c.yaml": "{{ .Values.q.y }}"}, {"Chart.yaml": CHART, "templates/a.yaml": "{{ if", "templates/b.yaml": "{{ end }}"},
    {"Chart.yaml": CHART, "templates/a.yaml": "a: b: c", "templates/b.yaml": "- x"}, {"Chart.yaml": CHART, "templates/NOTES.txt": "{{ .Values.x.y }}", "templates/a.yaml": "kind: A\n"}, {"Chart.yaml": CHART, "templates/_a.tpl": "{{ nosuch }}"},
    {"Chart.yaml": CHART, "templates/_a.tpl": "{{ .Values.x.y }}", "templates/a.yaml": "kind: A\n"},
    {"Chart.yaml": CHART, "values.schema.json": '{"type": "array"}', "templates/a.yaml": "kind: A\n"}, {"Chart.yaml": CHART, "values.schema.json": '{"required": ["a"]}', "templates/a.yaml": "kind: A\n"},
    {"Chart.yaml": CHART, "templates/a b.yaml": "kind: A\n", "templates/\u00e9.yaml": "kind: B\n{{ .x.y }}"}, {"Chart.yaml": CHART, "templates/a:b.yaml": "{{ .x.y }}"}, {"Chart.yaml": CHART, "templates/a:b.yaml": "{{ nosuch }}"},
]

CHARTS = {}
for _kind, _texts, _make in (("metadata", METADATA, metadata), ("values", VALUES, values), ("template", TEMPLATES, template),
                             ("dependencies", DEPENDENCIES, dict), ("other", OTHERS, dict)):
    CHARTS |= {f"{_kind}-{_n}": _make(_text) for _n, _text in enumerate(_texts)}
