/* Replaces values in a record's JSON while that goes by. */
#include "record_filter.h"

static void put(struct record_filter *f, const char *data, size_t len)
{
    if (!f->skipped)
        buf_append(f->out, data, len);
}

/* Up to the end of the string, or of the bytes; returns how many. */
static size_t take_string(struct record_filter *f, const char *data, size_t len)
{
    size_t i = 0;
    while (i < len && f->in_string) {
        char byte = data[i++];
        if (f->is_escaped)
            f->is_escaped = false;
        else if (byte == '\\')
            f->is_escaped = true;
        else if (byte == '"')
            f->in_string = false;
        if (f->in_string && f->wants_key && f->key_len < sizeof(f->keys[0]) - 1)
            f->keys[f->depth - 1][f->key_len++] = byte;
    }
    put(f, data, i);
    return i;
}

static void await_key(struct record_filter *f)
{
    f->wants_key = f->depth > 0 && f->depth <= RECORD_FILTER_LEVELS && f->is_object[f->depth - 1];
    f->key_len = 0;
}

static void take_key(struct record_filter *f)
{
    char *key = f->keys[f->depth - 1];
    key[f->key_len] = '\0';
    const char *text = f->replace(f->ctx, f->depth == 1 ? "" : f->keys[0], key);
    if (!text)
        return;
    buf_appendc(f->out, ':');
    buf_appends(f->out, text);
    f->skipped = f->depth;
}

static void take_other(struct record_filter *f, const char *byte)
{
    switch (*byte) {
    case '"':
        f->in_string = true;
        break;
    case '{':
    case '[':
        if (f->depth++ < RECORD_FILTER_LEVELS)
            f->is_object[f->depth - 1] = *byte == '{';
        await_key(f);
        break;
    case '}':
    case ']':
        f->depth -= f->depth > 0;
        f->wants_key = false; /* of the level that ended */
        f->skipped = f->skipped > f->depth ? 0 : f->skipped;
        break;
    case ',':
        f->skipped = f->skipped == f->depth ? 0 : f->skipped;
        await_key(f);
        break;
    case ':':
        if (f->wants_key && !f->skipped)
            take_key(f);
        f->wants_key = false;
        break;
    }
    put(f, byte, 1);
}

void record_filter_feed(struct record_filter *f, const char *data, size_t len)
{
    for (size_t i = 0; i < len;) {
        if (f->in_string)
            i += take_string(f, data + i, len - i);
        else
            take_other(f, &data[i++]);
    }
}
