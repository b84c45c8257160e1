/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/images.h"

#include <inttypes.h>
#include <string.h>

#include "arch/arch.h"
#include "base/cleanup.h"
#include "base/hash.h"
#include "elf/image.h"
#include "session/image_file.h"
#include "session/jits.h"
#include "session/kernel.h"
#include "session/perf_map.h"
#include "unwind/rows.h"

#define KERNEL_NAME "[kernel.kallsyms]"

/* An image, and what has been learned of it. */
struct known_image {
	struct session_image shown;
	uint32_t pid;			/* a task that has it mapped; 0: none known */
	bool opened;
	struct image *elf;		/* NULL: none to be had */
	const struct symtab *symbols;
	bool compiled;			/* `rows` have been asked for */
	struct unwind_rows *rows;
	struct perf_map perf_map;
	char *module;			/* IMAGE_MODULE: its name as in kallsyms */
	uint64_t base;			/* IMAGE_MODULE: where it was mapped */
	struct map64 named;		/* start of a symbol to its id */
	struct map64 nameless;		/* address to id */
	struct map64 functions;		/* where DWARF has a function's name to the string that is shown */
};

/* A stretch of the kernel's addresses that has an image of its own; in order, none overlaps another. */
struct kernel_range {
	uint64_t start, end;
	uint32_t image;
};

struct kernel_ranges {
	VEC(struct kernel_range) all;
};

/* A build-id of the file's header. */
struct header_build_id {
	uint8_t size, id[BUILD_ID_MAX];	/* size 0: the header contradicts itself */
};

struct images {
	struct images_options options;	/* its strings are the images' own */
	struct image_context context;	/* the part of them that images are given */
	struct strtab *strings;
	struct notes *notes;
	VEC(struct known_image *) images;
	struct idtable by_key;
	VEC(struct header_build_id) header_build_ids;
	struct map64 header_by_path;	/* string id of a path to an index of it */
	VEC(struct session_symbol) symbols;

	struct kernel *kernel;
	bool kernel_tried, kernel_usable;
	struct kernel_recorded recorded;
	uint64_t text_start, text_end;	/* of the kernel, as mapped in the file; end 0: not known */
	uint32_t kernel_image;		/* NO_ID: none yet */
	struct kernel_ranges modules, ksymbols;
	struct jits jits;
};

static const char *kept(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

struct images *images_create(const struct images_options *options, struct strtab *strings, struct notes *notes)
{
	struct images *im = xcalloc(1, sizeof(*im));

	im->options = *options;
	im->options.kallsyms = kept(options->kallsyms);
	im->options.vmlinux = kept(options->vmlinux);
	im->options.symfs = kept(options->symfs);
	im->options.debug_root = kept(options->debug_root);
	im->options.build_id_cache = kept(options->build_id_cache);
	im->context = (struct image_context){
		.server = options->server, .build_id_cache = im->options.build_id_cache, .cache = options->cache };
	im->strings = strings;
	im->notes = notes;
	im->kernel = kernel_create(&im->options, notes);
	im->kernel_image = NO_ID;
	return im;
}

void images_destroy(struct images *im)
{
	if (!im)
		return;
	for (size_t i = 0; i < im->images.len; i++) {
		struct known_image *k = im->images.data[i];
		unwind_rows_destroy(k->rows);
		image_close(k->elf);
		perf_map_deinit(&k->perf_map);
		free(k->module);
		map64_deinit(&k->named);
		map64_deinit(&k->nameless);
		map64_deinit(&k->functions);
		free(k);
	}
	vec_deinit(&im->images);
	idtable_deinit(&im->by_key);
	vec_deinit(&im->header_build_ids);
	map64_deinit(&im->header_by_path);
	vec_deinit(&im->symbols);
	vec_deinit(&im->modules.all);
	vec_deinit(&im->ksymbols.all);
	jits_deinit(&im->jits);
	kernel_destroy(im->kernel);
	free((char *)im->options.kallsyms);
	free((char *)im->options.vmlinux);
	free((char *)im->options.symfs);
	free((char *)im->options.debug_root);
	free((char *)im->options.build_id_cache);
	free(im);
}

/* ---- images by their path, kind and build-id */

struct key {
	enum image_kind kind;
	uint32_t path, pid;
	uint8_t build_id_size;
	const uint8_t *build_id;
};

static bool same_key(const void *ctx, uint32_t id, const void *key)
{
	const struct images *im = ctx;
	const struct known_image *k = im->images.data[id];
	const struct key *want = key;

	if (k->shown.kind != want->kind || k->shown.path != want->path)
		return false;
	if (want->kind == IMAGE_ANON)
		return k->pid == want->pid;
	return k->shown.build_id_size == want->build_id_size &&
	       !memcmp(k->shown.build_id, want->build_id, want->build_id_size);
}

static uint64_t hash_key(const struct key *key)
{
	uint64_t hash = hash_mix(key->kind, key->path);

	if (key->kind == IMAGE_ANON)
		return hash_mix(hash, key->pid);
	return hash_bytes(key->build_id, key->build_id_size, hash);
}

/* "/lib/modules/6.1/kernel/fs/xfs/xfs.ko.xz", "[xfs]": "xfs"; the kernel writes '_' where the file may have '-'. */
static char *module_name(const char *path)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	const char *end = strstr(base, ".ko");
	size_t len = end ? (size_t)(end - base) : strlen(base);

	if (*base == '[') {
		base++;
		len = strcspn(base, "]");
	}
	char *name = xstrndup(base, len);
	for (char *p = name; *p; p++)
		if (*p == '-')
			*p = '_';
	return name;
}

