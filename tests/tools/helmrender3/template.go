package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/pkg/errors"
	"github.com/spf13/pflag"
	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/cli"
	"helm.sh/helm/v3/pkg/cli/values"
	"helm.sh/helm/v3/pkg/getter"
	"helm.sh/helm/v3/pkg/release"
	"helm.sh/helm/v3/pkg/releaseutil"
)

// flags are those of `helm template` that need no cluster and no network.
type flags struct {
	install               *action.Install
	values                values.Options
	kubeVersion           string
	apiVersions, showOnly []string
	crds, skipTests       bool
}

func parse(args []string) (*flags, []string, error) {
	f := &flags{install: action.NewInstall(&action.Configuration{Log: func(string, ...any) {}})}
	set := pflag.NewFlagSet("template", pflag.ContinueOnError)
	set.StringVarP(&f.install.Namespace, "namespace", "n", "default", "")
	set.BoolVar(&f.install.DisableHooks, "no-hooks", false, "")
	set.StringVar(&f.install.NameTemplate, "name-template", "", "")
	set.BoolVar(&f.install.SkipSchemaValidation, "skip-schema-validation", false, "")
	set.BoolVar(&f.install.IsUpgrade, "is-upgrade", false, "")
	set.StringVar(&f.install.Version, "version", "", "")
	set.StringSliceVarP(&f.values.ValueFiles, "values", "f", nil, "")
	set.StringArrayVar(&f.values.Values, "set", nil, "")
	set.StringArrayVar(&f.values.StringValues, "set-string", nil, "")
	set.StringArrayVar(&f.values.FileValues, "set-file", nil, "")
	set.StringArrayVar(&f.values.JSONValues, "set-json", nil, "")
	set.StringArrayVar(&f.values.LiteralValues, "set-literal", nil, "")
	set.StringVar(&f.kubeVersion, "kube-version", "", "")
	set.StringSliceVarP(&f.apiVersions, "api-versions", "a", nil, "")
	set.StringArrayVarP(&f.showOnly, "show-only", "s", nil, "")
	set.BoolVar(&f.crds, "include-crds", false, "")
	set.BoolVar(&f.skipTests, "skip-tests", false, "")
	set.SetOutput(os.Stderr)
	err := set.Parse(args)
	return f, set.Args(), err
}

// load reads values and chart in Helm's order and refuses what cannot be installed.
func load(f *flags, args []string) (*chart.Chart, map[string]any, error) {
	settings := cli.New()
	name, where, err := f.install.NameAndChart(args)
	if err != nil {
		return nil, nil, err
	}
	f.install.ReleaseName = name
	path, err := f.install.ChartPathOptions.LocateChart(where, settings)
	if err != nil {
		return nil, nil, err
	}
	given, err := f.values.MergeValues(getter.All(settings))
	if err != nil {
		return nil, nil, err
	}
	found, err := loader.Load(path)
	if err != nil {
		return nil, nil, err
	}
	if kind := found.Metadata.Type; kind != "" && kind != "application" {
		return nil, nil, errors.Errorf("%s charts are not installable", kind)
	}
	if found.Metadata.Deprecated {
		fmt.Fprintln(os.Stderr, "WARNING: This chart is deprecated")
	}
	if wanted := found.Metadata.Dependencies; wanted != nil {
		if err := action.CheckDependencies(found, wanted); err != nil {
			return nil, nil, errors.Wrap(err, "An error occurred while checking for chart "+
				"dependencies. You may need to run `helm dependency build` to fetch missing dependencies")
		}
	}
	return found, given, nil
}

func render(f *flags, args []string) (*release.Release, error) {
	if f.kubeVersion != "" {
		version, err := chartutil.ParseKubeVersion(f.kubeVersion)
		if err != nil {
			return nil, fmt.Errorf("invalid kube version '%s': %s", f.kubeVersion, err)
		}
		f.install.KubeVersion = version
	}
	f.install.DryRunOption = "true"
	f.install.DryRun = true
	f.install.ReleaseName = "release-name"
	f.install.Replace = true
	f.install.ClientOnly = true
	f.install.APIVersions = f.apiVersions
	f.install.IncludeCRDs = f.crds
	found, given, err := load(f, args)
	if err != nil {
		return nil, err
	}
	return f.install.Run(found, given)
}

var source = regexp.MustCompile("# Source: [^/]+/(.+)")

// choose returns the documents of --show-only.
func choose(manifest string, wanted []string) (string, error) {
	var out strings.Builder
	documents := releaseutil.SplitManifests(manifest)
	var keys []string
	for key := range documents {
		keys = append(keys, key)
	}
	sort.Sort(releaseutil.BySplitManifestsOrder(keys))
	for _, pattern := range wanted {
		missing := true
		for _, key := range keys {
			found := source.FindStringSubmatch(documents[key])
			if len(found) == 0 {
				continue
			}
			if fits, _ := filepath.Match(pattern, found[1]); fits {
				fmt.Fprintf(&out, "---\n%s\n", documents[key])
				missing = false
			}
		}
		if missing {
			return "", fmt.Errorf("could not find template %s in chart", pattern)
		}
	}
	return out.String(), nil
}

func template(args []string) error {
	f, words, err := parse(args)
	if err != nil {
		return err
	}
	rendered, err := render(f, words)
	if err != nil {
		if rendered != nil {
			return fmt.Errorf("%w\n\nUse --debug flag to render out invalid YAML", err)
		}
		return err
	}
	var out bytes.Buffer
	fmt.Fprintln(&out, strings.TrimSpace(rendered.Manifest))
	for _, hook := range rendered.Hooks {
		isTest := slices.Contains(hook.Events, release.HookTest)
		if !f.install.DisableHooks && !(f.skipTests && isTest) {
			fmt.Fprintf(&out, "---\n# Source: %s\n%s\n", hook.Path, hook.Manifest)
		}
	}
	text := out.String()
	if len(f.showOnly) > 0 {
		if text, err = choose(text, f.showOnly); err != nil {
			return err
		}
	}
	fmt.Print(text)
	return nil
}
