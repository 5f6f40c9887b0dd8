package main

import (
	"fmt"
	"reflect"
	"sort"
	"strings"
)

// function is what calls are made from: parameters and result as letters.
//
//	s string  i int  n number of any kind  f float64  b bool  a anything  L list  M map
//	R regex  t replacement  V version  C constraint  Y YAML  J JSON  U URL  P path  B base64
//	D time layout  T time  d duration  F printf format and its arguments  E template text
//	N name of a template  G Go type name  K Go kind name  k map key  = the same kind as before
//
// A final '*' repeats the last letter.
type function struct {
	name   string
	params string
	result byte
}

// hints replace what reflection says of the parameters where more is known of what is wanted.
var hints = map[string]string{
	"add": "n*", "add1": "n", "sub": "nn", "div": "nn", "mod": "nn", "mul": "nn*", "max": "nn*", "min": "nn*", "maxf": "nn*", "minf": "nn*",
	"biggest": "nn*", "ceil": "n", "floor": "n", "round": "nif", "int": "n", "int64": "n", "float64": "n", "toDecimal": "s",
	"addf": "n*", "add1f": "n", "subf": "nn*", "divf": "nn*", "mulf": "nn*",
	"append": "La", "push": "La", "mustAppend": "La", "mustPush": "La", "prepend": "La", "mustPrepend": "La", "concat": "L*", "first": "L", "last": "L",
	"initial": "L", "rest": "L", "reverse": "L", "uniq": "L", "compact": "L", "sortAlpha": "L", "join": "sL", "has": "aL", "without": "La*",
	"mustFirst": "L", "mustLast": "L", "mustInitial": "L", "mustRest": "L", "mustReverse": "L", "mustUniq": "L", "mustCompact": "L", "mustHas": "aL",
	"mustWithout": "La*", "slice": "Lii", "mustSlice": "Lii", "chunk": "iL", "mustChunk": "iL", "toStrings": "L",
	"dict": "sasasa", "get": "Mk", "set": "Mka", "unset": "Mk", "hasKey": "Mk", "pluck": "kMM", "pick": "Mk*", "omit": "Mk*", "dig": "kkaM",
	"deepEqual": "a=", "eq": "a=", "ne": "a=", "lt": "n=", "le": "n=", "gt": "n=", "ge": "n=", "ternary": "aab", "default": "a*",
	"regexMatch": "Rs", "regexFind": "Rs", "regexFindAll": "Rsi", "regexReplaceAll": "Rst", "regexReplaceAllLiteral": "Rst", "regexSplit": "Rsi",
	"mustRegexMatch": "Rs", "mustRegexFind": "Rs", "mustRegexFindAll": "Rsi", "mustRegexReplaceAll": "Rst", "mustRegexReplaceAllLiteral": "Rst",
	"mustRegexSplit": "Rsi", "semver": "V", "semverCompare": "CV", "fromYaml": "Y", "fromYamlArray": "Y", "fromJson": "J", "fromJsonArray": "J",
	"mustFromJson": "J", "urlParse": "U", "base": "P", "dir": "P", "ext": "P", "clean": "P", "isAbs": "P", "osBase": "P", "osDir": "P", "osExt": "P",
	"osClean": "P", "osIsAbs": "P", "b64dec": "B", "b32dec": "B", "date": "DT", "toDate": "DT", "mustToDate": "DT", "dateInZone": "DTs",
	"duration": "d", "durationRound": "d", "date_modify": "dT", "dateModify": "dT", "must_date_modify": "dT", "mustDateModify": "dT",
	"printf": "F", "tpl": "Ea", "include": "Na", "typeIs": "Ga", "typeIsLike": "Ga", "kindIs": "Ka", "index": "Lk", "fail": "s", "trunc": "is",
	"html": "a*", "js": "a*", "urlquery": "a*", "print": "a*", "println": "a*", "not": "a", "and": "a*", "or": "a*", "len": "L", "call": "a*",
	"cat": "a*", "quote": "a*", "squote": "a*", "toYaml": "a", "toJson": "a", "sha256sum": "s", "all": "a*", "any": "a*", "coalesce": "a*",
}

