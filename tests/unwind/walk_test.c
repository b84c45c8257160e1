/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walks of this very process, in awkward places, against the unwinder of the C library (backtrace(3)). */
#include "tests/unwind/self.h"

#include <alloca.h>
#include <execinfo.h>
#include <pthread.h>
#include <search.h>
#include <signal.h>
#include <sys/uio.h>

#include "tests/lib/tap.h"
#include "unwind/complete.h"

#define FRAMES_MAX 2048
#define STACK_MAX (1 << 20)

static struct self_maps self;
static struct unwinder *unwinder;

/* What one call of snap() found: by us, by backtrace(3). */
static uint64_t ours[FRAMES_MAX], cfas[FRAMES_MAX];
static void *theirs[FRAMES_MAX];
static struct unwind_chain chain;
static int n_theirs;
static size_t stack_limit = STACK_MAX;	/* bytes of stack that the "kernel" copies */
static bool with_kernels;		/* snap() has what the kernel would find by frame pointers */
static bool fp_hidden;			/* and not the frame pointer itself, as samples in an NMI do */

/* As the kernel does it: the saved frame pointer, and the return address behind. */
static uint64_t kernels[128];
static size_t n_kernels;

static void walk_as_kernel(const uint64_t *regs)
{
	const struct unwind_machine *m = unwind_machine_of_elf(SELF_ELF);
	uint64_t fp = regs[m->fp], frame[2];

	n_kernels = 0;
	kernels[n_kernels++] = regs[m->ip];
	while (n_kernels < 128 && fp && !(fp % 8)) {
		struct iovec to = { frame, sizeof(frame) }, from = { (void *)fp, sizeof(frame) };

		if (process_vm_readv(getpid(), &to, 1, &from, 1, 0) != sizeof(frame))
			break;
		kernels[n_kernels++] = frame[1];
		fp = frame[0] > fp ? frame[0] : 0;
	}
}

static void walk(const uint64_t *regs, uint64_t mask)
{
	static uint8_t stack[STACK_MAX];
	struct unwind_maps maps = { self.maps.data, self.maps.len };
	size_t size = stack_limit;
	char line[512];
	FILE *f = fopen("/proc/self/maps", "r");

	/* No further than the mapping of the stack goes. */
	while (f && fgets(line, sizeof(line), f)) {
		unsigned long start, end;

		if (sscanf(line, "%lx-%lx", &start, &end) == 2 && regs[SELF_SP] >= start && regs[SELF_SP] < end &&
		    size > end - regs[SELF_SP])
			size = end - regs[SELF_SP];
	}
	if (f)
		fclose(f);
	/* By the kernel, as a sample would be: a sanitizer minds when a program reads between its own variables. */
	struct iovec to = { stack, size }, from = { (void *)regs[SELF_SP], size };
	if (process_vm_readv(getpid(), &to, 1, &from, 1, 0) != (ssize_t)size)
		size = 0;
	chain.pcs = ours;
	chain.cfas = cfas;
	chain.max = FRAMES_MAX;
	unwind(unwinder, &(struct unwind_input){
		.machine = unwind_machine_of_elf(SELF_ELF), .mask = mask, .regs = regs,
		.stack = stack, .stack_size = size, .fp_chain = kernels, .fp_len = with_kernels ? n_kernels : 0, .generation = 1, .find = unwind_find_in_maps, .ctx = &maps,
	}, &chain);
}

/* As if the sample were of snap()'s caller, which keeps a frame pointer, without that pointer. */
static void walk_from_caller(uint64_t *regs)
{
	const struct unwind_machine *m = unwind_machine_of_elf(SELF_ELF);

	regs[m->ip] = ours[1];
	regs[m->sp] = cfas[0];
	walk_as_kernel(regs);
	regs[m->fp] = UINT64_MAX;
	walk(regs, (UINT64_C(1) << SELF_REGS) - 1);
}

static __attribute__((noinline)) void snap(void)
{
	uint64_t regs[64];

	SELF_CAPTURE(regs);
	walk_as_kernel(regs);
	walk(regs, (UINT64_C(1) << SELF_REGS) - 1);
	if (fp_hidden)
		walk_from_caller(regs);
	n_theirs = backtrace(theirs, FRAMES_MAX);
}

/*
 * Both were unwound from snap(), at other instructions of it: all but that
 * frame must be equal. (A sanitizer puts a frame of its own in front.)
 */
static void check_same(const char *what)
{
	void **frames = n_theirs > 2 && (uint64_t)theirs[2] == ours[1] ? theirs + 1 : theirs;
	size_t i = 1, n = (size_t)(n_theirs - (frames - theirs));

	while (i < chain.len && i < n && ours[i] == (uint64_t)frames[i])
		i++;
	if (!CHECK(i == chain.len && i == n && chain.end == UNWIND_ROOT && !chain.guessed, what))
		printf("#   %zu frames (%s, %zu guessed), backtrace has %zu; the first difference is frame %zu: %#lx, %p\n",
		       chain.len, unwind_end_name(chain.end), chain.guessed, n, i, (long)ours[i], frames[i]);
}

