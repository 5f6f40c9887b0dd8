package main

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"sort"
	"strings"
	"text/template"
	"time"
	_ "unsafe" // go:linkname

	"github.com/spf13/cast"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/strvals"
)

// Helm's own function map and error layout. engine.Render would do, but it fixes what dot is.

//go:linkname initFunMap helm.sh/helm/v3/pkg/engine.Engine.initFunMap
func initFunMap(e engine.Engine, t *template.Template)

//go:linkname helmFuncMap helm.sh/helm/v3/pkg/engine.funcMap
func helmFuncMap() template.FuncMap

//go:linkname cleanupParseError helm.sh/helm/v3/pkg/engine.cleanupParseError
func cleanupParseError(filename string, err error) error

//go:linkname cleanupExecError helm.sh/helm/v3/pkg/engine.cleanupExecError
func cleanupExecError(filename string, err error) error

const (
	maxOutput   = 1 << 20         // bytes of one case
	maxRepeat   = 5000            // counts that functions loop over
	maxDepth    = 50              // of a value that a template builds
	caseTimeout = 5 * time.Second // of one case; then it is left out
)

// errTooMuch marks a case that would take too much; it is left out.
var errTooMuch = errors.New("CASE TAKES TOO MUCH")

type limitedWriter struct {
	b    strings.Builder
	over bool
}

func (w *limitedWriter) Write(p []byte) (int, error) {
	if w.b.Len()+len(p) > maxOutput {
		w.over = true
		return 0, errTooMuch
	}
	return w.b.Write(p)
}

// refuseCycle: Go's end when it prints a map that holds itself is the end of its stack.
func refuseCycle(v interface{}, depth int) {
	if depth > maxDepth {
		panic(errTooMuch)
	}
	switch v := v.(type) {
	case map[string]interface{}:
		for _, item := range v {
			refuseCycle(item, depth+1)
		}
	case chartutil.Values:
		refuseCycle(map[string]interface{}(v), depth)
	case []interface{}:
		for _, item := range v {
			refuseCycle(item, depth+1)
		}
	}
}

// refuseShared: merging maps that share parts may never end, or end Go's stack.
func refuseShared(to map[string]interface{}, from []map[string]interface{}) {
	seen := map[uintptr]bool{}
	eachMap(to, func(at uintptr) { seen[at] = true })
	for _, m := range from {
		eachMap(m, func(at uintptr) {
			if seen[at] {
				panic(errTooMuch)
			}
		})
	}
}

// refuseLonger: what a slice has behind the list's length is what its capacity happens to hold.
func refuseLonger(list, part reflect.Value, bounds []interface{}) {
	if list.Kind() != reflect.Slice || part.Kind() != reflect.Slice || len(bounds) == 0 {
		return
	}
	if from := cast.ToInt(bounds[0]); from+part.Len() > list.Len() {
		panic(errTooMuch)
	}
}

func eachMap(v interface{}, do func(uintptr)) {
	switch v := v.(type) {
	case map[string]interface{}:
		do(reflect.ValueOf(v).Pointer())
		for _, item := range v {
			eachMap(item, do)
		}
	case chartutil.Values:
		eachMap(map[string]interface{}(v), do)
	case []interface{}:
		for _, item := range v {
			eachMap(item, do)
		}
	}
}