// builtins are Go's own functions that no function of Helm hides.
var builtins = map[string]byte{"and": 'a', "or": 'a', "not": 'b', "len": 'i', "index": 'a', "print": 's', "println": 's', "printf": 's', "html": 's',
	"js": 's', "urlquery": 's', "eq": 'b', "ne": 'b', "lt": 'b', "le": 'b', "gt": 'b', "ge": 'b', "call": 'a'}

var functions = allFunctions()
var byResult = functionsByResult()

func allFunctions() (all []function) {
	for name, result := range builtins {
		all = append(all, function{name, hints[name], result})
	}
	for name, fn := range helmFuncMap() {
		t := reflect.TypeOf(fn)
		params := hints[name]
		if params == "" {
			for i := range t.NumIn() {
				in := t.In(i)
				if t.IsVariadic() && i == t.NumIn()-1 {
					params += string(letterOf(in.Elem())) + "*"
				} else {
					params += string(letterOf(in))
				}
			}
		}
		all = append(all, function{name, params, letterOf(t.Out(0))})
	}
	sort.Slice(all, func(i, j int) bool { return all[i].name < all[j].name })
	return all
}

func letterOf(t reflect.Type) byte {
	switch t.Kind() {
	case reflect.String:
		return 's'
	case reflect.Int64:
		return 'n'
	case reflect.Int, reflect.Uint32:
		return 'i'
	case reflect.Float64:
		return 'f'
	case reflect.Bool:
		return 'b'
	case reflect.Slice:
		return 'L'
	case reflect.Map:
		return 'M'
	}
	return 'a'
}

func functionsByResult() map[byte][]function {
	all := map[byte][]function{}
	for _, f := range functions {
		if f.name != "fail" && f.name != "tpl" && f.name != "include" {
			all[f.result] = append(all[f.result], f)
		}
	}
	return all
}

// operand writes an argument of the wanted kind: one term, with parentheses where needed.
func (g *gen) operand(kind byte, depth int) string {
	if g.chance(4) {
		kind = "sinfbaLM"[g.Intn(8)]
	}
	if text, sample := g.candidate(kind); text != "" && g.chance(45) {
		_ = sample
		if g.chance(6) {
			text = "(" + text + ")"
		}
		return text
	}
	if depth > 0 && g.chance(45) {
		if fs := byResult[resultFor(g, kind)]; len(fs) > 0 {
			text := "(" + g.callOf(pick(g, fs), depth-1) + ")"
			if kind == 'a' && g.chance(5) {
				text += "." + pick(g, keyNames[:8])
			}
			return text
		}
	}
	return g.plain(kind, depth)
}

func resultFor(g *gen, kind byte) byte {
	switch kind {
	case 'n':
		return pick(g, []byte("iifan"))
	case 'a', '=':
		return pick(g, []byte("sifbaLMn"))
	case 's', 'i', 'f', 'b', 'L', 'M':
		return kind
	}
	return 0
}

// candidate is a variable or field that holds the wanted kind.
func (g *gen) candidate(kind byte) (string, interface{}) {
	for range 6 {
		text, sample := "", interface{}(nil)
		if len(g.vars) > 0 && g.chance(35) {
			v := pick(g, g.vars)
			text, sample = v.name, v.sample
		} else {
			text, sample = g.path()
		}
		if holds(sample, kind) {
			return text, sample
		}
	}
	return "", nil
}

func holds(v interface{}, kind byte) bool {
	switch v := v.(type) {
	case string:
		return kind == 's' || kind == 'a' || kind == 'k'
	case int:
		return kind == 'n' || kind == 'a' || kind == 'i'
	case int64, float64:
		return kind == 'n' || kind == 'a'
	case bool:
		return kind == 'b' || kind == 'a'
	case []interface{}:
		return kind == 'L' || kind == 'a'
	case unknown, nil:
		return kind == 'a'
	default:
		_ = v
		return kind == 'M' || kind == 'a'
	}
}

var typeNames = []string{"string", "int", "int64", "float64", "bool", "map[string]interface {}", "[]interface {}", "[]string", "chartutil.Values", "<nil>", "*semver.Version", "nil"}
var kindNames = []string{"string", "int", "int64", "float64", "bool", "map", "slice", "invalid", "ptr", "struct"}

