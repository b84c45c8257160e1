/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/prober_room.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"

struct prober *prober_create(const struct os *os, const struct probe_target *target, struct notes *notes)
{
	struct prober *p = xcalloc(1, sizeof(*p));

	p->os = os;
	p->target = target;
	p->arch = arch_host();
	p->fetched = -1;
	p->notes = notes;
	return p;
}

void prober_destroy(struct prober *p)
{
	if (!p)
		return;
	kernel_deinit(p);
	dwarf_image_close(p->dwarf);
	image_close(p->image);
	if (p->fetched >= 0)
		close(p->fetched);
	free(p->path);
	vec_deinit(&p->functions);
	strbuf_deinit(&p->kept_functions);
	arena_deinit(&p->arena);
	tracefs_probes_deinit(&p->there);
	free(p);
}

void probe_events_deinit(struct probe_events *events)
{
	vec_deinit(&events->events);
	arena_deinit(&events->arena);
}

void probe_points_deinit(probe_points *points)
{
	for (size_t i = 0; i < points->len; i++)
		scope_deinit(&points->data[i].scope);
	vec_deinit(points);
}

struct error *prober_points(struct prober *p, const struct probe_def *def, bool args, struct arena *arena, probe_points *points)
{
	bool lines = def->has_line || def->pattern.text || (def->file.text && !def->sdt.text);
	struct error *err = p->target->file || p->target->vmlinux || (lines && prober_vmlinux(p)) ? user_points(p, def, args, arena, points) : kernel_points(p, def, args, arena, points);

	if (!err)
		err = prober_limit(p, def, points->len);
	if (err)
		probe_points_deinit(points);
	return err;
}

struct error *prober_explain(struct prober *p, const struct probe_event *event, int errnum, struct error *err)
{
	return event->user ? err : kernel_explain(p, event, errnum, err);
}

/* ---- names of events */

/* perf's: probe, or probe_ and the file's name up to its first '-', '.' or '_'. */
static const char *group_of(const struct prober *p, const struct probe_def *def, const struct probe_point *point, struct arena *arena)
{
	if (def->group.text)
		return def->group.text;
	if (def->sdt.text)
		return arena_strndup(arena, point->on, strcspn(point->on, ":"));
	if (!p->target->file)
		return "probe";
	const char *slash = strrchr(p->path, '/'), *base = slash ? slash + 1 : p->path;
	char *group = arena_printf(arena, "probe_%.*s", (int)strcspn(base, "-._"), base);
	for (char *c = group; *c; c++)
		if (!isalnum((unsigned char)*c))
			*c = '_';
	return group;
}

/* The last part of a C++ name, without template arguments. */
static const char *last_part(const char *function, struct arena *arena)
{
	autofree char *written = demangle(function);
	const char *name = written ? written : function, *last = name;
	size_t len = strcspn(name, "<(");

	for (const char *at = name; (at = strstr(at, "::")) && at < name + len; at += 2)
		last = at + 2;
	return arena_strndup(arena, last, (size_t)(name + len - last));
}

/* The function's name as an event's: up to a period, with _L and a line, or __return behind it. */
static char *name_of(const struct probe_def *def, const struct probe_point *point, struct arena *arena)
{
	const char *function = last_part(point->function + strspn(point->function, "."), arena);
	char *name;

	if (def->event.text)
		return arena_strdup(arena, def->event.text);
	int len = (int)strcspn(function, ".@");
	if (def->has_line)
		name = arena_printf(arena, "%.*s_L%" PRIu64, len, function, def->line);
	else
		name = arena_printf(arena, "%.*s%s", len, function, def->is_return ? "__return" : "");
	for (char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c))
			*c = '_';
	if (isdigit((unsigned char)*name))
		name = arena_printf(arena, "_%s", name);
	enum { NAME_SIZE = 64, NUMBER = 5 };	/* the kernel's limit, and room for _1234 */
	if (strlen(name) >= NAME_SIZE - NUMBER)
		name[NAME_SIZE - NUMBER - 1] = '\0';
	return name;
}

static bool taken(struct prober *p, const struct probe_events *out, const char *group, const char *name)
{
	if (!p->names_read) {
		/* Where they cannot be read none can be added either, which says why. */
		struct error *err = tracefs_probes_read(p->os, &p->there);
		error_destroy(err);
		p->names_read = true;
	}
	if (tracefs_probes_find(&p->there, group, name))
		return true;
	for (size_t i = 0; i < out->events.len; i++)
		if (!strcmp(out->events.data[i].group, group) && !strcmp(out->events.data[i].name, name))
			return true;
	return false;
}

