// A stand-in for the four programs of Istio's Bookinfo sample, whose images are not at hand offline. It answers on the
// same paths with the same JSON, passes the same headers on, and says which pod and cluster answered.
// ROLE (productpage, details, reviews, ratings) and VERSION (v1, v2, v3) come from the environment of its image.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
	"time"
)

var roles = map[string]http.Handler{
	"productpage": productpage(),
	"details":     details(),
	"reviews":     reviews(os.Getenv("VERSION")),
	"ratings":     ratings(),
}

// What a service must hand on to the services it calls so that traces and header-based routes hold together.
var forwarded = []string{
	"x-request-id", "x-ot-span-context", "x-datadog-trace-id", "x-datadog-parent-id", "x-datadog-sampling-priority",
	"traceparent", "tracestate", "baggage", "x-cloud-trace-context", "grpc-trace-bin",
	"x-b3-traceid", "x-b3-spanid", "x-b3-parentspanid", "x-b3-sampled", "x-b3-flags", "sw8",
	"end-user", "user-agent", "cookie", "authorization", "jwt",
}

var client = &http.Client{Timeout: 10 * time.Second}

const maxBody = 1 << 20

func main() {
	role := os.Getenv("ROLE")
	handler := roles[role]
	if handler == nil {
		log.Fatalf("ROLE is %q, wanted productpage, details, reviews or ratings", role)
	}
	server := &http.Server{Addr: ":9080", Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	log.Printf("%s %s listens on %s", role, os.Getenv("VERSION"), server.Addr)
	log.Fatal(server.ListenAndServe())
}

func env(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}

// base is where a service of the sample is called: NAME_HOSTNAME, in SERVICES_DOMAIN if that is set.
func base(service string) string {
	host := env(strings.ToUpper(service)+"_HOSTNAME", service)
	if domain := os.Getenv("SERVICES_DOMAIN"); domain != "" {
		host += "." + domain
	}
	return fmt.Sprintf("http://%s:%s/%s/", host, env(strings.ToUpper(service)+"_SERVICE_PORT", "9080"), service)
}

// fetch calls another service on behalf of in. A service that cannot be reached counts as one that answers 500.
func fetch(in *http.Request, service, id string) (int, []byte) {
	out, err := http.NewRequestWithContext(in.Context(), http.MethodGet, base(service)+id, nil)
	if err != nil {
		return http.StatusInternalServerError, nil
	}
	for _, name := range forwarded {
		if v := in.Header.Get(name); v != "" {
			out.Header.Set(name, v)
		}
	}
	answer, err := client.Do(out)
	if err != nil {
		log.Printf("%s: %v", service, err)
		return http.StatusInternalServerError, nil
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxBody))
	if err != nil {
		log.Printf("%s: %v", service, err)
		return http.StatusInternalServerError, nil
	}
	return answer.StatusCode, body
}

func reply(w http.ResponseWriter, code int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	if err := json.NewEncoder(w).Encode(value); err != nil {
		log.Printf("answer: %v", err)
	}
}

func healthy(service string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		reply(w, http.StatusOK, map[string]string{"status": service + " is healthy"})
	}
}
