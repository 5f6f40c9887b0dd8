package main

import (
	"regexp"
	"strconv"
	"strings"
)

// Texts of the small languages that functions read. Each is a list of pieces that are put together
// at random: mostly right, sometimes not.

func (g *gen) join(pieces []string, least, most int) string {
	var b strings.Builder
	for range least + g.Intn(most-least+1) {
		b.WriteString(pick(g, pieces))
	}
	return b.String()
}

var regexPieces = []string{"a", "b", ".", "\\d", "\\w", "\\s", "[a-z]", "[^a-c]", "[[:alpha:]]", "(a|b)", "(?:x)", "(?P<n>a)", "(o)",
	"*", "+", "?", "{2}", "{1,}", "{0,3}", "*?", "+?", "^", "$", "\\b", "|", "\\.", "-", "_", "/", "(?i)", "(?s)", "(?m)", "é", "\\pL",
	"\\p{Greek}", "\\x41", "[", "(", ")", "\\", "[b-a]", "**", "\\z", "\\A", "\\Q.\\E", "[\\w-]", "[^\\n]", "l", "o+", " ", ",", "\\n"}

func (g *gen) regex() string {
	if g.chance(30) {
		return pick(g, []string{"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "[A-Z]", "\\s+", "", "a*", "o", "(\\w+)-(\\w+)", ".*", "^$", "(?i)hello", "[^a-zA-Z0-9]+", "b|"})
	}
	for {
		if text := g.join(regexPieces, 1, 6); !flagsBetween.MatchString(text) {
			return text
		}
	}
}

var flagsBetween = regexp.MustCompile(`[*+?}](\(\?[ims]\))+[*+?{]`)

var replacements = []string{"", "x", "$1", "${1}", "$1x", "${n}", "$0-$0", "$$", "$", "${", "\\1", "$n$", "${1}y", "é"}

var versionPieces = []string{"1", "2", "10", "0", "01", ".", ".", ".", "-", "+", "v", "alpha", "rc.1", "beta", "x", " ", "*", "99999999999999999999", "é", "-0", "_"}

func (g *gen) version() string {
	if g.chance(25) {
		return g.join(versionPieces, 1, 8)
	}
	parts := make([]string, 1+g.Intn(4))
	for i := range parts {
		parts[i] = strconv.Itoa(pick(g, []int{0, 1, 1, 2, 3, 10, 27, 2024}))
	}
	if g.chance(85) && len(parts) > 3 {
		parts = parts[:3]
	}
	text := strings.Join(parts, ".")
	if g.chance(20) {
		text = "v" + text
	}
	if g.chance(30) {
		text += "-" + pick(g, []string{"0", "alpha", "alpha.1", "rc.1", "rc1", "beta.11", "1", "01", "gke.100", "a-b", ""})
	}
	if g.chance(20) {
		text += "+" + pick(g, []string{"build", "1", "a.b", "001", "", "a_b"})
	}
	return text
}

func (g *gen) constraint() string {
	one := func() string {
		op := pick(g, []string{"", "", "=", "!=", ">", "<", ">=", "=>", "<=", "=<", "~", "~>", "^", ">= ", "< ", "^ ", "==", "><", "~="})
		v := g.version()
		if g.chance(20) {
			v = pick(g, []string{"*", "x", "1.x", "1.2.x", "1.*", "X", "1.2", "1", "1.X.3", "x.1", "*-0"})
		}
		return op + v
	}
	text := one()
	if g.chance(10) {
		text += pick(g, []string{" - ", "-", " -"}) + g.version()
	}
	for g.chance(35) {
		text += pick(g, []string{", ", ",", " ", " || ", "||", "  ", " | "}) + one()
	}
	return text
}

var urlPieces = []string{"http", "https", "://", ":", "//", "/", "user", "@", "host", "example.com", "[::1]", ":80", ":x", "?", "q=1", "&", "#", "frag", "%20",
	"%zz", "%", " ", "é", "..", "a+b", ";", "\x7f", "[fe80::1%25en0]", "*", "mailto:a@b", "<", "[::1", "~"}

func (g *gen) url() string {
	if g.chance(40) {
		return pick(g, []string{"http://user:pass@host:8080/a/b?q=1&r=2#frag", "https://example.com", "mailto:x@y.z", "/a/b", "a/b:c", "//h/p", "http://h/%2f?%3f#%23", "", "tcp://1.2.3.4:80", "http://a b/"})
	}
	return g.join(urlPieces, 1, 8)
}

var pathPieces = []string{"a", "b.txt", "/", "//", ".", "..", "./", "../", "é", ".gz", "c.tar", " ", "\\", "C:"}

func (g *gen) filePath() string { return g.join(pathPieces, 0, 6) }

var base64Pieces = []string{"aGVsbG8=", "aGk=", "Zm9v", "YQ==", "YQ", "/+8=", "_-8=", "=", "\n", "!", "AAAA", "NBSWY3DP", "ME======", "MFRA====", "me======", "8"}

func (g *gen) base64() string { return g.join(base64Pieces, 0, 3) }

var layoutPieces = []string{"2006", "06", "01", "1", "Jan", "January", "02", "2", "_2", "15", "3", "03", "04", "4", "05", "5", ".000", ".999", ",000", "PM", "pm",
	"MST", "Z07:00", "-0700", "-07", "Z0700", "Mon", "Monday", "002", "__2", "-", "/", " ", ":", "T", "x", "20", "é", "-07:00:00"}

func (g *gen) layout() string {
	if g.chance(40) {
		return pick(g, []string{"2006-01-02", "2006-01-02T15:04:05Z07:00", "Mon, 02 Jan 2006 15:04:05 MST", "15:04", "20060102150405"})
	}
	return g.join(layoutPieces, 1, 7)
}

func (g *gen) date() string {
	return pick(g, []string{"2024-02-29", "2023-02-29", "2006-01-02T15:04:05Z", "2024-12-31T23:59:59+02:00", "Mon, 02 Jan 2006 15:04:05 MST", "15:04", "", "x",
		"20240102030405", "1", "2024-1-2", "2024-01-02 03:04:05.123456789"})
}

var durationPieces = []string{"1", "90", "1.5", "-", "+", "h", "m", "s", "ms", "us", "µs", "ns", "d", "0", ".", " ", "-1h", "2h45m", "36h", "9999999h"}

func (g *gen) duration() string { return g.join(durationPieces, 1, 4) }

// json writes a value as JSON, now and then damaged.
func (g *gen) json(depth int) string {
	var b strings.Builder
	g.writeJSON(&b, depth)
	return g.damaged(b.String(), 15)
}

func (g *gen) writeJSON(b *strings.Builder, depth int) {
	space := pick(g, []string{"", "", " ", "\n", "\t"})
	switch n := g.Intn(10); {
	case depth > 0 && n < 3:
		b.WriteString("{" + space)
		for i := range g.Intn(4) {
			if i > 0 {
				b.WriteString("," + space)
			}
			b.WriteString(g.jsonString() + ":" + space)
			g.writeJSON(b, depth-1)
		}
		b.WriteString(space + "}")
	case depth > 0 && n < 6:
		b.WriteString("[" + space)
		for i := range g.Intn(4) {
			if i > 0 {
				b.WriteString("," + space)
			}
			g.writeJSON(b, depth-1)
		}
		b.WriteString("]" + space)
	case n < 8:
		b.WriteString(g.jsonString())
	default:
		b.WriteString(pick(g, []string{"0", "1", "-1", "1.5", "1e3", "1E+2", "-0", "1e400", "0.1", "12345678901234567890", "true", "false", "null", "01", "1.", ".5", "+1", "nul",
			"9007199254740993", "1e-7", "NaN"}))
	}
}

func (g *gen) jsonString() string {
	return `"` + pick(g, []string{"", "a", "b", "c", "é", `\u00e9`, `\ud83d\ude00`, `\ud800`, `\n`, `\"`, `\/`, `\\`, `\x`, `\u00`, "\x01", "<&>", "a b", `\u0000`, "\u2028", "1"}) + `"`
}

// damaged removes, doubles or replaces a few bytes in some of the texts.
func (g *gen) damaged(text string, percent int) string {
	if !g.chance(percent) || text == "" {
		return text
	}
	b := []byte(text)
	for range 1 + g.Intn(2) {
		if len(b) == 0 {
			break
		}
		at := g.Intn(len(b))
		switch g.Intn(4) {
		case 0:
			b = append(b[:at], b[at+1:]...)
		case 1:
			b = append(b[:at+1], b[at:]...)
		case 2:
			b[at] = letters[g.Intn(40)]
		default:
			b = b[:at]
		}
	}
	return string(b)
}