/* Memory without a file, where code is a JIT's. */
static bool is_anonymous(const char *path)
{
	return !strncmp(path, "//anon", 6) || !strncmp(path, "/dev/zero", 9) || !strncmp(path, "/anon_hugepage", 14);
}

static uint32_t shown_name(struct images *im, const struct known_image *k, const char *path)
{
	const char *slash = strrchr(path, '/');
	autofree char *made = NULL;

	if (k->shown.kind == IMAGE_MODULE)
		made = xasprintf("[%s]", k->module);
	else if (k->shown.kind == IMAGE_ANON && k->pid && is_anonymous(path))
		made = xasprintf("[JIT] tid %u", k->pid);
	else if (k->shown.kind == IMAGE_FILE && slash && slash[1])
		return strtab_id(im->strings, slash + 1);
	return strtab_id(im->strings, made ? made : path);
}

static uint32_t add_image(struct images *im, const struct key *key, const char *path, uint32_t pid)
{
	struct known_image *k = xcalloc(1, sizeof(*k));
	uint32_t id = (uint32_t)im->images.len;

	k->shown.kind = key->kind;
	k->shown.path = key->path;
	k->shown.build_id_size = key->build_id_size;
	memcpy(k->shown.build_id, key->build_id, key->build_id_size);
	k->pid = pid;
	if (key->kind == IMAGE_MODULE)
		k->module = module_name(path);
	k->shown.name = shown_name(im, k, path);
	vec_push(&im->images, k);
	idtable_add(&im->by_key, hash_key(key), id);
	return id;
}

/* There is one kernel. Its build-id may become known after its first mapping. */
static uint32_t kernel_id(struct images *im, const struct key *key, const char *path)
{
	if (im->kernel_image == NO_ID)
		im->kernel_image = add_image(im, key, path, 0);
	struct session_image *shown = &im->images.data[im->kernel_image]->shown;
	if (key->build_id_size && !shown->build_id_size) {
		shown->build_id_size = key->build_id_size;
		memcpy(shown->build_id, key->build_id, key->build_id_size);
	}
	return im->kernel_image;
}

uint32_t images_id(struct images *im, enum image_kind kind, const char *path,
		   const uint8_t *build_id, uint8_t build_id_size, uint32_t pid)
{
	static const uint8_t none[BUILD_ID_MAX];
	struct key key = {
		.kind = kind, .path = strtab_id(im->strings, path), .pid = pid,
		.build_id = build_id ? build_id : none,
		.build_id_size = build_id_size > BUILD_ID_MAX ? BUILD_ID_MAX : build_id_size };

	if (!build_id)
		key.build_id_size = 0;
	if (kind == IMAGE_KERNEL)
		return kernel_id(im, &key, path);
	uint32_t id = idtable_find(&im->by_key, hash_key(&key), same_key, im, &key);
	if (id == NO_ID)
		return add_image(im, &key, path, pid);
	/* The newest task to have it is the likeliest to be there still. */
	if (pid)
		im->images.data[id]->pid = pid;
	return id;
}

