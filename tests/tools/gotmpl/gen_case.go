package main

import (
	"fmt"
	"math/rand"
	"strings"
)

// caseOf makes the case of a number; the same number and seed give the same case.
func caseOf(seed, number int64) *Case {
	g := &gen{Rand: rand.New(rand.NewSource(seed*1_000_003 + number)), atRoot: true}
	g.root = g.data()
	g.dot = g.root
	c := &Case{ID: fmt.Sprintf("%d:%d", seed, number), Kind: "template", Data: Data{g.root}}
	switch n := g.Intn(100); {
	case n < 34: // one call, every function in turn
		c.Files = g.probe(functions[number%int64(len(functions))])
	case n < 64:
		c.Files = g.templates()
	case n < 72:
		c.Files = one(g.syntax())
	case n < 78:
		c.Files = g.templates()
		last := &c.Files[len(c.Files)-1]
		last.Text = Bytes(g.damaged(string(last.Text), 100))
	case n < 84:
		c.Files = one(pick(g, []string{"{{toYaml .Values}}", "{{.Values | toJson}}", "{{.Values | toPrettyJson}}", "{{.Values}}", "{{toRawJson .Values}}", "{{printf \"%v %#v\" .Values .Values}}",
			"{{quote .Values}}", "{{toYaml .Values | fromYaml | toJson}}", "{{toJson .Values | fromJson | toYaml}}", "{{range $k, $v := .Values}}{{$k}}={{$v | toYaml | nindent 2}}\n{{end}}",
			"{{toYaml (list .Values)}}", "{{toYaml .Values.str}}", "{{mergeOverwrite (deepCopy .Values) .Values.map | toYaml}}", "{{toYaml .}}", "{{.Values.YAML}}", "{{deepCopy .Values | toJson}}"}))
	case n < 90:
		values := asMap(asMap(g.root)["Values"])
		values["str"] = g.yaml()
		c.Files = one(pick(g, []string{"{{fromYaml .Values.str | toJson}}", "{{fromYaml .Values.str | toYaml}}", "{{fromYamlArray .Values.str | toJson}}", "{{fromYaml .Values.str}}", "{{hasKey (fromYaml .Values.str) \"Error\"}}", "{{(fromYaml .Values.str).Error}}"}))
	case n < 91:
		values := asMap(asMap(g.root)["Values"])
		values["str"] = g.json(4)
		c.Files = one(pick(g, []string{"{{fromJson .Values.str | toJson}}", "{{fromJsonArray .Values.str}}", "{{mustFromJson .Values.str | toYaml}}", "{{fromYaml .Values.str | toJson}}"}))
	case n < 94:
		c.Files = one("{{semverCompare " + g.quoted(g.constraint()) + " " + g.quoted(g.version()) + "}}")
	case n < 95:
		c.Files = one("{{with semver " + g.quoted(g.version()) + "}}{{.}} {{.Major}} {{.Minor}} {{.Patch}} {{.Prerelease}} {{.Metadata}} {{.Original}}{{end}}")
	case n < 97:
		c.Files = one("{{" + g.callOf(pick(g, regexFunctions), 0) + "}}")
	default:
		g.strvals(c)
	}
	return c
}

var regexFunctions = withPrefix("regex")

func withPrefix(prefix string) (some []function) {
	for _, f := range functions {
		if strings.HasPrefix(f.name, prefix) {
			some = append(some, f)
		}
	}
	return some
}

func one(text string) []File { return []File{{Name: "c/templates/t.yaml", Text: Bytes(text)}} }

// probe calls one function and shows what it made.
func (g *gen) probe(f function) []File {
	if g.chance(60) {
		f.params = strings.Map(func(r rune) rune { // anything at all
			if r != '*' && g.chance(12) {
				return 'a'
			}
			return r
		}, f.params)
	}
	call := g.callOf(f, g.Intn(3))
	show := pick(g, []string{"[{{%s}}]", "{{%s | toJson}}", "{{%s | printf \"%%v %%T\"}}", "{{$x := %s}}{{$x}}", "{{with %s}}{{.}}{{else}}none{{end}}", "{{%s}}", "{{if %s}}T{{else}}F{{end}}", "{{(%s) | typeOf}}", "{{ %s | quote }}",
		"{{%s | toYaml}}", "{{range $k, $v := %s}}{{$k}}:{{$v}},{{end}}", "{{kindOf (%s)}}"})
	if random[f.name] != "" {
		show = "[{{%s}}]"
	}
	text := fmt.Sprintf(show, call)
	if f.name == "include" || f.name == "tpl" {
		g.blocks = nil
		text = g.define("t0") + text
	}
	return one(text)
}

func (g *gen) templates() (files []File) {
	if g.chance(30) {
		helpers := ""
		for i := range 1 + g.Intn(2) {
			helpers += g.define(fmt.Sprintf("t%d", i)) + pick(g, []string{"", "\n"})
		}
		files = append(files, File{Name: "c/templates/_helpers.tpl", Text: Bytes(helpers)})
	}
	text := ""
	if g.chance(15) {
		text = g.define(pick(g, []string{"t0", "t5"}))
	}
	return append(files, File{Name: "c/templates/t.yaml", Text: Bytes(text + g.body(1+g.Intn(4)))})
}

var strvalPieces = []string{"a", "b", "a.b", "c", "x", "=", "=", "=", ",", ",", "[0]", "[1]", "[2]", "[-1]", "[", "]", "{", "}", "{a,b}", "{}", ".", "..", "\\", "\\,", "\\.", "\\=", "1", "0", "007", "-5", "1.5", "1e3", "true", "false", "null", "nil",
	"\"q\"", "'s'", " ", "é", "a[0].b", "b[1][0]", "list", "[65537]", "[x]", "", "9223372036854775808", "nul", "True", "\n", "a=1,b=2", "a.b=null", "l={1,null,x}"}

var strvalJSON = []string{"a", "b", "a.b", "[0]", "[1]", "=", "=", ",", "1", "\"x\"", "null", "true", "{\"a\":1}", "[1,2]", "{", "]", "1.5", "{\"b\":{\"c\":null}}", " ", "x", "c"}

// noInts: a values file or --set never gives an int.
func noInts(v interface{}) interface{} {
	switch v := v.(type) {
	case int:
		return int64(v)
	case []interface{}:
		for i := range v {
			v[i] = noInts(v[i])
		}
	case map[string]interface{}:
		for k := range v {
			v[k] = noInts(v[k])
		}
	}
	return v
}

func (g *gen) strvals(c *Case) {
	c.Kind = "strvals"
	c.Mode = pick(g, []string{"set", "set", "set", "string", "json", "literal"})
	c.Data = Data{noInts(g.mapping(3))}
	pieces := strvalPieces
	if c.Mode == "json" {
		pieces = strvalJSON
	}
	text := pick(g, []string{"a", "b", "l", "m", "c[0]", "a.b", "l[1]", "l[0].x", "name", "é", "a.b.c.d", "1"}) + "=" + g.join(pieces, 0, 4)
	if g.chance(40) {
		text = g.join(pieces, 1, 8)
	}
	for g.chance(30) {
		text += "," + pick(g, []string{"a", "b", "l[0]", "a.c", "m.x[2]"}) + "=" + g.join(pieces, 0, 2)
	}
	c.Files = []File{{Name: "set", Text: Bytes(text)}}
}