// oddOperands are values of kinds that only functions make.
var oddOperands = []string{"(int64 5)", "(float64 2)", "(until 3)", `(splitList "," "a,b")`, `(split "," "a,b")`, "(list)", "(dict)", `(semver "1.2.3")`,
	"(chunk 2 (list 1 2 3))", "'a'", "(list nil)", `(dict "a" nil)`, `(fromYaml "a: 1")`, `(fromJson "[1]")`, "(index .Values.list 0)", "(.Values.missing)",
	"(len .Values.map)", "(toStrings .Values.nums)", `(regexFindAll "a" "aa" -1)`, `(urlParse "http://h/p")`, "(rest (list 1))", "(rest (list))", `(b64dec "//4=")`,
	"(first (list))", "(tuple 1 2.5 nil)", "(keys .Values)", "(fromYamlArray \"[1, a]\")", "(float64 1)", "(.Values.nil)", "$.Release.Revision", "nil", "(print nil)",
	`(dict "a" (dict "b" 1))`, "(list (list 1) (list 1))", "(list 1 1.0 \"1\")", "(add 1 2)", "(omit .Values \"map\")", "(deepCopy .Values)"}

// plain writes a term without calling anything.
func (g *gen) plain(kind byte, depth int) string {
	switch kind {
	case 's':
		return g.quoted(g.text())
	case 'i':
		return g.intLiteral(int64(pick(g, []int{0, 1, 2, 3, 4, 5, 7, 10, 20, -1, -2, 42, 80})))
	case 'n':
		return pick(g, []string{g.intLiteral(pick(g, someInts[:20])), g.floatLiteral(pick(g, someFloats)), g.quoted(pick(g, plainStrings[14:36])), "(int64 3)", "'a'", ".Values.i", ".Values.f"})
	case 'f':
		return g.floatLiteral(pick(g, someFloats))
	case 'b':
		return pick(g, []string{"true", "false", "$.Values.t"})
	case 'L':
		return pick(g, []string{"$.Values.list", "$.Values.strs", "$.Values.nums", "(list)", g.listCall(depth), g.listCall(depth), "(until 3)", `(splitList "," "b,a")`})
	case 'M':
		return pick(g, []string{"$.Values.map", "$.Values.deep", "$.Values", "(dict)", g.dictCall(depth), g.dictCall(depth), `(split "," "b,a")`, "$.Release"})
	case 'R':
		return g.quoted(g.regex())
	case 't':
		return g.quoted(pick(g, replacements))
	case 'V':
		return g.quoted(g.version())
	case 'C':
		return g.quoted(g.constraint())
	case 'Y':
		return g.quoted(g.yaml())
	case 'J':
		return g.quoted(g.json(3))
	case 'U':
		return g.quoted(g.url())
	case 'P':
		return g.quoted(g.filePath())
	case 'B':
		return g.quoted(g.base64())
	case 'D':
		return g.quoted(g.layout())
	case 'T':
		return g.quoted(g.date())
	case 'd':
		return g.quoted(g.duration())
	case 'E':
		return g.quoted(g.textOfTpl())
	case 'N':
		if len(g.blocks) > 0 && g.chance(90) {
			return g.quoted(pick(g, g.blocks))
		}
		return g.quoted("nosuch")
	case 'G':
		return g.quoted(pick(g, typeNames))
	case 'K':
		return g.quoted(pick(g, kindNames))
	case 'k':
		return g.quoted(pick(g, keyNames[:8]))
	}
	if g.chance(25) {
		return pick(g, oddOperands)
	}
	if g.chance(10) {
		return pick(g, []string{".", "$", ".Values", ".Values.missing", "$.Values.nil", ".Values.deep.n", "(.Values.missing).x", "(.Values.nil)"})
	}
	return g.literal(g.scalar())
}

func (g *gen) listCall(depth int) string {
	var b strings.Builder
	b.WriteString("(list")
	for range g.Intn(4) {
		b.WriteString(" " + g.operand('a', depth-1))
	}
	return b.String() + ")"
}

func (g *gen) dictCall(depth int) string {
	var b strings.Builder
	b.WriteString("(dict")
	for range g.Intn(4) {
		b.WriteString(" " + g.quoted(pick(g, keyNames)) + " " + g.operand('a', depth-1))
	}
	return b.String() + ")"
}