void images_header_build_id(struct images *im, const char *path, const uint8_t *build_id, uint8_t build_id_size)
{
	struct header_build_id fresh = { .size = build_id_size > BUILD_ID_MAX ? BUILD_ID_MAX : build_id_size };
	bool added;
	uint64_t *index = map64_put(&im->header_by_path, strtab_id(im->strings, path), &added);

	memcpy(fresh.id, build_id, fresh.size);
	if (added) {
		*index = im->header_build_ids.len;
		vec_push(&im->header_build_ids, fresh);
	} else if (memcmp(&im->header_build_ids.data[*index], &fresh, sizeof(fresh))) {
		im->header_build_ids.data[*index].size = 0;
	}
}

/* The build-id that an image has to have: of its mapping, else of the header; its size, 0: not known. */
static uint8_t expected_build_id(const struct images *im, const struct session_image *shown, const uint8_t **id)
{
	const uint64_t *index = shown->build_id_size ? NULL : map64_get(&im->header_by_path, shown->path);

	*id = shown->build_id;
	if (!index)
		return shown->build_id_size;
	*id = im->header_build_ids.data[*index].id;
	return im->header_build_ids.data[*index].size;
}

const struct session_image *images_get(const struct images *im, uint32_t id)
{
	return &im->images.data[id]->shown;
}

/* ---- symbols */

static uint32_t add_symbol(struct images *im, uint32_t image, uint32_t name, uint64_t start, uint64_t end)
{
	struct known_image *k = im->images.data[image];
	bool added;
	uint64_t *id = map64_put(name ? &k->named : &k->nameless, start, &added);

	if (added) {
		*id = im->symbols.len;
		vec_push(&im->symbols, (struct session_symbol){ .image = image, .name = name, .start = start, .end = end });
	}
	return (uint32_t)*id;
}

static uint32_t nameless(struct images *im, uint32_t image, uint64_t address)
{
	return add_symbol(im, image, 0, address, address);
}

/* "_Z3foov@plt" is shown as "foo@plt". */
static uint32_t name_id(struct images *im, const char *name)
{
	size_t len = strlen(name);
	bool plt = len > 4 && !strcmp(name + len - 4, "@plt");
	autofree char *plain = plt ? xstrndup(name, len - 4) : NULL;
	autofree char *text = im->options.demangle ? demangle(plain ? plain : name) : NULL;
	autofree char *stub = plt && text ? xasprintf("%s@plt", text) : NULL;

	return strtab_id(im->strings, stub ? stub : text ? text : name);
}

static uint32_t named(struct images *im, uint32_t image, const struct symtab_entry *e)
{
	const uint64_t *id = map64_get(&im->images.data[image]->named, e->start);

	return id ? (uint32_t)*id : add_symbol(im, image, name_id(im, e->name), e->start, e->end);
}

static void open_image(struct images *im, struct known_image *k)
{
	const char *path = strtab_text(im->strings, k->shown.path);
	bool replaced = false;
	const uint8_t *id;
	uint8_t size = expected_build_id(im, &k->shown, &id);

	k->opened = true;
	if (k->shown.kind == IMAGE_FILE)
		k->elf = image_file_open(&im->options, path, k->pid, id, size, &replaced);
	else if (im->options.same_machine)
		k->elf = image_vdso_open(id, size);
	k->shown.replaced = replaced;
	if (replaced)
		notes_add(im->notes, "%s was replaced since the recording (build-id differs): "
			  "its functions are shown as addresses", path);
	if (!k->elf)
		return;
	image_set_context(k->elf, &im->context);
	if (!im->options.rows_only)
		k->symbols = image_symbols(k->elf, im->options.debug_root);
}

/* A function that no symbol names still is one: "[libfoo.so.1+0x12340]", as far as unwind entries know it. */
static uint32_t unnamed_function(struct images *im, uint32_t image, uint64_t address)
{
	struct known_image *k = im->images.data[image];
	uint64_t start, end;

	if (!image_function_range(k->elf, im->options.debug_root, address, &start, &end))
		return nameless(im, image, address);
	const uint64_t *id = map64_get(&k->named, start);
	if (id)
		return (uint32_t)*id;
	autofree char *name = xasprintf("[%s+0x%" PRIx64 "]", strtab_text(im->strings, k->shown.name), start);
	return add_symbol(im, image, strtab_id(im->strings, name), start, end);
}

