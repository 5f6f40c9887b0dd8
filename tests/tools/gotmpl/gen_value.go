package main

import (
	"fmt"
	"math"
	"math/rand"
	"strconv"
	"strings"

	"helm.sh/helm/v3/pkg/chartutil"
)

// gen makes one case out of one random source.
type gen struct {
	*rand.Rand
	root   interface{} // the data of the case
	vars   []variable  // in scope
	dot    interface{} // a sample of what dot is here
	atRoot bool        // dot is the root
	loops  int         // ranges around, for break and continue
	depth  int         // nested blocks
	blocks []string    // names of the templates that may be called
}

type variable struct {
	name   string
	sample interface{}
}

// unknown is the sample of a value that the generator has no idea of.
type unknown struct{}

func (g *gen) chance(percent int) bool { return g.Intn(100) < percent }

func pick[T any](g *gen, all []T) T { return all[g.Intn(len(all))] }

var keyNames = []string{"a", "b", "c", "s", "n", "m", "l", "name", "enabled", "image", "x.y", "a-b", "Key", "1", "é"}

var plainStrings = []string{
	"", " ", "a", "b", "abc", "Hello World", "foo-bar_baz", "fooBarBaz", "HTTPServer", "FOO_BAR", "true", "false",
	"no", "Yes", "on", "null", "~", "1", "0", "-3", "+7", "007", "0o17", "0x1F", "0b101", "1.5", "1e3", "1_000",
	"100000000000000000000", ".5", "5.", ".inf", "-.Inf", ".nan", "NaN", "12:30:45", "2001-12-14",
	"2001-12-14t21:59:43.10-05:00", "a: b", "- x", "a,b,c", "a:b", "a/b/../c", "/x//y/", "v1.2.3", "multi\nline\n",
	"\nlead", "  two", "trail  ", "tab\there", "cr\r\nlf", "ünïcödé", "日本語 テキスト", "😀 x", "e\u0301", "\u00a0nbsp",
	"\u2028", "\ufeffbom", "\x7f", "\u0085", "\x01", "nul\x00in", "\xff\xfe", "a\xc3", "<a href='x'>&\"</a>", "%d %s",
	"{{ .x }}", "#c", "a #b", "@x", "`x`", "'", "''", "\"", "\\", "\\n", "!tag", "&a", "*a", "|", ">", "%", "?", ":",
	"-", "--", "---", "a:", ":a", "=", "<<", "[", "]", "{", "}", "{}", "[]", ",", "x y z", "$1", "${a}", "https://u:p@h:80/p?q=1#f",
	"The quick brown fox jumps over the lazy dog, twice, so that this line is longer than eighty columns.",
	"a  b   c", "one\n\n\ntwo\n  three", "key: value\nlist:\n- 1\n- 2\n", "ÀÉÎ", "ß", "ǅ", "İ", "ſ", "K",
}

const letters = "abcABC019 _-.:/,\n\t\"'\\{}[]#&*!|>%@`~=<é日😀"

func (g *gen) text() string {
	switch n := g.Intn(100); {
	case n < 70:
		return pick(g, plainStrings)
	case n < 85:
		return pick(g, plainStrings) + pick(g, plainStrings)
	default:
		all := []rune(letters)
		var b strings.Builder
		for range g.Intn(12) {
			b.WriteRune(pick(g, all))
		}
		return b.String()
	}
}

var someFloats = []float64{0, 1, -1, 2, 3, 5, 10, 80, 0.5, 1.5, 2.5, -2.5, 3.14159, 1e5, 123456, 1e6, 1234567, 1e20, 1e21, 1e-4,
	1e-5, 1e100, 5e-324, math.MaxFloat64, 0.1, 1.0 / 3, 1e15, 123456789012, 9007199254740993, math.Copysign(0, -1)}

var someInts = []int64{0, 1, 2, 3, 4, 5, 7, 10, 12, -1, -2, -7, 42, 80, 100, 255, 256, 1000, 8080, 65536, 1000000, 123456789,
	math.MaxInt32, math.MinInt32, math.MaxInt64, math.MinInt64}

func (g *gen) scalar() interface{} {
	switch g.Intn(9) {
	case 0:
		return nil
	case 1:
		return g.chance(50)
	case 2:
		return pick(g, someInts)
	case 3:
		return int(pick(g, someInts))
	case 4, 5:
		return pick(g, someFloats)
	default:
		return g.text()
	}
}

func (g *gen) value(depth int) interface{} {
	if depth <= 0 || g.chance(55) {
		return g.scalar()
	}
	if g.chance(50) {
		return g.list(depth)
	}
	return g.mapping(depth)
}

func (g *gen) list(depth int) interface{} {
	out := make([]interface{}, g.Intn(5))
	same := g.chance(50) // of one kind
	for i := range out {
		switch {
		case same && i > 0 && !isTree(out[0]):
			out[i] = g.like(out[0])
		default:
			out[i] = g.value(depth - 1)
		}
	}
	return out
}

