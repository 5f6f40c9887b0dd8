/* The documents of a render: parsed aside while templates still run, told apart and named. */
#include "documents.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/budget.h"
#include "meshctl/base/fs.h"
#include "meshctl/data/json_scratch.h"
#include "meshctl/data/typed.h"
#include "meshctl/data/yaml.h"
#include "meshctl/golang/strings.h"

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
    struct worker *worker;
    struct file *files;
    size_t files_count, files_cap;
    size_t count; /* of all documents */
    struct document **result;
};

/* ---- reading one ----------------------------------------------------------------------------- */

static int fail_in(struct document *document)
{
    if (!document->error->where)
        error_where(&document->error, "%s", document->path);
    if (budget_is_over())
        return error_wrap(&document->error, "%s", document->path);
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

static int read_object(struct document *document, json_t **ret_object)
{
    if (yaml_read(document->text.s, document->text.len, document->path, 0, ret_object,
                  &document->error)) {
        if (!budget_is_over())
            error_wrap(&document->error, "error converting YAML to JSON");
        return fail_in(document);
    }
    return read_head(document, *ret_object, document->options->helm_major);
}

static void read_whole(struct document *document)
{
    json_auto_t *object = NULL;
    if (read_object(document, &object) == 0 && json_is_object(object))
        document->object = TAKE(object);
}

static void read_head_only(struct document *document)
{
    json_t *object = NULL;
    AUTO_JSON_SCRATCH(scratch);
    if (read_object(document, &object) == 0)
        document->head = json_scratch_keep(document->head);
}

/* Touches nothing but the document: the worker does it beside the owner. */
static void run_document(void *ctx, enum worker_side side)
{
    struct document *document = ctx;
    (void)side;
    if (document->options->keep_objects)
        read_whole(document);
    else
        read_head_only(document);
}

/* ---- files ----------------------------------------------------------------------------------- */

struct documents *documents_new(const struct documents_options *options, struct worker *worker)
{
    struct documents *d = mem_zalloc(sizeof(*d));
    d->options = *options;
    d->worker = worker;
    return d;
}

static void release_file(struct documents *d, struct file *f)
{
    for (size_t i = 0; i < f->count; i++) {
        worker_drop(d->worker, &f->documents[i].job);
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
    for (size_t i = 0; i < d->files_count; i++)
        release_file(d, &d->files[i]);
    free(d->files);
    free(d->result);
    free(d);
}

static bool has_documents(const char *path, const char *text, size_t len)
{
    gostring_trim_left(&text, &len);
    return len > 0 && fs_basename(path)[0] != '_';
}

static struct document *only_document(struct file *f)
{
    f->count = 1;
    f->documents = mem_array(1, sizeof(*f->documents));
    f->documents[0].path = f->path;
    return f->documents;
}

/* NUL is the one control character that would also end a C string. */
static void refuse_file(struct file *f)
{
    struct document *document = only_document(f);
    error_set(&document->error, ERROR_INPUT,
              "error converting YAML to JSON: yaml: control characters are not allowed");
    fail_in(document);
}

static void refuse_count(struct file *f)
{
    struct document *document = only_document(f);
    error_set(&document->error, ERROR_INPUT,
              "%s: more than %d documents with those of the files before", f->path,
              SPLIT_MAX_DOCUMENTS);
    error_where(&document->error, "%s", f->path);
}

static void add_document(struct documents *d, struct document *document)
{
    const json_t *known =
        d->options.keep_objects ? NULL : written_find(d->options.written, document->text);
    if (known) {
        if (read_head(document, known, d->options.helm_major) < 0)
            json_decref(TAKE(document->head));
        return;
    }
    document->job = (struct worker_job){.run = run_document, .ctx = document};
    worker_add(d->worker, &document->job, document->text.len);
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
    MC_CLEANUP(split_texts_release) struct split_texts texts = {0};
    split_manifests(text, len, d->options.helm_major, &texts);
    d->count += texts.count;
    if (d->count > SPLIT_MAX_DOCUMENTS) {
        refuse_count(f);
        return;
    }
    f->count = texts.count;
    f->documents = mem_array(texts.count ? texts.count : 1, sizeof(*f->documents));
    for (size_t i = 0; i < texts.count; i++) {
        f->documents[i] =
            (struct document){.options = &d->options, .path = f->path, .text = texts.items[i]};
        add_document(d, &f->documents[i]);
    }
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
    if (d->files_count)
        qsort(d->files, d->files_count, sizeof(*d->files), compare_files);
    for (size_t i = 0; i < d->files_count; i++)
        count += d->files[i].count;
    d->result = mem_array(count ? count : 1, sizeof(*d->result));
    for (size_t i = 0; i < d->files_count; i++) {
        for (size_t k = 0; k < d->files[i].count; k++) {
            struct document *document = &d->files[i].documents[k];
            if (document->job.run)
                worker_finish(d->worker, &document->job);
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
