/* Whatever YAML text is read must be written, and be read again as the same value; and it must be
 * read as the same, or refused with the same words, whichever way the parser gets it. */
#include "meshctl/base/text.h"
#include "meshctl/data/yaml.h"
#include "reals.h"
#include "wrap.h"

/* go-yaml's own output that its own reader takes for something else: keys "<<" without quotes, line
 * breaks that are none of "\n", and C1 characters, which only escapes can bring in; U+0085 becomes
 * a blank where sigs.k8s.io/yaml reads the JSON between as YAML. */
static bool is_known_loss(const json_t *value, const struct buf *out)
{
    AUTO_FREE char *json = json_write_dup(value, 0);
    return strstr(json, "\xC2\x85") || strstr(buf_str(out), "<<") ||
           memchr(out->data, '\r', out->len) || strstr(buf_str(out), "\xE2\x80\xA8") ||
           strstr(buf_str(out), "\xE2\x80\xA9");
}

static void read_again(const json_t *value)
{
    AUTO_ERROR struct error *err = NULL;
    AUTO_BUF out = BUF_INIT;
    json_auto_t *again = NULL;
    yaml_write(&out, value);
    if (out.overflow || is_known_loss(value, &out))
        return;
    if (yaml_read(buf_str(&out), out.len, "again", 0, &again, &err) < 0 ||
        !same_with_reals(value, again))
        abort();
}

/* Nothing that libyaml's reader refuses: then it matters in how large pieces it reads. */
static bool is_clean(const char *text, size_t len)
{
    for (size_t i = 0; i < len;) {
        uint32_t rune;
        size_t width = text_rune(text + i, len - i, &rune);
        if ((rune < ' ' && !strchr("\t\n\r", (int)rune)) || (rune == 0xFFFD && width == 1) ||
            !rune || (rune >= 0x7F && rune < 0xA0 && rune != 0x85) || rune == 0xFFFE ||
            rune == 0xFFFF)
            return false;
        i += width;
    }
    return true;
}

/* Behind a byte order mark every text goes through libyaml's own reader. */
static void read_marked(const char *text, size_t len, const json_t *value, const struct error *err)
{
    AUTO_ERROR struct error *marked_err = NULL;
    AUTO_BUF marked = BUF_INIT;
    json_auto_t *same = NULL;
    if (!is_clean(text, len) || (len && text[0] == '\xEF'))
        return;
    buf_appends(&marked, "\xEF\xBB\xBF");
    buf_append(&marked, text, len);
    int failed = yaml_read(buf_str(&marked), marked.len, "fuzz", 0, &same, &marked_err) < 0;
    if (failed != (err != NULL) || (!failed && !json_equal(value, same)) ||
        (failed && strcmp(err->message, marked_err->message) != 0))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_ERROR struct error *err = NULL;
    AUTO_ERROR struct error *all_err = NULL;
    json_auto_t *value = NULL;
    json_auto_t *all = NULL;
    size_t line, column;
    if (yaml_read((const char *)data, size, "fuzz", 0, &value, &err) == 0)
        read_again(value);
    read_marked((const char *)data, size, value, err);
    if (yaml_read_all((const char *)data, size, "fuzz", YAML_STRICT_KEYS | YAML_NUMBERS_FLOAT, &all,
                      &all_err) == 0 &&
        !json_is_array(all))
        abort();
    (void)yaml_locate((const char *)data, size, &line, &column, "a", "0", "b", NULL);
    return 0;
}

/* libFuzzer's hook. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    static const char *const forms[] = {"a: %",          "- %",
                                        "? %\n: b",      "a: &x %\nb: *x\n",
                                        "<<: {%}",       "a: {b: %, c: [%]}\n",
                                        "[%]",           "{%}",
                                        "\"%\"",         "'%'",
                                        "|\n  %\n",      ">-\n  %\n\n  b\n",
                                        "!!str %",       "# %\n",
                                        "---\n%\n...\n", "a:\n- b: %\n  c: d\n",
                                        "  %",           "|2+\n  %\n",
                                        "1e%",           "0x%",
                                        "2026-08-14 %",  "\xEF\xBB\xBF%",
                                        "%: ~\n",        "%\t"};
    return wrap_mutate(data, size, max, seed, forms, MC_ARRAY_LEN(forms));
}
