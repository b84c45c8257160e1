/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * steps_of PROGRAM ARGUMENTS…: runs the program from its entry on, instruction
 * by instruction, and unwinds its stack at each. What the stack is there is
 * known for certain: a call adds its return address, a return takes it away, a
 * signal adds where it came. Prints the places where the unwinder has it
 * otherwise (up to 20; what is right in brackets), and at last how many stacks
 * were right, of how many. Instructions without a rule, such as those of
 * crtstuff.o, are passed over: they are counted apart.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "elf/image.h"
#include "tests/unwind/self.h"

enum { FRAMES_MAX = 256, STACK_MAX = 16 << 10, SHOWN_MAX = 20, INSTRUCTION_MAX = 16 };

/* ---- the machine: registers as the kernel samples them, and what its instructions do to the stack of calls */

struct state {
	uint64_t regs[SELF_REGS];
	uint64_t pc, sp;
	uint8_t code[INSTRUCTION_MAX];	/* at pc */
	uint64_t stack[STACK_MAX / 8];	/* from sp on */
	size_t stack_size;		/* bytes of it */
};

#ifdef __x86_64__

enum { SYS_SIGRETURN = SYS_rt_sigreturn };

static void place_registers(struct state *s, const struct user_regs_struct *r)
{
	const uint64_t regs[SELF_REGS] = {
		r->rax, r->rbx, r->rcx, r->rdx, r->rsi, r->rdi, r->rbp, r->rsp, r->rip, r->eflags, r->cs, r->ss, r->ds, r->es,
		r->fs, r->gs, r->r8, r->r9, r->r10, r->r11, r->r12, r->r13, r->r14, r->r15,
	};

	memcpy(s->regs, regs, sizeof(regs));
	s->pc = r->rip;
	s->sp = r->rsp;
}

static uint64_t syscall_number(const struct state *s)
{
	return s->code[0] == 0x0f && s->code[1] == 0x05 ? s->regs[0] : UINT64_MAX;
}

static const uint8_t breakpoint[] = { 0xcc };

/* It is behind a breakpoint that it has met. */
static void place_before(struct user_regs_struct *r)
{
	r->rip--;
}

/* It has pushed the address behind itself. */
static bool is_call(const struct state *before, const struct state *now)
{
	return now->sp == before->sp - 8 && *now->stack > before->pc && *now->stack <= before->pc + 9 && now->pc != *now->stack;
}

/* ret, with the prefixes it comes with */
static bool is_return(const struct state *before)
{
	const uint8_t *p = before->code;

	while (*p == 0xf2 || *p == 0xf3)
		p++;
	return *p == 0xc3 || *p == 0xc2;
}

/* Where to, from the first instruction of a function or of a signal's handler. */
static uint64_t returns_to(const struct state *now)
{
	return *now->stack;
}

#else

enum { SYS_SIGRETURN = SYS_rt_sigreturn, LINK = 30 };

static void place_registers(struct state *s, const struct user_regs_struct *r)
{
	memcpy(s->regs, r->regs, sizeof(r->regs));
	s->regs[31] = s->sp = r->sp;
	s->regs[32] = s->pc = r->pc;
}

static const uint8_t breakpoint[] = { 0x00, 0x00, 0x20, 0xd4 };		/* brk #0 */

static void place_before(struct user_regs_struct *r)
{
	(void)r;
}

static uint32_t instruction(const struct state *s)
{
	uint32_t word;

	memcpy(&word, s->code, sizeof(word));
	return word;
}

static uint64_t syscall_number(const struct state *s)
{
	return instruction(s) == 0xd4000001 ? s->regs[8] : UINT64_MAX;
}

/* bl, or blr and its forms with authentication */
static bool is_call(const struct state *before, const struct state *now)
{
	uint32_t word = instruction(before);

	(void)now;
	return (word & 0xfc000000) == 0x94000000 || (word & 0xfefff000) == 0xd63f0000;
}

/* ret, by any register, and its forms with authentication */
static bool is_return(const struct state *before)
{
	uint32_t word = instruction(before);

	return (word & 0xfffffc1f) == 0xd65f0000 || (word & 0xfffffbff) == 0xd65f0bff;
}

static uint64_t returns_to(const struct state *now)
{
	return now->regs[LINK];
}

#endif

/* ---- the program's images */

struct mapping {
	uint64_t start, end, offset;
	struct image *image;		/* or NULL */
	struct unwind_rows *rows;
};

