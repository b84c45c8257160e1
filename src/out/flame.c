/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/flame.h"

#include "out/page.h"

enum { PAGE_NODES = 50000 };	/* of all events together */

static void write_event(struct json *j, const struct export *now, const struct export_event *event, const struct seen *seen,
			struct page_labels *used, bool old)
{
	json_object_begin(j);
	page_event(j, now, event);
	page_tree(j, seen, used, true, old);
	json_object_end(j);
}

void flame_page(const struct export *now, const struct export *old, FILE *out)
{
	static const struct page_file *const styles[] = { &page_page_css, NULL }, *const bodies[] = { &page_header_html, &page_flame_html, NULL },
		*const scripts[] = { &page_page_js, &page_flame_js, NULL };
	const char *title = now->about->command ? now->about->command : now->about->file;
	size_t n = now->events.len;
	struct seen *seen = xcalloc(n + 1, sizeof(*seen));
	struct labels labels = { 0 };
	struct page_labels used;
	struct stacktree tree;
	struct page page;

	/* all labels are known before the first is numbered */
	for (size_t i = 0; i < n; i++) {
		flame_tree(&tree, &labels, now, &now->events.data[i], old);
		seen_select(&seen[i], &tree, now, &labels, PAGE_NODES / n);
		stacktree_deinit(&tree);
	}
	page_labels_init(&used, &labels);
	page_begin(&page, out, title, styles, bodies);
	page_about(&page.j, now, old);
	json_key(&page.j, "events");
	json_array_begin(&page.j);
	for (size_t i = 0; i < n; i++) {
		write_event(&page.j, now, &now->events.data[i], &seen[i], &used, old != NULL);
		seen_deinit(&seen[i]);
	}
	json_array_end(&page.j);
	page_labels_write(&used, &page.j);
	page_end(&page, scripts);
	labels_deinit(&labels);
	free(seen);
}
