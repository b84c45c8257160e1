/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "elf/debugfile.h"
#include "elf/image.h"
#include "os/machine.h"
#include "os/procfs.h"
#include "session/image_file.h"
#include "session/kallsyms.h"

struct loaded_module {
	char *name;
	uint64_t address;
};

struct kernel {
	const struct images_options *options;
	struct notes *notes;
	const struct symtab *symbols;	/* NULL: none; of one of the next two */
	struct kallsyms kallsyms;
	struct image *vmlinux;
	uint64_t vmlinux_text;		/* its _text, or _stext as the recording has it; 0: not known */
	uint64_t text;			/* the same of `symbols` */
	bool running;			/* it is the one that runs here */
	struct image *kcore;		/* memory of the running kernel, when first asked for */
	bool debug_tried;		/* vmlinux is there, if at all: for source lines */
	uint64_t moved;			/* how far the recorded kernel lay behind these symbols, modulo 2^64 */
	VEC(struct loaded_module) modules;	/* where they are now */
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
	image_close(k->vmlinux);
	image_close(k->kcore);
	for (size_t i = 0; i < k->modules.len; i++)
		free(k->modules.data[i].name);
	vec_deinit(&k->modules);
	free(k);
}

/* ---- sources of symbols */

/* The kernel is not where it was linked or listed: by as much as this one symbol. */
static void set_moved(struct kernel *k, const struct kernel_recorded *r, uint64_t text, uint64_t stext)
{
	k->text = r->is_stext ? stext : text;
	if (r->text && k->text)
		k->moved = r->text - k->text;
}

static bool use_kallsyms(struct kernel *k, const struct kernel_recorded *r, const char *path)
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
	set_moved(k, r, k->kallsyms.text, k->kallsyms.stext);
	k->symbols = &k->kallsyms.symbols;
	return true;
}

