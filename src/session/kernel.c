/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/hash.h"
#include "elf/debugfile.h"
#include "elf/image.h"
#include "os/machine.h"
#include "os/procfs.h"
#include "session/image_file.h"
#include "session/kallsyms.h"
#include "session/kernel_core.h"

struct loaded_module {
	char *name;
	uint64_t address;
};

/* A module of the recording, as the cache has it. */
struct kept_module {
	char *name;
	bool kept;
	struct kernel_core core;
};

struct kernel {
	const struct images_options *options;
	struct notes *notes;
	struct kernel_recorded recorded;
	uint8_t running_id[BUILD_ID_MAX];
	/* What has names, asked in this order; `moved`: how far the recorded kernel lay behind them, modulo 2^64. */
	struct image *vmlinux;
	const struct symtab *vmlinux_symbols;	/* NULL: none */
	uint64_t vmlinux_moved;
	bool looked_for_vmlinux;
	bool has_core;
	struct kernel_core core;
	uint64_t core_moved;
	VEC(struct kept_module) kept_modules;	/* those that were asked for */
	bool kallsyms_due;		/* to be read when the ones before have no name for an address */
	struct kallsyms kallsyms;
	uint64_t kallsyms_moved;
	VEC(struct loaded_module) modules;	/* where they are now */
	bool running;			/* kallsyms is that of the kernel that runs here */
	struct image *kcore;		/* its memory, when first asked for */
};

struct kernel *kernel_create(const struct images_options *options, struct notes *notes)
{
	struct kernel *k = xcalloc(1, sizeof(*k));

	k->options = options;
	k->notes = notes;
	return k;
}

void kernel_destroy(struct kernel *k)
{
	if (!k)
		return;
	kallsyms_deinit(&k->kallsyms);
	kernel_core_deinit(&k->core);
	image_close(k->vmlinux);
	image_close(k->kcore);
	for (size_t i = 0; i < k->modules.len; i++)
		free(k->modules.data[i].name);
	vec_deinit(&k->modules);
	for (size_t i = 0; i < k->kept_modules.len; i++) {
		free(k->kept_modules.data[i].name);
		kernel_core_deinit(&k->kept_modules.data[i].core);
	}
	vec_deinit(&k->kept_modules);
	free(k);
}

/* ---- sources of symbols */

/* How far the kernel was from where it is linked or listed: as far as this one symbol. */
static uint64_t moved_from(const struct kernel *k, uint64_t text, uint64_t stext)
{
	uint64_t here = k->recorded.is_stext ? stext : text;

	return k->recorded.text && here ? k->recorded.text - here : 0;
}

static bool use_kallsyms(struct kernel *k, const char *path)
{
	struct strbuf bytes = { 0 };
	int fd = file_open_regular(path, 0, NULL);

	if (fd < 0)
		return false;
	if (!file_read_fd(fd, OS_FILE_MAX, &bytes)) {
		strbuf_deinit(&bytes);
		close(fd);
		return false;
	}
	close(fd);
	kallsyms_parse(&k->kallsyms, bytes);
	if (!k->kallsyms.symbols.entries.len) {
		errno = k->kallsyms.hidden ? EPERM : EINVAL;
		return false;
	}
	k->kallsyms_moved = moved_from(k, k->kallsyms.text, k->kallsyms.stext);
	return true;
}

/* One of the recorded build. say: why not. */
static bool open_vmlinux(struct kernel *k, const char *path, bool say)
{
	autoerror struct error *err = image_open(path, &k->vmlinux);
	const struct kernel_recorded *r = &k->recorded;
	uint8_t id[BUILD_ID_MAX];
	uint64_t text = 0, stext = 0;

	if (err) {
		if (say)
			notes_add(k->notes, "%s: the kernel's functions are shown as addresses", err->message);
		return false;
	}
	size_t size = image_build_id(k->vmlinux, id);
	if (r->build_id_size && size && !build_id_agrees(r->build_id, r->build_id_size, id, size)) {
		if (say)
			notes_add(k->notes, "%s is not the kernel that was recorded (build-id differs): "
				  "its functions are shown as addresses", path);
		image_close(k->vmlinux);
		k->vmlinux = NULL;
		return false;
	}
	image_symbol_value(k->vmlinux, "_text", &text);
	image_symbol_value(k->vmlinux, "_stext", &stext);
	k->vmlinux_moved = moved_from(k, text, stext);
	image_set_context(k->vmlinux, &(struct image_context){ .cache = k->options->cache });
	return true;
}

