/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/page.h"

#include <string.h>

#include "base/cleanup.h"
#include "out/members.h"

static void write_file(FILE *out, const struct page_file *file)
{
	fwrite(file->bytes, 1, file->size, out);
}

/* Text that is no markup, whatever is in it. */
static void write_text(FILE *out, const char *text)
{
	autostrbuf struct strbuf clean = { 0 };

	export_clean(text, &clean);
	for (const char *s = strbuf_str(&clean); *s; s++)
		if (*s == '<' || *s == '>' || *s == '&' || *s == '"' || *s == '\'')
			fprintf(out, "&#%d;", *s);
		else
			fputc(*s, out);
}

void page_begin(struct page *page, FILE *out, const char *title, const struct page_file *const *styles,
		const struct page_file *const *bodies)
{
	*page = (struct page){ .out = out };
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width\">\n"
	      /* names are no scripts and pages load nothing: the browser sees to it, too */
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
	      "<title>", out);
	write_text(out, title);
	fputs("</title>\n<style>\n", out);
	while (*styles)
		write_file(out, *styles++);
	fputs("</style>\n</head>\n<body>\n", out);
	while (*bodies)
		write_file(out, *bodies++);
	page->j.out = open_memstream(&page->text, &page->size);
	json_object_begin(&page->j);
}

void page_end(struct page *page, const struct page_file *const *scripts)
{
	json_object_end(&page->j);
	fclose(page->j.out);
	fputs("<script id=\"data\" type=\"application/json\">", page->out);
	/* in JSON a < can only be in a string; escaped, no element ends or begins */
	for (size_t i = 0; i < page->size;) {
		const char *at = memchr(page->text + i, '<', page->size - i);
		size_t n = at ? (size_t)(at - page->text) - i : page->size - i;
		fwrite(page->text + i, 1, n, page->out);
		if (at)
			fputs("\\u003c", page->out);
		i += n + (at != NULL);
	}
	fputs("</script>\n<script>\n", page->out);
	while (*scripts)
		write_file(page->out, *scripts++);
	fputs("</script>\n</body>\n</html>\n", page->out);
	free(page->text);
}

void page_about(struct json *j, const struct export *now, const struct export *old)
{
	const struct export_about *about = now->about;

	member_text(j, "title", about->command ? about->command : about->file);
	if (old)
		member_text(j, "old", old->about->file);
	member_text(j, "by", now->options.by_period ? "period" : "samples");
	member_about(j, "about", about);
}

void page_event(struct json *j, const struct export *e, const struct export_event *event)
{
	member_text(j, "name", export_event_name(e, event));
	member_text(j, "unit", e->options.by_period ? export_event_unit(e, event) : "count");
	member_number(j, "count", event->count);
	member_number(j, "period", event->period);
	json_key(j, "chains");
	json_bool(j, e->profile->events.data[event->event].chains);
}

void page_labels_init(struct page_labels *used, const struct labels *labels)
{
	*used = (struct page_labels){ .labels = labels };
}

uint32_t page_label(struct page_labels *used, uint32_t label)
{
	size_t n = used->labels->all.len;

	if (!used->number)
		used->number = unknown_ids(n);
	if (used->number[label] == NO_ID) {
		used->number[label] = (uint32_t)used->used.len;
		vec_push(&used->used, label);
	}
	return used->number[label];
}

void page_labels_write(struct page_labels *used, struct json *j)
{
	const struct labels *labels = used->labels;
	struct strtab strings = { 0 };

	strtab_id(&strings, "");
	json_key(j, "labels");
	json_array_begin(j);
	for (size_t i = 0; i < used->used.len; i++) {
		const struct label *label = &labels->all.data[used->used.data[i]];
		json_u64(j, label->kind);
		json_u64(j, strtab_id(&strings, strtab_text(&labels->strings, label->name)));
		json_u64(j, strtab_id(&strings, strtab_text(&labels->strings, label->image)));
	}
	json_array_end(j);
	json_key(j, "strings");
	json_array_begin(j);
	for (size_t i = 0; i < strings.text.len; i++)
		json_string(j, strings.text.data[i]);
	json_array_end(j);
	strtab_deinit(&strings);
	free(used->number);
	vec_deinit(&used->used);
}

uint64_t page_common_divisor(uint64_t a, uint64_t b)
{
	while (b) {
		uint64_t rest = a % b;
		a = b;
		b = rest;
	}
	return a;
}

static void write_selfs(struct json *j, const struct seen *seen, bool old)
{
	uint64_t scale = 0;

	/* periods are often multiples of one number: they get short */
	for (size_t i = 0; i < seen->nodes.len; i++)
		scale = page_common_divisor(page_common_divisor(scale, seen->nodes.data[i].self), seen->nodes.data[i].old);
	scale = scale ? scale : 1;
	member_number(j, "scale", scale);
	json_key(j, "s");
	json_array_begin(j);
	for (size_t i = 0; i < seen->nodes.len; i++)
		json_u64(j, seen->nodes.data[i].self / scale);
	json_array_end(j);
	if (!old)
		return;
	json_key(j, "o");
	json_array_begin(j);
	for (size_t i = 0; i < seen->nodes.len; i++)
		json_u64(j, seen->nodes.data[i].old / scale);
	json_array_end(j);
}

void page_tree(struct json *j, const struct seen *seen, struct page_labels *used, bool selfs, bool old)
{
	json_key(j, "u");
	json_array_begin(j);
	for (size_t i = 0; i < seen->nodes.len; i++)
		json_u64(j, seen->nodes.data[i].up);
	json_array_end(j);
	json_key(j, "f");
	json_array_begin(j);
	for (size_t i = 0; i < seen->nodes.len; i++)
		json_u64(j, page_label(used, seen->nodes.data[i].label));
	json_array_end(j);
	if (selfs)
		write_selfs(j, seen, old);
}
