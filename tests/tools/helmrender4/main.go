// Runs many `helm template` command lines in one process: Helm's own command, which takes longer to
// start than to render.
//
// Standard input has one JSON object a line, {"args": [...], "stdin": "..."}, where args stand
// behind "helm". Standard output gets one a line, {"code", "stdout", "stderr"}. Every case must say
// its namespace: Helm keeps that of the case before as the default of the next.
package main

import (
	"bufio"
	"encoding/json"
	"io"
	"log"
	"os"

	helmcmd "helm.sh/helm/v4/pkg/cmd"
)

const maxCaseBytes = 16 << 20

type request struct {
	Args  []string `json:"args"`
	Stdin string   `json:"stdin"`
}

type outcome struct {
	Code   int    `json:"code"`
	Stdout string `json:"stdout"`
	Stderr string `json:"stderr"`
}

func run(args []string) int {
	cmd, err := helmcmd.NewRootCmd(os.Stdout, args, helmcmd.SetupLogging)
	if err != nil {
		log.Fatal(err)
	}
	cmd.SetArgs(args)
	if cmd.Execute() != nil {
		return 1
	}
	return 0
}

// stream makes a file that stands in for one of the standard streams.
func stream(text string) *os.File {
	file, err := os.CreateTemp("", "helmrender")
	if err == nil {
		err = os.Remove(file.Name())
	}
	if err == nil {
		_, err = file.WriteString(text)
	}
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		log.Fatal(err)
	}
	return file
}

func content(file *os.File) string {
	defer file.Close()
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		log.Fatal(err)
	}
	text, err := io.ReadAll(file)
	if err != nil {
		log.Fatal(err)
	}
	return string(text)
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, maxCaseBytes)
	out, errOut := json.NewEncoder(os.Stdout), os.Stderr
	for lines.Scan() {
		var in request
		if err := json.Unmarshal(lines.Bytes(), &in); err != nil {
			log.Fatal(err)
		}
		os.Stdin, os.Stdout, os.Stderr = stream(in.Stdin), stream(""), stream("")
		code := run(in.Args)
		os.Stdin.Close()
		result := outcome{code, content(os.Stdout), content(os.Stderr)}
		os.Stderr = errOut
		if err := out.Encode(result); err != nil {
			log.Fatal(err)
		}
	}
	if err := lines.Err(); err != nil {
		log.Fatal(err)
	}
}