/* Not a tail call, and something to keep in registers meanwhile. */
static __attribute__((noinline)) unsigned recurse(unsigned depth, unsigned sum, unsigned *sink)
{
	if (!depth)
		snap();
	else
		sum += recurse(depth - 1, sum * 3 + depth, sink);
	*sink += sum;
	return sum + depth;
}

static __attribute__((noinline)) int with_alloca(int depth, size_t size)
{
	volatile char *room = alloca(size);

	room[0] = (char)depth;
	if (!depth)
		snap();
	else
		with_alloca(depth - 1, size + 24);
	return room[0];
}

static __attribute__((noinline)) int realigned(int depth)
{
	volatile char aligned[64] __attribute__((aligned(64)));

	aligned[0] = (char)depth;
	if (!depth)
		snap();
	else
		realigned(depth - 1);
	return aligned[0];
}

static int compare_and_snap(const void *a, const void *b)
{
	static bool done;

	if (!done)
		snap();
	done = true;
	return *(const int *)a - *(const int *)b;
}

static void handler(int sig)
{
	snap();
}

static __attribute__((noinline)) void interrupt(int depth)
{
	volatile int local = depth;

	if (local)
		interrupt(depth - 1);
	else
		raise(SIGUSR1);
	local = 0;
}

/* A fault: the interrupted instruction is the first of a function, where a look-up of pc - 1 finds its neighbour. */
static uint64_t *fault_at;
static __attribute__((noinline)) void fault(uint64_t *where)
{
	*where = 1;
	__asm__ volatile("" : : : "memory");
}

static void fault_handler(int sig, siginfo_t *info, void *context)
{
	snap();
	mprotect(fault_at, 4096, PROT_READ | PROT_WRITE);
}

static void *thread(void *arg)
{
	unsigned sink = 0;

	return (void *)(intptr_t)recurse(10, 1, &sink);
}

static void callbacks(void)
{
	int numbers[] = { 3, 1, 2 }, key = 2;
	unsigned sink = 0;

	qsort(numbers, 3, sizeof(int), compare_and_snap);
	check_same("through qsort of libc");
	(void)bsearch(&key, numbers, 3, sizeof(int), compare_and_snap);
	recurse(0, 1, &sink);
	check_same("one call");
}

static void signals(void)
{
	struct sigaction action = { .sa_handler = handler };
	stack_t alternate = { .ss_size = 64 << 10 };

	sigaction(SIGUSR1, &action, NULL);
	interrupt(5);
	check_same("through a signal handler");
	action.sa_sigaction = fault_handler;
	action.sa_flags = SA_SIGINFO;
	sigaction(SIGSEGV, &action, NULL);
	fault_at = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	fault(fault_at);
	check_same("through a fault at the first instruction of a function");
	alternate.ss_sp = malloc(alternate.ss_size);
	sigaltstack(&alternate, NULL);
	action = (struct sigaction){ .sa_handler = handler, .sa_flags = SA_ONSTACK };
	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
	CHECK(chain.end == UNWIND_CUT && chain.len > 2, "on another stack for signals the walk is cut, not at its root");
	alternate.ss_flags = SS_DISABLE;
	sigaltstack(&alternate, NULL);
	free(alternate.ss_sp);
}

static void threads(void)
{
	pthread_t t;

	pthread_create(&t, NULL, thread, NULL);
	pthread_join(t, NULL);
	check_same("a thread ends at its first function");
}

#ifdef __x86_64__
/* push %rbp; mov %rsp,%rbp; call *%rdi; pop %rbp; ret: code that nobody wrote call frame information for. */
static const uint8_t jitted[] = { 0x55, 0x48, 0x89, 0xe5, 0xff, 0xd7, 0x5d, 0xc3 };

static void jit(void)
{
	uint8_t *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct unwind_map map = { .start = (uint64_t)code, .end = (uint64_t)code + 4096 };

	if (code == MAP_FAILED) {
		SKIP(2, "no memory that is both written and run");
		return;
	}
	memcpy(code, jitted, sizeof(jitted));
	vec_push(&self.maps, map);
	vec_sort(&self.maps, self_compare);
	unwinder_forget(unwinder);
	((void (*)(void (*)(void)))(void *)code)(snap);
	CHECK(chain.end == UNWIND_ROOT && chain.guessed == 1, "code without rows is stepped by its frame pointer");
	CHECK(chain.len > 3 && ours[1] == (uint64_t)code + 6 && ours[2] > (uint64_t)jit && ours[2] < (uint64_t)jit + 1024,
	      "and its caller is the one that called it");
}
#else
static void jit(void)
{
	SKIP(2, "machine code of x86-64");
}
#endif

