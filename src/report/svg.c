/* SVG, element by element. */
#include "svg.h"

#include <math.h>
#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/ui/line.h"

#define CORNER 6.0
#define HEAD 7.0
#define ELLIPSIS "\u2026"

/* Of the letters of one width that are usual, the widest take 0.602 of their size. */
static const struct {
    double advance;
    const char *classes;
} sizes[] = {
    [SVG_SMALL] = {11 * 0.605, "small"},
    [SVG_NORMAL] = {12 * 0.605, ""},
    [SVG_LARGE] = {15 * 0.605, "large"},
};

/* Two runes that are fine UTF-8 and no characters of XML: U+FFFE and U+FFFF. */
static bool is_forbidden(const char *s)
{
    return memcmp(s, "\xef\xbf\xbe", 3) == 0 || memcmp(s, "\xef\xbf\xbf", 3) == 0;
}

void svg_escape(struct buf *out, const char *text)
{
    AUTO_BUF clean = BUF_INIT;
    line_append(&clean, text, strlen(text));
    for (size_t i = 0; i < clean.len; i++) {
        char c = clean.data[i];
        if (c == '<')
            buf_appends(out, "&lt;");
        else if (c == '>')
            buf_appends(out, "&gt;");
        else if (c == '&')
            buf_appends(out, "&amp;");
        else if (c == '"')
            buf_appends(out, "&quot;");
        else if (c == '\'')
            buf_appends(out, "&#39;");
        else if (clean.len - i >= 3 && is_forbidden(clean.data + i)) {
            buf_appendc(out, '?');
            i += 2;
        } else
            buf_appendc(out, c);
    }
}

double svg_advance(enum svg_size size)
{
    return sizes[size].advance;
}

double svg_text_width(enum svg_size size, const char *text)
{
    AUTO_BUF clean = BUF_INIT;
    line_append(&clean, text, strlen(text));
    return (double)text_width(buf_str(&clean)) * sizes[size].advance;
}

static bool is_ascii(const struct buf *text)
{
    for (size_t i = 0; i < text->len; i++)
        if ((unsigned char)text->data[i] >= 0x80)
            return false;
    return true;
}

void svg_text(struct buf *out, const struct svg_text *at, const char *text)
{
    static const char *const anchors[] = {
        [SVG_START] = "",
        [SVG_MIDDLE] = " text-anchor=\"middle\"",
        [SVG_END] = " text-anchor=\"end\"",
    };
    double advance = sizes[at->size].advance;
    size_t room = at->room > advance ? (size_t)floor(at->room / advance) : 1;
    AUTO_BUF clean = BUF_INIT, fitted = BUF_INIT;
    line_append(&clean, text, strlen(text));
    if (text_width(buf_str(&clean)) > room) {
        line_append_fitted(&fitted, buf_str(&clean), room - 1, false);
        buf_appends(&fitted, ELLIPSIS);
    } else {
        buf_append(&fitted, buf_str(&clean), clean.len);
    }
    if (!text_width(buf_str(&fitted)))
        return;
    buf_appendf(out, "<text x=\"%.1f\" y=\"%.1f\"%s", at->x, at->y, anchors[at->anchor]);
    if (sizes[at->size].classes[0] || at->classes)
        buf_appendf(out, " class=\"%s%s%s\"", sizes[at->size].classes,
                    sizes[at->size].classes[0] && at->classes ? " " : "",
                    at->classes ? at->classes : "");
    if (!is_ascii(&fitted))
        buf_appendf(out, " textLength=\"%.1f\" lengthAdjust=\"spacingAndGlyphs\"",
                    (double)text_width(buf_str(&fitted)) * advance);
    buf_appendc(out, '>');
    svg_escape(out, buf_str(&fitted));
    buf_appends(out, "</text>\n");
}

void svg_box(struct buf *out, const struct place_box *box, double radius, const char *classes)
{
    buf_appendf(out,
                "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"%.0f\" "
                "class=\"%s\"/>\n",
                box->x, box->y, box->width, box->height, radius, classes);
}

