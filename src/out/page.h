/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A page in one file: its parts, which are built in from src/out/page/, and its data. */
#ifndef PTK_OUT_PAGE_H
#define PTK_OUT_PAGE_H

#include "base/json.h"
#include "out/flame.h"

/* A file of src/out/page/, as the build makes it. */
struct page_file {
	const unsigned char *bytes;
	size_t size;
};
extern const struct page_file page_page_css, page_header_html, page_flame_html, page_flame_js, page_heat_html, page_heat_js,
	page_page_js, page_timeline_css, page_timeline_html, page_timeline_js;

/* Head, style, body, and the beginning of the data, which the caller writes to *data: NULL-ended lists. */
struct page {
	FILE *out;
	struct json j;		/* the caller's: the members of the data object */
	char *text;		/* what j wrote */
	size_t size;
};
void page_begin(struct page *page, FILE *out, const char *title, const struct page_file *const *styles,
		const struct page_file *const *bodies);
void page_end(struct page *page, const struct page_file *const *scripts);

/* Members title, about, by, old. */
void page_about(struct json *j, const struct export *now, const struct export *old);

/* Members name, unit, count, period, chains. */
void page_event(struct json *j, const struct export *e, const struct export_event *event);
/* Of numbers that are written divided by it; of 0 and n: n. */
uint64_t page_common_divisor(uint64_t a, uint64_t b);

/* Labels of several trees, written once with the numbers that the page knows them by. */
struct page_labels {
	const struct labels *labels;
	uint32_t *number;	/* by label; NO_ID: not used */
	VEC(uint32_t) used;
};
void page_labels_init(struct page_labels *used, const struct labels *labels);
uint32_t page_label(struct page_labels *used, uint32_t label);
/* Members strings and labels; releases. */
void page_labels_write(struct page_labels *used, struct json *j);
/* Members u, f and, unless the page knows better, s, o and scale of an event's tree. */
void page_tree(struct json *j, const struct seen *seen, struct page_labels *used, bool selfs, bool old);

#endif