// callOf writes a call without parentheses, its last argument sometimes in front of a pipe.
func (g *gen) callOf(f function, depth int) string {
	for slow[f.name] && !g.chance(3) {
		f = pick(g, functions)
	}
	args := g.arguments(f, depth)
	text := f.name
	if wrap := random[f.name]; wrap != "" {
		for _, arg := range args {
			text += " " + arg
		}
		return fmt.Sprintf(wrap, text)
	}
	piped := ""
	if n := len(args); n > 0 && g.chance(25) {
		piped, args = args[n-1], args[:n-1]
		if strings.HasPrefix(piped, "(") && strings.HasSuffix(piped, ")") && g.chance(70) && balanced(piped[1:len(piped)-1]) {
			piped = piped[1 : len(piped)-1]
		}
	}
	for _, arg := range args {
		text += " " + arg
	}
	if piped != "" {
		text = piped + " | " + text
	}
	return text
}

// balanced: no parenthesis closes what is not open; strings are few enough to be ignored.
func balanced(text string) bool {
	open := 0
	for _, r := range text {
		switch r {
		case '(':
			open++
		case ')':
			open--
		}
		if open < 0 {
			return false
		}
	}
	return open == 0
}

func (g *gen) arguments(f function, depth int) (args []string) {
	params := f.params
	repeat := byte(0)
	if n := len(params); n > 1 && params[n-1] == '*' {
		repeat = params[n-2]
		params = params[:n-2]
	}
	last := byte('a')
	for i := range len(params) {
		kind := params[i]
		if kind == 'F' {
			return append(args, g.formatted(depth)...)
		}
		if kind == '=' {
			kind = last
		} else {
			last = kind
			if kind == 'a' && i+1 < len(params) && params[i+1] == '=' {
				last = pick(g, []byte("snbiLMa"))
				kind = last
			}
		}
		args = append(args, g.operand(kind, depth))
	}
	if repeat != 0 {
		for range g.Intn(4) {
			args = append(args, g.operand(repeat, depth))
		}
	}
	if g.chance(3) && len(args) > 0 {
		args = args[:len(args)-1]
	}
	if g.chance(2) {
		args = append(args, g.operand('a', depth))
	}
	return args
}

// formatted writes a printf format and its arguments.
func (g *gen) formatted(depth int) []string {
	var b strings.Builder
	var args []string
	for range 1 + g.Intn(3) {
		b.WriteString(pick(g, []string{"", "", "x", " ", "%%", "é", "[", "\n"}))
		if g.chance(12) {
			b.WriteString(pick(g, []string{"%", "%!", "%é", "%[1]d", "%[2]*[1]d", "%[3]s", "%[x]d", "%[]d", "%-", "%.", "%*d", "%.*f", "%z", "%+", "%[1]", "%[1]v%[1]T", "%-010d|", "%+q", "%#q", "%.3x", "% x", "%# x", "%#+v", "%#v"}))
			args = append(args, g.operand('a', depth))
			continue
		}
		verb := formatVerbs[g.Intn(len(formatVerbs))]
		b.WriteString("%")
		if g.chance(30) {
			b.WriteString(g.join([]string{"-", "+", "#", "0", " "}, 1, 2))
		}
		if g.chance(30) {
			b.WriteString(pick(g, []string{"1", "5", "12", "03", "40"}))
		}
		if g.chance(25) {
			b.WriteString(pick(g, []string{".", ".0", ".1", ".2", ".5", ".20", ".-1"}))
		}
		b.WriteByte(verb)
		kind := byte('a')
		switch {
		case strings.IndexByte("sq", verb) >= 0 && g.chance(60):
			kind = 's'
		case strings.IndexByte("dcUobOxX", verb) >= 0 && g.chance(60):
			kind = 'i'
		case strings.IndexByte("fFeEgG", verb) >= 0 && g.chance(60):
			kind = 'f'
		case verb == 't' && g.chance(60):
			kind = 'b'
		}
		args = append(args, g.operand(kind, depth))
	}
	return append([]string{g.quoted(b.String())}, args...)
}
