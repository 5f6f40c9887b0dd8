/* One writer at a time in a CA folder: DIR/.lock is locked with flock(2) and says who holds it. The
 * lock ends with the process, however that ends; the file stays, since one that is removed could be
 * locked by one and made anew by another. Over NFS the Linux kernel asks the server; a filesystem
 * that knows no locks is refused, since two writers there would lose a root's key. */
#ifndef CA_LOCK_H
#define CA_LOCK_H

#include "meshctl/base/error.h"

struct ca_lock;

/* Makes the folder (0700) when it is not there. Does not wait: ERROR_CHECK names the holder and since
 * when, ERROR_DENIED a folder that cannot be written. */
int ca_lock_take(const char *dir, struct ca_lock **ret_lock, struct error **err) MC_WARN_UNUSED;
/* NULL is fine. */
void ca_lock_release(struct ca_lock *lock);

#endif
