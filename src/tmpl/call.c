/* What functions call back: results out of buffers, steps that they use up. */
#include "engine.h"
#include "meshctl/base/budget.h"
#include "meshctl/tmpl/func.h"

int result_buf(struct tcall *call, const struct buf *b, struct tval *ret, struct error **err)
{
    if (budget_check(err) < 0)
        return -1;
    if (b->overflow)
        return error_set(err, ERROR_INPUT, "the result is longer than %zu bytes", TMPL_MAX_OUTPUT);
    *ret = tval_string(call->a, buf_str(b), b->len);
    return 0;
}

int call_spend(struct tcall *call, uint64_t steps, struct error **err)
{
    uint64_t max = call->set->options.max_steps ? call->set->options.max_steps : TMPL_MAX_STEPS;
    if (budget_check(err) < 0)
        return -1;
    call->set->steps += steps;
    if (call->set->steps > max)
        return error_set(err, ERROR_INPUT, "the template runs too long");
    return 0;
}
