/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * jit FOLDER LOOPS: "compiles" a loop as function first(), runs it, puts
 * second() at the same address, moves it, and runs it there; tells of it in
 * FOLDER/jit-PID.dump. With a third word, in /tmp/perf-PID.map instead.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#if defined(__x86_64__)
/* mov %rdi,%rax; 1: dec %rax; jne 1b; ret */
static const uint8_t code[] = { 0x48, 0x89, 0xf8, 0x48, 0xff, 0xc8, 0x75, 0xfb, 0xc3 };
enum { MACHINE = 62 };
#elif defined(__aarch64__)
/* 1: subs x0, x0, #1; b.ne 1b; ret */
static const uint8_t code[] = { 0x00, 0x04, 0x00, 0xf1, 0xe1, 0xff, 0xff, 0x54, 0xc0, 0x03, 0x5f, 0xd6 };
enum { MACHINE = 183 };
#else
static const uint8_t code[1];
enum { MACHINE = 0 };
#endif

static int dump;
static FILE *map;

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void write_all(const void *bytes, size_t n)
{
	if (write(dump, bytes, n) != (ssize_t)n)
		exit(1);
}

static void tell(uint64_t id, const char *name, uint64_t address, uint64_t old, uint64_t size, uint64_t index)
{
	uint32_t words[] = { (uint32_t)id, 0, 0, 0, (uint32_t)getpid(), (uint32_t)getpid() };
	uint64_t load[] = { address, address, size, index }, move[] = { address, old, address, size, index };
	uint64_t time = now();

	if (map) {
		fprintf(map, "%lx %lx %s\n", (unsigned long)address, (unsigned long)size, name);
		fflush(map);
		return;
	}
	words[1] = (uint32_t)(sizeof(words) + (id ? sizeof(move) : sizeof(load) + strlen(name) + 1 + sizeof(code)));
	memcpy(&words[2], &time, 8);
	write_all(words, sizeof(words));
	if (id) {
		write_all(move, sizeof(move));
		return;
	}
	write_all(load, sizeof(load));
	write_all(name, strlen(name) + 1);
	write_all(code, sizeof(code));
}

int main(int argc, char **argv)
{
	char path[4096];
	uint32_t header[] = { 0x4a695444, 1, 40, MACHINE, 0, (uint32_t)getpid(), 0, 0, 0, 0 };
	uint8_t *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t loops = argc > 2 ? strtoull(argv[2], NULL, 0) : 0;

	if (argc < 3 || !MACHINE || page == MAP_FAILED)
		return 77;
	if (argc > 3) {
		snprintf(path, sizeof(path), "/tmp/perf-%d.map", getpid());
		map = fopen(path, "w");
	} else {
		snprintf(path, sizeof(path), "%s/jit-%d.dump", argv[1], getpid());
		dump = open(path, O_CREAT | O_RDWR | O_TRUNC, 0644);
		write_all(header, sizeof(header));
		if (mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, dump, 0) == MAP_FAILED)
			return 1;
	}
	memcpy(page, code, sizeof(code));
	__builtin___clear_cache((char *)page, (char *)page + sizeof(code));
	tell(0, "first", (uintptr_t)page, 0, sizeof(code), 1);
	((void (*)(uint64_t))(void *)page)(loops);
	if (map)
		return 0;
	tell(0, "second", (uintptr_t)page, 0, sizeof(code), 2);
	((void (*)(uint64_t))(void *)page)(loops * 2);
	memcpy(page + 4096, code, sizeof(code));
	__builtin___clear_cache((char *)page + 4096, (char *)page + 4096 + sizeof(code));
	tell(1, "second", (uintptr_t)page + 4096, (uintptr_t)page, sizeof(code), 2);
	((void (*)(uint64_t))(void *)(page + 4096))(loops);
	return 0;
}