static uint32_t elf_symbol(struct images *im, uint32_t image, uint64_t *address)
{
	struct known_image *k = im->images.data[image];
	const struct symtab_entry *e;

	if (!k->opened)
		open_image(im, k);
	if (!k->elf || !image_offset_to_address(k->elf, *address, address))
		return nameless(im, image, *address);
	e = k->symbols ? symtab_find(k->symbols, *address) : NULL;
	return e ? named(im, image, e) : unnamed_function(im, image, *address);
}

const struct unwind_rows *images_unwind_rows(struct images *im, uint32_t image, uint64_t offset, uint64_t *address)
{
	struct known_image *k = im->images.data[image];

	*address = offset;
	if (k->shown.kind != IMAGE_FILE && k->shown.kind != IMAGE_VDSO)
		return NULL;
	if (!k->opened)
		open_image(im, k);
	if (!k->elf || !image_offset_to_address(k->elf, offset, address))
		return NULL;
	if (!k->compiled) {
		k->rows = unwind_rows_of_image(k->elf, im->options.debug_root);
		image_rest(k->elf);
	}
	k->compiled = true;
	return k->rows;
}

/* ---- the kernel, when first asked for */

static uint32_t kernel_image(struct images *im)
{
	return im->kernel_image != NO_ID ? im->kernel_image : images_id(im, IMAGE_KERNEL, KERNEL_NAME, NULL, 0, 0);
}

static bool load_kernel(struct images *im)
{
	if (!im->kernel_tried) {
		const struct session_image *shown = images_get(im, kernel_image(im));
		im->recorded.build_id_size = expected_build_id(im, shown, &im->recorded.build_id);
		im->kernel_usable = kernel_load(im->kernel, &im->recorded);
		im->kernel_tried = true;
	}
	return im->kernel_usable;
}

/* ---- source */

static uint32_t function_name(struct images *im, struct known_image *k, const char *name)
{
	bool added;
	uint64_t *id = map64_put(&k->functions, (uint64_t)(uintptr_t)name, &added);

	if (added)
		*id = name_id(im, name);
	return (uint32_t)*id;
}

/* *address becomes the one in the image that is handed out. */
static struct image *image_with_lines(struct images *im, struct known_image *k, uint64_t *address)
{
	if (k->shown.kind == IMAGE_KERNEL)
		return load_kernel(im) ? kernel_vmlinux(im->kernel, *address, address) : NULL;
	if (k->shown.kind != IMAGE_FILE && k->shown.kind != IMAGE_VDSO)
		return NULL;
	if (!k->opened)
		open_image(im, k);
	return k->elf;
}

size_t images_places(struct images *im, uint32_t image, uint64_t address, struct image_place places[IMAGE_PLACES_MAX])
{
	struct known_image *k = im->images.data[image];
	struct source_place found[SOURCE_PLACES_MAX];

	_Static_assert((int)SOURCE_PLACES_MAX == (int)IMAGE_PLACES_MAX, "as many");
	struct image *elf = image_with_lines(im, k, &address);
	size_t n = elf ? image_places(elf, im->options.debug_root, address, found) : 0;
	for (size_t i = 0; i < n; i++) {
		places[i] = (struct image_place){ .line = found[i].line };
		if (i + 1 < n)
			places[i].function = found[i].function ? function_name(im, k, found[i].function) :
								 strtab_id(im->strings, "[inlined]");
		if (found[i].file)
			places[i].file = strtab_id(im->strings, found[i].file);
	}
	return n;
}

/* ---- anonymous memory */

/* The page of system calls that x86 had before the vdso; it has no symbols of its own (vsyscall_emu_64.S). */
static const struct symtab_entry *find_vsyscall(const char *path, uint64_t address)
{
	static const struct symtab_entry calls[] = {
		{ .start = 0xffffffffff600000, .end = 0xffffffffff600400, .name = "gettimeofday" },
		{ .start = 0xffffffffff600400, .end = 0xffffffffff600800, .name = "time" },
		{ .start = 0xffffffffff600800, .end = 0xffffffffff600c00, .name = "getcpu" },
	};

	if (strcmp(path, "[vsyscall]"))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		if (address >= calls[i].start && address < calls[i].end)
			return &calls[i];
	return NULL;
}

