/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unwind_bench [IMAGE…]: the time of one frame, ours and libunwind's, on the
 * same dumps of registers and stack bytes; and of compiling the rows of the
 * images named (or of this process).
 */
#include "config.h"

#include "tests/unwind/self.h"

#include <time.h>

#include "base/cleanup.h"
#include "base/dynlib.h"
#include "elf/image.h"

#define FRAMES_MAX 1024
#define STACK_SIZE (32 << 10)
#define DUMPS 64
#define TRIES 21	/* the best counts */

static struct self_maps self;

struct dump {
	uint64_t regs[64];
	uint64_t sp;
	size_t size;
	uint8_t stack[STACK_SIZE];
};

static struct dump dumps[DUMPS];
static size_t n_dumps;
static uint64_t stack_end;

/* Of this thread: others may be busy too. */
static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static __attribute__((noinline)) void take(void)
{
	struct dump *d = &dumps[n_dumps++ % DUMPS];

	SELF_CAPTURE(d->regs);
	d->sp = d->regs[SELF_SP];
	d->size = stack_end - d->sp < STACK_SIZE ? stack_end - d->sp : STACK_SIZE;
	memcpy(d->stack, (const void *)d->sp, d->size);
}

/* Two functions that call each other from several places: not every frame has the same return address. */
static __attribute__((noinline)) int even(int depth, int way, int *sink);
static __attribute__((noinline)) int odd(int depth, int way, int *sink)
{
	volatile int local[8] = { depth, way };

	if (depth <= 0)
		take();
	else if (way & 1)
		*sink += even(depth - 1, way >> 1, sink) + local[0];
	else
		*sink += even(depth - 1, way * 5 + 1, sink) - local[1];
	return *sink + local[0];
}

static __attribute__((noinline)) int even(int depth, int way, int *sink)
{
	int kept = depth * 3;

	if (depth <= 0)
		take();
	else if (way & 2)
		kept ^= odd(depth - 1, way >> 1, sink);
	else
		kept ^= odd(depth - 1, way * 7 + 3, sink) + *sink;
	*sink += kept;
	return kept;
}

static uint64_t result_frames, result_ends[UNWIND_ENDS];

static void walk(struct unwinder *unwinder, const struct dump *d)
{
	static uint64_t pcs[FRAMES_MAX];
	struct unwind_maps maps = { self.maps.data, self.maps.len };
	struct unwind_chain chain = { .pcs = pcs, .max = FRAMES_MAX };

	unwind(unwinder, &(struct unwind_input){
		.machine = unwind_machine_of_elf(SELF_ELF), .mask = (UINT64_C(1) << SELF_REGS) - 1, .regs = d->regs,
		.stack = d->stack, .stack_size = d->size, .generation = 1, .find = unwind_find_in_maps, .ctx = &maps,
	}, &chain);
	result_frames += chain.len;
	result_ends[chain.end]++;
}

/* Nanoseconds a frame; `cold`: nothing is remembered from stack to stack. */
static double measure(int rounds, bool cold)
{
	struct unwinder *unwinder = unwinder_create();
	double best = 1e99;

	for (int try = 0; try < TRIES; try++) {
		double start = now(), forgetting = 0;

		result_frames = 0;
		for (int i = 0; i < rounds; i++) {
			if (cold) {
				double before = now();
				unwinder_forget(unwinder);
				forgetting += now() - before;
			}
			walk(unwinder, &dumps[i % DUMPS]);
		}
		double each = (now() - start - forgetting) / (double)result_frames;
		best = each < best ? each : best;
	}
	unwinder_destroy(unwinder);
	return best;
}

#ifdef HAVE_LIBUNWIND
#include <libunwind.h>

#define dwarf_search_unwind_table UNW_OBJ(dwarf_search_unwind_table)
int dwarf_search_unwind_table(unw_addr_space_t as, unw_word_t ip, unw_dyn_info_t *di, unw_proc_info_t *pi,
			      int need_unwind_info, void *arg);
#define LIBUNWIND_BENCH_FUNCTIONS(F) F(unw_create_addr_space) F(unw_init_remote) F(unw_step) F(unw_get_reg) \
	F(unw_set_caching_policy) F(unw_destroy_addr_space) F(dwarf_search_unwind_table)
#undef DYNLIB_NAME
#define DYNLIB_NAME(f) DYNLIB_STRING(f),
DYNLIB_DECLARE(libunwind_bench, LIBUNWIND_BENCH_FUNCTIONS);
DYNLIB_DEFINE(libunwind_bench, LIBUNWIND_SONAME, LIBUNWIND_BENCH_FUNCTIONS);

/* The .eh_frame_hdr of the image that has the address. */
struct table_of {
	unw_word_t ip, start, end, header, bias;
};

static int find_table(struct dl_phdr_info *info, size_t size, void *ctx)
{
	struct table_of *t = ctx;
	bool here = false;

	t->header = 0;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		unw_word_t start = info->dlpi_addr + p->p_vaddr;

		if (p->p_type == PT_GNU_EH_FRAME)
			t->header = start;
		if (p->p_type == PT_LOAD && t->ip >= start && t->ip < start + p->p_memsz) {
			here = true;
			t->start = start;
			t->end = start + p->p_memsz;
		}
	}
	return here && t->header;
}

