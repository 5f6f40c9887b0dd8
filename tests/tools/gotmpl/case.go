package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"helm.sh/helm/v3/pkg/chartutil"
)

// Case is one line of JSON: templates and data, and what the real libraries make of them. The last
// file is executed. For strvals the one file's text is parsed into the data.
type Case struct {
	ID    string `json:"id"`
	Kind  string `json:"kind"`           // template or strvals
	Mode  string `json:"mode,omitempty"` // of strvals: set, string, json, literal
	Files []File `json:"files"`
	Data  Data   `json:"data"`
	Want  Want   `json:"want"`
}

type File struct {
	Name string `json:"name"`
	Text Bytes  `json:"text"`
}

// Want is the answer: what was rendered, or Go's error and what Helm makes of it.
type Want struct {
	Phase string `json:"phase"` // parse or exec: where it failed; done
	Out   Bytes  `json:"out"`
	Err   Bytes  `json:"err"`
	Helm  Bytes  `json:"helm"`
}

// Bytes is a JSON string, or {"!b64": "..."} when it is not UTF-8.
type Bytes string

func (b Bytes) MarshalJSON() ([]byte, error) {
	if utf8.ValidString(string(b)) {
		return json.Marshal(string(b))
	}
	return json.Marshal(map[string]string{"!b64": base64.StdEncoding.EncodeToString([]byte(b))})
}

func (b *Bytes) UnmarshalJSON(text []byte) error {
	v, err := decodeValue(text)
	s, ok := v.(string)
	if err == nil && !ok {
		err = fmt.Errorf("not a string: %s", text)
	}
	*b = Bytes(s)
	return err
}

// Data is a tree of template values: nil, bool, int, int64, float64, string, []interface{},
// map[string]interface{}, chartutil.Values. In JSON an integer is an int64, a number with a point
// or exponent a float64, and one-key objects stand for the rest: {"!int": 5}, {"!values": {...}},
// {"!b64": "..."} a string that is not UTF-8.
type Data struct{ tree interface{} }

func (d Data) MarshalJSON() ([]byte, error) { return []byte(encodeValue(d.tree)), nil }

func (d *Data) UnmarshalJSON(text []byte) (err error) {
	d.tree, err = decodeValue(text)
	return err
}

// fresh is a copy that a template may change.
func (d Data) fresh() interface{} { return copyValue(d.tree) }

func copyValue(v interface{}) interface{} {
	switch v := v.(type) {
	case map[string]interface{}:
		return copyMap(v)
	case chartutil.Values:
		return chartutil.Values(copyMap(v))
	case []interface{}:
		out := make([]interface{}, len(v))
		for i := range v {
			out[i] = copyValue(v[i])
		}
		return out
	}
	return v
}

func copyMap(m map[string]interface{}) map[string]interface{} {
	out := make(map[string]interface{}, len(m))
	for k, v := range m {
		out[k] = copyValue(v)
	}
	return out
}

func encodeValue(v interface{}) string {
	var b strings.Builder
	writeValue(&b, v)
	return b.String()
}

func writeValue(b *strings.Builder, v interface{}) {
	switch v := v.(type) {
	case nil:
		b.WriteString("null")
	case bool:
		b.WriteString(strconv.FormatBool(v))
	case int:
		fmt.Fprintf(b, `{"!int":%d}`, v)
	case int64:
		fmt.Fprintf(b, "%d", v)
	case float64:
		text := strconv.FormatFloat(v, 'e', -1, 64) // always with an exponent
		b.WriteString(text)
	case string:
		text, _ := Bytes(v).MarshalJSON()
		b.Write(text)
	case []interface{}:
		b.WriteByte('[')
		for i := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			writeValue(b, v[i])
		}
		b.WriteByte(']')
	case map[string]interface{}:
		writeMap(b, v)
	case chartutil.Values:
		b.WriteString(`{"!values":`)
		writeMap(b, v)
		b.WriteByte('}')
	default:
		panic(fmt.Sprintf("no encoding of a %T", v))
	}
}

func writeMap(b *strings.Builder, m map[string]interface{}) {
	b.WriteByte('{')
	for i, k := range sortedKeys(m) {
		if i > 0 {
			b.WriteByte(',')
		}
		key, _ := json.Marshal(k)
		b.Write(key)
		b.WriteByte(':')
		writeValue(b, m[k])
	}
	b.WriteByte('}')
}

func sortedKeys(m map[string]interface{}) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

func decodeValue(text []byte) (interface{}, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v interface{}
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	return typed(v)
}

func typed(v interface{}) (out interface{}, err error) {
	switch v := v.(type) {
	case json.Number:
		if strings.ContainsAny(v.String(), ".eE") {
			return v.Float64()
		}
		return v.Int64()
	case []interface{}:
		for i := range v {
			if v[i], err = typed(v[i]); err != nil {
				return nil, err
			}
		}
	case map[string]interface{}:
		for k := range v {
			if v[k], err = typed(v[k]); err != nil {
				return nil, err
			}
		}
		return unwrapped(v)
	}
	return v, nil
}

func unwrapped(m map[string]interface{}) (interface{}, error) {
	if n, ok := m["!int"].(int64); ok {
		return int(n), nil
	}
	if s, ok := m["!b64"].(string); ok {
		raw, err := base64.StdEncoding.DecodeString(s)
		return string(raw), err
	}
	if values, ok := m["!values"].(map[string]interface{}); ok {
		return chartutil.Values(values), nil
	}
	return m, nil
}

func words(text string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(text) {
		set[word] = true
	}
	return set
}