static void limits(void)
{
	unsigned sink = 0;
	size_t whole;

	recurse(64, 1, &sink);
	whole = chain.len;
	stack_limit = 2048;
	recurse(64, 1, &sink);
	CHECK(chain.end == UNWIND_CUT && chain.len > 2 && chain.len < whole, "what lies behind the copied bytes is cut");
	stack_limit = 0;
	recurse(64, 1, &sink);
	CHECK(chain.end == UNWIND_CUT && chain.len == 1, "no stack bytes: the address alone");
	stack_limit = STACK_MAX;
}

/* The same stack twice, the second time with few bytes; then one that went another way. */
static __attribute__((noinline)) void completed(void)
{
	struct unwind_memory memory = { 0 };
	struct unwind_links *links = unwind_links_create();
	static uint64_t whole[FRAMES_MAX];
	unsigned sink = 0;
	size_t n = 0;

	for (volatile int pass = 0; pass < 2; pass++) {
		stack_limit = pass ? 2048 : STACK_MAX;
		recurse(64, 1, &sink);
		if (!pass) {
			unwind_remember(&memory, links, &chain);
			memcpy(whole, ours, sizeof(whole));
			n = chain.len;
		}
	}
	size_t found = chain.len;
	CHECK(chain.end == UNWIND_CUT && found < n && unwind_complete(&memory, links, &chain) == n - found, "a cut stack is completed");
	CHECK(chain.end == UNWIND_ROOT && chain.len == n && !memcmp(ours + 1, whole + 1, (n - 1) * 8), "to the whole one");
	with_alloca(20, 512);
	CHECK(chain.end == UNWIND_CUT && !unwind_complete(&memory, links, &chain), "but not by the stack of another place");
	stack_limit = STACK_MAX;
	unwind_memory_deinit(&memory);
	unwind_links_destroy(links);
}

/* Is the walk, from the frame `first` on, what backtrace(3) has, for n frames at least? */
static bool first_are_same(size_t first, size_t n)
{
	size_t at = 0;

	while (at < (size_t)n_theirs && (uint64_t)theirs[at] != ours[first])
		at++;
	for (size_t i = 0; i < n; i++)
		if (first + i >= chain.len || at + i >= (size_t)n_theirs || ours[first + i] != (uint64_t)theirs[at + i])
			return false;
	return true;
}

/* Functions with alloca keep a frame pointer: beyond the copied bytes the kernel's walk is followed through them. */
static __attribute__((noinline)) void beyond_the_bytes(void)
{
	stack_limit = 4096;	/* the frame of snap() alone takes more than 1,024 */
	with_alloca(30, 512);
	size_t alone = chain.len;
	CHECK(chain.end == UNWIND_CUT && alone < 10, "a stack of few bytes is cut");
	with_kernels = true;
	with_alloca(30, 512);
	CHECK(chain.by_kernel >= 25 && first_are_same(1, 31), "the kernel's walk goes on where the bytes end");
	fp_hidden = true;
	with_alloca(30, 512);
	CHECK(chain.by_kernel >= 29 && first_are_same(1, 30), "also where the sample does not have the frame pointer");
	fp_hidden = false;
	unsigned sink = 0;
	recurse(200, 1, &sink);
	CHECK(chain.end == UNWIND_CUT && !chain.by_kernel, "not through functions that keep none, whatever the register points to");
	with_kernels = false;
	stack_limit = STACK_MAX;
}

/* Whole stacks of several depths, then a deep one of few bytes: its frames were seen at different times. */
static void by_links(void)
{
	struct unwind_memory memory = { 0 };
	struct unwind_links *links = unwind_links_create();
	unsigned sink = 0;

	/* the same call in each round: a loop with one call site */
	for (volatile int round = 0; round < 3; round++) {
		stack_limit = round < 2 ? STACK_MAX : 2048;
		recurse(round == 1 ? 0 : 64, 1, &sink);
		if (round < 2)
			unwind_remember(&memory, links, &chain);
	}
	CHECK(chain.end == UNWIND_CUT && unwind_complete(&memory, links, &chain), "a whole stack is known though a shorter one came after it");
	memory.thread++;
	chain.end = UNWIND_CUT;
	CHECK(!unwind_complete(&memory, links, &chain), "but not of another thread");
	stack_limit = STACK_MAX;
	unwind_memory_deinit(&memory);
	unwind_links_destroy(links);
}

int main(void)
{
	unsigned sink = 0;

	self_load(&self);
	unwinder = unwinder_create();
	recurse(64, 1, &sink);
	check_same("64 frames of recursion");
	recurse(500, 1, &sink);
	check_same("500 frames of recursion");
	with_alloca(8, 100);
	check_same("frames with alloca");
	realigned(8);
	check_same("frames with an aligned stack");
	callbacks();
	signals();
	threads();
	jit();
	limits();
	completed();
	by_links();
	beyond_the_bytes();
	unwinder_destroy(unwinder);
	self_unload(&self);
	return tap_done();
}
