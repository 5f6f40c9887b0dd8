package main

import (
	"fmt"
	"strings"
)

// pipeline writes what may stand in an action, without delimiters.
func (g *gen) pipeline(depth int) string {
	var text string
	switch n := g.Intn(100); {
	case n < 20:
		text, _ = g.path()
	case n < 28 && len(g.vars) > 0:
		v := pick(g, g.vars)
		text = v.name
		if isMap(v.sample) && g.chance(40) {
			text += "." + pick(g, keyNames[:8])
		}
	case n < 34:
		text = g.operand('a', depth)
		if text == "nil" {
			text = "(nil)"
		}
	default:
		text = g.callOf(pick(g, functions), depth)
	}
	for g.chance(20) {
		f := pick(g, functions)
		if f.params == "" || random[f.name] != "" {
			continue
		}
		args := g.arguments(f, depth-1)
		if len(args) > 0 {
			args = args[:len(args)-1]
		}
		text += " | " + strings.Join(append([]string{f.name}, args...), " ")
	}
	if g.chance(2) {
		text = "(" + text + ")" + pick(g, []string{".a", ".x.y", ".Values", ""})
	}
	return text
}

// action puts delimiters around, with trim markers now and then.
func (g *gen) action(text string) string {
	left, right := "{{", "}}"
	switch n := g.Intn(100); {
	case n < 25:
		left = "{{- "
	case n < 45:
		left = "{{ "
	case n < 48:
		left = "{{-\n"
	}
	switch n := g.Intn(100); {
	case n < 20:
		right = " -}}"
	case n < 45:
		right = " }}"
	}
	return left + text + right
}

var plainText = []string{"", "x", " ", "\n", "  \n", "a: ", "\n  b: ", "- ", "text\n", "\t", "\r\n", "é", "}}", "{ { ", "\n\n", "<no value>", "{x", "# c\n", "%d", "\x00", "'"}

func (g *gen) body(budget int) string {
	var b strings.Builder
	mark := len(g.vars)
	for range 1 + g.Intn(max(1, budget)) {
		if g.chance(45) {
			b.WriteString(pick(g, plainText))
		}
		b.WriteString(g.node(budget - 1))
	}
	if g.chance(40) {
		b.WriteString(pick(g, plainText))
	}
	g.vars = g.vars[:mark]
	return b.String()
}

func (g *gen) node(budget int) string {
	if budget < 1 || g.depth > 4 {
		return g.action(g.pipeline(1))
	}
	g.depth++
	defer func() { g.depth-- }()
	switch n := g.Intn(100); {
	case n < 38:
		return g.action(g.pipeline(2))
	case n < 50:
		return g.declaration()
	case n < 62:
		return g.conditional(budget)
	case n < 72:
		return g.with(budget)
	case n < 86:
		return g.loop(budget)
	case n < 90:
		return g.action(pick(g, []string{"/* c */", "/**/", "/* a\nb */"}))
	case n < 93 && g.loops > 0:
		return g.action("if "+g.condition()) + g.action(pick(g, []string{"break", "continue"})) + g.action("end")
	case n < 97 && len(g.blocks) > 0:
		return g.action("template " + g.quoted(pick(g, g.blocks)) + pick(g, []string{"", " .", " $", " .Values", " " + g.operand('a', 1)}))
	case len(g.blocks) > 0:
		return g.action("include " + g.quoted(pick(g, g.blocks)) + pick(g, []string{" .", " $", " .Values"}) + pick(g, []string{"", " | nindent 2", " | trim", " | fromYaml"}))
	default:
		return g.conditional(budget)
	}
}

func (g *gen) condition() string {
	if g.chance(30) {
		return g.callOf(pick(g, byResult['b']), 1)
	}
	return g.pipeline(1)
}

var variableNames = []string{"$x", "$y", "$z", "$v", "$_a"}

