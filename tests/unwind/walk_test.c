/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walks of this very process, in awkward places, against the unwinder of the C library (backtrace(3)). */
#include "tests/unwind/self.h"

#include <alloca.h>
#include <execinfo.h>
#include <pthread.h>
#include <search.h>
#include <signal.h>

#include "tests/lib/tap.h"

#define FRAMES_MAX 2048
#define STACK_MAX (1 << 20)

static struct self_maps self;
static struct unwinder *unwinder;

/* What one call of snap() found: by us, by backtrace(3). */
static uint64_t ours[FRAMES_MAX];
static void *theirs[FRAMES_MAX];
static struct unwind_chain chain;
static int n_theirs;
static size_t stack_limit = STACK_MAX;	/* bytes of stack that the "kernel" copies */

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
	memcpy(stack, (const void *)regs[SELF_SP], size);
	chain.pcs = ours;
	chain.max = FRAMES_MAX;
	unwind(unwinder, &(struct unwind_input){
		.machine = unwind_machine_of_elf(SELF_ELF), .mask = mask, .regs = regs,
		.stack = stack, .stack_size = size, .generation = 1, .find = unwind_find_in_maps, .ctx = &maps,
	}, &chain);
}

static __attribute__((noinline)) void snap(void)
{
	uint64_t regs[64];

	SELF_CAPTURE(regs);
	walk(regs, (UINT64_C(1) << SELF_REGS) - 1);
	n_theirs = backtrace(theirs, FRAMES_MAX);
}

/* Both were unwound from snap(), at other instructions of it: all but that frame must be equal. */
static void check_same(const char *what)
{
	size_t i = 1;

	while (i < chain.len && i < (size_t)n_theirs && ours[i] == (uint64_t)theirs[i])
		i++;
	if (!CHECK(i == chain.len && i == (size_t)n_theirs && chain.end == UNWIND_ROOT && !chain.guessed, what))
		printf("#   %zu frames (%s, %zu guessed), backtrace has %d; the first difference is frame %zu: %#lx, %p\n",
		       chain.len, unwind_end_name(chain.end), chain.guessed, n_theirs, i, (long)ours[i], theirs[i]);
}

/* Not a tail call, and something to keep in registers meanwhile. */
static __attribute__((noinline)) int recurse(int depth, int sum, int *sink)
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
	int sink = 0;

	return (void *)(intptr_t)recurse(10, 1, &sink);
}

static void callbacks(void)
{
	int numbers[] = { 3, 1, 2 }, key = 2;
	int sink = 0;

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

static void limits(void)
{
	int sink = 0;
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

int main(void)
{
	int sink = 0;

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
	limits();
	unwinder_destroy(unwinder);
	self_unload(&self);
	return tap_done();
}
