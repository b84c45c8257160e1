/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Places in the kernel. BTF knows most functions and is read in
 * milliseconds, so it is asked first; /proc/kallsyms, which takes the kernel
 * a twentieth of a second to write, only for what BTF does not know.
 */
#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "os/procfs.h"
#include "os/tracefs.h"
#include "probe/btf_scope.h"
#include "probe/prober_room.h"

/* ---- BTF */

static struct error *read_btf(struct prober *p, const char *file, const struct btf *base, struct os_view *bytes, struct btf *btf)
{
	autofree char *path = xasprintf("/sys/kernel/btf/%s", file);

	if (!os_view_open(p->os, path, bytes))
		return error_os(errno, "cannot read %s", path);
	struct error *err = btf_parse(path, bytes->data, bytes->size, base, btf);
	if (err)
		os_view_close(bytes);
	return err;
}

static const struct btf *kernel_btf(struct prober *p)
{
	if (!p->btf_tried) {
		struct error *err = read_btf(p, "vmlinux", NULL, &p->btf_bytes, &p->btf);
		p->btf_tried = true;
		if (err)
			p->no_btf = xstrdup(err->message);
		error_destroy(err);
	}
	return p->no_btf ? NULL : &p->btf;
}

static const struct btf *module_btf(struct prober *p, const char *module)
{
	for (size_t i = 0; i < p->modules.len; i++)
		if (!strcmp(p->modules.data[i]->module, module))
			return &p->modules.data[i]->btf;
	struct module_btf *m = xcalloc(1, sizeof(*m));
	struct error *err = kernel_btf(p) ? read_btf(p, module, &p->btf, &m->bytes, &m->btf) : error_create("no BTF");
	if (err) {
		error_destroy(err);
		free(m);
		return NULL;
	}
	m->module = xstrdup(module);
	vec_push(&p->modules, m);
	return &m->btf;
}

static void all_module_btf(struct prober *p)
{
	autofree char *path = os_path(p->os, "/sys/kernel/btf");
	autodir DIR *dir = p->modules_read ? NULL : opendir(path);

	p->modules_read = true;
	for (struct dirent *e; dir && (e = readdir(dir)); )
		if (*e->d_name != '.' && strcmp(e->d_name, "vmlinux"))
			(void)module_btf(p, e->d_name);
}

/* The BTF that knows the function, and its prototype; NULL when none does. */
static const struct btf *find_btf(struct prober *p, const char *function, const char *module, uint32_t *prototype)
{
	const struct btf *btf = module ? module_btf(p, module) : kernel_btf(p);

	if (btf && btf_find_function(btf, function, prototype))
		return btf;
	if (module || !btf)
		return NULL;
	all_module_btf(p);
	for (size_t i = 0; i < p->modules.len; i++)
		if (btf_find_function(&p->modules.data[i]->btf, function, prototype))
			return &p->modules.data[i]->btf;
	return NULL;
}

void kernel_deinit(struct prober *p)
{
	btf_deinit(&p->btf);
	os_view_close(&p->btf_bytes);
	free(p->no_btf);
	for (size_t i = 0; i < p->modules.len; i++) {
		btf_deinit(&p->modules.data[i]->btf);
		os_view_close(&p->modules.data[i]->bytes);
		free(p->modules.data[i]->module);
		free(p->modules.data[i]);
	}
	vec_deinit(&p->modules);
	strbuf_deinit(&p->kallsyms);
}

/* ---- arguments where a function returns */

/* Linux 6.9 and later keep what the entry's registers held, as $arg1 and so on (its README in tracefs says so). */
static bool keeps_arguments(struct prober *p)
{
	autofree char *tracefs = NULL;
	autostrbuf struct strbuf text = { 0 };
	struct error *err = tracefs_find(p->os, &tracefs);
	autofree char *path = err ? NULL : xasprintf("%s/README", tracefs);

	error_destroy(err);
	return path && os_read(p->os, path, &text) && strstr(strbuf_str(&text), "return probes support: $retval, $arg<N>");
}

void kernel_keep_arguments(struct prober *p, const struct probe_def *def, struct scope *scope)
{
	bool keeps = def->is_return && keeps_arguments(p);

	for (size_t i = 0; keeps && i < scope->variables.len; i++) {
		struct scope_variable *v = &scope->variables.data[i];
		if ((v->where.kind != FETCH_VALUE && v->where.kind != FETCH_MEMORY) || !v->where.base || v->where.second)
			continue;
		for (unsigned n = 0; n < ARRAY_SIZE(p->arch->probe_arguments) && p->arch->probe_arguments[n]; n++)
			if (!strcmp(p->arch->probe_arguments[n], v->where.base))
				v->at_return = arena_printf(&scope->arena, "$arg%u", n + 1);
	}
}

/* ---- places */