struct traced {
	pid_t pid;
	struct unwinder *unwinder;
	VEC(struct mapping) maps;
	uint64_t generation;
	VEC(uint64_t) calls;		/* return addresses, the innermost last */
	uint64_t steps, right, unruled, shown;
};

static struct image *open_image(const char *path)
{
	struct image *image = NULL;

	if (!strcmp(path, "[vdso]"))
		error_destroy(image_open_memory((const void *)getauxval(AT_SYSINFO_EHDR), 8192, path, &image));
	else
		error_destroy(image_open(path, &image));
	return image;
}

static const struct mapping *map_at(const struct traced *t, uint64_t address)
{
	for (size_t i = 0; i < t->maps.len; i++)
		if (address >= t->maps.data[i].start && address < t->maps.data[i].end)
			return &t->maps.data[i];
	return NULL;
}

/* What is new in /proc/PID/maps. */
static void read_maps(struct traced *t)
{
	char name[64], line[4400], path[4100], access[8];
	struct mapping m;

	snprintf(name, sizeof(name), "/proc/%d/maps", t->pid);
	FILE *f = fopen(name, "r");
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s %" SCNx64 " %*s %*s %4099s", &m.start, &m.end, access, &m.offset, path) != 5 ||
		    access[2] != 'x' || map_at(t, m.start))
			continue;
		m.image = open_image(path);
		m.rows = m.image ? unwind_rows_of_image(m.image, NULL) : NULL;
		vec_push(&t->maps, m);
	}
	if (f)
		fclose(f);
	t->generation++;
}

/* The address as its image has it; as it is where there is none. */
static uint64_t in_image(const struct mapping *m, uint64_t address)
{
	uint64_t own;

	return m && m->image && image_offset_to_address(m->image, address - m->start + m->offset, &own) ? own : address;
}

static bool find_code(void *ctx, uint64_t address, struct unwind_code *code)
{
	const struct mapping *m = map_at(ctx, address);

	if (m)
		*code = (struct unwind_code){ .rows = m->rows, .bias = address - in_image(m, address) };
	return m;
}

static bool has_rule(const struct traced *t, uint64_t address)
{
	const struct mapping *m = map_at(t, address);

	return m && m->rows && unwind_rows_find(m->rows, in_image(m, address))->kind != UNWIND_NONE;
}

/* ---- a step */

static size_t read_memory(pid_t pid, uint64_t address, void *into, size_t size)
{
	ssize_t n = -1;

	/* no further than what is mapped */
	for (; n < 0 && size; size = address + size > (address | 4095) + 1 ? ((address + size - 1) & ~UINT64_C(4095)) - address : 0)
		n = process_vm_readv(pid, &(struct iovec){ into, size }, 1, &(struct iovec){ (void *)address, size }, 1, 0);
	return n < 0 ? 0 : (size_t)n;
}

static bool read_state(pid_t pid, struct state *s)
{
	struct user_regs_struct regs;
	struct iovec iov = { &regs, sizeof(regs) };

	if (ptrace(PTRACE_GETREGSET, pid, (void *)NT_PRSTATUS, &iov))
		return false;
	place_registers(s, &regs);
	memset(s->code, 0, sizeof(s->code));
	read_memory(pid, s->pc, s->code, sizeof(s->code));
	s->stack_size = read_memory(pid, s->sp, s->stack, sizeof(s->stack));
	return true;
}

/* What the instruction, or a signal in its place, has done to the stack of calls. */
static void follow(struct traced *t, const struct state *before, const struct state *now, bool signal)
{
	if (signal) {
		vec_push(&t->calls, before->pc);
		vec_push(&t->calls, returns_to(now));
	} else if (t->calls.len && (syscall_number(before) == SYS_SIGRETURN || (is_return(before) && now->pc == vec_last(&t->calls)))) {
		t->calls.len--;
	} else if (is_call(before, now)) {
		vec_push(&t->calls, returns_to(now));
	}
}

static void show(struct traced *t, const struct unwind_chain *chain)
{
	if (t->shown++ >= SHOWN_MAX)
		return;
	printf("after %" PRIu64 " steps, %s:", t->steps, unwind_end_name(chain->end));
	for (size_t i = 0; i < chain->len || i <= t->calls.len; i++) {
		uint64_t have = i < chain->len ? chain->pcs[i] : 0;
		uint64_t want = !i ? have : i <= t->calls.len ? t->calls.data[t->calls.len - i] : 0;

		printf(" %" PRIx64, in_image(map_at(t, have), have));
		if (have != want)
			printf("(%" PRIx64 ")", in_image(map_at(t, want), want));
	}
	putchar('\n');
}