void images_jitdump(struct images *im, const char *path, uint32_t pid, bool timed)
{
	if (jitdump_is(path) && jits_add(&im->jits, im->options.os, path, pid) && !timed)
		notes_add(im->notes, "%s has code of different times at the same addresses, and the recording another clock: "
			  "the last is named (ptk record -k mono tells them apart)", path);
}

bool images_timed(const struct images *im)
{
	return im->jits.all.len;
}

bool images_advance(struct images *im, uint32_t pid, uint64_t time)
{
	return images_timed(im) && jits_advance(&im->jits, pid, time);
}

/* Different code may come to the same address, each with a symbol of its own. */
static uint32_t jit_symbol(struct images *im, uint32_t image, const struct jit_code *code, uint64_t id)
{
	struct known_image *k = im->images.data[image];
	bool added;
	uint64_t *symbol = map64_put(&k->named, (uint64_t)1 << 63 | id, &added);

	if (added) {
		*symbol = im->symbols.len;
		vec_push(&im->symbols, (struct session_symbol){ .image = image, .name = name_id(im, code->name),
								.start = code->start, .end = code->end });
	}
	return (uint32_t)*symbol;
}

static uint32_t anonymous_symbol(struct images *im, uint32_t image, uint64_t address)
{
	struct known_image *k = im->images.data[image];
	const struct symtab_entry *e = find_vsyscall(strtab_text(im->strings, k->shown.path), address);

	uint64_t id;
	const struct jit_code *code = e || !k->pid ? NULL : jits_find(&im->jits, im->options.os, k->pid, address, &id);

	if (code)
		return jit_symbol(im, image, code, id);
	if (!e)
		e = symtab_find(&k->perf_map.symbols, address);
	/* A JIT goes on compiling: what has no name yet may have got one. */
	if (!e && k->pid && perf_map_read(&k->perf_map, im->options.os, k->pid))
		e = symtab_find(&k->perf_map.symbols, address);
	return e ? named(im, image, e) : nameless(im, image, address);
}

/* ---- the kernel */

static struct kernel_module module_of(const struct images *im, const struct known_image *k)
{
	struct kernel_module module = { .name = k->module, .base = k->base };

	module.build_id_size = expected_build_id(im, &k->shown, &module.build_id);
	return module;
}

static uint32_t kernel_symbol(struct images *im, uint32_t image, uint64_t address)
{
	const struct known_image *k = im->images.data[image];
	struct kernel_module module = module_of(im, k);
	struct kernel_place place;

	if (!load_kernel(im) || !kernel_find(im->kernel, k->module ? &module : NULL, address, &place))
		return nameless(im, image, address);
	const uint64_t *id = map64_get(&k->named, place.start);
	return id ? (uint32_t)*id : add_symbol(im, image, name_id(im, place.name), place.start, place.end);
}

