/* The files of a kubeconfig and the named entries in them, before one context is made of them.
 * Private to kubeconfig.c and its helpers. Matches client-go tools/clientcmd/loader.go. */
#ifndef KUBE_CONFIG_FILE_H
#define KUBE_CONFIG_FILE_H

#include "meshctl/base/buf.h"
#include "meshctl/base/error.h"
#include "meshctl/base/strlist.h"
#include "meshctl/data/json.h"

#define CONFIG_MAX_FILES 64
#define CONFIG_MAX_NAMES 1000

struct config_file {
    char *path;
    char *dir; /* absolute: base of the relative paths inside */
    struct buf text;
    json_t *value; /* always an object */
};

struct config_files {
    struct config_file *items;
    size_t count;
    char *names; /* "A" or "A, B": for messages */
};

/* `path` NULL: the KUBECONFIG list without the missing ones, or ~/.kube/config. None at all, or a
 * missing `path`, is ERROR_NOT_FOUND. */
int config_files_load(const char *path, struct config_files *ret_files, struct error **err)
    MC_WARN_UNUSED;
/* Wipes texts and values: they hold tokens and keys. */
void config_files_release(struct config_files *files);
#define AUTO_CONFIG_FILES MC_CLEANUP(config_files_release) struct config_files

/* The first file to set current-context wins; NULL when none does. Borrowed. */
const char *config_current_context(const struct config_files *files,
                                   const struct config_file **ret_file);

enum config_list {
    CONFIG_CLUSTERS,
    CONFIG_USERS,
    CONFIG_CONTEXTS,
};

/* One named entry: `value` is its inner object (NULL when it is null or missing). Borrowed. */
struct config_entry {
    const struct config_file *file;
    enum config_list list;
    const char *name;
    char index[24];
    const json_t *value;
    const char *below; /* `value` is this field of the entry; NULL: the entry itself */
};

/* The entry of that name in the first file that has one. */
bool config_find(const struct config_files *files, enum config_list list, const char *name,
                 struct config_entry *ret_entry);
/* The names in all files, each once, in order; for people, so the first CONFIG_MAX_NAMES. */
void config_names(const struct config_files *files, enum config_list list, struct strlist *out);

/* Sets an ERROR_INPUT "user "NAME" of FILE: MESSAGE", where = FILE:LINE:COL of the field (and what
 * is below it), or of the nearest thing above that is there. `field` and `sub` may be NULL. Returns
 * -1. */
int config_fail(const struct config_entry *e, const char *field, const char *sub,
                struct error **err, const char *fmt, ...) MC_PRINTF(5, 6);
/* As config_fail, of a file that `field` names and that could not be read, for the error that is
 * there. */
int config_file_fail(const struct config_entry *e, const char *field, struct error **err);
/* Sets only the place of an error. */
int config_place(const struct config_entry *e, const char *field, const char *sub,
                 struct error **err);

/* Fields. Missing, null and empty are the same: NULL, false, an empty list, as in client-go.
 * Strings are borrowed and hold no NUL. */
int config_string(const struct config_entry *e, const char *field, const char **ret_text,
                  struct error **err) MC_WARN_UNUSED;
int config_string_dup(const struct config_entry *e, const char *field, char **ret_text,
                      struct error **err) MC_WARN_UNUSED;
int config_bool(const struct config_entry *e, const char *field, bool *ret_flag, struct error **err)
    MC_WARN_UNUSED;
int config_strings(const struct config_entry *e, const char *field, struct strlist *out,
                   struct error **err) MC_WARN_UNUSED;
/* A path, made absolute with the file's folder; yours to free. */
int config_path_dup(const struct config_entry *e, const char *field, char **ret_path,
                    struct error **err) MC_WARN_UNUSED;
/* The PEM text that stands in base64 in `data_field` or in the file that `file_field` names; both
 * are an error. *ret_name is what to call it in errors. Both yours to free; the text may
 * be a key. */
int config_pem_dup(const struct config_entry *e, const char *file_field, const char *data_field,
                   char **ret_pem, char **ret_name, struct error **err) MC_WARN_UNUSED;
/* A string of an object inside the entry, checked alike; `field` and `sub` say where it stands. */
int config_check_string(const struct config_entry *e, const char *field, const char *sub,
                        const json_t *value, const char **ret_text, struct error **err)
    MC_WARN_UNUSED;

#endif
