/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * objdump, as a child. It is given the bytes alone, as a file without a
 * format (-b binary) in memory: it has no header to trust and no path to open, and
 * the kernel's code and a JIT's are read the same way as a file's.
 */
#include <ctype.h>
#include <elf.h>
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "disasm/decoders.h"

extern char **environ;

/* To add a machine: a row, in objdump's words. */
static const struct machine {
	uint16_t elf;
	const char *name, *tool;	/* -m, and the prefix of the cross tools */
} machines[] = {
	{ EM_X86_64, "i386:x86-64", "x86_64-linux-gnu" },
	{ EM_386, "i386", "i686-linux-gnu" },
	{ EM_AARCH64, "aarch64", "aarch64-linux-gnu" },
	{ EM_ARM, "arm", "arm-linux-gnueabihf" },
	{ EM_RISCV, "riscv:rv64", "riscv64-linux-gnu" },
	{ EM_PPC64, "powerpc:common64", "powerpc64le-linux-gnu" },
	{ EM_S390, "s390:64-bit", "s390x-linux-gnu" },
};

#define CODE_PATH "/proc/self/fd/3"

enum { LINE_MAX_BYTES = 256, CODE_FD = 3 };

static const struct machine *find_machine(uint16_t elf_machine)
{
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
		if (machines[i].elf == elf_machine)
			return &machines[i];
	return NULL;
}

/* The code as a file that has no name; -1 when the kernel gives none. */
static int file_of(const struct code *code)
{
	autoclose int fd = memfd_create("code", MFD_CLOEXEC);

	if (fd < 0 || file_write_full(fd, code->bytes, code->size) != (ssize_t)code->size)
		return -1;
	int made = fd;
	fd = -1;
	return made;
}

static pid_t spawn(const char **argv, int code, int output)
{
	posix_spawn_file_actions_t actions;
	pid_t pid = -1;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, output, 1);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, code, CODE_FD);
	if (posix_spawnp(&pid, argv[0], &actions, NULL, (char **)argv, environ))
		pid = -1;
	posix_spawn_file_actions_destroy(&actions);
	return pid;
}

/* What the program prints; false when it could not run, failed, or printed more than the code can be. */
static bool run(const char **argv, const struct code *code, struct strbuf *out)
{
	int ends[2], status = 1;
	autoclose int file = file_of(code);

	if (file < 0 || pipe2(ends, O_CLOEXEC))
		return false;
	pid_t pid = spawn(argv, file, ends[1]);
	close(ends[1]);
	bool whole = pid > 0 && file_read_fd(ends[0], code->size * LINE_MAX_BYTES + (1 << 16), out);
	close(ends[0]);
	while (pid > 0 && waitpid(pid, &status, 0) < 0)
		;
	return whole && !status;
}

/*
 * "  401000:\t23 69 6e             \tand    0x6e(%rcx),%ebp". Lines that do
 * not go on where the one before ended are none.
 */
static void parse_line(struct instructions *in, const struct code *code, const char *line, uint32_t *at, bool *unknown)
{
	char *end;
	uint64_t address = strtoull(line, &end, 16);
	size_t digits = 0, size;

	if (end == line || strncmp(end, ":\t", 2) || address != code->address + *at)
		return;
	const char *text = strchr(end + 2, '\t');
	for (const char *s = end + 2; text && s < text; s++)
		digits += isxdigit((unsigned char)*s) != 0;
	size = digits / 2;
	if (!text || !size || size > UINT8_MAX || size > code->size - *at)
		return;
	text++;
	if (strstr(text, "(bad)") || strstr(text, "undefined")) {
		*unknown = true;
		for (uint32_t until = *at + (uint32_t)size; *at < until;)
			*at += (uint32_t)instructions_add_unknown(in, code, *at);
		return;
	}
	size_t word = strcspn(text, " \t");
	autofree char *mnemonic = xstrndup(text, word);
	instructions_add(in, code, *at, size, mnemonic, text + word + strspn(text + word, " \t"));
	*at += (uint32_t)size;
}

enum decoded objdump_parse(struct instructions *in, const struct code *code, char *text)
{
	bool unknown = false;
	uint32_t at = 0;
	char *rest = text;

	for (char *line = strsep(&rest, "\n"); line && at < code->size; line = strsep(&rest, "\n"))
		parse_line(in, code, line, &at, &unknown);
	if (!in->all.len)
		return DECODED_NOT;
	for (; at < code->size; unknown = true)
		at += (uint32_t)instructions_add_unknown(in, code, at);
	return unknown ? DECODED_PARTLY : DECODED;
}

enum decoded objdump_decode(struct instructions *in, const struct code *code, enum code_syntax syntax, const char *program)
{
	const struct machine *m = find_machine(code->machine);
	autostrbuf struct strbuf out = { 0 };

	if (!m || !code->size)
		return DECODED_NOT;
	autofree char *cross = xasprintf("%s-objdump", m->tool);
	autofree char *address = xasprintf("--adjust-vma=0x%" PRIx64, code->address);
	bool x86 = code->machine == EM_X86_64 || code->machine == EM_386;
	const char *argv[] = { program ? program : cross, "-D", "-w", "-z", "-b", "binary", "-m", m->name, address,
			       CODE_PATH, x86 ? "-M" : NULL, syntax == SYNTAX_INTEL ? "intel" : "att", NULL };
	bool ran = run(argv, code, &out);
	if (!ran && !program) {
		strbuf_truncate(&out, 0);
		argv[0] = "objdump";
		ran = run(argv, code, &out);
	}
	return ran && out.len ? objdump_parse(in, code, out.data) : DECODED_NOT;
}
