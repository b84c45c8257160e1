/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "os/procfs.h"
#include "tests/lib/tap.h"

static const char maps[] =
	"00400000-0040b000 r-xp 00001000 fe:00 241039                             /usr/bin/with spaces\\012and newline\n"
	"this is no map\n"
	"7ffff7fc3000-7ffff7fc5000 rw-s 00000000 00:00 0 \n"
	"1-0 r-xp 00000000 00:00 0 backwards\n"
	"ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]\n"
	"7f0000000000-7f0000001000 r-xp 00000000 fe:00 7 /a\\0134b (deleted)";

static void test_maps(void)
{
	const char *at = maps, *end = maps + sizeof(maps) - 1;
	struct procfs_map m;
	char name[64];

	CHECK(procfs_next_map(&at, end, &m), "the first line is a map");
	CHECK_EQ(m.start, 0x400000, "its start");
	CHECK_EQ(m.end, 0x40b000, "its end");
	CHECK_EQ(m.offset, 0x1000, "its offset");
	CHECK_EQ(m.prot, PROT_READ | PROT_EXEC, "what is allowed");
	CHECK_EQ(m.flags, MAP_PRIVATE, "private");
	CHECK(m.major == 0xfe && m.minor == 0 && m.inode == 241039, "device and inode");
	CHECK(procfs_map_name(&m, name, sizeof(name)), "the name fits");
	CHECK_STR(name, "/usr/bin/with spaces\nand newline", "blanks are kept and newlines come back");
	CHECK(!procfs_map_name(&m, name, 32), "a name one byte too long does not fit");
	CHECK(procfs_map_name(&m, name, 33), "and with one more it does");
	CHECK(procfs_next_map(&at, end, &m) && m.start == 0x7ffff7fc3000, "a line that is no map is skipped");
	CHECK_EQ(m.flags, MAP_SHARED, "shared");
	CHECK_EQ(m.name_len, 0, "anonymous");
	CHECK(procfs_next_map(&at, end, &m) && m.end == 0xffffffffff601000, "one that ends before it starts, too");
	CHECK(procfs_next_map(&at, end, &m) && procfs_map_name(&m, name, sizeof(name)), "a last line without newline");
	CHECK_STR(name, "/a\\0134b (deleted)", "a backslash that escapes no newline stays");
	CHECK(!procfs_next_map(&at, end, &m), "the end");
}

static void test_modules(void)
{
	static const char modules[] = "ext4 1187840 2 - Live 0xffffffffc0a00000\nbad line\nhid 5 0 - Live 0x0000000000000000\n";
	const char *at = modules, *end = modules + sizeof(modules) - 1;
	struct procfs_module m;

	CHECK(procfs_next_module(&at, end, &m) && m.name_len == 4 && !memcmp(m.name, "ext4", 4), "a module's name");
	CHECK(m.size == 1187840 && m.address == 0xffffffffc0a00000, "its size and address");
	CHECK(procfs_next_module(&at, end, &m) && m.address == 0, "a hidden address is 0");
	CHECK(!procfs_next_module(&at, end, &m), "the end of the modules");
}

static bool has(const struct procfs_ids *ids, pid_t id)
{
	for (size_t i = 0; i < ids->ids.len; i++)
		if (ids->ids.data[i] == id)
			return true;
	return false;
}

static void test_this_process(void)
{
	struct os os = { .root = "" };
	struct procfs_ids ids = { 0 };
	struct procfs_status status;
	char comm[16];

	prctl(PR_SET_NAME, "odd) \nTgid:\t1");
	CHECK(procfs_processes(&os, &ids) && has(&ids, getpid()), "this process is among all");
	CHECK(procfs_status(&os, getpid(), &status), "its status");
	CHECK_EQ(status.pid, getpid(), "its process, whatever its name pretends");
	CHECK_EQ(status.ppid, getppid(), "its parent");
	CHECK_EQ(status.uid, geteuid(), "its user");
	CHECK(procfs_comm(&os, getpid(), getpid(), comm), "its name");
	CHECK_STR(comm, "odd) \nTgid:\t1", "with a newline in it");
	vec_clear(&ids.ids);
	CHECK(procfs_threads(&os, getpid(), &ids) && ids.ids.len == 1 && ids.ids.data[0] == getpid(), "its one thread");
	CHECK(!procfs_status(&os, 0x7fffffff, &status), "a task that is not there");
	CHECK(!procfs_threads(&os, 0x7fffffff, &ids), "has no threads");
	procfs_ids_deinit(&ids);
}

int main(void)
{
	test_maps();
	test_modules();
	test_this_process();
	return tap_done();
}