static void compare(struct traced *t, const struct state *now)
{
	uint64_t pcs[FRAMES_MAX];
	struct unwind_chain chain = { .pcs = pcs, .max = FRAMES_MAX };
	size_t i = 1;

	if (!map_at(t, now->pc))
		read_maps(t);
	unwind(t->unwinder, &(struct unwind_input){
		.machine = unwind_machine_of_elf(SELF_ELF), .mask = (UINT64_C(1) << SELF_REGS) - 1, .regs = now->regs,
		.stack = (const uint8_t *)now->stack, .stack_size = now->stack_size, .generation = t->generation,
		.find = find_code, .ctx = t }, &chain);
	while (i < chain.len && i <= t->calls.len && pcs[i] == t->calls.data[t->calls.len - i])
		i++;
	if (!has_rule(t, now->pc)) {
		t->unruled++;
		return;
	}
	t->steps++;
	if (i == chain.len && i == t->calls.len + 1 && chain.end == UNWIND_ROOT)
		t->right++;
	else
		show(t, &chain);
}

static uint64_t entry_of(pid_t pid)
{
	char name[64];
	uint64_t pair[2], entry = 0;

	snprintf(name, sizeof(name), "/proc/%d/auxv", pid);
	FILE *f = fopen(name, "r");
	while (f && fread(pair, sizeof(pair), 1, f))
		if (pair[0] == AT_ENTRY)
			entry = pair[1];
	if (f)
		fclose(f);
	return entry;
}

/* Past the dynamic linker's start, to the first instruction of the program itself. */
static bool run_to_entry(pid_t pid)
{
	struct user_regs_struct regs;
	struct iovec iov = { &regs, sizeof(regs) };
	int status;

	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
		return false;
	uint64_t entry = entry_of(pid);
	errno = 0;
	long was = ptrace(PTRACE_PEEKTEXT, pid, (void *)entry, NULL), trap = was;
	memcpy(&trap, breakpoint, sizeof(breakpoint));
	if (errno || ptrace(PTRACE_POKETEXT, pid, (void *)entry, (void *)trap) || ptrace(PTRACE_CONT, pid, NULL, NULL) ||
	    waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status) || ptrace(PTRACE_POKETEXT, pid, (void *)entry, (void *)was) ||
	    ptrace(PTRACE_GETREGSET, pid, (void *)NT_PRSTATUS, &iov))
		return false;
	place_before(&regs);
	return !ptrace(PTRACE_SETREGSET, pid, (void *)NT_PRSTATUS, &iov);
}

static void trace(struct traced *t)
{
	struct state before, now;
	int status, signal = 0;

	if (!run_to_entry(t->pid) || !read_state(t->pid, &before))
		return;
	compare(t, &before);
	for (;;) {
		if (ptrace(PTRACE_SINGLESTEP, t->pid, NULL, (void *)(intptr_t)signal) || waitpid(t->pid, &status, 0) != t->pid ||
		    !WIFSTOPPED(status))
			return;
		bool stepped = WSTOPSIG(status) == SIGTRAP;
		if (!read_state(t->pid, &now))
			return;
		if (stepped || now.pc != before.pc) {
			follow(t, &before, &now, stepped && signal);
			compare(t, &now);
		}
		signal = stepped ? 0 : WSTOPSIG(status);
		before = now;
	}
}

int main(int argc, char **argv)
{
	struct traced t = { .unwinder = unwinder_create(), .generation = 1 };

	if (argc < 2)
		return 2;
	t.pid = fork();
	if (!t.pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		execv(argv[1], argv + 1);
		_exit(127);
	}
	trace(&t);
	printf("%" PRIu64 " of %" PRIu64 ", %" PRIu64 " without a rule\n", t.right, t.steps, t.unruled);
	for (size_t i = 0; i < t.maps.len; i++) {
		unwind_rows_destroy(t.maps.data[i].rows);
		image_close(t.maps.data[i].image);
	}
	vec_deinit(&t.maps);
	vec_deinit(&t.calls);
	unwinder_destroy(t.unwinder);
	return !t.steps || t.right != t.steps;
}
