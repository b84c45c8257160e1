/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which functions there are to be probed, and what to say where one is not among them. */
#include <string.h>

#include "base/cleanup.h"
#include "os/procfs.h"
#include "probe/markers.h"
#include "probe/prober_room.h"

bool prober_is_glob(const char *word)
{
	return strpbrk(word, "*?[");
}

struct error *prober_limit(const struct prober *p, const struct probe_def *def, size_t n)
{
	if (n <= p->target->max)
		return NULL;
	return error_hint(probe_def_error(def, def->function.text ? def->function : def->file, "more than %zu places fit", p->target->max),
			  "--max-probes N lets more be added");
}

/* ---- their order */

/* A name and its first bytes as numbers, which settle nearly every comparison: a kernel has 60000 functions. */
struct headed {
	uint64_t first, second;
	const char *name;
};

static uint64_t eight_bytes(const char **at)
{
	uint64_t bytes = 0;

	for (unsigned shift = 64; shift && **at; (*at)++)
		bytes |= (uint64_t)(unsigned char)**at << (shift -= 8);
	return bytes;
}

static struct headed headed(const char *name)
{
	struct headed h = { .name = name };

	h.first = eight_bytes(&name);
	h.second = eight_bytes(&name);
	return h;
}

static int by_text(const void *a, const void *b)
{
	const struct headed *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	if (x->second != y->second)
		return x->second < y->second ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void sort_functions(struct prober *p)
{
	VEC(struct headed) all = { 0 };
	const char **names = p->functions.data;
	size_t kept = 0;

	vec_reserve(&all, p->functions.len);
	for (size_t i = 0; i < p->functions.len; i++)
		vec_push(&all, headed(names[i]));
	vec_sort(&all, by_text);
	for (size_t i = 0; i < all.len; i++)
		if (!i || by_text(&all.data[i - 1], &all.data[i]))
			names[kept++] = all.data[i].name;
	vec_deinit(&all);
	p->functions.len = kept;
}

/* ---- of the kernel */

const char *prober_kallsyms(struct prober *p)
{
	if (!p->kallsyms_read)
		(void)!os_read(p->os, "/proc/kallsyms", &p->kallsyms);
	p->kallsyms_read = true;
	return strbuf_str(&p->kallsyms);
}

/* Code that the kernel wrote at run time: no probe can be on it, and it comes and goes. */
static bool is_made(const struct procfs_symbol *symbol)
{
	static const char builtin[] = "__builtin__";
	size_t len = sizeof(builtin) - 1;

	return (symbol->module_len == 3 && !memcmp(symbol->module, "bpf", 3)) ||
	       (symbol->module_len > len && !memcmp(symbol->module, builtin, len));
}

/* Functions of the module that is meant (none: the kernel and every module); labels of the build are none. */
static bool is_wanted(const struct prober *p, const struct procfs_symbol *symbol)
{
	bool text = symbol->type == 't' || symbol->type == 'T' || symbol->type == 'w' || symbol->type == 'W';

	if (!text || is_made(symbol) || (symbol->name_len > 6 && (!memcmp(symbol->name, "__pfx_", 6) || !memcmp(symbol->name, "__cfi_", 6))) ||
	    memchr(symbol->name, '$', symbol->name_len))
		return false;
	return !p->target->module || (symbol->module_len == strlen(p->target->module) &&
				      !memcmp(symbol->module, p->target->module, symbol->module_len));
}

unsigned prober_count_named(struct prober *p, const char *name)
{
	const char *at = prober_kallsyms(p);
	struct procfs_symbol symbol;
	size_t len = strlen(name);
	unsigned n = 0;

	while (procfs_next_symbol(&at, &symbol))
		n += symbol.name_len == len && !memcmp(symbol.name, name, len) && is_wanted(p, &symbol);
	return n;
}

static void keep_function(void *ctx, const struct procfs_symbol *symbol)
{
	struct prober *p = ctx;

	if (is_wanted(p, symbol))
		vec_push(&p->functions, arena_strndup(&p->arena, symbol->name, symbol->name_len));
}

/* Kept when what is loaded was the same before and after it was read. */
static void read_functions(struct prober *p, const char *key)
{
	bool whole = procfs_each_symbol(p->os, keep_function, p);
	autofree char *now = key ? kernel_names_key(p->os) : NULL;

	sort_functions(p);
	if (whole && now && !strcmp(key, now))
		kernel_names_keep(p->target->cache, key, p->functions.data, p->functions.len);
}

static struct error *kernel_functions(struct prober *p)
{
	bool keeps = p->target->cache && !p->target->module;
	autofree char *key = keeps ? kernel_names_key(p->os) : NULL;

	if (!kernel_names_recall(p->target->cache, key, &p->kept_functions, &p->functions))
		read_functions(p, key);
	if (p->functions.len)
		return NULL;
	if (p->target->module)
		return error_hint(error_create("no functions of a module %s are known", p->target->module), "lsmod shows the modules that are loaded");
	return error_create("cannot read /proc/kallsyms: the kernel's functions are not known");
}

/* ---- of an image */

static void keep_name(void *ctx, const char *name, uint64_t address, uint64_t size)
{
	struct prober *p = ctx;

	(void)address;
	(void)size;
	autofree char *written = demangle(name);
	vec_push(&p->functions, arena_strdup(&p->arena, written ? written : name));
}

struct error *prober_no_symbols(struct prober *p)
{
	return error_hint(error_create("%s has no symbols: it is stripped", p->path), "install its debug package, or build it without -s");
}

static struct error *user_functions(struct prober *p)
{
	TRY(prober_open(p));
	marker_list markers = { 0 };
	image_each_function(p->image, p->target->debug_root, keep_name, p);
	markers_read(p->image, &p->arena, &markers);
	for (size_t i = 0; i < markers.len; i++)
		vec_push(&p->functions, markers.data[i].name);
	vec_deinit(&markers);
	sort_functions(p);
	return p->functions.len ? NULL : prober_no_symbols(p);
}

/* ---- of either */

struct error *prober_functions(struct prober *p, const char *const **names, size_t *n)
{
	if (!p->functions.len)
		TRY(p->target->file || p->target->vmlinux ? user_functions(p) : kernel_functions(p));
	*names = p->functions.data;
	*n = p->functions.len;
	return NULL;
}

static void ignore_section(void *ctx, const void *bytes, size_t size, uint64_t address)
{
	(void)ctx;
	(void)bytes;
	(void)size;
	(void)address;
}

struct error *prober_unknown(struct prober *p, const struct probe_def *def, const char *where)
{
	struct nearest best = { .word = def->function.text };
	struct error *err = probe_def_error(def, def->function, "there is no function %s in %s", def->function.text, where);
	const char *const *names;
	size_t n;
	struct error *none = prober_functions(p, &names, &n);

	err->kind = ERROR_FAILED;
	for (size_t i = 0; !none && i < n; i++)
		nearest_offer(&best, names[i]);
	error_destroy(none);
	autofree char *hint = nearest_hint(&best);
	if (hint)
		err = error_hint(err, "%s", hint);
	if (p->image && !image_use_section(p->image, ".symtab", ignore_section, NULL) && !p->dwarf)
		err = error_hint(err, "the file is stripped: without its debug package only exported functions have names");
	return p->target->file ? error_hint(err, "ptk probe -x %s -F shows those that there are", p->target->file) :
				 error_hint(err, "ptk probe -F shows those that there are");
}
