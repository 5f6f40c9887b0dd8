/* parse.go works on the items of a lexer that runs just ahead of it; here both are one descent.
 * Where that shows, an error names the key that parse.go had in hand when the lexer failed. */
#include <string.h>

#include "doc.h"
#include "lex.h"
#include "meshctl/base/budget.h"
#include "meshctl/golang/strconv.h"
#include "meshctl/toml/toml.h"
#include "meshctl/value/items.h"
#include "value.h"

static int read_value(struct toml_doc *d, bool in_array, struct tval *ret);

static int read_key_part(struct toml_doc *d, struct toml_key *key)
{
    struct tval part;
    struct toml_item item;
    enum toml_quote quote;
    if (toml_lex_key_part(&d->scan, &item, &quote) < 0)
        return -1;
    if (key->count == 0)
        d->key_line = item.line;
    if (key->count >= TOML_MAX_DEPTH)
        return toml_fail_at(&d->scan, item.line, "a key has more than %d parts", TOML_MAX_DEPTH);
    if (quote != TOML_BASIC)
        part = toml_raw_string(d->a, &item, false);
    else if (toml_basic_string(&d->scan, d->a, &item, false, &part) < 0)
        return -1;
    toml_key_add(key, part.s);
    return 0;
}

/* Up to the "=". */
static int read_key(struct toml_doc *d, struct toml_key *key)
{
    int more;
    if (toml_lex_key_start(&d->scan) < 0)
        return -1;
    do {
        if (toml_lex_key_next(&d->scan) < 0 || read_key_part(d, key) < 0)
            return -1;
        more = toml_lex_key_end(&d->scan);
    } while (more > 0);
    return more;
}

/* The value, stored under the key; the context is then the table that it stands in. */
static int read_pair(struct toml_doc *d, const struct toml_key *key, struct tval *ret)
{
    struct tval_string last = key->parts[key->count - 1];
    d->current = last;
    if (toml_open_parents(d, key) < 0 || read_value(d, false, ret) < 0 ||
        toml_set(d, last, *ret) < 0 || toml_note_array(d, last, ret->kind == TVAL_LIST) < 0)
        return -1;
    return 0;
}

static int read_top_pair(struct toml_doc *d)
{
    MC_CLEANUP(toml_key_release) struct toml_key key = {0};
    size_t count = d->context.count;
    struct tval value;
    if (read_key(d, &key) < 0 || read_pair(d, &key, &value) < 0)
        return -1;
    d->context.count = count;
    d->current = (struct tval_string){.data = ""};
    return 0;
}

static int read_array(struct toml_doc *d, struct tval *ret)
{
    struct items items = {.a = d->a};
    int more;
    if (toml_note_array(d, d->current, true) < 0)
        return -1;
    while ((more = toml_lex_array_value(&d->scan)) > 0) {
        struct tval item;
        if (read_value(d, true, &item) < 0)
            return -1;
        items_add(&items, item);
        more = toml_lex_array_value_end(&d->scan);
        if (more <= 0)
            break;
    }
    *ret = items_list(&items);
    return more;
}

static int fail_context(struct toml_doc *d)
{
    AUTO_BUF path = BUF_INIT;
    AUTO_BUF quoted = BUF_INIT;
    toml_write_path(&path, d->context.parts, d->context.count);
    goquote_append(&quoted, buf_str(&path), path.len);
    return toml_fail_at(&d->scan, d->key_line, "%s is not a table", buf_str(&quoted));
}

/* The same value once more in a table of its own: arrays hold that, while the account of tables has
 * its copy in the place that the array takes later. */
static int put_below(struct toml_doc *d, struct tmap *table, const struct toml_key *key,
                     struct tval value)
{
    for (size_t i = 0; i + 1 < key->count; i++) {
        struct tval_string part = key->parts[i];
        struct tval *below = tmap_get(table, part.data, part.len);
        if (!below) {
            tmap_set(d->a, table, part.data, part.len, tval_map(d->a));
            below = tmap_get(table, part.data, part.len);
        }
        if (below->kind != TVAL_MAP)
            return fail_context(d);
        table = below->map;
    }
    struct tval_string last = key->parts[key->count - 1];
    tmap_set(d->a, table, last.data, last.len, value);
    return 0;
}

static int read_inline_pair(struct toml_doc *d, struct tmap *table)
{
    MC_CLEANUP(toml_key_release) struct toml_key key = {0};
    size_t count = d->context.count;
    struct tval value;
    if (read_key(d, &key) < 0 || read_pair(d, &key, &value) < 0 ||
        put_below(d, table, &key, value) < 0)
        return -1;
    d->context.count = count;
    return 0;
}

