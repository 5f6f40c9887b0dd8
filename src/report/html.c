/* HTML, piece by piece. */
#include "html.h"

#include "meshctl/base/embed.h"

/* The base64 of page.js's SHA-256, by which a browser knows that it may run. */
#define SCRIPT_HASH "sha256-q3D3GOIauOOSELoYMJcbcYVgaYmoNgTHqeyYLYnXFWs="

void html_begin(struct buf *out, const char *title, int refresh_ms)
{
    buf_appends(out, "<!doctype html>\n<html lang=\"en\"");
    if (refresh_ms > 0)
        buf_appendf(out, " data-refresh=\"%d\"", refresh_ms);
    buf_appendf(out,
                ">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" "
                "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
                "script-src '" SCRIPT_HASH "'%s; base-uri 'none'; form-action 'none'\">\n",
                refresh_ms > 0 ? "; connect-src 'self'" : "");
    buf_appends(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                     "<meta name=\"referrer\" content=\"no-referrer\">\n"
                     "<link rel=\"icon\" href=\"data:,\">\n<title>");
    svg_escape(out, title);
    buf_appendf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<main id=\"page\">\n<h1>",
                embed_find("src/report/page.css").data);
    svg_escape(out, title);
    buf_appends(out, "</h1>\n");
}

void html_end(struct buf *out)
{
    buf_appendf(out,
                "</main>\n<p id=\"lost\" role=\"status\" hidden></p>\n<script>%s</script>\n"
                "</body>\n</html>\n",
                embed_find("src/report/page.js").data);
}

void html_table(struct buf *out, const char *heading, const char *const *columns)
{
    buf_appends(out, "<h2>");
    svg_escape(out, heading);
    buf_appends(out, "</h2>\n<div class=\"wide\"><table>\n<thead><tr>");
    for (size_t i = 0; columns[i]; i++) {
        buf_appends(out, "<th scope=\"col\">");
        svg_escape(out, columns[i]);
        buf_appends(out, "</th>");
    }
    buf_appends(out, "</tr></thead>\n<tbody>\n");
}

void html_table_end(struct buf *out)
{
    buf_appends(out, "</tbody>\n</table></div>\n");
}

void html_row(struct buf *out, enum graph_health health, const char *const *cells)
{
    static const char *const signs[] = {
        [GRAPH_UNKNOWN] = "?",
        [GRAPH_OK] = "\u2713",
        [GRAPH_WARNING] = "\u203c",
        [GRAPH_ERROR] = "\u2717",
    };
    const char *name = graph_health_name(health);
    buf_appendf(out, "<tr class=\"%s\"><td title=\"%s\">%s</td>", name, name, signs[health]);
    for (size_t i = 0; cells[i]; i++) {
        buf_appends(out, "<td>");
        svg_escape(out, cells[i]);
        buf_appends(out, "</td>");
    }
    buf_appends(out, "</tr>\n");
}
