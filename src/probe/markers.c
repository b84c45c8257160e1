/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/markers.h"

#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

enum { NOTE_TYPE = 3, WORDS = 3 * 8 };	/* address, base, semaphore */

struct reading {
	struct arena *arena;
	marker_list *markers;
	uint64_t base;		/* where .stapsdt.base really is; 0: it is not there */
};

static void keep_address(void *ctx, const void *bytes, size_t size, uint64_t address)
{
	(void)bytes;
	(void)size;
	*(uint64_t *)ctx = address;
}

/* The three strings behind the words. */
static void add_marker(const struct reading *r, const char *desc, size_t size)
{
	uint64_t words[3];
	const char *strings[3], *at = desc + WORDS, *end = desc + size;

	if (size <= WORDS)
		return;
	memcpy(words, desc, WORDS);
	for (int i = 0; i < 3; i++) {
		const char *nul = memchr(at, 0, (size_t)(end - at));
		if (!nul)
			return;
		strings[i] = at;
		at = nul + 1;
	}
	/* prelink may have moved everything; the base tells by how much. */
	uint64_t moved = r->base && words[1] ? r->base - words[1] : 0;
	vec_push(r->markers, (struct marker){
		.name = arena_printf(r->arena, "sdt_%s:%s", strings[0], strings[1]), .args = arena_strdup(r->arena, strings[2]),
		.address = words[0] + moved, .semaphore = words[2] ? words[2] + moved : 0 });
}

static void read_notes(void *ctx, const void *bytes, size_t size, uint64_t address)
{
	const char *at = bytes, *end = at + size;
	const struct reading *r = ctx;
	Elf64_Nhdr note;

	(void)address;
	while ((size_t)(end - at) >= sizeof(note)) {
		memcpy(&note, at, sizeof(note));
		at += sizeof(note);
		uint64_t name = ((uint64_t)note.n_namesz + 3) & ~3ull, desc = ((uint64_t)note.n_descsz + 3) & ~3ull;
		if (name > (size_t)(end - at) || note.n_descsz > (size_t)(end - at) - name)
			return;
		if (note.n_type == NOTE_TYPE && note.n_namesz == sizeof("stapsdt") && !memcmp(at, "stapsdt", sizeof("stapsdt")))
			add_marker(r, at + name, note.n_descsz);
		if (desc > (size_t)(end - at) - name)
			return;
		at += name + desc;
	}
}

bool markers_read(struct image *image, struct arena *arena, marker_list *markers)
{
	struct reading r = { .arena = arena, .markers = markers };

	image_use_section(image, ".stapsdt.base", keep_address, &r.base);
	return image_use_section(image, ".note.stapsdt", read_notes, &r) && markers->len;
}

/* ---- arguments: SIZE@OPERAND, in the assembler's words */

/* "%edi" is "%di" to the kernel, "%r8d" is "%r8", arm's "w0" is "%x0". NULL: not one that it reads. */
static const char *register_of(const struct arch *arch, const char *text, size_t len)
{
	char name[8] = "%";

	if (len && *text == '%') {
		text++;
		len--;
	}
	if (len < 2 || len > 5)
		return NULL;
	memcpy(name + 1, text, len);
	if (arch->elf_machine == EM_X86_64) {
		if (name[1] == 'r' && name[2] >= '0' && name[2] <= '9')
			name[1 + strcspn(name + 1, "dwb")] = '\0';
		else if ((name[1] == 'r' || name[1] == 'e') && len == 3)
			memmove(name + 1, name + 2, len);
		else if (name[len] == 'l' && len == 3)
			name[len] = '\0';
		else if (name[2] == 'l' && len == 2)
			name[2] = 'x';
	} else if (name[1] == 'w') {
		name[1] = 'x';
	}
	for (size_t i = 0; i < ARRAY_SIZE(arch->probe_registers); i++)
		if (arch->probe_registers[i] && !strcmp(arch->probe_registers[i], name))
			return arch->probe_registers[i];
	return NULL;
}

/* OFFSET(%REG) and [REG, OFFSET]; NULL when it is more than that. */
static const char *memory(const struct arch *arch, const char *text, size_t len, struct arena *arena)
{
	const char *end = text + len, *reg, *stop;
	char *rest;
	long long offset = 0;

	if (*text == '[') {
		reg = text + 1;
		stop = reg + strcspn(reg, ",]");
		if (stop < end && *stop == ',') {
			offset = strtoll(stop + 1 + (stop[1] == '#'), &rest, 0);
			if (*rest != ']')
				return NULL;
		}
	} else {
		offset = strtoll(text, &rest, 0);
		if (*rest != '(' || end[-1] != ')')
			return NULL;
		reg = rest + 1;
		stop = end - 1;
	}
	const char *name = stop <= end ? register_of(arch, reg, (size_t)(stop - reg)) : NULL;
	return name ? arena_printf(arena, "%+lld(%s)", offset, name) : NULL;
}

static const char *operand(const struct arch *arch, const char *text, size_t len, struct arena *arena)
{
	if (*text == '$' || (*text >= '0' && *text <= '9' && !memchr(text, '(', len))) {
		char *rest;
		long long value = strtoll(text + (*text == '$'), &rest, 0);
		return rest == text + len ? arena_printf(arena, "\\%lld", value) : NULL;
	}
	const char *name = register_of(arch, text, len);
	return name ? name : memory(arch, text, len, arena);
}

const char *marker_argument(const struct marker *marker, unsigned n, const struct arch *arch, struct arena *arena, const char **why)
{
	const char *at = marker->args;

	*why = NULL;
	for (;; n--) {
		at += strspn(at, " ");
		if (!*at)
			return NULL;
		if (!n)
			break;
		at += strcspn(at, " ");
		/* [sp, 16] has a blank in it */
		while (*at && strcspn(at, "]") < strcspn(at, "@"))
			at += strcspn(at, "]") + 1;
	}
	size_t len = strcspn(at, " ");
	autofree char *text = xstrndup(at, len);
	if (strchr(text, '[') && !strchr(text, ']')) {
		free(text);
		text = xstrndup(at, strcspn(at, "]") + 1);
		char *to = text;
		for (char *from = text; *from; from++)
			if (*from != ' ')
				*to++ = *from;
		*to = '\0';
	}
	char *sign;
	long size = strtol(text, &sign, 10);
	if (*sign != '@' || !sign[1] || (labs(size) != 1 && labs(size) != 2 && labs(size) != 4 && labs(size) != 8)) {
		*why = "floating point, or of no known size";
		return NULL;
	}
	const char *fetch = operand(arch, sign + 1, strlen(sign + 1), arena);
	if (!fetch) {
		*why = "its place has to be computed";
		return NULL;
	}
	return arena_printf(arena, "%s:%c%ld", fetch, size < 0 ? 's' : 'u', labs(size) * 8);
}
