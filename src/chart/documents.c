#include "documents.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/data/yaml.h"
#include "names.h"
#include "typed.h"

/* Less than this is read before a thread has started. */
#define THREAD_MIN_BYTES 4096

static const struct typed_field head_metadata[] = {
    {.name = "name"}, {.name = "annotations", .kind = TYPED_STRING_MAP}, {.name = NULL}};

static const struct typed_field head_fields[] = {
    {.name = "apiVersion"},
    {.name = "kind"},
    {.name = "metadata",
     .kind = TYPED_STRUCT,
     .fields = head_metadata,
     .go_type = "struct { Name string \"json:\\\"name\\\"\"; Annotations map[string]string "
                "\"json:\\\"annotations\\\"\" }"},
    {.name = NULL},
};

struct file {
    char *path;
    char *text;
    struct document *documents; /* an array that no longer moves: others point into it */
    size_t count;
};

struct documents {
    struct documents_options options;
    struct file *files;
    size_t files_count, files_cap;
    struct document **result;
    size_t bytes; /* queued so far */
    pthread_t thread;
    bool has_thread;
    cpu_set_t processors; /* that the thread may use */
    /* What is to be read, each by whoever comes first. The lock guards all below. */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct document **queue;
    size_t queued, taken, queue_cap;
    bool is_closed; /* nothing more will be queued */
};

/* ---- reading one ----------------------------------------------------------------------------- */

static int fail_in(struct document *document)
{
    if (!document->error->where)
        error_where(&document->error, "%s", document->path);
    return error_wrap(&document->error, "YAML parse error on %s", document->path);
}

static int read_head(struct document *document, const json_t *object, int helm_major)
{
    const char *go_type = helm_major >= 4 ? "util.SimpleHead" : "releaseutil.SimpleHead";
    json_auto_t *head = json_object();
    if (typed_read(head_fields, object, go_type, head, &document->error))
        return fail_in(document);
    document->head = TAKE(head);
    return 0;
}

/* Touches nothing but the document: several threads do it at the same time. */
static int read_document(struct document *document, const struct documents_options *options)
{
    json_auto_t *object = NULL;
    if (yaml_read(document->text.s, document->text.len, document->path, 0, &object,
                  &document->error)) {
        error_wrap(&document->error, "error converting YAML to JSON");
        return fail_in(document);
    }
    if (read_head(document, object, options->helm_major) < 0)
        return -1;
    if (options->keep_objects && json_is_object(object))
        document->object = TAKE(object);
    return 0;
}

/* ---- the queue ------------------------------------------------------------------------------- */

/* NULL when there is none, and with `wait` never will be. */
static struct document *next_document(struct documents *d, bool wait)
{
    pthread_mutex_lock(&d->lock);
    while (wait && d->taken == d->queued && !d->is_closed)
        pthread_cond_wait(&d->changed, &d->lock);
    struct document *next = d->taken < d->queued ? d->queue[d->taken++] : NULL;
    pthread_mutex_unlock(&d->lock);
    return next;
}

static void *read_queue(void *arg)
{
    struct documents *d = arg;
    /* Where it was begun was of use at the start only. */
    (void)sched_setaffinity(0, sizeof(d->processors), &d->processors);
    for (struct document *next; (next = next_document(d, true));)
        (void)read_document(next, &d->options);
    return NULL;
}

/* The processors that this process may use, less the one that it runs on: where the kernel is left
 * to choose, a new thread often waits for milliseconds behind the one that made it, on the same. */
static bool other_processors(cpu_set_t *all, cpu_set_t *ret_others)
{
    int own = sched_getcpu();
    if (own < 0 || own >= CPU_SETSIZE || sched_getaffinity(0, sizeof(*all), all) < 0)
        return false;
    *ret_others = *all;
    CPU_CLR(own, ret_others);
    return CPU_COUNT(ret_others) > 0;
}

/* Without a thread all is read at the end. */
static void start_thread(struct documents *d)
{
    cpu_set_t others;
    pthread_attr_t attributes;
    if (d->has_thread || d->bytes < THREAD_MIN_BYTES || !other_processors(&d->processors, &others))
        return;
    pthread_attr_init(&attributes);
    pthread_attr_setaffinity_np(&attributes, sizeof(others), &others);
    d->has_thread = pthread_create(&d->thread, &attributes, read_queue, d) == 0;
    pthread_attr_destroy(&attributes);
}