// limited gives functions that loop over a count a limit, and keys and values an order. Names and
// signatures stay, so that error texts do.
func limited() template.FuncMap {
	guard := func(ns ...int) {
		for _, n := range ns {
			if n > maxRepeat || n < -maxRepeat {
				panic(errTooMuch)
			}
		}
	}
	f := helmFuncMap()
	limits := template.FuncMap{
		"repeat":  func(n int, s string) string { guard(n); return f["repeat"].(func(int, string) string)(n, s) },
		"indent":  func(n int, s string) string { guard(n); return f["indent"].(func(int, string) string)(n, s) },
		"nindent": func(n int, s string) string { guard(n); return f["nindent"].(func(int, string) string)(n, s) },
		"until":   func(n int) []int { guard(n); return f["until"].(func(int) []int)(n) },
		"untilStep": func(from, to, step int) []int {
			guard(from, to)
			return f["untilStep"].(func(int, int, int) []int)(from, to, step)
		},
		"seq": func(ns ...int) string { guard(ns...); return f["seq"].(func(...int) string)(ns...) },
		"keys": func(maps ...map[string]interface{}) []string {
			all := f["keys"].(func(...map[string]interface{}) []string)()
			for _, m := range maps {
				own := f["keys"].(func(...map[string]interface{}) []string)(m)
				sort.Strings(own)
				all = append(all, own...)
			}
			return all
		},
		"set": func(m map[string]interface{}, key string, value interface{}) map[string]interface{} {
			defer refuseCycle(m, 0)
			return f["set"].(func(map[string]interface{}, string, interface{}) map[string]interface{})(m, key, value)
		},
		"values": func(m map[string]interface{}) []interface{} {
			names := f["keys"].(func(...map[string]interface{}) []string)(m)
			sort.Strings(names)
			all := []interface{}{}
			for _, name := range names {
				all = append(all, m[name])
			}
			return all
		},
	}
	for _, name := range []string{"merge", "mergeOverwrite", "mustMerge", "mustMergeOverwrite"} {
		limits[name] = reflect.MakeFunc(reflect.TypeOf(f[name]), func(args []reflect.Value) []reflect.Value {
			refuseShared(args[0].Interface().(map[string]interface{}), args[1].Interface().([]map[string]interface{}))
			return reflect.ValueOf(f[name]).CallSlice(args)
		}).Interface()
	}
	for _, name := range []string{"slice", "mustSlice"} {
		limits[name] = reflect.MakeFunc(reflect.TypeOf(f[name]), func(args []reflect.Value) []reflect.Value {
			answer := reflect.ValueOf(f[name]).CallSlice(args)
			refuseLonger(args[0].Elem(), answer[0].Elem(), args[1].Interface().([]interface{}))
			return answer
		}).Interface()
	}
	for _, name := range []string{"deepCopy", "mustDeepCopy"} {
		limits[name] = reflect.MakeFunc(reflect.TypeOf(f[name]), func(args []reflect.Value) []reflect.Value {
			if args[0].Elem().IsValid() && args[0].Elem().Kind() == reflect.Pointer {
				panic(errTooMuch)
			}
			return reflect.ValueOf(f[name]).Call(args)
		}).Interface()
	}
	limits["printf"] = func(format string, args ...any) string {
		for _, arg := range args {
			if reflect.ValueOf(arg).Kind() == reflect.Pointer && !onlyText.MatchString(format) {
				panic(errTooMuch)
			}
		}
		return fmt.Sprintf(format, args...)
	}
	f["printf"] = fmt.Sprintf
	for name, fn := range limits {
		if want, got := reflect.TypeOf(f[name]), reflect.TypeOf(fn); want != got {
			panic(fmt.Sprintf("%s is %v, not %v", name, want, got))
		}
	}
	return limits
}

// onlyText matches a format that takes a pointer to a Stringer by its text alone.
var onlyText = regexp.MustCompile(`^([^%]|%[-+ 0-9.]*[vsq]|%%)*$`)

var limits = limited()

// execute answers a case into its Want. false: it takes too much, or is not the same each time.
func (c *Case) execute() bool {
	type answer struct {
		want Want
		ok   bool
	}
	done := make(chan answer, 1)
	go func() {
		want, ok := c.answer()
		done <- answer{want, ok}
	}()
	timer := time.NewTimer(caseTimeout)
	defer timer.Stop()
	select {
	case a := <-done:
		c.Want = a.want
		return a.ok
	case <-timer.C:
		stuck.Add(1)
		return false
	}
}

func (c *Case) answer() (Want, bool) {
	if c.Kind == "strvals" {
		return c.parseStrvals(), true
	}
	first, ok := c.render()
	if !ok {
		return first, false
	}
	second, ok := c.render()
	return first, ok && first == second
}

func (c *Case) render() (want Want, ok bool) {
	defer func() {
		if r := recover(); r != nil { // Helm: "rendering template failed"; a defect of a library
			want, ok = Want{}, false
		}
	}()
	t := template.New("gotpl").Option("missingkey=zero")
	initFunMap(engine.Engine{}, t)
	t.Funcs(limits)
	for _, file := range c.Files {
		if _, err := t.New(file.Name).Parse(string(file.Text)); err != nil {
			return Want{Phase: "parse", Err: Bytes(err.Error()),
				Helm: Bytes(cleanupParseError(file.Name, err).Error())}, true
		}
	}
	name := c.Files[len(c.Files)-1].Name
	var out limitedWriter
	err := t.ExecuteTemplate(&out, name, c.Data.fresh())
	if out.over || err != nil && strings.Contains(err.Error(), errTooMuch.Error()) {
		return Want{}, false
	}
	if err != nil {
		return Want{Phase: "exec", Err: Bytes(err.Error()),
			Helm: Bytes(cleanupExecError(name, err).Error())}, true
	}
	return Want{Phase: "done", Out: Bytes(strings.ReplaceAll(out.b.String(), "<no value>", ""))}, true
}

func (c *Case) parseStrvals() (want Want) {
	base, _ := c.Data.fresh().(map[string]interface{})
	if base == nil {
		base = map[string]interface{}{}
	}
	text := string(c.Files[0].Text)
	var err error
	defer func() {
		if r := recover(); r != nil {
			want = Want{Phase: "skip"}
		}
	}()
	switch c.Mode {
	case "set":
		err = strvals.ParseInto(text, base)
	case "string":
		err = strvals.ParseIntoString(text, base)
	case "json":
		err = strvals.ParseJSON(text, base)
	case "literal":
		err = strvals.ParseLiteralInto(text, base)
	}
	if err != nil {
		return Want{Phase: "exec", Err: Bytes(err.Error())}
	}
	return Want{Phase: "done", Out: Bytes(encodeValue(base))}
}
