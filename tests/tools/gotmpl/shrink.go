package main

import (
	"regexp"
	"strings"

	"helm.sh/helm/v3/pkg/chartutil"
)

// smaller proposes cases that are a step simpler than this one, the boldest steps first: a file, a
// part of a template, or a part of the data less. Many of them no longer parse; whoever asked
// looks whether the difference is still there.
func (c *Case) smaller() (all []*Case) {
	add := func(files []File, data interface{}) {
		next := *c
		next.Files, next.Data = files, Data{data}
		all = append(all, &next)
	}
	for i := 0; len(c.Files) > 1 && i < len(c.Files)-1; i++ {
		add(append(append([]File{}, c.Files[:i]...), c.Files[i+1:]...), c.Data.tree)
	}
	for _, data := range smallerValues(c.Data.tree) {
		add(c.Files, data)
	}
	for i, file := range c.Files {
		for _, text := range smallerTexts(string(file.Text), c.Kind == "template") {
			files := append([]File{}, c.Files...)
			files[i].Text = Bytes(text)
			add(files, c.Data.tree)
		}
	}
	return all
}

// tokens of a template: delimiters with their trim markers, strings, words, single bytes.
var tokenPattern = regexp.MustCompile("(?s)\\{\\{-?\\s?|\\s?-?\\}\\}|\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`|'(?:[^'\\\\]|\\\\.)*'|\\$?[\\w.]+|\\s+|.")

func smallerTexts(text string, template bool) (all []string) {
	tokens := tokenPattern.FindAllString(text, -1)
	if !template {
		tokens = strings.Split(text, "")
	}
	all = append(all, withoutRuns(tokens)...)
	if !template {
		return all
	}
	for _, group := range groups(tokens) {
		open, end := group[0], group[1]
		rest := func(middle ...string) string {
			return strings.Join(tokens[:open], "") + strings.Join(middle, "") + strings.Join(tokens[end+1:], "")
		}
		all = append(all, rest(tokens[open+1:end]...), rest())
		if tokens[open] == "(" {
			for _, atom := range []string{".", "1", `"a"`, "true", "nil"} {
				all = append(all, rest(atom))
			}
		}
	}
	for i, token := range tokens {
		for _, simpler := range simplerTokens(token) {
			all = append(all, strings.Join(tokens[:i], "")+simpler+strings.Join(tokens[i+1:], ""))
		}
	}
	return all
}

// withoutRuns leaves out runs of tokens: long ones first, at last each one.
func withoutRuns(tokens []string) (all []string) {
	for size := len(tokens) / 2; size >= 1; size /= 2 {
		for at := 0; at+size <= len(tokens); at += max(1, size/2) {
			all = append(all, strings.Join(tokens[:at], "")+strings.Join(tokens[at+size:], ""))
		}
	}
	return all
}

// groups are the token ranges of parentheses, and of actions up to the one that ends them.
func groups(tokens []string) (all [][2]int) {
	var parens, actions []int
	for i, token := range tokens {
		switch {
		case token == "(":
			parens = append(parens, i)
		case token == ")" && len(parens) > 0:
			all = append(all, [2]int{parens[len(parens)-1], i})
			parens = parens[:len(parens)-1]
		case strings.HasPrefix(token, "{{"):
			actions = append(actions, i)
		case strings.HasSuffix(token, "}}") && len(actions) > 0:
			all = append(all, [2]int{actions[len(actions)-1], i})
			actions = actions[:len(actions)-1]
		}
	}
	return all
}

func simplerTokens(token string) (all []string) {
	switch {
	case strings.HasPrefix(token, "{{-"), strings.HasPrefix(token, "{{ "):
		return []string{"{{"}
	case len(token) > 2 && strings.HasSuffix(token, "}}"):
		return []string{"}}"}
	case len(token) > 3 && strings.ContainsRune("\"`'", rune(token[0])):
		inner := strings.Split(token[1:len(token)-1], "")
		for _, shorter := range withoutRuns(inner) {
			all = append(all, token[:1]+shorter+token[len(token)-1:])
		}
	case len(token) > 1 && token[0] >= '0' && token[0] <= '9':
		return []string{"0", "1", token[1:]}
	case strings.Count(token, ".") > 1:
		return []string{token[:strings.LastIndex(token, ".")]}
	}
	return all
}

func smallerValues(v interface{}) (all []interface{}) {
	switch v := v.(type) {
	case chartutil.Values:
		for _, m := range smallerMaps(v) {
			all = append(all, chartutil.Values(m))
		}
	case map[string]interface{}:
		for _, m := range smallerMaps(v) {
			all = append(all, m)
		}
	case []interface{}:
		for i := range v {
			all = append(all, append(append([]interface{}{}, v[:i]...), v[i+1:]...))
			for _, item := range smallerValues(v[i]) {
				next := append([]interface{}{}, v...)
				next[i] = item
				all = append(all, next)
			}
		}
	case string:
		for _, shorter := range withoutRuns(strings.Split(v, "")) {
			all = append(all, shorter)
		}
	}
	return all
}

func smallerMaps(m map[string]interface{}) (all []map[string]interface{}) {
	with := func(key string, change func(map[string]interface{})) {
		next := make(map[string]interface{}, len(m))
		for k, v := range m {
			next[k] = v
		}
		change(next)
		all = append(all, next)
	}
	keys := sortedKeys(m)
	for _, key := range keys {
		with(key, func(next map[string]interface{}) { delete(next, key) })
	}
	for _, key := range keys {
		for _, item := range smallerValues(m[key]) {
			with(key, func(next map[string]interface{}) { next[key] = item })
		}
	}
	return all
}