/* The range that the address lies in, or NULL. */
static const struct kernel_range *range_at(const struct kernel_ranges *ranges, uint64_t address)
{
	size_t low = 0, high = ranges->all.len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (ranges->all.data[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < ranges->all.len && ranges->all.data[low].start <= address)
		return &ranges->all.data[low];
	return NULL;
}

/* What touches [start, end) goes; `image` comes in its place, unless that is NO_ID. */
static void set_range(struct kernel_ranges *ranges, uint64_t start, uint64_t end, uint32_t image)
{
	size_t first = 0, last, n = ranges->all.len;
	struct kernel_range *r = ranges->all.data, fresh = { start, end, image };

	for (size_t high = n; first < high; ) {
		size_t middle = first + (high - first) / 2;
		if (r[middle].end <= start)
			first = middle + 1;
		else
			high = middle;
	}
	for (last = first; last < n && r[last].start < end; last++)
		;
	size_t more = image != NO_ID;
	vec_reserve(&ranges->all, 1);
	r = ranges->all.data;
	memmove(r + first + more, r + last, (n - last) * sizeof(*r));
	if (more)
		r[first] = fresh;
	ranges->all.len = n - (last - first) + more;
}

void images_ksymbol(struct images *im, uint64_t address, uint32_t len, const char *name, bool unregister)
{
	uint32_t image = NO_ID;

	if (!len || address + len < address)
		return;
	if (!unregister)
		image = images_id(im, IMAGE_BPF, name, NULL, 0, 0);
	set_range(&im->ksymbols, address, address + len, image);
}

static uint32_t bpf_symbol(struct images *im, uint32_t image, uint64_t address)
{
	const struct known_image *k = im->images.data[image];
	const struct kernel_range *r = range_at(&im->ksymbols, address);
	struct kernel_place place;

	if (r && r->image == image)
		return add_symbol(im, image, k->shown.name, r->start, r->end);
	if (load_kernel(im) && kernel_find(im->kernel, NULL, address, &place))
		return add_symbol(im, image, k->shown.name, place.start, place.end);
	return add_symbol(im, image, k->shown.name, address, address + 1);
}

void images_kernel_map(struct images *im, uint64_t start, uint64_t len, uint64_t pgoff, const char *name)
{
	uint64_t end = start + len < start ? UINT64_MAX : start + len;

	if (!strncmp(name, "[guest.", 7))
		return;
	if (!strncmp(name, "[kernel", 7)) {
		const char *symbol = strchr(name, ']');
		images_id(im, IMAGE_KERNEL, KERNEL_NAME, NULL, 0, 0);
		im->text_start = start;
		im->text_end = end;
		im->recorded.text = pgoff;
		im->recorded.is_stext = symbol && !strcmp(symbol + 1, "_stext");
		return;
	}
	bool bpf = !strncmp(name, "bpf_", 4);
	uint32_t image = images_id(im, bpf ? IMAGE_BPF : IMAGE_MODULE, name, NULL, 0, 0);
	im->images.data[image]->base = start;
	if (end > start)
		set_range(bpf ? &im->ksymbols : &im->modules, start, end, image);
}

uint32_t images_kernel_at(struct images *im, uint64_t address)
{
	const struct kernel_range *r = range_at(&im->modules, address);
	struct kernel_place place;

	if (!r)
		r = range_at(&im->ksymbols, address);
	if (r)
		return r->image;
	/* What the recording does not say, kallsyms may: a module loaded since, a BPF program. */
	bool in_text = address >= im->text_start && address < im->text_end;
	if (!in_text && load_kernel(im) && kernel_find(im->kernel, NULL, address, &place) && *place.module) {
		if (!strcmp(place.module, "bpf"))
			return images_id(im, IMAGE_BPF, place.name, NULL, 0, 0);
		autofree char *name = xasprintf("[%s]", place.module);
		return images_id(im, IMAGE_MODULE, name, NULL, 0, 0);
	}
	return kernel_image(im);
}

/* ---- both */

uint32_t images_symbol(struct images *im, uint32_t image, uint64_t offset, uint64_t *address)
{
	uint64_t where = offset;
	uint32_t symbol;

	switch (im->images.data[image]->shown.kind) {
	case IMAGE_FILE:
	case IMAGE_VDSO:
		symbol = elf_symbol(im, image, &where);
		break;
	case IMAGE_KERNEL:
	case IMAGE_MODULE:
		symbol = kernel_symbol(im, image, where);
		break;
	case IMAGE_BPF:
		symbol = bpf_symbol(im, image, where);
		break;
	case IMAGE_ANON:
		symbol = anonymous_symbol(im, image, where);
		break;
	default:
		symbol = nameless(im, image, where);
	}
	if (address)
		*address = where;
	return symbol;
}

uint32_t images_placeholder(struct images *im, uint32_t image, const char *name)
{
	uint32_t text = strtab_id(im->strings, name);

	return add_symbol(im, image, text, text, text);
}

uint32_t images_symbol_at(struct images *im, uint32_t image, uint64_t address)
{
	struct known_image *k = im->images.data[image];
	uint32_t symbol = NO_ID;

	switch (k->shown.kind) {
	case IMAGE_FILE:
	case IMAGE_VDSO:
		if (!k->opened)
			open_image(im, k);
		if (!k->elf)
			return NO_ID;
		const struct symtab *t = image_is_code(k->elf, address) ? k->symbols :
					 image_objects(k->elf, im->options.debug_root);
		const struct symtab_entry *e = symtab_find(t, address);
		return e ? named(im, image, e) : NO_ID;
	case IMAGE_KERNEL:
	case IMAGE_MODULE:
	case IMAGE_BPF:
		symbol = images_symbol(im, images_kernel_at(im, address), address, NULL);
		break;
	case IMAGE_ANON:
		symbol = anonymous_symbol(im, image, address);
		break;
	default:
		return NO_ID;
	}
	return im->symbols.data[symbol].name ? symbol : NO_ID;
}

/* ---- code */

/* The machine that code in memory, which no ELF file describes, is for. */
static uint16_t host_machine(void)
{
	const struct arch *host = arch_host();

	return host ? host->elf_machine : 0;
}

/* image: NULL where there is none. */
static void add_debuginfo(const struct images *im, struct image *image, struct image_code *code)
{
	code->partial = code->partial && image && !image_debuginfo_ready(image);
	if (image && !code->partial)
		code->debuginfo = image_debuginfo(image, im->options.debug_root);
}

static struct error *file_code(struct images *im, struct known_image *k, uint64_t start, struct image_code *code, size_t size)
{
	const char *path = strtab_text(im->strings, k->shown.path);

	if (!k->opened)
		open_image(im, k);
	if (k->shown.replaced)
		return error_hint(error_create("%s was replaced since the recording (build-id differs): what is in it now "
					       "is not what ran", path),
				  "record again, or put the old file below a folder and name that with --symfs");
	if (!k->elf)
		return error_hint(error_create("%s is not here to be read", path),
				  "--symfs FOLDER looks for it below another folder");
	if (!image_read(k->elf, start, code->bytes, size))
		return error_create("%s: the code at 0x%" PRIx64 " cannot be read", path, start);
	code->machine = image_machine(k->elf);
	add_debuginfo(im, k->elf, code);
	return NULL;
}

static struct error *kernel_image_code(struct images *im, const struct known_image *k, uint64_t start,
				       struct image_code *code, size_t size)
{
	const char *path = strtab_text(im->strings, k->shown.path);
	struct kernel_module module = module_of(im, k);
	struct kernel_code at;

	load_kernel(im);
	TRY(kernel_code(im->kernel, k->module ? &module : NULL, start, &at));
	if (!image_read(at.image, at.address, code->bytes, size))
		return error_create("%s: the code at 0x%" PRIx64 " cannot be read", path, start);
	code->machine = image_machine(at.image);
	add_debuginfo(im, at.debug, code);
	code->debug_bias = at.debug_address - start;
	return NULL;
}

static struct error *jit_code(struct images *im, const struct known_image *k, const char *name, uint64_t start,
			      uint64_t end, struct image_code *code)
{
	code->machine = host_machine();
	code->partial = false;
	if (k->pid && jits_read_code(&im->jits, im->options.os, k->pid, name, start, end, code->bytes))
		return NULL;
	return error_hint(error_create("%s was made by a JIT, and is in no file", name),
			  "a dump of it (jit-%" PRIu32 ".dump) would have the code: java needs an agent, node --perf-prof, "
			  "LLVM its perf listener", k->pid);
}

static struct error *read_code(struct images *im, uint32_t image, const char *name, uint64_t start, uint64_t end,
			       struct image_code *code)
{
	struct known_image *k = im->images.data[image];

	switch (k->shown.kind) {
	case IMAGE_FILE:
	case IMAGE_VDSO:
		return file_code(im, k, start, code, (size_t)(end - start));
	case IMAGE_KERNEL:
	case IMAGE_MODULE:
	case IMAGE_BPF:
		return kernel_image_code(im, k, start, code, (size_t)(end - start));
	case IMAGE_ANON:
		return jit_code(im, k, name, start, end, code);
	default:
		return error_create("%s is in no file", name);
	}
}

struct error *images_code(struct images *im, uint32_t image, const char *name, uint64_t start, uint64_t end,
			  struct image_code *code)
{
	*code = (struct image_code){ .partial = code->partial };
	if (end <= start || end - start > IMAGE_CODE_MAX)
		return error_create("%s has no code of a known size", name);
	code->bytes = xmalloc((size_t)(end - start));
	struct error *err = read_code(im, image, name, start, end, code);
	if (err) {
		free(code->bytes);
		code->bytes = NULL;
	}
	return err;
}

const struct session_symbol *images_symbol_get(const struct images *im, uint32_t symbol)
{
	return &im->symbols.data[symbol];
}
