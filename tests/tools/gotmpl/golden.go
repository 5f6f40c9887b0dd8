package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"helm.sh/helm/v3/pkg/chartutil"
)

// rewriteGolden puts what the real libraries answer into the cases of a tests/golden/tmpl file.
// Sections: see tests/unit/tmpl/golden.h. A case becomes "output" or "error", or stays as it is when
// it asks for something else (tokens, a tree).
func rewriteGolden(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	parts := strings.Split(string(text), "\n%% ")
	var data interface{}
	var out []string
	template := ""
	for i, part := range parts {
		if i == 0 && !strings.HasPrefix(part, "%% ") {
			out = append(out, part)
			continue
		}
		head, body, _ := strings.Cut(strings.TrimPrefix(part, "%% "), "\n")
		body = strings.TrimSuffix(body, "\n")
		if strings.HasSuffix(head, "(escaped)") {
			if err := json.Unmarshal([]byte(body), &body); err != nil {
				return fmt.Errorf("%s: %s: %w", path, head, err)
			}
		}
		switch kind := strings.Fields(head)[0]; kind {
		case "data":
			if data, err = decodeValue([]byte(body)); err != nil {
				return fmt.Errorf("%s: data: %w", path, err)
			}
			if m, ok := data.(map[string]interface{}); ok && isMap(m["Values"]) {
				m["Values"] = chartutil.Values(asMap(m["Values"]))
			}
		case "case":
			template = body
		case "output", "error":
			part = goldenAnswer(template, data)
		}
		out = append(out, part)
	}
	return os.WriteFile(path, []byte(strings.TrimSuffix(strings.Join(out, "\n%% "), "\n")+"\n"), 0o644)
}

func goldenAnswer(template string, data interface{}) string {
	c := Case{Kind: "template", Files: []File{{Name: "t", Text: Bytes(template)}}, Data: Data{data}}
	c.execute()
	kind, text := "output", string(c.Want.Out)
	if c.Want.Phase != "done" {
		kind, text = "error", string(c.Want.Err)
	}
	if strings.Contains(text, "\n%% ") || strings.HasSuffix(text, "\n") || strings.ContainsAny(text, "\r\x00") {
		escaped, _ := json.Marshal(text)
		return kind + " (escaped)\n" + string(escaped)
	}
	return kind + "\n" + text
}