static bool use_vmlinux(struct kernel *k, const char *path, bool say)
{
	if (!open_vmlinux(k, path, say))
		return false;
	k->vmlinux_symbols = image_symbols(k->vmlinux, k->options->debug_root);
	if (!k->vmlinux_symbols->entries.len && say)
		notes_add(k->notes, "%s has no symbols: the kernel's functions are shown as addresses", path);
	return true;
}

static void read_modules(struct kernel *k)
{
	autostrbuf struct strbuf text = { 0 };
	struct procfs_module module;

	if (!os_read(k->options->os, "/proc/modules", &text))
		return;
	const char *at = strbuf_str(&text), *end = at + text.len;
	while (procfs_next_module(&at, end, &module))
		if (module.address)
			vec_push(&k->modules, (struct loaded_module){
				xstrndup(module.name, module.name_len), module.address });
}

/* Is the kernel that runs here the recorded one? */
static bool is_running(const struct kernel *k)
{
	const struct kernel_recorded *r = &k->recorded;
	uint8_t id[BUILD_ID_MAX];
	size_t size = machine_notes_build_id(k->options->os, "/sys/kernel/notes", id);

	if (r->build_id_size && size)
		return build_id_agrees(r->build_id, r->build_id_size, id, size);
	return k->options->same_machine;
}

/* A session of this machine as it runs, which no file tells of. */
static void recorded_is_running(struct kernel *k)
{
	if (k->recorded.build_id_size || !k->options->same_machine)
		return;
	k->recorded.build_id = k->running_id;
	k->recorded.build_id_size = (uint8_t)machine_notes_build_id(k->options->os, "/sys/kernel/notes", k->running_id);
}

static bool use_running(struct kernel *k, bool say)
{
	autofree char *path = os_path(k->options->os, "/proc/kallsyms");

	if (use_kallsyms(k, path)) {
		k->running = true;
		read_modules(k);
		kernel_core_keep(&k->kallsyms, 0, k->kallsyms.text, k->options->cache, k->recorded.build_id,
				 k->recorded.build_id_size);
		return true;
	}
	if (say && k->kallsyms.hidden)
		notes_add(k->notes, "the kernel hides its addresses from this user: its functions are shown as addresses; "
			  "run as root, or allow it with: sysctl kernel.kptr_restrict=0");
	else if (say)
		notes_add(k->notes, "cannot read %s: %s; the kernel's functions are shown as addresses", path,
			  errno == EINVAL ? "no symbols in it" : strerror(errno));
	return false;
}

/* What lies on this machine under the build-id: a debug package, or what perf record has put by. */
static bool use_build_id(struct kernel *k)
{
	const struct kernel_recorded *r = &k->recorded;

	if (!r->build_id_size)
		return false;
	autofree char *debug = build_id_path(k->options->debug_root, r->build_id, r->build_id_size, ".debug");
	if (use_vmlinux(k, debug, false))
		return true;
	if (!k->options->build_id_cache)
		return false;
	autofree char *vmlinux = build_id_path(k->options->build_id_cache, r->build_id, r->build_id_size, "/vmlinux");
	autofree char *kallsyms = build_id_path(k->options->build_id_cache, r->build_id, r->build_id_size, "/kallsyms");
	return use_vmlinux(k, vmlinux, false) || use_kallsyms(k, kallsyms);
}

