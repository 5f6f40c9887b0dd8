/* Memory. The one ownership rule of the whole program:
 *
 *   "What you receive from a function named *_new, *_load, *_dup or *_detach, or through a `ret_`
 *   parameter, is yours to free; every other pointer is borrowed from the function's first argument
 *   and dies with it or at its next change."
 *
 * Arguments are borrowed unless the function's name ends in _take. Out of memory ends the process
 * with one message; nothing else in the program aborts. Input is bounded by limits, not by memory.
 *
 * Thread-safe. This room stays the bottom: it uses libc only and knows no other room. */
#ifndef MESHCTL_BASE_MEM_H
#define MESHCTL_BASE_MEM_H

#include <stdarg.h>
#include <stddef.h>

#define MC_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define MC_WARN_UNUSED __attribute__((warn_unused_result))
#define MC_SENTINEL __attribute__((sentinel))
#define MC_CLEANUP(fn) __attribute__((cleanup(fn)))
#define MC_ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

void *mem_alloc(size_t size) __attribute__((returns_nonnull, malloc));
void *mem_zalloc(size_t size) __attribute__((returns_nonnull, malloc));
/* Zeroed array; a product that overflows ends the process like running out of memory. */
void *mem_array(size_t count, size_t size) __attribute__((returns_nonnull, malloc));
void *mem_realloc(void *p, size_t size) __attribute__((returns_nonnull));
/* Grows *cap (doubling) until it holds `need` items of `size` bytes; returns the moved array. */
void *mem_grow(void *p, size_t *cap, size_t need, size_t size) __attribute__((returns_nonnull));
char *mem_strdup(const char *s) __attribute__((returns_nonnull, malloc));
/* NULL stays NULL. */
char *mem_strdup_opt(const char *s);
/* Copies exactly `len` bytes and adds a NUL. */
char *mem_strndup(const char *s, size_t len) __attribute__((returns_nonnull, malloc));
char *mem_printf(const char *fmt, ...) MC_PRINTF(1, 2) __attribute__((returns_nonnull, malloc));
char *mem_vprintf(const char *fmt, va_list ap) MC_PRINTF(1, 0) __attribute__((returns_nonnull));

/* Overwrites in a way the compiler may not drop; for keys and tokens. NULL is fine. */
void mem_wipe(void *p, size_t len);
/* Wipes a NUL-terminated secret and frees it. NULL is fine. */
void mem_free_secret(char *s);

/* From now on what was freed goes back to the system, and threads share what is free: for a run that
 * waits for longer than it works. Before its threads. */
void mem_keep_lean(void);

/* For MC_CLEANUP: frees the pointer that the variable holds. */
void mem_cleanup_free(void *pp);
void mem_cleanup_secret(char **ps);
#define AUTO_FREE MC_CLEANUP(mem_cleanup_free)
#define AUTO_SECRET MC_CLEANUP(mem_cleanup_secret)

/* Defines TYPE *'s cleanup function for MC_CLEANUP out of its free function. */
#define MC_DEFINE_CLEANUP(name, type, free_fn)                                                     \
    static inline void name(type **p)                                                              \
    {                                                                                              \
        free_fn(*p);                                                                               \
    }                                                                                              \
    struct mc_semicolon_##name

/* Moves a pointer out of a cleanup variable. */
static inline void *mem_take(void *pp)
{
    void **slot = pp;
    void *value = *slot;
    *slot = NULL;
    return value;
}
#define TAKE(p) ((__typeof__(p))mem_take(&(p)))

#endif