static int find_proc_info(unw_addr_space_t as, unw_word_t ip, unw_proc_info_t *pi, int need, void *arg)
{
	struct table_of t = { .ip = ip };
	unw_dyn_info_t di = { 0 };

	if (!dl_iterate_phdr(find_table, &t))
		return -UNW_ENOINFO;
	di.format = UNW_INFO_FORMAT_REMOTE_TABLE;
	di.start_ip = t.start;
	di.end_ip = t.end;
	di.u.rti.segbase = t.header;
	di.u.rti.table_data = t.header + 12;
	di.u.rti.table_len = *(const uint32_t *)(t.header + 8) * 8 / sizeof(unw_word_t);
	return libunwind_bench()->dwarf_search_unwind_table(as, ip, &di, pi, need, arg);
}

static void put_unwind_info(unw_addr_space_t as, unw_proc_info_t *pi, void *arg)
{
}

static int no_list(unw_addr_space_t as, unw_word_t *list, void *arg)
{
	return -UNW_ENOINFO;
}

static int access_memory(unw_addr_space_t as, unw_word_t address, unw_word_t *value, int write, void *arg)
{
	const struct dump *d = arg;

	if (address >= d->sp && address < stack_end) {
		if (address - d->sp + sizeof(*value) > d->size)
			return -UNW_EINVAL;
		memcpy(value, d->stack + (address - d->sp), sizeof(*value));
	} else {
		memcpy(value, (const void *)address, sizeof(*value));
	}
	return 0;
}

static int access_register(unw_addr_space_t as, unw_regnum_t reg, unw_word_t *value, int write, void *arg)
{
	const struct dump *d = arg;
	uint8_t perf = machine_perf_reg(unwind_machine_of_elf(SELF_ELF), (uint64_t)reg);

	if (perf == MACHINE_NO_REG || write)
		return -UNW_EBADREG;
	*value = d->regs[perf];
	return 0;
}

static int access_fpreg(unw_addr_space_t as, unw_regnum_t reg, unw_fpreg_t *value, int write, void *arg)
{
	return -UNW_EINVAL;
}

static int resume(unw_addr_space_t as, unw_cursor_t *c, void *arg)
{
	return -UNW_EINVAL;
}

static int proc_name(unw_addr_space_t as, unw_word_t ip, char *name, size_t size, unw_word_t *offset, void *arg)
{
	return -UNW_EINVAL;
}

static double measure_libunwind(int rounds, unw_caching_policy_t policy)
{
	static unw_accessors_t accessors = {
		.find_proc_info = find_proc_info, .put_unwind_info = put_unwind_info, .get_dyn_info_list_addr = no_list,
		.access_mem = access_memory, .access_reg = access_register, .access_fpreg = access_fpreg,
		.resume = resume, .get_proc_name = proc_name,
	};
	const struct libunwind_bench *lib = libunwind_bench();
	double best = 1e99;

	if (!lib)
		return 0;
	unw_addr_space_t space = lib->unw_create_addr_space(&accessors, 0);
	lib->unw_set_caching_policy(space, policy);
	for (int try = 0; try < TRIES; try++) {
		double start = now();

		result_frames = 0;
		for (int i = 0; i < rounds; i++) {
			unw_cursor_t cursor;

			lib->unw_init_remote(&cursor, space, &dumps[i % DUMPS]);
			do {
				unw_word_t ip;

				lib->unw_get_reg(&cursor, UNW_REG_IP, &ip);
				result_frames++;
			} while (lib->unw_step(&cursor) > 0);
		}
		double each = (now() - start) / (double)result_frames;
		best = each < best ? each : best;
	}
	lib->unw_destroy_addr_space(space);
	return best;
}
#else
enum { UNW_CACHE_GLOBAL, UNW_CACHE_NONE };
static double measure_libunwind(int rounds, int policy)
{
	return 0;
}
#endif

static void compile_images(int n, char **paths)
{
	size_t rows = 0, size = 0, rare = 0, unexpressed = 0, malformed = 0;
	double start = now();

	for (int i = 0; i < n; i++) {
		struct image *image;
		struct error *err = image_open(paths[i], &image);
		struct unwind_rows *r = image ? unwind_rows_of_image(image, NULL) : NULL;

		if (r) {
			rows += r->n_rows;
			size += unwind_rows_size(r);
			rare += r->rare_stretches;
			unexpressed += r->unexpressed;
			malformed += r->malformed;
		}
		unwind_rows_destroy(r);
		image_close(image);
		error_destroy(err);
	}
	printf("compiling %d images: %.1f ms, %zu rows, %.1f MiB\n", n, (now() - start) / 1e6, rows, (double)size / (1 << 20));
	printf("of these %zu by a rule that is not plain; %zu stretches for which there is no rule, %zu damaged entries\n",
	       rare, unexpressed, malformed);
}

int main(int argc, char **argv)
{
	int sink = 0;

	stack_end = (uint64_t)(argv + argc + 1);	/* above the frame of _start */
	self_load(&self);
	for (int i = 0; i < DUMPS; i++)
		odd(64, i * 0x9e37, &sink);
	double ours = measure(1024, false);
	uint64_t frames = result_frames / 1024;
	double cold = measure(256, true);
	double theirs = measure_libunwind(256, UNW_CACHE_GLOBAL), theirs_cold = measure_libunwind(64, UNW_CACHE_NONE);

	printf("%lu frames a stack; %lu of %d stacks end at the root\n", (long)frames, (long)result_ends[UNWIND_ROOT],
	       TRIES * (1024 + 256));
	printf("%-36s %10s %10s %8s\n", "ns a frame", "ptk", "libunwind", "ratio");
	printf("%-36s %10.1f %10.1f %7.1fx\n", "addresses met before", ours, theirs, theirs / ours);
	printf("%-36s %10.1f %10.1f %7.1fx\n", "each stack as if it were the first", cold, theirs_cold, theirs_cold / cold);
	if (argc > 1)
		compile_images(argc - 1, argv + 1);
	self_unload(&self);
	return 0;
}
