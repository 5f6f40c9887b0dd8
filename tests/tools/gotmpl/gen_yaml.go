package main

import (
	"strconv"
	"strings"
)

// YAML texts as charts and their users write them, and worse.

var plainYAML = []string{"a", "b", "abc", "Hello World", "true", "False", "yes", "No", "on", "OFF", "y", "n", "null", "~", "Null", "1", "0", "-1", "+1", "007", "0o17", "0x1F", "0b11", "1_000",
	"1.5", "1e3", "1.0", ".5", "5.", "1e", ".inf", "-.inf", ".nan", "190:20:30", "12:30", "1:2.5", "2001-12-14", "2001-12-14t21:59:43.10-05:00", "2001-1-1", "a:b", "a#b", "a - b", "http://x/y?z",
	"é", "日本", "x y", "-a", "?a", ":a", "<<", "=", "1.2.3", "v1", "''", `""`, "'it''s'", `"\n\t\x41\u00e9"`, `"a b"`, "' sp '", "'1'", `"true"`, "'a: b'", `"\q"`, "123456789012", "1e400", "0.1",
	"a\\b", "100.0", "08", "09.5", "1__0", "-0", "0.0", "-0.0", "+.5", "1E+3", "0x", "{{ x }}", "@a", "`a`", "%a", "!x", "&", "*", "|", ">", "[", "]", "{", "}", ",", "#x", "a: b: c", "\"open", "'open", "\t"}

func (g *gen) yaml() string {
	var b strings.Builder
	if g.chance(5) {
		b.WriteString(pick(g, []string{"---\n", "# comment\n", "%YAML 1.1\n---\n", "--- # c\n", "\n\n", "\ufeff", "%TAG ! x\n---\n"}))
	}
	g.yamlNode(&b, 0, 3, false)
	if g.chance(5) {
		b.WriteString(pick(g, []string{"---\n", "...\n", "---\nb: 2\n", "# end\n", "}\n", "\t\n"}))
	}
	return g.damaged(b.String(), 12)
}

func (g *gen) yamlIndent(b *strings.Builder, n int) { b.WriteString(strings.Repeat(" ", n)) }

// yamlNode writes a node that starts on a new line when it is a collection; inline: behind "key:".
func (g *gen) yamlNode(b *strings.Builder, indent, depth int, inline bool) {
	n := g.Intn(100)
	if indent == 0 && !inline {
		n = g.Intn(70)
	}
	g.yamlProperties(b, inline)
	switch {
	case depth > 0 && n < 40:
		if inline {
			b.WriteString("\n")
		}
		g.yamlMap(b, indent, depth)
	case depth > 0 && n < 58:
		if inline {
			b.WriteString("\n")
		}
		g.yamlList(b, indent, depth)
	case n < 68:
		b.WriteString(g.flow(2) + "\n")
	case n < 78 && inline:
		g.yamlBlock(b, indent)
	default:
		b.WriteString(g.yamlScalar())
		if g.chance(8) {
			b.WriteString(" # comment")
		}
		b.WriteString("\n")
	}
}

func (g *gen) yamlProperties(b *strings.Builder, inline bool) {
	if inline && g.chance(4) {
		b.WriteString(pick(g, []string{"&a ", "&b ", "!!str ", "!!int ", "!!float ", "!!bool ", "!!null ", "!x ", "!!map ", "!!seq ", "!!binary ", "! ", "!!str &a "}))
	}
}

func (g *gen) yamlScalar() string {
	if g.chance(4) {
		return pick(g, []string{"*a", "*b", "*c"})
	}
	if g.chance(15) {
		return pick(g, plainYAML) + " " + pick(g, plainYAML)
	}
	return pick(g, plainYAML)
}

func (g *gen) yamlKey() string {
	if g.chance(80) {
		return pick(g, keyNames)
	}
	return pick(g, []string{"<<", "true", "1", "1.5", "null", "~", "'q'", `"q"`, "a b", "? a", "- a", "yes", "0x10", "[a]", "{a: b}", "2001-01-01", ".inf", "é", "1e3"})
}

func (g *gen) yamlMap(b *strings.Builder, indent, depth int) {
	for range 1 + g.Intn(3) {
		g.yamlIndent(b, indent)
		key := g.yamlKey()
		b.WriteString(key + ":" + pick(g, []string{" ", " ", " ", "  ", "", "\t"}))
		if key == "<<" && g.chance(80) {
			b.WriteString(pick(g, []string{"*a\n", "{z: 1}\n", "[*a, {y: 2}]\n", "[{x: 1}, {x: 2}]\n"}))
			continue
		}
		g.yamlNode(b, indent+1+g.Intn(2)*1, depth-1, true)
		if g.chance(4) {
			b.WriteString(pick(g, []string{"\n", "# c\n", "  # c\n"}))
		}
	}
}

func (g *gen) yamlList(b *strings.Builder, indent, depth int) {
	for range 1 + g.Intn(3) {
		g.yamlIndent(b, indent)
		b.WriteString("- ")
		if depth > 1 && g.chance(20) {
			var inner strings.Builder
			g.yamlMap(&inner, indent+2, depth-1)
			b.WriteString(strings.TrimLeft(inner.String(), " "))
			continue
		}
		if g.chance(15) {
			b.WriteString(g.flow(2) + "\n")
			continue
		}
		b.WriteString(g.yamlScalar() + "\n")
	}
}

func (g *gen) yamlBlock(b *strings.Builder, indent int) {
	b.WriteString(pick(g, []string{"|", ">", "|-", ">-", "|+", ">+", "|2", ">1", "|-2"}) + "\n")
	for range g.Intn(4) {
		g.yamlIndent(b, indent+pick(g, []int{0, 1, 1, 1, 2, 3}))
		b.WriteString(pick(g, []string{"text", "more text", "", " lead", "# no comment", "a: b", "- x", "trail ", "\ttab", "é"}) + "\n")
	}
}

func (g *gen) flow(depth int) string {
	if depth == 0 || g.chance(40) {
		scalar := pick(g, []string{"a", "b c", "1", "1.5", "true", "null", "'q'", `"d"`, "x:y", "~", "", "*a", "&a v", "-", "1:2", "a: b", "é"})
		return scalar
	}
	var parts []string
	for range g.Intn(4) {
		part := g.flow(depth - 1)
		parts = append(parts, part)
	}
	sep := pick(g, []string{", ", ",", " , ", ",\n  "})
	if g.chance(50) {
		return "[" + strings.Join(parts, sep) + pick(g, []string{"]", "]", ",]"})
	}
	for i := range parts {
		parts[i] = pick(g, []string{"a", "b", "'k'", `"k"`, strconv.Itoa(i)}) + pick(g, []string{": ", ": ", ":", ""}) + parts[i]
	}
	return "{" + strings.Join(parts, sep) + pick(g, []string{"}", "}", ",}"})
}