static bool use_vmlinux(struct kernel *k, const struct kernel_recorded *r, const char *path, bool say)
{
	autoerror struct error *err = image_open(path, &k->vmlinux);
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
	set_moved(k, r, text, stext);
	k->vmlinux_text = k->text;
	k->debug_tried = true;
	k->symbols = image_symbols(k->vmlinux, k->options->debug_root);
	if (!k->symbols->entries.len && say)
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
static bool is_running(const struct kernel *k, const struct kernel_recorded *r)
{
	uint8_t id[BUILD_ID_MAX];
	size_t size = machine_notes_build_id(k->options->os, "/sys/kernel/notes", id);

	if (r->build_id_size && size)
		return build_id_agrees(r->build_id, r->build_id_size, id, size);
	return k->options->same_machine;
}

static void use_running(struct kernel *k, const struct kernel_recorded *r)
{
	autofree char *path = os_path(k->options->os, "/proc/kallsyms");

	k->running = use_kallsyms(k, r, path);
	if (k->running)
		read_modules(k);
	else if (k->kallsyms.hidden)
		notes_add(k->notes, "the kernel hides its addresses from this user: its functions are shown as addresses; "
			  "run as root, or allow it with: sysctl kernel.kptr_restrict=0");
	else
		notes_add(k->notes, "cannot read %s: %s; the kernel's functions are shown as addresses", path,
			  errno == EINVAL ? "no symbols in it" : strerror(errno));
}

/* What lies on this machine under the build-id: a debug package, or what perf record has put by. */
static bool use_build_id(struct kernel *k, const struct kernel_recorded *r)
{
	if (!r->build_id_size)
		return false;
	autofree char *debug = build_id_path(k->options->debug_root, r->build_id, r->build_id_size, ".debug");
	if (use_vmlinux(k, r, debug, false))
		return true;
	if (!k->options->build_id_cache)
		return false;
	autofree char *vmlinux = build_id_path(k->options->build_id_cache, r->build_id, r->build_id_size, "/vmlinux");
	autofree char *kallsyms = build_id_path(k->options->build_id_cache, r->build_id, r->build_id_size, "/kallsyms");
	return use_vmlinux(k, r, vmlinux, false) || use_kallsyms(k, r, kallsyms);
}

bool kernel_load(struct kernel *k, const struct kernel_recorded *r)
{
	const struct images_options *o = k->options;

	if (o->vmlinux) {
		use_vmlinux(k, r, o->vmlinux, true);
	} else if (o->kallsyms) {
		if (!use_kallsyms(k, r, o->kallsyms))
			notes_add(k->notes, "cannot use %s: %s; the kernel's functions are shown as addresses", o->kallsyms,
				  errno == EINVAL ? "no symbols in it" : k->kallsyms.hidden ?
				  "all of its addresses are 0" : strerror(errno));
	} else if (is_running(k, r)) {
		use_running(k, r);
	} else if (!use_build_id(k, r)) {
		notes_add(k->notes, "the recording is of another kernel than the one running here: its functions are shown "
			  "as addresses; name its symbols with -k VMLINUX or --kallsyms FILE");
	}
	return k->symbols;
}

/* ---- look-up */

static uint64_t module_address(const struct kernel *k, const char *module, uint64_t base)
{
	for (size_t i = 0; i < k->modules.len; i++)
		if (!strcmp(k->modules.data[i].name, module))
			return k->modules.data[i].address;
	return base;
}

/* How far behind these symbols the recorded kernel, or its module, lay. */
static uint64_t moved_by(const struct kernel *k, const char *module, uint64_t base)
{
	if (!module)
		return k->moved;
	return base ? base - module_address(k, module, base) : 0;
}

bool kernel_find(struct kernel *k, const char *module, uint64_t base, uint64_t address, struct kernel_place *place)
{
	uint64_t moved = moved_by(k, module, base);

	if (!k->symbols)
		return false;
	const struct symtab_entry *e = symtab_find(k->symbols, address - moved);
	if (!e)
		return false;
	*place = (struct kernel_place){
		.name = e->name, .module = strtab_text(&k->kallsyms.modules, e->owner),
		.start = e->start + moved, .end = e->end + moved };
	return !module || !strcmp(place->module, module);
}

/* ---- code */

static bool is_recorded(const struct kernel_recorded *r, const struct image *image)
{
	uint8_t id[BUILD_ID_MAX];
	size_t size = image_build_id(image, id);

	return build_id_agrees(r->build_id, r->build_id_size, id, size);
}

/* A vmlinux below a folder of build-ids, for its source lines alone: names are kallsyms'. */
static bool open_debug(struct kernel *k, const struct kernel_recorded *r, const char *root, const char *suffix)
{
	autofree char *path = build_id_path(root, r->build_id, r->build_id_size, suffix);
	autoerror struct error *err = image_open(path, &k->vmlinux);

	if (err)
		return false;
	if (is_recorded(r, k->vmlinux) && image_symbol_value(k->vmlinux, r->is_stext ? "_stext" : "_text", &k->vmlinux_text))
		return true;
	image_close(k->vmlinux);
	k->vmlinux = NULL;
	return false;
}

static void find_debug(struct kernel *k, const struct kernel_recorded *r)
{
	if (k->debug_tried)
		return;
	k->debug_tried = true;
	if (r->build_id_size && !open_debug(k, r, k->options->debug_root, ".debug") && k->options->build_id_cache)
		open_debug(k, r, k->options->build_id_cache, "/vmlinux");
}

static struct error *no_code(const struct kernel *k, const char *module, struct error *why)
{
	if (!k->running)
		why = error_create("the code of the kernel that was recorded is not on this machine");
	if (module)
		return error_hint(why, "code of modules is read from the running kernel (/proc/kcore), as root");
	return error_hint(why, "name the kernel's image with -k VMLINUX%s", k->running ? ", or run as root" : "");
}

struct error *kernel_code(struct kernel *k, const struct kernel_recorded *r, const char *module, uint64_t base,
			  uint64_t address, struct kernel_code *code)
{
	struct error *err = NULL;
	uint64_t here = address - moved_by(k, module, base);

	*code = (struct kernel_code){ 0 };
	if (!module)
		find_debug(k, r);
	if (!module && k->vmlinux) {
		code->debug = code->image = k->vmlinux;
		code->debug_address = code->address = here - k->text + k->vmlinux_text;
	}
	if (k->running && !k->kcore) {
		autofree char *path = os_path(k->options->os, "/proc/kcore");
		err = image_open(path, &k->kcore);
	}
	if (k->kcore) {
		code->image = k->kcore;
		code->address = here;
	}
	if (!code->image)
		return no_code(k, module, err);
	error_destroy(err);
	return NULL;
}