static void enqueue(struct documents *d, struct document *document)
{
    pthread_mutex_lock(&d->lock);
    d->queue = mem_grow(d->queue, &d->queue_cap, d->queued + 1, sizeof(*d->queue));
    d->queue[d->queued++] = document;
    pthread_cond_signal(&d->changed);
    pthread_mutex_unlock(&d->lock);
    d->bytes += document->text.len;
    start_thread(d);
}

/* Ends the thread, after all that is queued or without it. */
static void close_queue(struct documents *d, bool read_rest)
{
    pthread_mutex_lock(&d->lock);
    d->is_closed = true;
    if (!read_rest)
        d->taken = d->queued;
    pthread_cond_signal(&d->changed);
    pthread_mutex_unlock(&d->lock);
    for (struct document *next; (next = next_document(d, false));)
        (void)read_document(next, &d->options);
    if (d->has_thread)
        pthread_join(d->thread, NULL);
    d->has_thread = false;
}

/* ---- files ----------------------------------------------------------------------------------- */

struct documents *documents_new(const struct documents_options *options)
{
    struct documents *d = mem_zalloc(sizeof(*d));
    d->options = *options;
    pthread_mutex_init(&d->lock, NULL);
    pthread_cond_init(&d->changed, NULL);
    return d;
}

static void release_file(struct file *f)
{
    for (size_t i = 0; i < f->count; i++) {
        json_decref(f->documents[i].head);
        json_decref(f->documents[i].object);
        error_free(f->documents[i].error);
    }
    free(f->documents);
    free(f->path);
    free(f->text);
}

void documents_free(struct documents *d)
{
    if (!d)
        return;
    close_queue(d, false);
    for (size_t i = 0; i < d->files_count; i++)
        release_file(&d->files[i]);
    free(d->files);
    free(d->result);
    free(d->queue);
    pthread_cond_destroy(&d->changed);
    pthread_mutex_destroy(&d->lock);
    free(d);
}

static bool has_documents(const char *path, const char *text, size_t len)
{
    name_trim_left(&text, &len);
    return len > 0 && name_base(path)[0] != '_';
}

/* NUL is the one control character that would also end a C string. */
static void refuse_file(struct file *f)
{
    f->count = 1;
    f->documents = mem_array(1, sizeof(*f->documents));
    f->documents[0].path = f->path;
    error_set(&f->documents[0].error, ERROR_INPUT,
              "error converting YAML to JSON: yaml: control characters are not allowed");
    fail_in(&f->documents[0]);
}

static void add_document(struct documents *d, struct document *document)
{
    const json_t *known =
        d->options.keep_objects ? NULL : written_find(d->options.written, document->text);
    if (!known)
        enqueue(d, document);
    else if (read_head(document, known, d->options.helm_major) < 0)
        json_decref(TAKE(document->head));
}

void documents_add_take(struct documents *d, const char *path, char *text, size_t len)
{
    if (!has_documents(path, text, len)) {
        free(text);
        return;
    }
    d->files = mem_grow(d->files, &d->files_cap, d->files_count + 1, sizeof(*d->files));
    struct file *f = &d->files[d->files_count++];
    *f = (struct file){.path = mem_strdup(path), .text = text};
    if (memchr(text, '\0', len)) {
        refuse_file(f);
        return;
    }
    struct split_texts texts = {0};
    split_manifests(text, len, d->options.helm_major, &texts);
    f->count = texts.count;
    f->documents = mem_array(texts.count ? texts.count : 1, sizeof(*f->documents));
    for (size_t i = 0; i < texts.count; i++) {
        f->documents[i] = (struct document){.path = f->path, .text = texts.items[i]};
        add_document(d, &f->documents[i]);
    }
    split_texts_release(&texts);
}

static int compare_files(const void *a, const void *b)
{
    const struct file *x = a, *y = b;
    return strcmp(x->path, y->path);
}

int documents_finish(struct documents *d, struct document ***ret_documents, size_t *ret_count,
                     struct error **err)
{
    size_t count = 0, n = 0;
    close_queue(d, true);
    if (d->files_count)
        qsort(d->files, d->files_count, sizeof(*d->files), compare_files);
    for (size_t i = 0; i < d->files_count; i++)
        count += d->files[i].count;
    d->result = mem_array(count ? count : 1, sizeof(*d->result));
    for (size_t i = 0; i < d->files_count; i++) {
        for (size_t k = 0; k < d->files[i].count; k++) {
            struct document *document = &d->files[i].documents[k];
            if (document->error) {
                *err = TAKE(document->error);
                return -1;
            }
            d->result[n++] = document;
        }
    }
    *ret_documents = d->result;
    *ret_count = count;
    return 0;
}
