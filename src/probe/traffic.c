/* Requests to the sample, many at once, and who answered them. */
#include "meshctl/probe/traffic.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/net/http.h"

#define TRAFFIC_PARALLEL 4
#define TRAFFIC_TIMEOUT_MS 10000
#define TRAFFIC_MAX_BODY ((size_t)1024 * 1024)

void traffic_release(struct traffic *t)
{
    for (size_t i = 0; i < t->count; i++) {
        free(t->rows[i].version);
        free(t->rows[i].cluster);
        free(t->rows[i].color);
    }
    free(t->rows);
    *t = (struct traffic){0};
}

static void count_answer(struct traffic *t, const char *version, const char *cluster,
                         const char *color)
{
    for (size_t i = 0; i < t->count; i++) {
        struct traffic_row *r = &t->rows[i];
        if (strcmp(r->version, version) == 0 && strcmp(r->cluster, cluster) == 0 &&
            strcmp(r->color, color) == 0) {
            r->count++;
            return;
        }
    }
    if (t->count == TRAFFIC_MAX_ANSWERS)
        return;
    t->rows = mem_grow(t->rows, &t->cap, t->count + 1, sizeof(*t->rows));
    t->rows[t->count++] =
        (struct traffic_row){mem_strdup(version), mem_strdup(cluster), mem_strdup(color), 1};
}

static void count_failure(struct traffic *t, const char *what)
{
    AUTO_BUF clean = BUF_INIT;
    size_t len = strlen(what);
    text_append_clean(&clean, what, len < 120 ? len : 120);
    t->failed++;
    count_answer(t, buf_str(&clean), "", "");
}

/* "reviews-v2-6b9f..." is version reviews-v2: the name of the Deployment that the
 * pod belongs to. */
static char *version_of_pod_dup(const char *pod)
{
    size_t len = strlen(pod), dashes = 0;
    for (const char *p = pod; *p && dashes < 2; p++)
        if (*p == '-' && ++dashes == 2)
            len = (size_t)(p - pod);
    return mem_strndup(pod, len);
}

/* "" when nobody knows. */
static const char *cluster_of(const json_t *answer, const char *pod, const json_t *pods)
{
    const char *word = json_dig_str(answer, "clustername", NULL);
    if (word && *word && strcmp(word, "null") != 0)
        return word;
    const char *known = json_string_value(json_object_get(pods, pod));
    return known ? known : "";
}

static void count_result(struct traffic *t, const struct http_result *r, const json_t *pods)
{
    AUTO_ERROR struct error *ignored = NULL;
    json_auto_t *answer = NULL;
    t->requests++;
    if (r->error) {
        count_failure(t, r->error->message);
        return;
    }
    if (r->response.status != 200) {
        AUTO_FREE char *what = mem_printf("HTTP %d", r->response.status);
        count_failure(t, what);
        return;
    }
    const char *pod = NULL;
    if (json_read(buf_str(&r->response.body), r->response.body.len, "answer", &answer, &ignored) ==
        0)
        pod = json_dig_str(answer, "podname", NULL);
    if (!pod) {
        count_failure(t, "an answer without podname");
        return;
    }
    AUTO_FREE char *version = version_of_pod_dup(pod);
    const char *color = json_dig_str(answer, "reviews", "0", "rating", "color", NULL);
    /* reviews-v1 never asks for ratings; the others give a rating without a color when they got none. */
    t->no_stars += json_dig(answer, "reviews", "0", "rating", NULL) && !color;
    count_answer(t, version, cluster_of(answer, pod, pods), color ? color : "");
}

static int client_for(struct cancel *cancel, struct http_client **ret_client, struct error **err)
{
    struct http_options options = {.cancel = cancel, .connect_timeout_ms = 5000};
    return http_client_new(&options, ret_client, err);
}

int traffic_send(const char *ingress, unsigned count, const json_t *pods, struct cancel *cancel,
                 struct traffic *t, struct error **err)
{
    MC_CLEANUP(http_client_cleanup) struct http_client *client = NULL;
    AUTO_FREE char *url = mem_printf("http://%s/api/v1/products/0/reviews", ingress);
    if (client_for(cancel, &client, err) < 0)
        return -1;
    AUTO_FREE struct http_request *requests = mem_array(count, sizeof(*requests));
    AUTO_FREE struct http_result *results = mem_array(count, sizeof(*results));
    for (unsigned i = 0; i < count; i++)
        requests[i] = (struct http_request){
            .url = url, .timeout_ms = TRAFFIC_TIMEOUT_MS, .max_response = TRAFFIC_MAX_BODY};
    int rc = http_send_many(client, requests, count, TRAFFIC_PARALLEL, results, err);
    for (unsigned i = 0; rc == 0 && i < count; i++)
        count_result(t, &results[i], pods);
    http_results_free(results, count);
    return rc;
}

int traffic_page(const char *ingress, struct cancel *cancel, struct error **err)
{
    MC_CLEANUP(http_client_cleanup) struct http_client *client = NULL;
    AUTO_HTTP_RESPONSE response = {0};
    AUTO_FREE char *url = mem_printf("http://%s/productpage", ingress);
    struct http_request request = {
        .url = url, .timeout_ms = TRAFFIC_TIMEOUT_MS, .max_response = TRAFFIC_MAX_BODY};
    if (client_for(cancel, &client, err) < 0 || http_send(client, &request, &response, err) < 0)
        return -1;
    if (response.status != 200)
        return error_set(err, ERROR_CHECK, "%s answered HTTP %d", url, response.status);
    if (!strstr(buf_str(&response.body), "reviews-v"))
        return error_set(err, ERROR_CHECK, "%s answered without reviews on the page", url);
    return 0;
}

unsigned traffic_from(const struct traffic *t, const char *cluster)
{
    unsigned n = 0;
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->rows[i].cluster, cluster) == 0)
            n += t->rows[i].count;
    return n;
}

static char *rows_dup(const struct traffic *t, bool with_cluster)
{
    struct buf out = BUF_INIT;
    for (size_t i = 0; i < t->count; i++) {
        const struct traffic_row *r = &t->rows[i];
        const char *cluster = with_cluster ? r->cluster : "";
        buf_appendf(&out, "%s%s%s%s %u", i ? ", " : "", r->version, cluster[0] ? " " : "", cluster,
                    r->count);
    }
    return buf_detach(&out, NULL);
}

char *traffic_text_dup(const struct traffic *t)
{
    return rows_dup(t, true);
}

char *traffic_short_dup(const struct traffic *t)
{
    return rows_dup(t, false);
}

json_t *traffic_json(const struct traffic *t)
{
    json_t *answers = json_array();
    for (size_t i = 0; i < t->count; i++) {
        const struct traffic_row *r = &t->rows[i];
        json_array_append_new(answers,
                              json_pack("{s:s, s:s, s:s, s:i}", "version", r->version, "cluster",
                                        r->cluster, "stars", r->color, "count", (int)r->count));
    }
    return json_pack("{s:i, s:i, s:i, s:o}", "requests", (int)t->requests, "failed", (int)t->failed,
                     "withoutStars", (int)t->no_stars, "answers", answers);
}
