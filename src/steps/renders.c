/* What charts render to, once for all clusters that render alike: the same chart, values and server
 * make the same text, and of a large chart it is the largest thing that a run holds. What asked a
 * cluster (lookup) is of that cluster alone. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

struct rendering {
    char *key;
    struct chart_rendered *rendered; /* NULL while it is at work */
    bool is_own;                     /* who waits has to render for himself */
    unsigned users;                  /* lanes that have it or wait for it */
};

struct renders {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct rendering **items;
    size_t count, cap;
};

struct renders *renders_new(void)
{
    struct renders *r = mem_zalloc(sizeof(*r));
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->changed, NULL);
    return r;
}

static void rendering_free(struct rendering *rendering)
{
    chart_rendered_free(rendering->rendered);
    free(rendering->key);
    free(rendering);
}

void renders_free(struct renders *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->count; i++)
        rendering_free(r->items[i]);
    free(r->items);
    pthread_cond_destroy(&r->changed);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

/* All that a render depends on, but for what it looks up. */
static char *key_dup(const struct chart *chart, const json_t *config,
                     const struct chart_render_options *o)
{
    AUTO_BUF key = BUF_INIT;
    buf_appendf(&key, "%p\n%s\n%s\n%d %d %d\n%s\n", (const void *)chart, o->release, o->namespace_,
                o->is_upgrade, o->revision, o->helm_major, o->kube_version);
    for (size_t i = 0; i < o->api_versions->count; i++)
        buf_appendf(&key, "%s ", o->api_versions->items[i]);
    json_write(&key, config, 0);
    return buf_detach(&key, NULL);
}

static struct rendering *find(const struct renders *r, const char *key)
{
    for (size_t i = 0; i < r->count; i++)
        if (strcmp(r->items[i]->key, key) == 0 && !r->items[i]->is_own)
            return r->items[i];
    return NULL;
}

static void drop_user(struct renders *r, struct rendering *rendering)
{
    if (--rendering->users)
        return;
    for (size_t i = 0; i < r->count; i++)
        if (r->items[i] == rendering)
            r->items[i] = r->items[--r->count];
    rendering_free(rendering);
}

/* Waits for another lane's work. NULL when that came to nothing for others. */
static const struct chart_rendered *wait_for(struct renders *r, struct rendering *rendering)
{
    rendering->users++;
    while (!rendering->rendered && !rendering->is_own)
        pthread_cond_wait(&r->changed, &r->lock);
    if (!rendering->is_own)
        return rendering->rendered;
    drop_user(r, rendering);
    return NULL;
}

/* ---- a render that others may wait for ------------------------------------------------------- */

struct looking {
    struct renders *renders;
    struct rendering *rendering;
    const struct chart_render_options *options;
};

static void make_own(struct renders *r, struct rendering *rendering)
{
    pthread_mutex_lock(&r->lock);
    rendering->is_own = true;
    pthread_cond_broadcast(&r->changed);
    pthread_mutex_unlock(&r->lock);
}

/* Nobody waits for what one cluster answers. */
static int look_up(void *ctx, const char *api_version, const char *kind, const char *namespace_,
                   const char *name, json_t **ret_object, struct error **err)
{
    const struct looking *l = ctx;
    make_own(l->renders, l->rendering);
    return l->options->lookup(l->options->ctx, api_version, kind, namespace_, name, ret_object,
                              err);
}

static int render(struct renders *r, struct rendering *rendering, const struct chart *chart,
                  const json_t *config, const struct chart_render_options *options,
                  struct error **err)
{
    struct looking looking = {r, rendering, options};
    struct chart_render_options watched = *options;
    struct chart_rendered *rendered = NULL;
    watched.lookup = look_up;
    watched.ctx = &looking;
    int rc = chart_render(chart, config, &watched, &rendered, err);
    if (rc < 0)
        make_own(r, rendering);
    pthread_mutex_lock(&r->lock);
    rendering->rendered = rendered;
    pthread_cond_broadcast(&r->changed);
    if (rc < 0)
        drop_user(r, rendering);
    pthread_mutex_unlock(&r->lock);
    return rc;
}

int renders_get(struct renders *r, const struct chart *chart, const json_t *config,
                const struct chart_render_options *options,
                const struct chart_rendered **ret_rendered, struct error **err)
{
    AUTO_FREE char *key = key_dup(chart, config, options);
    pthread_mutex_lock(&r->lock);
    struct rendering *rendering = find(r, key);
    const struct chart_rendered *rendered = rendering ? wait_for(r, rendering) : NULL;
    if (!rendered) {
        rendering = mem_zalloc(sizeof(*rendering));
        *rendering = (struct rendering){.key = TAKE(key), .users = 1};
        r->items = mem_grow(r->items, &r->cap, r->count + 1, sizeof(struct rendering *));
        r->items[r->count++] = rendering;
    }
    pthread_mutex_unlock(&r->lock);
    if (!rendered && render(r, rendering, chart, config, options, err) < 0)
        return -1;
    *ret_rendered = rendered ? rendered : rendering->rendered;
    return 0;
}

void renders_put(struct renders *r, const struct chart_rendered *rendered)
{
    if (!rendered)
        return;
    pthread_mutex_lock(&r->lock);
    for (size_t i = 0; i < r->count; i++)
        if (r->items[i]->rendered == rendered) {
            drop_user(r, r->items[i]);
            break;
        }
    pthread_mutex_unlock(&r->lock);
}