static struct error *unique_name(struct prober *p, const struct probe_def *def, bool number, const struct probe_events *out, const char *group,
				 struct arena *arena, const char **name)
{
	const char *base = *name;

	for (unsigned n = 1; taken(p, out, group, *name); n++) {
		if (!number)
			return error_hint(probe_def_error(def, def->event, "there is an event %s:%s already", group, base),
					  "ptk probe -d %s:%s removes it; -f adds this one as %s_1", group, base, base);
		*name = arena_printf(arena, "%s_%u", base, n);
	}
	return NULL;
}

/* ---- events */

struct symbol_context {
	struct prober *prober;
	const struct probe_def *def;
	const struct probe_point *point;
};

static struct error *find_symbol(void *ctx, const struct probe_value *value, struct fetch *where)
{
	struct symbol_context *s = ctx;

	return user_symbol(s->prober, s->def, value, s->point->address, where);
}

static struct error *arguments(struct prober *p, const struct probe_def *def, struct probe_point *point, struct strbuf *line)
{
	struct symbol_context symbol = { p, def, point };
	struct fetch_context context = { .def = def, .scope = &point->scope, .nothing_known = point->nothing_known,
		.symbol = p->target->file ? find_symbol : NULL, .ctx = &symbol };

	if (point->arguments && !def->args.len)
		strbuf_adds(line, point->arguments);
	for (size_t i = 0; i < def->args.len; i++)
		TRY(fetch_add(&context, &def->args.data[i], line));
	return NULL;
}

static const char *describe(const struct prober *p, const struct probe_def *def, const struct probe_point *point, struct arena *arena)
{
	struct strbuf on = { 0 };

	strbuf_printf(&on, "%s%s", point->on, def->is_return ? "%return" : "");
	if (p->target->file)
		strbuf_printf(&on, " in %s", p->path);
	for (size_t i = 0; i < def->args.len; i++)
		strbuf_printf(&on, "%s%s", i ? " " : " with ", def->args.data[i].whole.text);
	char *text = arena_strdup(arena, strbuf_str(&on));
	strbuf_deinit(&on);
	return text;
}

static struct error *add_event(struct prober *p, const struct probe_def *def, bool number, struct probe_point *point, struct probe_events *out)
{
	struct probe_event e = { .user = p->target->file, .is_return = def->is_return };
	autostrbuf struct strbuf args = { 0 };

	e.place = arena_strdup(&out->arena, point->place);
	e.function = arena_strdup(&out->arena, point->function);
	e.group = arena_strdup(&out->arena, group_of(p, def, point, &out->arena));
	e.name = name_of(def, point, &out->arena);
	TRY(unique_name(p, def, number, out, e.group, &out->arena, &e.name));
	TRY(arguments(p, def, point, &args));
	e.args = arena_strdup(&out->arena, strbuf_str(&args));
	e.line = arena_printf(&out->arena, "%c:%s/%s %s%s", def->is_return ? 'r' : 'p', e.group, e.name, e.place, e.args);
	e.on = describe(p, def, point, &out->arena);
	if (point->scope.types)
		out->source = point->scope.types->name;
	vec_push(&out->events, e);
	return NULL;
}

struct error *prober_plan(struct prober *p, const struct probe_def *def, bool force, struct probe_events *out)
{
	struct arena arena guard(arena_deinit) = { 0 };
	probe_points points = { 0 };
	struct error *err = NULL;

	TRY(prober_points(p, def, def->args.len, &arena, &points));
	bool number = force || points.len > 1 || !def->event.text;
	for (size_t i = 0; i < points.len && !err; i++)
		err = add_event(p, def, number, &points.data[i], out);
	probe_points_deinit(&points);
	return err;
}

struct error *probe_function_offset(const char *file, const char *function, uint64_t *offset)
{
	const struct probe_target target = { .file = file, .max = 1, .no_inlines = true };
	const struct os os = { .root = "" };
	struct prober *p = prober_create(&os, &target, NULL);
	struct arena arena guard(arena_deinit) = { 0 };
	probe_points points = { 0 };
	struct probe_def def;
	struct error *err = probe_def_parse(function, &def);

	if (!err) {
		err = prober_points(p, &def, false, &arena, &points);
		if (!err && !image_address_to_offset(p->image, points.data[0].address, offset))
			err = error_create("%s is nowhere in %s", function, file);
		probe_points_deinit(&points);
		probe_def_deinit(&def);
	}
	prober_destroy(p);
	return err;
}