static bool use_named_kallsyms(struct kernel *k, const char *path)
{
	if (use_kallsyms(k, path))
		return true;
	notes_add(k->notes, "cannot use %s: %s; the kernel's functions are shown as addresses", path,
		  errno == EINVAL ? "no symbols in it" : k->kallsyms.hidden ? "all of its addresses are 0" : strerror(errno));
	return false;
}

bool kernel_load(struct kernel *k, const struct kernel_recorded *r)
{
	const struct images_options *o = k->options;

	k->recorded = *r;
	recorded_is_running(k);
	if (o->vmlinux) {
		/* Modules are in kallsyms alone; who hides that hides nothing that was asked for. */
		k->kallsyms_due = is_running(k);
		return use_vmlinux(k, o->vmlinux, true);
	}
	if (o->kallsyms)
		return use_named_kallsyms(k, o->kallsyms);
	if (r->text && kernel_core_recall(&k->core, o->cache, k->recorded.build_id, k->recorded.build_id_size)) {
		k->has_core = true;
		k->core_moved = k->recorded.text - (k->recorded.is_stext ? k->core.stext : 0);
		k->kallsyms_due = is_running(k);
		return true;
	}
	if (is_running(k))
		return use_running(k, true);
	if (use_build_id(k))
		return true;
	notes_add(k->notes, "the recording is of another kernel than the one running here: its functions are shown "
		  "as addresses; name its symbols with -k VMLINUX or --kallsyms FILE");
	return false;
}

/* ---- look-up */

/* Where the module is now. */
static uint64_t module_address(const struct kernel *k, const struct kernel_module *module)
{
	for (size_t i = 0; i < k->modules.len; i++)
		if (!strcmp(k->modules.data[i].name, module->name))
			return k->modules.data[i].address;
	return module->base;
}

/* How far the recorded kernel, or its module, lay behind kallsyms. */
static uint64_t moved_by(const struct kernel *k, const struct kernel_module *module)
{
	if (!module)
		return k->kallsyms_moved;
	return module->base ? module->base - module_address(k, module) : 0;
}

static bool find_in(const struct symtab *symbols, uint64_t moved, uint64_t address, struct kernel_place *place)
{
	const struct symtab_entry *e = symbols ? symtab_find(symbols, address - moved) : NULL;

	if (!e)
		return false;
	*place = (struct kernel_place){ .name = e->name, .module = "", .start = e->start + moved, .end = e->end + moved };
	return true;
}

static void load_due(struct kernel *k)
{
	if (k->kallsyms_due)
		use_running(k, false);
	k->kallsyms_due = false;
}

static bool find_in_kallsyms(struct kernel *k, uint64_t moved, uint64_t address, struct kernel_place *place)
{
	const struct symtab_entry *e = symtab_find(&k->kallsyms.symbols, address - moved);

	if (!e)
		return false;
	*place = (struct kernel_place){
		.name = e->name, .module = strtab_text(&k->kallsyms.modules, e->owner),
		.start = e->start + moved, .end = e->end + moved };
	return true;
}

/* The kernel's image for lines and code alone, where its functions are named by kallsyms. */
static void find_vmlinux(struct kernel *k)
{
	const struct kernel_recorded *r = &k->recorded;

	if (k->vmlinux || k->looked_for_vmlinux)
		return;
	k->looked_for_vmlinux = true;
	autofree char *release = is_running(k) ? os_read_line(k->options->os, "/proc/sys/kernel/osrelease") : NULL;
	const char *root = k->options->debug_root ? k->options->debug_root : DEBUG_ROOT;
	autofree char *by_id = r->build_id_size ? build_id_path(root, r->build_id, r->build_id_size, ".debug") : NULL;
	autofree char *debian = release ? xasprintf("%s/boot/vmlinux-%s", root, release) : NULL;
	autofree char *fedora = release ? xasprintf("%s/lib/modules/%s/vmlinux", root, release) : NULL;
	const char *cache = r->build_id_size ? k->options->build_id_cache : NULL;
	autofree char *perf = cache ? build_id_path(cache, r->build_id, r->build_id_size, "/vmlinux") : NULL;
	const char *const paths[] = { by_id, debian, fedora, perf };

	for (size_t i = 0; i < ARRAY_SIZE(paths) && !k->vmlinux && r->build_id_size; i++)
		if (paths[i])
			open_vmlinux(k, paths[i], false);
}