/* What the arguments of the function are, or why that is not known. */
static void add_scope(struct prober *p, const struct probe_def *def, const char *function, struct arena *arena, struct probe_point *point)
{
	uint32_t prototype;
	const struct btf *btf = find_btf(p, function, p->target->module, &prototype);

	if (def->offset || def->has_address)
		point->nothing_known = "behind a function's first instruction only debug information knows where arguments are: give it with -k VMLINUX";
	else if (btf && p->arch && btf_scope(btf, prototype, p->arch, &point->scope))
		kernel_keep_arguments(p, def, &point->scope);
	else if (p->no_btf)
		point->nothing_known = arena_printf(arena, "%s: this kernel has no BTF (CONFIG_DEBUG_INFO_BTF)", p->no_btf);
	else
		point->nothing_known = arena_printf(arena, "the kernel's BTF does not describe %s: give registers (%%di …), or -k VMLINUX", function);
}

static void add_point(struct prober *p, const struct probe_def *def, const char *function, bool args, struct arena *arena, probe_points *points)
{
	struct probe_point *point = vec_add(points);
	const char *module = p->target->module;

	point->function = def->has_address ? arena_printf(arena, "abs_%s", function + 2) : function;
	point->inferior = function;
	point->on = def->offset ? arena_printf(arena, "%s+%" PRIu64, function, def->offset) : function;
	point->place = module ? arena_printf(arena, "%s:%s", module, point->on) : point->on;
	if (args)
		add_scope(p, def, function, arena, point);
}

static struct error *glob_points(struct prober *p, const struct probe_def *def, bool args, struct arena *arena, probe_points *points)
{
	const char *const *names;
	size_t n;

	TRY(prober_functions(p, &names, &n));
	for (size_t i = 0; i < n; i++) {
		if (fnmatch(def->function.text, names[i], 0))
			continue;
		add_point(p, def, names[i], args, arena, points);
		TRY(prober_limit(p, def, points->len));
	}
	return points->len ? NULL : prober_unknown(p, def, "the kernel");
}

struct error *kernel_points(struct prober *p, const struct probe_def *def, bool args, struct arena *arena, probe_points *points)
{
	const char *function = def->function.text;
	uint32_t prototype;

	if (def->sdt.text)
		return error_hint(probe_def_error(def, def->sdt, "markers are in programs"), "name the program: -x FILE");
	if (def->has_line || def->pattern.text || def->file.text)
		return error_hint(probe_def_error(def, def->place.text ? def->place : def->file.text ? def->file : def->pattern,
						  "source lines of the kernel are in its debug information only"),
				  "give the kernel's image with debug information: -k VMLINUX");
	if (prober_is_glob(function))
		return glob_points(p, def, args, arena, points);
	if (!def->has_address && !find_btf(p, function, p->target->module, &prototype) && !prober_count_named(p, function) && prober_kallsyms(p)[0])
		return prober_unknown(p, def, p->target->module ? p->target->module : "the kernel");
	add_point(p, def, arena_strdup(arena, function), args, arena, points);
	return NULL;
}

/* ---- why the kernel refused */

static bool in_list(struct prober *p, const char *path, const char *function, bool *read)
{
	autostrbuf struct strbuf text = { 0 };
	size_t len = strlen(function);

	*read = os_read(p->os, path, &text) && text.len;
	for (const char *at = strbuf_str(&text); *read && (at = strstr(at, function)); at += len)
		if ((at == text.data || strchr(" \t\n", at[-1])) && (!at[len] || strchr(" \t\n", at[len])))
			return true;
	return false;
}

struct error *kernel_explain(struct prober *p, const struct probe_event *event, int errnum, struct error *err)
{
	bool read;

	if (!event->function)
		return err;
	if (in_list(p, "/sys/kernel/debug/kprobes/blacklist", event->function, &read))
		return error_hint(err, "%s is on the kernel's list of functions that must not be probed (/sys/kernel/debug/kprobes/blacklist)", event->function);
	unsigned n = prober_count_named(p, event->function);
	if (!n && prober_kallsyms(p)[0])
		return error_hint(err, "there is no function %s in this kernel as a whole: it was inlined or renamed (ptk probe -F)", event->function);
	if (n > 1)
		return error_hint(err, "%u functions are called %s, and the kernel does not say which: give its address (0x… of /proc/kallsyms) or -m MODULE",
				  n, event->function);
	autofree char *tracefs = NULL;
	struct error *none = tracefs_find(p->os, &tracefs);
	autofree char *list = none ? NULL : xasprintf("%s/available_filter_functions", tracefs);
	error_destroy(none);
	if (errnum == EINVAL && list && !in_list(p, list, event->function, &read) && read)
		return error_hint(err, "%s is marked as not to be traced (notrace)", event->function);
	return err;
}
