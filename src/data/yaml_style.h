/* Which of YAML's notations a string can and does get (go-yaml v2 and v3 encode.go stringv,
 * emitterc.go yaml_emitter_analyze_scalar and yaml_emitter_select_scalar_style). */
#ifndef MESHCTL_DATA_YAML_STYLE_H
#define MESHCTL_DATA_YAML_STYLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum yaml_style {
    YAML_STYLE_PLAIN,
    YAML_STYLE_SINGLE,
    YAML_STYLE_DOUBLE,
    YAML_STYLE_LITERAL,
};

/* What printable ASCII is, but for the space: most bytes of most texts. */
enum yaml_byte {
    YAML_BYTE_CALM = 1 << 0,   /* means nothing in a plain scalar but at its start */
    YAML_BYTE_PLAIN = 1 << 1,  /* in a plain scalar written as it is, wherever it stands */
    YAML_BYTE_SINGLE = 1 << 2, /* likewise in single quotes */
    YAML_BYTE_DOUBLE = 1 << 3, /* and in double quotes */
};
/* How many bytes from the start on are of the kind, single spaces between them up to byte
 * `spaces_until` counted in: what can be passed over, or written, at once. */
size_t yaml_skip_words(const char *text, size_t len, size_t spaces_until, enum yaml_byte kind);

struct yaml_analysis {
    bool is_v3;
    bool multiline; /* has a line break of any kind */
    bool plain_allowed, single_allowed, literal_allowed;
};

/* `text` is UTF-8. */
struct yaml_analysis yaml_analyze(const char *text, size_t len, bool is_v3);
/* The style for the string as a value, or as a simple key. */
enum yaml_style yaml_style_of_string(const char *text, size_t len, const struct yaml_analysis *a,
                                     bool is_key);
/* Line feed, carriage return, NEL, LS, PS. */
static inline bool yaml_is_break(uint32_t rune)
{
    return rune == '\n' || rune == '\r' || rune == 0x85 || rune == 0x2028 || rune == 0x2029;
}
/* Can stand unescaped (emitterc.go is_printable). */
bool yaml_is_printable(uint32_t rune);

#endif