struct image *kernel_vmlinux(struct kernel *k, uint64_t address, uint64_t *linked)
{
	find_vmlinux(k);
	*linked = address - k->vmlinux_moved;
	return k->vmlinux;
}

/* NULL: the cache has nothing of it. */
static const struct kernel_core *kept_module(struct kernel *k, const struct kernel_module *module)
{
	struct kept_module fresh = { 0 };

	for (size_t i = 0; i < k->kept_modules.len; i++)
		if (!strcmp(k->kept_modules.data[i].name, module->name))
			return k->kept_modules.data[i].kept ? &k->kept_modules.data[i].core : NULL;
	fresh.name = xstrdup(module->name);
	fresh.kept = module->base && kernel_core_recall(&fresh.core, k->options->cache, module->build_id, module->build_id_size);
	vec_push(&k->kept_modules, fresh);
	if (fresh.kept)
		return &vec_last(&k->kept_modules).core;
	load_due(k);
	uint32_t owner = strtab_find(&k->kallsyms.modules, module->name);
	if (k->running && module->base && owner != NO_ID)
		kernel_core_keep(&k->kallsyms, owner, module_address(k, module), k->options->cache, module->build_id,
				 module->build_id_size);
	return NULL;
}

static bool find_in_module(struct kernel *k, const struct kernel_module *module, uint64_t address, struct kernel_place *place)
{
	const struct kernel_core *kept = kept_module(k, module);

	if (kept && find_in(&kept->symbols, module->base, address, place)) {
		place->module = module->name;
		return true;
	}
	load_due(k);
	return find_in_kallsyms(k, moved_by(k, module), address, place) && !strcmp(place->module, module->name);
}

/* What lies among the core's functions and is none of them is in no module, either: kallsyms has no more to say. */
static bool is_core(const struct kernel *k, uint64_t address)
{
	const struct symtab *symbols = &k->core.symbols;

	return k->has_core && symbols->entries.len && address - k->core_moved >= symbols->entries.data[0].start &&
	       address - k->core_moved < vec_last(&symbols->entries).end;
}

bool kernel_find(struct kernel *k, const struct kernel_module *module, uint64_t address, struct kernel_place *place)
{
	if (module)
		return find_in_module(k, module, address, place);
	if (find_in(k->vmlinux_symbols, k->vmlinux_moved, address, place) ||
	    (k->has_core && find_in(&k->core.symbols, k->core_moved, address, place)))
		return true;
	if (is_core(k, address))
		return false;
	load_due(k);
	return find_in_kallsyms(k, k->kallsyms_moved, address, place);
}

/* ---- code */

static struct error *no_code(const struct kernel *k, const struct kernel_module *module, struct error *why)
{
	if (!k->running)
		why = error_create("the code of the kernel that was recorded is not on this machine");
	if (module)
		return error_hint(why, "code of modules is read from the running kernel (/proc/kcore), as root");
	return error_hint(why, "name the kernel's image with -k VMLINUX%s", k->running ? ", or run as root" : "");
}

struct error *kernel_code(struct kernel *k, const struct kernel_module *module, uint64_t address, struct kernel_code *code)
{
	struct error *err = NULL;

	*code = (struct kernel_code){ 0 };
	load_due(k);
	if (!module)
		find_vmlinux(k);
	if (!module && k->vmlinux) {
		code->debug = code->image = k->vmlinux;
		code->debug_address = code->address = address - k->vmlinux_moved;
	}
	if (k->running && !k->kcore) {
		autofree char *path = os_path(k->options->os, "/proc/kcore");
		err = image_open(path, &k->kcore);
	}
	if (k->kcore) {
		code->image = k->kcore;
		code->address = address - moved_by(k, module);
	}
	if (!code->image)
		return no_code(k, module, err);
	error_destroy(err);
	return NULL;
}
