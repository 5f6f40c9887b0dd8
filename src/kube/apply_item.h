/* Objects on their way through an apply, or through the question what one would do: prepared, read,
 * and their fields adopted. What comes then is apply.c's or apply_trial.c's. */
#ifndef KUBE_APPLY_ITEM_H
#define KUBE_APPLY_ITEM_H

#include "client_internal.h"
#include "meshctl/kube/apply.h"

/* What an item needs next. */
enum kube_stage {
    KUBE_STAGE_DONE, /* `error`, `in_vain` or the last pass says how it ended */
    KUBE_STAGE_READ,
    KUBE_STAGE_ADOPT, /* fields have to be taken over first */
    KUBE_STAGE_SEND,  /* the apply, or its trial */
};

/* One object on its way. */
struct kube_item {
    struct kube_ref
        ref;        /* borrowed from the object, but for the namespace of one that names none */
    json_t *object; /* what is to be applied, without what a runtime owns in `before` */
    char *path;
    char *send_path; /* made before each pass, as are the two below */
    char *body;
    size_t body_len;
    char *adopt_path;
    char *adopt_body; /* NULL: nothing is to be adopted */
    size_t adopt_body_len;
    unsigned adoptions;
    json_t *before;                 /* live object before the apply; NULL when there was none */
    bool unserved;                  /* its kind is not known to the server */
    bool unread;                    /* no right to read it: `before` says nothing */
    bool adopted;                   /* fields had to be taken over, which is a change */
    bool in_vain;                   /* the live object is all that an apply would make of it */
    bool forced;                    /* a trial that only its own manager is in the way of */
    struct kube_conflicts left_out; /* what of the object a runtime keeps as it is */
    enum kube_stage stage;
    struct error *error;
};

struct kube_applying {
    struct kube_client *c;
    const struct kube_apply_options *options; /* never NULL */
    const char *manager;
    struct kube_item *items;
    size_t count;
    bool heads_only;       /* of what is in vain `before` keeps no content */
    struct error *stopped; /* what ended a pass, and stands with each of its items, too; or NULL */
    void *ctx;             /* of whoever makes the last pass */
};

/* Makes the items, all to be read next; one that cannot be sent is done, with its error, and so is
 * one whose kind is not served unless `must_be_served`. -1 when no kind can be known. */
int kube_applying_begin(struct kube_applying *a, struct kube_client *c, json_t *const *objects,
                        size_t count, const struct kube_apply_options *options, bool must_be_served,
                        struct error **err) MC_WARN_UNUSED;
void kube_applying_release(struct kube_applying *a);

/* What the items of one stage are asked or told, and what is made of the reply. */
struct kube_pass {
    enum kube_stage stage;
    /* The call borrows from the item. */
    struct kube_call (*call)(const struct kube_applying *a, struct kube_item *i);
    /* Says in item->stage what comes next; an item with an error is done. */
    int (*take)(struct kube_applying *a, struct kube_item *i, const struct kube_call *call,
                struct kube_reply *reply, struct error **err);
};
/* Sends one request for every item of the stage; the replies go to the items. When a pass is
 * stopped (cancelled, no credentials), the next ones are, too, so that every item ends with an
 * error. */
void kube_applying_pass(struct kube_applying *a, const struct kube_pass *pass);
bool kube_applying_has(const struct kube_applying *a, enum kube_stage stage);

/* Reads every item that needs it. */
void kube_applying_read(struct kube_applying *a);
/* Adopts, and reads again what somebody else changed meanwhile. */
void kube_applying_adopt(struct kube_applying *a);
/* What item->before, just read, makes of it. */
void kube_item_look(const struct kube_applying *a, struct kube_item *i);

/* The request of an apply. With `uid` (may be NULL) it is bound to that object. */
struct kube_call kube_item_send(const struct kube_applying *a, struct kube_item *i, bool force,
                                bool dry_run, const char *uid);

#endif
