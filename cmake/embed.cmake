# meshctl_embed(TARGET FILE...) makes a static library that holds the files' bytes and embed_find().
# The assembler's .incbin does the copying, so that a changed file costs one assembly.
function(meshctl_embed target)
  set(asm "${CMAKE_BINARY_DIR}/${target}.S")
  set(table "${CMAKE_BINARY_DIR}/${target}.c")
  set(asm_text "    .section .rodata\n")
  set(extern_text "")
  set(rows_text "")
  set(index 0)
  foreach(file IN LISTS ARGN)
    string(APPEND asm_text "    .global embed_data_${index}\nembed_data_${index}:\n"
      "    .incbin \"${CMAKE_SOURCE_DIR}/${file}\"\n    .byte 0\n"
      "    .global embed_end_${index}\nembed_end_${index}:\n")
    string(APPEND extern_text "extern const char embed_data_${index}[], embed_end_${index}[];\n")
    string(APPEND rows_text "    {\"${file}\", embed_data_${index}, embed_end_${index}},\n")
    math(EXPR index "${index} + 1")
  endforeach()
  string(APPEND asm_text "    .section .note.GNU-stack,\"\",@progbits\n")
  file(CONFIGURE OUTPUT "${asm}" CONTENT "${asm_text}" @ONLY)
  file(CONFIGURE OUTPUT "${table}" CONTENT "#include <string.h>

#include \"meshctl/base/embed.h\"

${extern_text}
static const struct {
    const char *name, *data, *end;
} rows[] = {
${rows_text}    {NULL, NULL, NULL},
};

struct embed_file embed_find(const char *name)
{
    for (size_t i = 0; rows[i].name; i++)
        if (strcmp(rows[i].name, name) == 0)
            return (struct embed_file){rows[i].name, rows[i].data,
                                       (size_t)(rows[i].end - rows[i].data) - 1};
    return (struct embed_file){NULL, NULL, 0};
}

struct embed_file embed_at(size_t index)
{
    size_t count = sizeof(rows) / sizeof(rows[0]) - 1;
    return index < count ? embed_find(rows[index].name) : (struct embed_file){NULL, NULL, 0};
}
" @ONLY)
  list(TRANSFORM ARGN PREPEND "${CMAKE_SOURCE_DIR}/" OUTPUT_VARIABLE paths)
  set_source_files_properties("${asm}" PROPERTIES OBJECT_DEPENDS "${paths}")
  add_library(${target} STATIC "${asm}" "${table}")
  target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR}/include)
endfunction()
