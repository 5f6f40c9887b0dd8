/* How libyaml gets a text. Its reader decodes and checks character by character, a fifth of all
 * that reading YAML costs; a text that is nothing but what it would let through is put into its
 * buffer as it is. */
#ifndef MESHCTL_DATA_YAML_INPUT_H
#define MESHCTL_DATA_YAML_INPUT_H

#include <stddef.h>
#include <yaml.h>

struct yaml_input {
    const char *text;
    size_t len;
    size_t read; /* bytes that the parser was given */
};

/* `in` and the text must stay where they are while the parser, which was just initialized, is in
 * use. */
void yaml_input_set(struct yaml_input *in, yaml_parser_t *parser, const char *text, size_t len);

#endif
