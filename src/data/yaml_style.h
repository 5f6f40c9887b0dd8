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
bool yaml_is_break(uint32_t rune);
/* Can stand unescaped (emitterc.go is_printable). */
bool yaml_is_printable(uint32_t rune);

#endif
