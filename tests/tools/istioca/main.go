// Command istioca asks istiod's own code what it makes of a signing CA: the files of Secret cacerts,
// as they would lie in istiod's pod, or those of Secret istio-ca-secret.
//
//	istioca FILE    writes the verdicts of a tests/golden/ca file anew
package main

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"time"
	"unsafe"

	"istio.io/istio/pilot/pkg/bootstrap"
	"istio.io/istio/pilot/pkg/keycertbundle"
	"istio.io/istio/pkg/log"
	"istio.io/istio/security/pkg/pki/ca"
	"istio.io/istio/security/pkg/pki/util"
)

// What istiod starts its CA with. The options matter to a root of its own alone; they are laid out as
// bootstrap's caOptions.
//
//go:linkname createIstioCA istio.io/istio/pilot/pkg/bootstrap.(*Server).createIstioCA
func createIstioCA(s *bootstrap.Server, opts *caOptions) (*ca.IstioCA, error)

type caOptions struct {
	ExternalCAType, ExternalCASigner string
	TrustDomain, Namespace           string
	Authenticators                   []any
	CertSignerDomain                 string
}

// Verdict is what became of it; texts are Go's.
type Verdict struct {
	Start   string `json:"start,omitempty"`   // why istiod does not start
	OwnRoot bool   `json:"ownRoot,omitempty"` // it made a root of its own
	Leaf    string `json:"leaf,omitempty"`    // why Go refuses what it signs for a workload
	OpenSSL string `json:"openssl,omitempty"` // why OpenSSL does
}

type Case struct {
	Name  string            `json:"name"`
	Own   bool              `json:"own,omitempty"` // the files are those of Secret istio-ca-secret
	Files map[string]string `json:"files"`
	Want  *Verdict          `json:"want"`
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "istioca:", err)
		os.Exit(1)
	}
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: istioca FILE")
		os.Exit(64)
	}
	quiet := log.DefaultOptions()
	quiet.SetDefaultOutputLevel(log.OverrideScopeName, log.NoneLevel)
	check(log.Configure(quiet))
	text, err := os.ReadFile(os.Args[1])
	check(err)
	var cases []*Case
	check(json.Unmarshal(text, &cases))
	for _, c := range cases {
		c.Want = judge(c)
		c.Want.Start, _, _ = strings.Cut(c.Want.Start, ": current time ")
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	check(encoder.Encode(cases))
	check(os.WriteFile(os.Args[1], out.Bytes(), 0o644))
}

func judge(c *Case) *Verdict {
	start := plugged
	if c.Own {
		start = own
	}
	authority, err := start(c.Files)
	if err == nil {
		// What istiod presents itself with, made as it starts.
		_, _, err = authority.GenKeyCert([]string{"istiod.istio-system.svc"}, time.Hour, false)
	}
	if err != nil {
		return &Verdict{Start: err.Error()}
	}
	if !c.Own && isOwnRoot(c, authority) {
		return &Verdict{OwnRoot: true}
	}
	chain, err := authority.SignWithCertChain(request(), ca.CertOpts{
		SubjectIDs: []string{"spiffe://cluster.local/ns/default/sa/default"}, TTL: time.Hour,
	})
	if err != nil {
		return &Verdict{Leaf: err.Error()}
	}
	pems := []byte(strings.Join(chain, ""))
	roots := authority.GetCAKeyCertBundle().GetRootCertPem()
	return &Verdict{Leaf: verify(pems, roots), OpenSSL: opensslVerify(pems, roots)}
}

func plugged(files map[string]string) (*ca.IstioCA, error) {
	dir, err := os.MkdirTemp("", "istioca")
	check(err)
	defer os.RemoveAll(dir)
	for name, text := range files {
		check(os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	check(os.Setenv("ROOT_CA_DIR", dir))
	server := &bootstrap.Server{}
	watcher := reflect.ValueOf(server).Elem().FieldByName("istiodCertBundleWatcher")
	*(**keycertbundle.Watcher)(unsafe.Pointer(watcher.UnsafeAddr())) = keycertbundle.NewWatcher()
	return createIstioCA(server, &caOptions{TrustDomain: "cluster.local"})
}

// As loadSelfSignedCaSecret, without the cluster that it asks.
func own(files map[string]string) (*ca.IstioCA, error) {
	cert, key := []byte(files[ca.CACertFile]), []byte(files[ca.CAPrivateKeyFile])
	bundle, err := util.NewVerifiedKeyCertBundleFromPem(cert, key, nil, cert, nil)
	if err != nil {
		return nil, err
	}
	return ca.NewIstioCA(&ca.IstioCAOptions{
		KeyCertBundle: bundle, DefaultCertTTL: time.Hour, MaxCertTTL: time.Hour,
	})
}

func isOwnRoot(c *Case, authority *ca.IstioCA) bool {
	cert, _, _, _ := authority.GetCAKeyCertBundle().GetAllPem()
	for _, text := range c.Files {
		if text == string(cert) {
			return false
		}
	}
	return true
}

func request() []byte {
	csr, _, err := util.GenCSR(util.CertOptions{
		Host: "spiffe://cluster.local/ns/default/sa/default", ECSigAlg: util.EcdsaSigAlg,
	})
	check(err)
	return csr
}

func verify(chain, roots []byte) string {
	leaf, rest := pem.Decode(chain)
	cert, err := x509.ParseCertificate(leaf.Bytes)
	check(err)
	options := x509.VerifyOptions{Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool()}
	options.Roots.AppendCertsFromPEM(roots)
	options.Intermediates.AppendCertsFromPEM(rest)
	for _, use := range []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth} {
		options.KeyUsages = []x509.ExtKeyUsage{use}
		if _, err := cert.Verify(options); err != nil {
			return err.Error()
		}
	}
	return ""
}

// opensslVerify leaves out what istiod, too, passes over among the roots.
func opensslVerify(chain, roots []byte) string {
	roots, _ = util.ParseRootCerts(roots)
	dir, err := os.MkdirTemp("", "istioca")
	check(err)
	defer os.RemoveAll(dir)
	leaf, rest := pem.Decode(chain)
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		check(os.WriteFile(path, data, 0o600))
		return path
	}
	args := []string{
		"verify", "-partial_chain", "-auth_level", "1", "-no-CApath", "-no-CAstore",
		"-CAfile", write("roots", roots),
	}
	if len(bytes.TrimSpace(rest)) > 0 {
		args = append(args, "-untrusted", write("rest", rest))
	}
	for _, purpose := range []string{"sslserver", "sslclient"} {
		with := append(args, "-purpose", purpose, write("leaf", pem.EncodeToMemory(leaf)))
		if out, err := exec.Command("openssl", with...).CombinedOutput(); err != nil {
			for _, line := range strings.Split(string(out), "\n") {
				if strings.HasPrefix(line, "error ") {
					return strings.TrimSpace(line[strings.LastIndex(line, ":")+1:])
				}
			}
			return "refused"
		}
	}
	return ""
}