void svg_group(struct buf *out, const char *classes, const char *title)
{
    buf_appendf(out, "<g class=\"%s\"><title>", classes);
    svg_escape(out, title);
    buf_appends(out, "</title>\n");
}

void svg_end(struct buf *out)
{
    buf_appends(out, "</g>\n");
}

static void append_curve(struct buf *out, struct place_point a, struct place_point b)
{
    double half = (a.x + b.x) / 2;
    buf_appendf(out, "C%.1f %.1f %.1f %.1f %.1f %.1f", half, a.y, half, b.y, b.x, b.y);
}

static struct place_point towards(struct place_point from, struct place_point to, double by)
{
    double length = hypot(to.x - from.x, to.y - from.y);
    double part = length > 0 ? fmin(by, length / 2) / length : 0;
    return (struct place_point){from.x + (to.x - from.x) * part, from.y + (to.y - from.y) * part};
}

static void append_corner(struct buf *out, const struct place_point *at)
{
    struct place_point in = towards(at[0], at[-1], CORNER), away = towards(at[0], at[1], CORNER);
    buf_appendf(out, "L%.1f %.1fQ%.1f %.1f %.1f %.1f", in.x, in.y, at[0].x, at[0].y, away.x,
                away.y);
}

void svg_line(struct buf *out, const struct place_line *line, const char *classes)
{
    const struct place_point *at = line->points;
    if (!line->count)
        return;
    buf_appendf(out, "<path class=\"%s\" d=\"M%.1f %.1f", classes, at[0].x, at[0].y);
    for (size_t i = 1; i < line->count; i++) {
        if (line->is_curved && i % 2 == 0)
            append_curve(out, at[i - 1], at[i]);
        else if (!line->is_curved && i + 1 < line->count)
            append_corner(out, at + i);
        else
            buf_appendf(out, "L%.1f %.1f", at[i].x, at[i].y);
    }
    buf_appends(out, "\"/>\n");
}

void svg_head(struct buf *out, struct place_point from, struct place_point to)
{
    struct place_point back = towards(to, from, HEAD);
    double dx = (to.y - back.y) / 2, dy = (back.x - to.x) / 2;
    buf_appendf(out, "<path class=\"head\" d=\"M%.1f %.1fL%.1f %.1fL%.1f %.1fZ\"/>\n", to.x, to.y,
                back.x + dx, back.y + dy, back.x - dx, back.y - dy);
}

void svg_health(struct buf *out, double x, double y, enum graph_health health)
{
    switch (health) {
    case GRAPH_OK:
        buf_appendf(out, "<circle class=\"sign ok\" cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\"/>\n", x, y);
        break;
    case GRAPH_WARNING:
        buf_appendf(out, "<path class=\"sign warning\" d=\"M%.1f %.1fl5.5 9.5h-11z\"/>\n", x,
                    y - 5);
        break;
    case GRAPH_ERROR:
        buf_appendf(out, "<path class=\"sign error cross\" d=\"M%.1f %.1fl8 8m0 -8l-8 8\"/>\n",
                    x - 4, y - 4);
        break;
    case GRAPH_UNKNOWN:
        buf_appendf(out, "<circle class=\"sign unknown\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>\n", x,
                    y);
        break;
    }
}

void svg_lock(struct buf *out, double x, double y, enum graph_mtls mtls)
{
    if (mtls == GRAPH_MTLS_UNKNOWN)
        return;
    bool is_on = mtls == GRAPH_MTLS_ON;
    buf_appendf(out, "<path class=\"%s\" d=\"M%.1f %.1fv%sa2.5 2.5 0 0 1 5 0%s\"/>\n",
                is_on ? "shackle" : "shackle open", x + 2, y + 5, is_on ? "-1.5" : "-2.5",
                is_on ? "v1.5" : "v0.5");
    buf_appendf(out,
                "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"9\" height=\"6\" rx=\"1\"/>\n",
                is_on ? "lock" : "lock open", x, y + 5);
}
