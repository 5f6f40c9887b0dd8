/* Replays inputs through a fuzz target without libFuzzer: each argument is a file, or a folder
 * whose files are taken. Any compiler, so the corpora are ordinary tests. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/fs.h"
#include "meshctl/base/strlist.h"

#define REPLAY_MAX_INPUT ((size_t)16 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
    AUTO_ERROR struct error *err = NULL;
    AUTO_BUF text = BUF_INIT;
    if (fs_read(path, REPLAY_MAX_INPUT, &text, &err) < 0) {
        fprintf(stderr, "%s\n", err->message);
        return -1;
    }
    /* A copy of exactly that size, so that a sanitizer sees a read past the end. */
    AUTO_FREE uint8_t *exact = mem_alloc(text.len);
    if (text.len)
        memcpy(exact, text.data, text.len);
    return LLVMFuzzerTestOneInput(exact, text.len);
}

static int list_files(const char *path, struct strlist *files)
{
    if (!fs_is_dir(path)) {
        strlist_add(files, path);
        return 0;
    }
    DIR *dir = opendir(path);
    if (!dir)
        return -1;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        if (entry->d_name[0] != '.')
            strlist_add_take(files, fs_join_dup(path, entry->d_name));
    closedir(dir);
    return 0;
}

int main(int argc, char **argv)
{
    AUTO_STRLIST files = STRLIST_INIT;
    for (int i = 1; i < argc; i++)
        if (list_files(argv[i], &files) < 0)
            return EXIT_FAILURE;
    strlist_sort(&files);
    for (size_t i = 0; i < files.count; i++) {
        printf("%s\n", files.items[i]);
        fflush(stdout);
        if (replay(files.items[i]) < 0)
            return EXIT_FAILURE;
    }
    /* An empty corpus would be a test that cannot fail. */
    return files.count ? EXIT_SUCCESS : EXIT_FAILURE;
}
