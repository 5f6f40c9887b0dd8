// Command gotmpl is the reference that meshctl's template engine is compared with: Go's
// text/template with Helm's own function map, strvals, sigs.k8s.io/yaml and Masterminds/semver,
// and a generator of cases for them. A case is a line of JSON (case.go).
//
//	gotmpl generate -seed S -from A -count N    cases by number, answered
//	gotmpl answer                               answers the cases on standard input anew
//	gotmpl smaller                              for the one case on standard input: smaller ones, answered
//	gotmpl golden FILE                          writes the expectations of a tests/golden/tmpl file anew
//	gotmpl functions                            the functions that cases are made of
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
)

const maxLine = 16 << 20

// stuck counts the cases that run for ever in the background.
var stuck atomic.Int32

func main() {
	if len(os.Args) < 2 {
		usage()
	}
	out := bufio.NewWriterSize(os.Stdout, 1<<16)
	defer out.Flush()
	switch os.Args[1] {
	case "generate":
		generate(out, os.Args[2:])
	case "answer":
		eachCase(func(c *Case) { write(out, c) })
	case "smaller":
		eachCase(func(c *Case) {
			for _, smaller := range c.smaller() {
				write(out, smaller)
			}
		})
	case "golden":
		if len(os.Args) != 3 {
			usage()
		}
		check(rewriteGolden(os.Args[2]))
	case "functions":
		for _, f := range functions {
			fmt.Fprintln(out, f.name, f.params)
		}
	default:
		usage()
	}
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: gotmpl generate [-seed S] [-from A] [-count N] | answer | smaller | golden FILE | functions")
	os.Exit(64)
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "gotmpl:", err)
		os.Exit(1)
	}
}

func write(out *bufio.Writer, c *Case) {
	if line := answered(c); line != nil {
		_, err := out.Write(line)
		check(err)
	}
}

// answered is the case's line, nil when it has no answer.
func answered(c *Case) []byte {
	if !c.execute() || c.Want.Phase == "skip" || c.excused() {
		return nil
	}
	line, err := json.Marshal(c)
	check(err)
	return append(line, '\n')
}

func eachCase(do func(*Case)) {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, maxLine)
	for in.Scan() {
		var c Case
		check(json.Unmarshal(in.Bytes(), &c))
		do(&c)
	}
	check(in.Err())
}

const batch = 512

// generate answers a batch at a time on two processors, in the order of the numbers. When a case
// hangs, the program starts itself again behind its batch: a running goroutine cannot be ended.
func generate(out *bufio.Writer, args []string) {
	flags := flag.NewFlagSet("generate", flag.ExitOnError)
	seed := flags.Int64("seed", 1, "")
	from := flags.Int64("from", 0, "")
	count := flags.Int64("count", 100000, "")
	check(flags.Parse(args))
	for at, end := *from, *from+*count; at < end; at += batch {
		lines := make([][]byte, min(batch, end-at))
		var next atomic.Int64
		var workers sync.WaitGroup
		for range 2 {
			workers.Add(1)
			go func() {
				defer workers.Done()
				for i := next.Add(1) - 1; i < int64(len(lines)); i = next.Add(1) - 1 {
					lines[i] = answered(caseOf(*seed, at+i))
				}
			}()
		}
		workers.Wait()
		for _, line := range lines {
			_, err := out.Write(line)
			check(err)
		}
		if stuck.Load() > 0 && at+batch < end {
			check(out.Flush())
			again(*seed, at+batch, end-at-batch)
		}
	}
}

func again(seed, from, count int64) {
	self, err := os.Executable()
	check(err)
	number := func(n int64) string { return strconv.FormatInt(n, 10) }
	check(syscall.Exec(self, []string{self, "generate", "-seed", number(seed), "-from", number(from), "-count", number(count)}, os.Environ()))
}