func (g *gen) declaration() string {
	if len(g.vars) > 0 && g.chance(30) {
		v := pick(g, g.vars)
		return g.action(v.name + pick(g, []string{" = ", "=", " := "}) + g.pipeline(1))
	}
	name := pick(g, variableNames)
	text, sample := g.path()
	if g.chance(60) {
		text, sample = g.pipeline(2), unknown{}
	}
	action := g.action(name + pick(g, []string{" := ", ":=", " :="}) + text)
	g.vars = append(g.vars, variable{name, sample})
	return action
}

func (g *gen) conditional(budget int) string {
	var b strings.Builder
	mark := len(g.vars)
	if g.chance(15) {
		name := pick(g, variableNames)
		b.WriteString(g.action("if " + name + " := " + g.pipeline(1)))
		g.vars = append(g.vars, variable{name, unknown{}})
	} else {
		b.WriteString(g.action("if " + g.condition()))
	}
	b.WriteString(g.body(budget - 1))
	for g.chance(20) {
		b.WriteString(g.action("else if "+g.condition()) + g.body(budget-1))
	}
	if g.chance(40) {
		b.WriteString(g.action("else") + g.body(budget-1))
	}
	b.WriteString(g.action("end"))
	g.vars = g.vars[:mark]
	return b.String()
}

// inside runs a body with another dot.
func (g *gen) inside(dot interface{}, body func()) {
	was, root := g.dot, g.atRoot
	g.dot, g.atRoot = dot, false
	body()
	g.dot, g.atRoot = was, root
}

func (g *gen) with(budget int) string {
	var b strings.Builder
	mark := len(g.vars)
	text, sample := g.path()
	if g.chance(30) {
		text, sample = g.pipeline(1), unknown{}
	}
	if g.chance(20) {
		name := pick(g, variableNames)
		text = name + " := " + text
		g.vars = append(g.vars, variable{name, sample})
	}
	b.WriteString(g.action("with " + text))
	g.inside(sample, func() { b.WriteString(g.body(budget - 1)) })
	if g.chance(10) {
		b.WriteString(g.action("else with " + g.pipeline(1)))
		g.inside(unknown{}, func() { b.WriteString(g.body(budget - 1)) })
	}
	if g.chance(30) {
		b.WriteString(g.action("else") + g.body(budget-1))
	}
	b.WriteString(g.action("end"))
	g.vars = g.vars[:mark]
	return b.String()
}

func elementOf(v interface{}) interface{} {
	if list, ok := v.([]interface{}); ok && len(list) > 0 {
		return list[0]
	}
	if m := asMap(v); len(m) > 0 {
		return m[sortedKeys(m)[0]]
	}
	return unknown{}
}

func (g *gen) loop(budget int) string {
	var b strings.Builder
	mark := len(g.vars)
	text, sample := g.operand(pick(g, []byte("LLLMMMia")), 1), interface{}(unknown{})
	if found, over := g.candidate(pick(g, []byte("LM"))); found != "" && g.chance(60) {
		text, sample = found, over
	}
	if g.chance(3) {
		text = pick(g, []string{"3", "0", "-1", "2.5", `"abc"`, "nil", "true", ".Values.f", "int64 2", "until 4", "len .Values.list"})
	}
	element := elementOf(sample)
	switch n := g.Intn(100); {
	case n < 35:
	case n < 55:
		name := pick(g, variableNames)
		text = name + pick(g, []string{" := ", " = "}) + text
		g.vars = append(g.vars, variable{name, element})
	default:
		k, v := pick(g, variableNames), pick(g, variableNames)
		text = fmt.Sprintf("%s, %s %s %s", k, v, pick(g, []string{":=", ":=", ":=", "="}), text)
		g.vars = append(g.vars, variable{k, unknown{}}, variable{v, element})
	}
	b.WriteString(g.action("range " + text))
	g.loops++
	g.inside(element, func() { b.WriteString("," + g.body(budget-1)) })
	g.loops--
	if g.chance(25) {
		b.WriteString(g.action("else") + g.body(budget-1))
	}
	b.WriteString(g.action("end"))
	g.vars = g.vars[:mark]
	return b.String()
}

