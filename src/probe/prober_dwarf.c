/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Places by debug information: lines, inlined calls, and what can be seen there; of programs and of a vmlinux. */
#include <fnmatch.h>
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "probe/prober_room.h"

struct dwarf_image *prober_dwarf(struct prober *p)
{
	if (!p->dwarf_tried)
		p->dwarf = dwarf_image_open(p->image, p->path, p->target->debug_root, p->arch);
	p->dwarf_tried = true;
	return p->dwarf;
}

struct error *prober_no_dwarf(struct prober *p)
{
	return error_hint(error_create("%s has no debug information", p->path), "build it with -g, or install its debug package");
}

static void no_places(dwarf_places *places)
{
	vec_deinit(places);
}

static void no_lines(dwarf_lines *lines)
{
	vec_deinit(lines);
}

void dwarf_fill_scope(struct prober *p, struct probe_point *point)
{
	struct dwarf_image *d = prober_dwarf(p);
	struct dwarf_place place;
	uint64_t offset = 0;

	if (!d || !dwarf_find_address(d, point->address, &place)) {
		point->nothing_known = d ? "the debug information does not describe this place" :
			"without debug information the names of arguments are not known: build it with -g, or give registers (%di is the first)";
		return;
	}
	(void)image_address_to_offset(p->image, point->address, &offset);
	dwarf_scope(d, &place, !p->target->file, offset, &point->scope);
}

/* ---- places of a function by its debug information */

void dwarf_add_inlined(struct prober *p, const struct probe_def *def, uint64_t address, dwarf_places *places)
{
	struct dwarf_image *d = prober_dwarf(p);

	if (d)
		dwarf_find_function(d, def->function.text, address, !p->target->no_inlines && !def->is_return, places);
}

static void find_function(struct prober *p, const struct probe_def *def, bool inlines, dwarf_places *places)
{
	const char *name = def->function.text;
	found_symbols found = { 0 };

	/* The only symbol of that name tells which of several functions, and how C++ mangles it. */
	(void)prober_symbols(p, name, false, &p->arena, &found);
	const struct found_symbol *only = found.len == 1 ? found.data : NULL;
	dwarf_find_function(p->dwarf, only ? only->linkage : name, only ? only->address : 0, inlines, places);
	vec_deinit(&found);
}

/* ---- lines */

/* One probe for each function or inlined call that has code of the line: where that begins. */
static void add_line(struct prober *p, uint64_t address, dwarf_places *found)
{
	struct dwarf_place place;

	if (!dwarf_find_address(p->dwarf, address, &place))
		return;
	for (size_t i = 0; i < found->len; i++)
		if (found->data[i].scope.addr == place.scope.addr && found->data[i].outer.addr == place.outer.addr)
			return;
	vec_push(found, place);
}

static struct error *no_code(const struct probe_def *def, const dwarf_lines *lines, const char *file, int wanted, int first)
{
	struct probe_word where = def->place;
	struct error *err = probe_def_error(def, where, "line %d of %s has no code of its own", wanted, file ? file : "the source");
	int before = 0, behind = 0;

	err->kind = ERROR_FAILED;
	for (size_t i = 0; i < lines->len; i++) {
		int line = lines->data[i].line;
		if (file && strcmp(lines->data[i].file, file))
			continue;
		if (line < wanted && line > before)
			before = line;
		if (line > wanted && (!behind || line < behind))
			behind = line;
	}
	if (before && behind)
		return error_hint(err, "the nearest that have are %d and %d", before - first, behind - first);
	return before || behind ? error_hint(err, "the nearest that has is %d", (before ? before : behind) - first) : err;
}

static void push_place(const struct dwarf_place *place, const char *on, struct arena *arena, probe_points *points)
{
	struct probe_point *point = vec_add(points);

	point->address = place->address;
	point->function = point->inferior = arena_strdup(arena, place->function ? place->function : "line");
	point->on = on;
}

/* Every line of `lines` that is number `wanted` of `file` (NULL: of any). */
static size_t add_lines(struct prober *p, const dwarf_lines *lines, const char *file, int wanted, const char *on, struct arena *arena,
			probe_points *points)
{
	dwarf_places found = { 0 };

	for (size_t i = 0; i < lines->len; i++)
		if (lines->data[i].line == wanted && (!file || !strcmp(lines->data[i].file, file)))
			add_line(p, lines->data[i].address, &found);
	for (size_t i = 0; i < found.len; i++)
		push_place(&found.data[i], on, arena, points);
	size_t n = found.len;
	vec_deinit(&found);
	return n;
}

/* The line's text without blanks, as a pattern is held against it. */
static void squeeze(const char *text, size_t len, struct strbuf *out)
{
	strbuf_truncate(out, 0);
	for (size_t i = 0; i < len; i++)
		if (text[i] != ' ' && text[i] != '\t')
			strbuf_addc(out, text[i]);
}

static struct error *read_source(const struct prober *p, const char *path, struct strbuf *text)
{
	enum { SOURCE_MAX = 64 << 20 };
	struct error *err = file_read(path, SOURCE_MAX, text);

	/* Below the folder that was given: the whole path, then ever less of its head. */
	for (const char *at = path; err && p->target->source && at; at = strchr(at + 1, '/')) {
		autofree char *other = xasprintf("%s/%s", p->target->source, at + (*at == '/'));
		struct error *again = file_read(other, SOURCE_MAX, text);
		if (!again) {
			error_destroy(err);
			return NULL;
		}
		error_destroy(again);
	}
	return err ? error_hint(err, "-s FOLDER says where the sources are") : NULL;
}