func isTree(v interface{}) bool {
	switch v.(type) {
	case map[string]interface{}, []interface{}, chartutil.Values:
		return true
	}
	return false
}

func (g *gen) like(v interface{}) interface{} {
	switch v.(type) {
	case string:
		return g.text()
	case float64:
		return pick(g, someFloats)
	case int64:
		return pick(g, someInts)
	case int:
		return int(pick(g, someInts))
	case bool:
		return g.chance(50)
	}
	return v
}

func (g *gen) mapping(depth int) map[string]interface{} {
	out := map[string]interface{}{}
	for range g.Intn(5) {
		key := pick(g, keyNames)
		if g.chance(10) {
			key = strings.ReplaceAll(strings.ToValidUTF8(g.text(), "?"), "\x00", "0")
		}
		if key != "1" && key != "" && key[0] >= '0' && key[0] <= '9' {
			key = "k" + key
		}
		if !strings.HasPrefix(key, "!") {
			out[key] = g.value(depth - 1)
		}
	}
	return out
}

// data is what Helm hands to a template, with a value of each kind at a known place.
func (g *gen) data() interface{} {
	values := chartutil.Values(g.mapping(3))
	values["i"] = pick(g, someInts[:14])
	values["f"] = pick(g, someFloats)
	values["str"] = g.text()
	values["t"] = g.chance(70)
	values["nil"] = nil
	values["list"] = g.list(2)
	values["map"] = g.mapping(2)
	values["strs"] = []interface{}{g.text(), g.text(), "a"}
	values["nums"] = []interface{}{pick(g, someFloats), pick(g, someFloats), pick(g, someFloats)}
	values["deep"] = map[string]interface{}{"a": map[string]interface{}{"b": map[string]interface{}{"c": g.scalar()}}, "n": nil}
	if g.chance(5) {
		values["Table"] = g.scalar()
	}
	return chartutil.Values{
		"Values":   values,
		"Release":  map[string]interface{}{"Name": "rel", "Namespace": "ns", "Revision": 1, "IsInstall": true, "Service": "Helm"},
		"Template": chartutil.Values{"Name": "c/templates/t.yaml", "BasePath": "c/templates"},
	}
}

// literal writes a scalar as a template does.
func (g *gen) literal(v interface{}) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case bool:
		return strconv.FormatBool(v)
	case int:
		return g.intLiteral(int64(v))
	case int64:
		return g.intLiteral(v)
	case float64:
		return g.floatLiteral(v)
	case string:
		return g.quoted(v)
	}
	return "."
}

func (g *gen) quoted(s string) string {
	if g.chance(30) && !strings.ContainsAny(s, "`\r\x00") && s != "" {
		return "`" + s + "`"
	}
	if g.chance(20) {
		return strconv.QuoteToASCII(s)
	}
	return strconv.Quote(s)
}

func (g *gen) intLiteral(v int64) string {
	if v < 0 || g.chance(80) {
		return strconv.FormatInt(v, 10)
	}
	return fmt.Sprintf(pick(g, []string{"%#x", "%#X", "%#o", "%O", "0b%b", "+%d", "%d.0", "%d."}), v)
}

func (g *gen) floatLiteral(v float64) string {
	text := strconv.FormatFloat(v, "feg"[g.Intn(3)], -1, 64)
	if g.chance(5) {
		text = strconv.FormatFloat(v, 'x', -1, 64)
	}
	if !strings.ContainsAny(text, ".eExp") {
		text += ".0"
	}
	return text
}

// path writes a way to a value in the data, and what stands there.
func (g *gen) path() (string, interface{}) {
	at, text := g.root, "$"
	if g.atRoot && g.chance(70) {
		text = ""
	}
	if !g.atRoot && isMap(g.dot) && g.chance(50) {
		at, text = g.dot, ""
	}
	steps := 0
	for isMap(at) && (steps == 0 || g.chance(75)) {
		m := asMap(at)
		name := pick(g, keyNames[:11])
		if names := fieldNames(m); len(names) > 0 && g.chance(92) {
			name = pick(g, names)
		} else if g.chance(50) {
			name = "missing"
		}
		if !isFieldName(name) {
			break
		}
		text += "." + name
		at = m[name]
		steps++
	}
	if text == "" {
		text = "."
	}
	if at == nil && steps > 0 && g.chance(5) {
		text += ".x"
	}
	return text, at
}

func isMap(v interface{}) bool {
	_, plain := v.(map[string]interface{})
	_, values := v.(chartutil.Values)
	return plain || values
}

func asMap(v interface{}) map[string]interface{} {
	if values, ok := v.(chartutil.Values); ok {
		return values
	}
	m, _ := v.(map[string]interface{})
	return m
}

func fieldNames(m map[string]interface{}) (names []string) {
	for _, k := range sortedKeys(m) {
		if isFieldName(k) {
			names = append(names, k)
		}
	}
	return names
}

func isFieldName(name string) bool {
	for i, r := range name {
		if !(r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == 'é' || i > 0 && r >= '0' && r <= '9') {
			return false
		}
	}
	return name != ""
}