// define writes a template that may call those defined before it.
func (g *gen) define(name string) string {
	vars, loops, root, depth := g.vars, g.loops, g.atRoot, g.depth
	g.vars, g.loops, g.depth = nil, 0, 2
	text := g.action("define "+g.quoted(name)) + g.body(2) + g.action("end")
	if g.chance(15) {
		text = g.action("block "+g.quoted(name)+" "+pick(g, []string{".", ".Values", "$"})) + g.body(2) + g.action("end")
	}
	g.vars, g.loops, g.atRoot, g.depth = vars, loops, root, depth
	g.blocks = append(g.blocks, name)
	return text
}

// textOfTpl is a template for the function tpl.
func (g *gen) textOfTpl() string {
	if g.chance(20) {
		return pick(g, []string{"{{ .Values.str }}", "{{ . }}", "{{ .x }}", "{{", "{{ nosuch }}", "{{ define \"t1\" }}D{{ end }}{{ include \"t1\" . }}", "plain", "", "{{ fail \"f\" }}", "{{ .Release.Name }}", "{{- /* c */ -}}", "{{ $ }}", "{{ template \"nosuch\" }}"})
	}
	vars, depth := g.vars, g.depth
	g.vars, g.depth = nil, 4
	text := g.body(2)
	g.vars, g.depth = vars, depth
	return text
}

// syntax is broken or odd on purpose, for the errors of the parser.
var syntaxPieces = []string{"{{", "}}", "{{-", "-}}", " -}}", "{{- ", "/*", "*/", "if", "else", "end", "range", "with", "define", "template", "block", "break", "continue", "nil", ".", "..",
	".a", ".Values", "$", "$x", "$x :=", ":=", "=", ",", "|", "(", ")", `"a"`, `"`, "`", "'a'", "'", "'ab'", "''", `'\n'`, `"\q"`, "1", "1a", "0x", "0xg", "08", "1_0", "1__0", "1.5", "1e", ".5", "1.", "+1", "-", "+",
	"0b12", "0x1p4", "9223372036854775808", "1e400", "1e3", "'\\u00e9'", "true", "print", "nosuch", "len", "a.b", "print.x", "1.x", "\"a\".b", "nil.a", "true.x", "$x.y", "(1).a", "\n", " ", " ", " ", "é", "!", "@", "#", "\\", "\x00", "\xff",
	":", ";", "{", "}", "define \"a\"", "template \"a\"", "block \"a\" .", "else if", "else with", "$x, $y := ", "range $i, $e := .Values.list", "if .a", "with $v := 1", "&&", "<", "0o7", "1.5.6", "'\\'", "text"}

func (g *gen) syntax() string {
	var b strings.Builder
	if g.chance(60) {
		b.WriteString("{{")
		for range 1 + g.Intn(5) {
			b.WriteString(pick(g, syntaxPieces))
			if g.chance(50) {
				b.WriteString(" ")
			}
		}
		if g.chance(85) {
			b.WriteString("}}")
		}
		if g.chance(50) {
			b.WriteString("{{end}}")
		}
		return b.String()
	}
	for range 1 + g.Intn(6) {
		b.WriteString(pick(g, []string{"{{if .a}}", "{{else}}", "{{end}}", "{{range .Values.list}}", "{{with .}}", "{{define \"a\"}}", "{{template \"a\"}}", "{{block \"b\" .}}", "{{else if 1}}", "{{else with 1}}",
			"{{break}}", "{{continue}}", "x", "\n", "{{/* c */}}", "{{$x := 1}}", "{{$x}}", "{{end}}", "{{end}}", "{{range $i, $e := .}}", "{{else if}}", "{{else range}}", "{{- end -}}", "{{if}}", "{{with}}", "{{range}}", "{{define}}",
			"{{template}}", "{{block}}", "{{end .}}", "{{else .}}", "{{break .}}", "{{define \"a\" .}}", "{{template . }}", "{{block \"a\"}}", "{{define `a`}}", "{{template \"a\" . .}}", "{{if $x := 1}}", "{{$x = 2}}"}))
	}
	return b.String()
}
