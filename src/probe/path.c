/* Counts what came of a path's requests. */
#include "meshctl/probe/path.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/text.h"

#define MAX_WHAT 120

void path_release(struct path *p)
{
    for (size_t i = 0; i < p->failures_count; i++) {
        free(p->failures[i].what);
        free(p->failures[i].said);
    }
    free(p->ms);
    free(p->said);
    free(p->server);
    free(p->client);
    error_free(p->unasked);
    *p = (struct path){0};
}

/* ---- one answer ------------------------------------------------------------------------------ */

/* The next word, or NULL; *rest goes on behind it. */
static char *next_word(char **rest)
{
    char *word = *rest + strspn(*rest, " ");
    size_t len = strcspn(word, " ");
    if (!len)
        return NULL;
    *rest = word + len;
    if (**rest)
        *(*rest)++ = '\0';
    return word;
}

/* The value of a part "KEY=VALUE" of X-Forwarded-Client-Cert's first element (Envoy quotes only what
 * holds one of ,;="): NULL when it is not there. It goes on to the
 * certificate's end. */
static char *part_of(char *certificate, const char *key)
{
    size_t len = strlen(key);
    for (char *part = certificate; part; part = strchr(part, ';')) {
        part += *part == ';';
        if (strncmp(part, key, len) == 0)
            return part + len;
    }
    return NULL;
}

static const char *end_part(char *value)
{
    if (value)
        value[strcspn(value, ";,")] = '\0';
    return value;
}

bool path_answer_read(char *text, struct path_answer *ret_answer)
{
    char *rest = text;
    const char *caller = next_word(&rest), *flags = next_word(&rest), *status = next_word(&rest);
    const char *ms = next_word(&rest), *member = next_word(&rest), *pod = next_word(&rest);
    char *end;
    if (!caller || !flags || !status)
        return false;
    *ret_answer = (struct path_answer){.ms = -1, .flags = flags};
    ret_answer->status = (int)strtol(status, &end, 10);
    if (*end || end == status)
        return false;
    if (ms && strcmp(ms, "-") != 0)
        ret_answer->ms = strtol(ms, NULL, 10);
    if (!member || !pod || strcmp(member, "-") == 0)
        return true;
    char *server = part_of(rest, "By="), *client = part_of(rest, "URI=");
    ret_answer->member = member;
    ret_answer->server = end_part(server);
    ret_answer->client = end_part(client);
    return true;
}

/* ---- counts ---------------------------------------------------------------------------------- */

static void set_text(char **slot, const char *text)
{
    if (!text || text_equal(*slot, text))
        return;
    AUTO_BUF clean = BUF_INIT;
    text_append_clean(&clean, text, strlen(text));
    free(*slot);
    *slot = buf_detach(&clean, NULL);
}

static void count_failure(struct path *p, const char *what, const char *said)
{
    AUTO_BUF clean = BUF_INIT;
    size_t len = strlen(what);
    text_append_clean(&clean, what, len < MAX_WHAT ? len : MAX_WHAT);
    size_t at = 0;
    p->failed++;
    set_text(&p->said, said);
    while (at < p->failures_count && strcmp(p->failures[at].what, buf_str(&clean)) != 0)
        at++;
    if (at == PATH_MAX_FAILURES)
        return;
    if (at == p->failures_count)
        p->failures[p->failures_count++] = (struct path_failure){.what = buf_detach(&clean, NULL)};
    p->failures[at].count++;
    set_text(&p->failures[at].said, said);
}

/* The index of the member that answered, members_count when it is none. */
static size_t member_of(const struct mesh *m, const char *name)
{
    size_t i = 0;
    while (i < m->members_count && !text_equal(m->members[i].name, name))
        i++;
    return i;
}

static void count_answer(struct path *p, const struct mesh *m, const struct mesh_member *wanted,
                         const struct path_answer *a, const char *said)
{
    size_t at = member_of(m, a->member);
    p->requests++;
    if (at == m->members_count || a->status != 200) {
        AUTO_FREE char *what =
            mem_printf("HTTP %d%s%s", a->status, strcmp(a->flags, "-") ? " " : "",
                       strcmp(a->flags, "-") ? a->flags : "");
        count_failure(p, what, said);
        p->is_nameless = strcmp(a->flags, "UH") == 0;
        return;
    }
    if (wanted && wanted != &m->members[at]) {
        AUTO_FREE char *what = mem_printf("answered by %s", m->members[at].name);
        count_failure(p, what, NULL);
        return;
    }
    p->answered[at]++;
    p->plain += !a->server || !a->client;
    set_text(&p->server, a->server);
    set_text(&p->client, a->client);
    if (a->ms < 0)
        return;
    p->ms = mem_grow(p->ms, &p->ms_cap, p->ms_count + 1, sizeof(*p->ms));
    p->ms[p->ms_count++] = (unsigned)a->ms;
}

void path_count(struct path *p, const struct mesh *m, const struct mesh_member *wanted,
                struct kube_pod_answer *answer)
{
    struct path_answer a;
    if (answer->error) {
        error_free(p->unasked);
        p->unasked = TAKE(answer->error);
        return;
    }
    if (!path_answer_read(answer->mark, &a))
        a = (struct path_answer){.ms = -1, .flags = "-"};
    if (!a.status)
        a.status = answer->status;
    count_answer(p, m, wanted, &a, answer->said);
}

static int by_size(const void *a, const void *b)
{
    unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;
    return (x > y) - (x < y);
}

int64_t path_percentile(struct path *p, unsigned percent)
{
    if (!p->ms_count)
        return -1;
    qsort(p->ms, p->ms_count, sizeof(*p->ms), by_size);
    size_t rank = (p->ms_count * percent + 99) / 100;
    return p->ms[rank ? rank - 1 : 0];
}

/* ---- in words -------------------------------------------------------------------------------- */

char *path_failures_dup(const struct path *p)
{
    struct buf out = BUF_INIT;
    buf_appends(&out, "");
    for (size_t i = 0; i < p->failures_count; i++)
        buf_appendf(&out, "%s%s (%u)", i ? ", " : "", p->failures[i].what, p->failures[i].count);
    return buf_detach(&out, NULL);
}

static json_t *time_json(int64_t ms)
{
    return ms < 0 ? json_null() : json_integer(ms);
}

json_t *path_failures_json(const struct path *p)
{
    json_t *failures = json_array();
    for (size_t i = 0; i < p->failures_count; i++) {
        const struct path_failure *f = &p->failures[i];
        json_array_append_new(failures, json_pack("{s:s, s:s?, s:i}", "what", f->what, "said",
                                                  f->said, "count", (int)f->count));
    }
    return failures;
}

json_t *path_json(struct path *p)
{
    return json_pack("{s:i, s:i, s:o, s:o, s:s?, s:s?, s:o}", "requests", (int)p->requests,
                     "errors", (int)p->failed, "p50Ms", time_json(path_percentile(p, 50)), "p99Ms",
                     time_json(path_percentile(p, 99)), "serverIdentity", p->server,
                     "clientIdentity", p->client, "failures", path_failures_json(p));
}
