package main

import (
	"encoding/json"
	"html/template"
	"io"
	"log"
	"net/http"
	"strings"
)

type product struct {
	ID          int    `json:"id"`
	Title       string `json:"title"`
	Description string `json:"descriptionHtml"`
}

var theBook = product{0, "The Comedy of Errors", "A comedy of mistaken identity about two pairs of twins."}

var page = template.Must(template.New("productpage").Funcs(template.FuncMap{
	"glyphs": func(stars int) []struct{} { return make([]struct{}, max(0, min(stars, 5))) },
}).Parse(`<!DOCTYPE html>
<html>
<head><title>Simple Bookstore App</title></head>
<body>
<h3 id="title">{{.Book.Title}}</h3>
<p>Summary: {{.Book.Description}}</p>
{{with .Details}}<h4>Book Details</h4>
<dl>{{range $name, $value := .}}<dt>{{$name}}:</dt><dd>{{$value}}</dd>{{end}}</dl>
{{else}}<h4>Error fetching product details!</h4>
<p>Sorry, product details are currently unavailable for this book.</p>
{{end}}{{with .Reviews}}<h4>Book Reviews</h4>
{{range .Reviews}}<blockquote>
<p>{{.Text}}</p>
<small>{{.Reviewer}}</small>
{{with .Rating}}{{if .Error}}<p><i>{{.Error}}</i></p>{{else}}<font color="{{.Color}}">{{range glyphs .Stars}}<span class="glyphicon glyphicon-star"></span>{{end}}</font>
{{end}}{{end}}</blockquote>
{{end}}<dl><dt>Reviews served by:</dt><u>{{.PodName}}</u>{{if ne .ClusterName "null"}} on cluster <u>{{.ClusterName}}</u>{{end}}</dl>
{{else}}<h4>Error fetching product reviews!</h4>
<p>Sorry, product reviews are currently unavailable for this book.</p>
{{end}}</body>
</html>
`))

func productpage() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /productpage", show)
	mux.HandleFunc("GET /api/v1/products", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, http.StatusOK, []product{theBook})
	})
	mux.HandleFunc("GET /api/v1/products/{id}", pass("details"))
	mux.HandleFunc("GET /api/v1/products/{id}/reviews", pass("reviews"))
	mux.HandleFunc("GET /api/v1/products/{id}/ratings", pass("ratings"))
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		if _, err := io.WriteString(w, "Product page is healthy"); err != nil {
			log.Printf("answer: %v", err)
		}
	})
	return mux
}

// show draws the page. What a service did not answer is said in its place; the page itself is always a 200.
func show(w http.ResponseWriter, r *http.Request) {
	data := struct {
		Book    product
		Details map[string]any
		Reviews *bookReviews
	}{Book: theBook}
	if code, body := fetch(r, "details", "0"); code == http.StatusOK {
		if err := json.Unmarshal(body, &data.Details); err != nil {
			log.Printf("details: %v", err)
		}
	}
	if code, body := fetchReviews(r, "0"); code == http.StatusOK {
		if err := json.Unmarshal(body, &data.Reviews); err != nil {
			log.Printf("reviews: %v", err)
		}
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := page.Execute(w, data); err != nil {
		log.Printf("page: %v", err)
	}
}

// fetchReviews tries twice, as the original does.
func fetchReviews(r *http.Request, id string) (code int, body []byte) {
	for range 2 {
		if code, body = fetch(r, "reviews", id); code == http.StatusOK {
			return code, body
		}
	}
	return code, body
}

// pass answers an API call with what the service behind it said.
func pass(service string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		id := r.PathValue("id")
		if strings.Trim(id, "0123456789") != "" {
			reply(w, http.StatusBadRequest, map[string]string{"error": "please provide numeric product ID"})
			return
		}
		get := func() (int, []byte) { return fetch(r, service, id) }
		if service == "reviews" {
			get = func() (int, []byte) { return fetchReviews(r, id) }
		}
		code, body := get()
		if code != http.StatusOK {
			reply(w, code, map[string]string{
				"error": "Sorry, product " + service + " are currently unavailable for this book."})
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if _, err := w.Write(body); err != nil {
			log.Printf("answer: %v", err)
		}
	}
}