static struct error *add_pattern(struct prober *p, const struct probe_def *def, const dwarf_lines *lines, struct arena *arena, probe_points *points)
{
	autostrbuf struct strbuf text = { 0 }, line = { 0 }, pattern = { 0 };
	const char *file = lines->len ? lines->data[0].file : NULL;
	int number = 1;

	if (!file)
		return probe_def_error(def, def->pattern, "no source lines are known here");
	TRY(read_source(p, file, &text));
	squeeze(def->pattern.text, def->pattern.len, &pattern);
	for (const char *at = strbuf_str(&text); *at; number++) {
		size_t len = strcspn(at, "\n");
		squeeze(at, len, &line);
		if (!fnmatch(strbuf_str(&pattern), strbuf_str(&line), 0))
			add_lines(p, lines, file, number, arena_strdup(arena, def->text), arena, points);
		at += len + (at[len] == '\n');
	}
	return points->len ? NULL : probe_def_error(def, def->pattern, "no line with code fits the pattern");
}

static struct error *function_lines(struct prober *p, const struct probe_def *def, struct arena *arena, probe_points *points)
{
	dwarf_places places guard(no_places) = { 0 };
	dwarf_lines lines guard(no_lines) = { 0 };
	const char *file;

	find_function(p, def, !p->target->no_inlines, &places);
	if (!places.len)
		return prober_unknown(p, def, p->path);
	if (def->file.text) {
		size_t kept = 0;
		for (size_t i = 0; i < places.len; i++) {
			(void)dwarf_first_line(p->dwarf, &places.data[i], &file);
			if (file && dwarf_file_is(file, def->file.text))
				places.data[kept++] = places.data[i];
		}
		places.len = kept;
		if (!kept)
			return probe_def_error(def, def->file, "no function %s is written in a file of that name", def->function.text);
	}
	/* The outer function's own lines, else those of its first inlined copy. */
	int first = dwarf_first_line(p->dwarf, &places.data[0], &file);
	for (size_t i = 0; i < places.len; i++)
		dwarf_list_lines(p->dwarf, &places.data[i], NULL, &lines);
	if (def->pattern.text)
		return add_pattern(p, def, &lines, arena, points);
	int wanted = def->line < INT32_MAX / 2 ? first + (int)def->line : 0;
	const char *on = arena_printf(arena, "%s:%" PRIu64, def->function.text, def->line);
	return add_lines(p, &lines, file, wanted, on, arena, points) ? NULL : no_code(def, &lines, file, wanted, first);
}

static struct error *file_lines(struct prober *p, const struct probe_def *def, struct arena *arena, probe_points *points)
{
	dwarf_lines lines guard(no_lines) = { 0 };

	dwarf_list_lines(p->dwarf, NULL, def->file.text, &lines);
	if (!lines.len)
		return error_hint(probe_def_error(def, def->file, "no source file of that name is in %s", p->path), "a path's last parts are enough");
	if (def->pattern.text)
		return add_pattern(p, def, &lines, arena, points);
	const char *on = arena_printf(arena, "%s:%" PRIu64, def->file.text, def->line);
	return add_lines(p, &lines, NULL, (int)def->line, on, arena, points) ? NULL : no_code(def, &lines, NULL, (int)def->line, 0);
}

struct error *line_points(struct prober *p, const struct probe_def *def, struct arena *arena, probe_points *points)
{
	if (!prober_dwarf(p))
		return prober_no_dwarf(p);
	return def->function.text ? function_lines(p, def, arena, points) : file_lines(p, def, arena, points);
}

/* ---- for -L */

void probe_source_deinit(struct probe_source *source)
{
	vec_deinit(&source->lines);
	strbuf_deinit(&source->text);
}

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static struct error *source_of_file(struct prober *p, const struct probe_def *def, dwarf_lines *lines, struct probe_source *out)
{
	dwarf_list_lines(p->dwarf, NULL, def->file.text, lines);
	if (!lines->len)
		return probe_def_error(def, def->file, "no source file of that name is in %s", p->path);
	out->path = lines->data[0].file;
	out->first = 0;
	return NULL;
}

static struct error *source_of_function(struct prober *p, const struct probe_def *def, dwarf_lines *lines, struct probe_source *out)
{
	dwarf_places places guard(no_places) = { 0 };

	find_function(p, def, true, &places);
	if (!places.len)
		return prober_unknown(p, def, p->path);
	out->first = dwarf_first_line(p->dwarf, &places.data[0], &out->path);
	dwarf_list_lines(p->dwarf, &places.data[0], NULL, lines);
	return out->path ? NULL : error_create("the debug information does not say where %s is written", def->function.text);
}

struct error *prober_source(struct prober *p, const struct probe_def *def, struct probe_source *out)
{
	dwarf_lines lines guard(no_lines) = { 0 };

	*out = (struct probe_source){ 0 };
	TRY(prober_open(p));
	if (!prober_dwarf(p))
		return prober_no_dwarf(p);
	TRY(def->function.text ? source_of_function(p, def, &lines, out) : source_of_file(p, def, &lines, out));
	for (size_t i = 0; i < lines.len; i++)
		if (!strcmp(lines.data[i].file, out->path) && lines.data[i].line >= out->first)
			vec_push(&out->lines, lines.data[i].line);
	vec_sort(&out->lines, by_number);
	out->missing = read_source(p, out->path, &out->text);
	return NULL;
}