static int read_inline_table(struct toml_doc *d, bool in_array, struct tval *ret)
{
    size_t count = d->context.count;
    struct tval_string current = d->current;
    int more;
    *ret = tval_map(d->a);
    if (toml_open_inline(d, in_array) < 0)
        return -1;
    while ((more = toml_lex_inline_value(&d->scan)) > 0) {
        if (read_inline_pair(d, ret->map) < 0)
            return -1;
        more = toml_lex_inline_value_end(&d->scan);
        if (more <= 0)
            break;
    }
    if (more < 0)
        return -1;
    d->context.count = count;
    d->current = current;
    return 0;
}

static int read_nested(struct toml_doc *d, enum toml_token token, bool in_array, struct tval *ret)
{
    if (d->depth >= TOML_MAX_DEPTH)
        return toml_fail(&d->scan, "values are nested deeper than %d", TOML_MAX_DEPTH);
    d->depth++;
    int rc = token == TOML_ARRAY ? read_array(d, ret) : read_inline_table(d, in_array, ret);
    d->depth--;
    return rc;
}

static int read_value(struct toml_doc *d, bool in_array, struct tval *ret)
{
    if (budget_look())
        return toml_fail(&d->scan, "stopped"); /* which nobody reads */
    struct toml_item item;
    enum toml_token token;
    if (toml_lex_value(&d->scan, &item, &token) < 0)
        return -1;
    switch (token) {
    case TOML_STRING:
    case TOML_MULTILINE:
        return toml_basic_string(&d->scan, d->a, &item, token == TOML_MULTILINE, ret);
    case TOML_RAW_STRING:
    case TOML_RAW_MULTILINE:
        *ret = toml_raw_string(d->a, &item, token == TOML_RAW_MULTILINE);
        return 0;
    case TOML_INTEGER:
        return toml_integer(&d->scan, &item, ret);
    case TOML_FLOAT:
        return toml_float(&d->scan, &item, ret);
    case TOML_DATETIME:
        return toml_datetime(&d->scan, d->a, &item, ret);
    case TOML_BOOL:
        *ret = tval_bool(item.text[0] == 't');
        return 0;
    default:
        return read_nested(d, token, in_array, ret);
    }
}

/* [a.b] or [[a.b]], behind the first bracket. */
static int read_header(struct toml_doc *d)
{
    MC_CLEANUP(toml_key_release) struct toml_key path = {0};
    bool array = toml_lex_is_array_header(&d->scan);
    int more;
    do {
        if (toml_lex_header_next(&d->scan) < 0 || read_key_part(d, &path) < 0)
            return -1;
        more = toml_lex_header_end(&d->scan, array);
    } while (more > 0);
    if (more < 0 || toml_open(d, &path, array) < 0)
        return -1;
    return toml_note_array(d, (struct tval_string){.data = ""}, false);
}

static int read_document(struct toml_doc *d)
{
    for (;;) {
        int rc;
        if (budget_look())
            return toml_fail(&d->scan, "stopped");
        switch (toml_lex_top(&d->scan)) {
        case TOML_TOP_END:
            return d->scan.failed ? -1 : 0;
        case TOML_TOP_HEADER:
            rc = read_header(d);
            break;
        default:
            rc = read_top_pair(d);
        }
        if (rc < 0 || toml_lex_top_end(&d->scan) < 0)
            return -1;
    }
}

static int refuse(struct arena *a, const char *message, struct tval *ret_error)
{
    *ret_error = tval_cstring(a, message);
    return -1;
}

int toml_read(struct arena *a, const char *text, size_t len, struct tval *ret,
              struct tval *ret_error)
{
    MC_CLEANUP(toml_doc_release) struct toml_doc d = {0};
    size_t skip = 0;
    if (len >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0))
        skip = 2;
    else if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        skip = 3;
    toml_doc_init(&d, a, text + skip, len - skip);
    if (len > TOML_MAX_TEXT)
        return refuse(a, "toml: the text is larger than 16 MiB", ret_error);
    if (memchr(text + skip, '\0', len - skip < 6 ? len - skip : 6))
        return refuse(a,
                      "toml: line 1: files cannot contain NULL bytes; probably using UTF-16; TOML "
                      "files must be UTF-8",
                      ret_error);
    if (read_document(&d) < 0) {
        AUTO_BUF message = BUF_INIT;
        toml_doc_error(&d, &message);
        *ret_error = tval_string(a, buf_str(&message), message.len);
        return -1;
    }
    *ret = (struct tval){.kind = TVAL_MAP, .map = d.root};
    return 0;
}
