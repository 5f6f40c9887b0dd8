package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"
	"strconv"
)

type rating struct {
	Stars int    `json:"stars,omitempty"`
	Color string `json:"color,omitempty"`
	Error string `json:"error,omitempty"`
}

type review struct {
	Reviewer string  `json:"reviewer"`
	Text     string  `json:"text"`
	Rating   *rating `json:"rating,omitempty"`
}

type bookReviews struct {
	ID          string   `json:"id"`
	PodName     string   `json:"podname"`
	ClusterName string   `json:"clustername"`
	Reviews     []review `json:"reviews"`
}

type bookRatings struct {
	ID      int            `json:"id"`
	Ratings map[string]int `json:"ratings"`
}

// The colour of a version's stars. A version that is not listed shows no ratings and does not call for them.
var starColor = map[string]string{"v2": "black", "v3": "red"}

// numbered answers PATTERN's {id} with what build makes of the number.
func numbered(service string, build func(id int) any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		id, err := strconv.Atoi(r.PathValue("id"))
		if err != nil {
			reply(w, http.StatusBadRequest, map[string]string{"error": "please provide numeric " + service + " ID"})
			return
		}
		reply(w, http.StatusOK, build(id))
	}
}

func details() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", healthy("Details"))
	mux.HandleFunc("GET /details/{id}", numbered("product", func(id int) any {
		return map[string]any{
			"id": id, "author": "William Shakespeare", "year": 1595, "type": "paperback", "pages": 200,
			"publisher": "PublisherA", "language": "English", "ISBN-10": "1234567890", "ISBN-13": "123-1234567890",
		}
	}))
	return mux
}

func ratings() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", healthy("Ratings"))
	mux.HandleFunc("GET /ratings/{id}", numbered("product", func(id int) any {
		return bookRatings{id, map[string]int{"Reviewer1": 5, "Reviewer2": 4}}
	}))
	return mux
}

func reviews(version string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", healthy("Reviews"))
	mux.HandleFunc("GET /reviews/{id}", func(w http.ResponseWriter, r *http.Request) {
		id := r.PathValue("id")
		host, err := os.Hostname()
		if err != nil {
			log.Printf("host name: %v", err)
		}
		answer := bookReviews{id, host, env("CLUSTER_NAME", "null"), []review{
			{"Reviewer1", "An extremely entertaining play by Shakespeare. The slapstick humour is refreshing!", nil},
			{"Reviewer2", "Absolutely fun and entertaining. The play lacks thematic depth when compared to other plays by Shakespeare.", nil},
		}}
		if color := starColor[version]; color != "" {
			rate(r, id, color, answer.Reviews)
		}
		reply(w, http.StatusOK, answer)
	})
	return mux
}

// rate adds stars to each review. Without an answer from ratings the review says so and stands.
func rate(r *http.Request, id, color string, list []review) {
	var given bookRatings
	code, body := fetch(r, "ratings", id)
	if code == http.StatusOK {
		if err := json.Unmarshal(body, &given); err != nil {
			log.Printf("ratings: %v", err)
			code = http.StatusInternalServerError
		}
	}
	for i := range list {
		if code != http.StatusOK {
			list[i].Rating = &rating{Error: "Ratings service is currently unavailable"}
			continue
		}
		list[i].Rating = &rating{Stars: given.Ratings[list[i].Reviewer], Color: color}
	}
}
