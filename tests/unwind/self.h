/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mappings of the running process with their unwind rows, and its own
 * registers and stack bytes as the kernel would sample them: a test unwinds
 * itself and compares with who can do that too.
 */
#ifndef PTK_TESTS_UNWIND_SELF_H
#define PTK_TESTS_UNWIND_SELF_H

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/vec.h"
#include "unwind/unwind.h"

#ifdef __x86_64__
#define SELF_ELF EM_X86_64
#define SELF_REGS 24
#define SELF_SP 7
#elif defined(__aarch64__)
#define SELF_ELF EM_AARCH64
#define SELF_REGS 33
#define SELF_SP 31
#endif

/* The unwind sections of an ELF image in memory; how many there are (0: not one of this machine's). */
static inline size_t self_sections(const uint8_t *bytes, size_t size, struct cfi_section out[2])
{
	const ElfW(Ehdr) *e = (const void *)bytes;
	const ElfW(Shdr) *s = (const void *)(bytes + e->e_shoff);
	size_t n = 0;

	if (size < sizeof(*e) || memcmp(e->e_ident, ELFMAG, SELFMAG) || e->e_ident[EI_CLASS] != ELFCLASS64 ||
	    e->e_shoff + e->e_shnum * sizeof(*s) > size)
		return 0;
	for (size_t i = 0; i < e->e_shnum && n < 2; i++) {
		const char *name = (const char *)bytes + s[e->e_shstrndx].sh_offset + s[i].sh_name;
		bool debug = !strcmp(name, ".debug_frame");

		if ((debug || !strcmp(name, ".eh_frame")) && s[i].sh_type != SHT_NOBITS && !(s[i].sh_flags & SHF_COMPRESSED))
			out[n++] = (struct cfi_section){
				.bytes = bytes + s[i].sh_offset, .size = s[i].sh_size, .address = s[i].sh_addr,
				.debug_frame = debug, .word = 8,
			};
	}
	return n;
}

static inline uint8_t *self_map_file(const char *path, size_t *size)
{
	int fd = open(path, O_RDONLY);
	struct stat st;
	uint8_t *bytes = MAP_FAILED;

	if (fd >= 0 && !fstat(fd, &st) && st.st_size)
		bytes = mmap(NULL, *size = (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (fd >= 0)
		close(fd);
	return bytes == MAP_FAILED ? NULL : bytes;
}

struct self_image {
	const char *name;
	struct unwind_rows *rows;
};

struct self_maps {
	VEC(struct unwind_map) maps;
	VEC(struct self_image) images;
};

static inline int self_add_object(struct dl_phdr_info *info, size_t info_size, void *ctx)
{
	struct self_maps *self = ctx;
	const uint8_t *vdso = (const uint8_t *)getauxval(AT_SYSINFO_EHDR);
	bool is_vdso = vdso && info->dlpi_addr == (uintptr_t)vdso;
	const char *path = info->dlpi_name && *info->dlpi_name ? info->dlpi_name : "/proc/self/exe";
	struct cfi_section sections[2];
	size_t size = 8192, n = 0;
	const uint8_t *bytes = is_vdso ? vdso : self_map_file(path, &size);
	struct self_image image = { .name = path };

	if (bytes)
		n = self_sections(bytes, size, sections);
	if (n)
		image.rows = unwind_rows_create(unwind_machine_of_elf(SELF_ELF), sections, n);
	vec_push(&self->images, image);
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];

		if (p->p_type == PT_LOAD && p->p_flags & PF_X)
			vec_push(&self->maps, (struct unwind_map){
				.start = info->dlpi_addr + p->p_vaddr, .end = info->dlpi_addr + p->p_vaddr + p->p_memsz,
				.code = { .rows = image.rows, .bias = info->dlpi_addr },
			});
	}
	if (bytes && !is_vdso)
		munmap((void *)bytes, size);
	return 0;
}

static inline int self_compare(const void *a, const void *b)
{
	const struct unwind_map *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static inline void self_load(struct self_maps *self)
{
	dl_iterate_phdr(self_add_object, self);
	vec_sort(&self->maps, self_compare);
}

static inline void self_unload(struct self_maps *self)
{
	for (size_t i = 0; i < self->images.len; i++)
		unwind_rows_destroy(self->images.data[i].rows);
	vec_deinit(&self->images);
	vec_deinit(&self->maps);
}

/* Registers in the kernel's order; those that calls do not preserve may be anything. Inlined: it must see the caller's. */
#define SELF_CAPTURE(regs) do { \
	memset(regs, 0, sizeof(regs)); \
	SELF_READ(regs); \
} while (0)

#ifdef __x86_64__
#define SELF_READ(regs) __asm__ volatile( \
	"mov %%rbx, 8(%0)\n mov %%rbp, 48(%0)\n mov %%rsp, 56(%0)\n lea 1f(%%rip), %%rcx\n 1: mov %%rcx, 64(%0)\n" \
	"mov %%r8, 128(%0)\n mov %%r9, 136(%0)\n mov %%r10, 144(%0)\n mov %%r11, 152(%0)\n" \
	"mov %%r12, 160(%0)\n mov %%r13, 168(%0)\n mov %%r14, 176(%0)\n mov %%r15, 184(%0)\n" \
	: : "a"(regs) : "rcx", "memory")
#else
#define SELF_READ(regs) __asm__ volatile( \
	"stp x19, x20, [%0, #152]\n stp x29, x30, [%0, #232]\n mov x1, sp\n str x1, [%0, #248]\n" \
	"adr x1, 1f\n 1: str x1, [%0, #256]\n" : : "r"(regs) : "x1", "memory")
#endif

#endif
