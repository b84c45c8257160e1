/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ELF image that is probed: a program, a library, or a vmlinux with debug information; and its symbols. */
#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#include "base/cleanup.h"
#include "os/machine.h"
#include "probe/prober_room.h"

/* Is the image that of the running kernel? By their build-ids. */
static bool runs_here(struct prober *p)
{
	uint8_t here[BUILD_ID_MAX], id[BUILD_ID_MAX];
	size_t size = machine_notes_build_id(p->os, "/sys/kernel/notes", here);

	return size && image_build_id(p->image, id) == size && !memcmp(here, id, size);
}

/* From a server, by the running kernel's build-id. */
static const char *fetch_vmlinux(struct prober *p)
{
	uint8_t id[BUILD_ID_MAX];
	size_t size = p->target->server ? machine_notes_build_id(p->os, "/sys/kernel/notes", id) : 0;

	p->fetched = size ? debug_server_fetch(p->target->server, id, size, "the kernel") : -1;
	return p->fetched < 0 ? NULL : arena_printf(&p->arena, "/proc/self/fd/%d", p->fetched);
}

const char *prober_vmlinux(struct prober *p)
{
	autofree char *release = NULL;

	if (p->target->vmlinux || p->vmlinux_sought)
		return p->target->vmlinux ? p->target->vmlinux : p->vmlinux;
	p->vmlinux_sought = true;
	release = os_read_line(p->os, "/proc/sys/kernel/osrelease");
	if (!release)
		return NULL;
	const char *root = p->target->debug_root ? p->target->debug_root : "/usr/lib/debug";
	char *paths[] = {
		xasprintf("%s/boot/vmlinux-%s", root, release), xasprintf("%s/lib/modules/%s/vmlinux", root, release),
		xasprintf("/lib/modules/%s/build/vmlinux", release),
	};
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		autofree char *path = os_path(p->os, "%s", paths[i]);
		if (!p->vmlinux && !access(path, R_OK))
			p->vmlinux = arena_strdup(&p->arena, paths[i]);
		free(paths[i]);
	}
	if (!p->vmlinux)
		p->vmlinux = fetch_vmlinux(p);
	return p->vmlinux;
}

bool prober_is_foreign(const struct prober *p)
{
	return p->foreign;
}

struct error *prober_open(struct prober *p)
{
	const char *file = p->target->file ? p->target->file : prober_vmlinux(p);

	if (p->image)
		return NULL;
	if (!file)
		return error_hint(error_create("the kernel's source lines are in its debug information only"),
				  "give its image: -k VMLINUX (package linux-image-$(uname -r)-dbg on Debian)");
	autofree char *path = os_path(p->os, "%s", file);
	char *real = realpath(path, NULL);
	if (!real)
		return error_os(errno, "cannot open %s", path);
	struct error *err = image_open(real, &p->image);
	if (err) {
		free(real);
		return err;
	}
	p->path = real;
	image_set_context(p->image, &(struct image_context){ .server = p->target->server });
	/* A program for another machine is probed there, with what -D prints here. */
	p->arch = arch_of_elf(image_machine(p->image));
	if (!p->target->file)
		p->foreign = !runs_here(p);
	return NULL;
}

/* ---- symbols */

struct search {
	const char *name;
	bool glob;
	struct arena *arena;
	found_symbols *found;
};

static void match(void *ctx, const char *name, uint64_t address, uint64_t size)
{
	struct search *s = ctx;

	(void)size;
	const char *linkage = name;
	autofree char *written = strstr(s->name, "::") ? demangle(name) : NULL;
	if (written)
		name = written;
	if (s->glob ? fnmatch(s->name, name, 0) : strcmp(s->name, name))
		return;
	/* One place, one probe: aliases are other names of it. */
	for (size_t i = 0; i < s->found->len; i++)
		if (s->found->data[i].address == address)
			return;
	vec_push(s->found, (struct found_symbol){ arena_strdup(s->arena, name), arena_strdup(s->arena, linkage), address });
}

static int by_address(const void *a, const void *b)
{
	const struct found_symbol *x = a, *y = b;

	return x->address < y->address ? -1 : x->address > y->address;
}

bool prober_symbols(struct prober *p, const char *name, bool glob, struct arena *arena, found_symbols *found)
{
	struct search s = { .name = name, .glob = glob, .arena = arena, .found = found };
	bool any = image_each_function(p->image, p->target->debug_root, match, &s);

	vec_sort(found, by_address);
	return any;
}
