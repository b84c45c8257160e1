/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Address spaces and tasks: overlapping mappings, fork, exec, exit, ids that are used again. */
#include "session/tasks.h"

#include "tests/lib/tap.h"

static struct mapping at(uint64_t start, uint64_t end, uint32_t image)
{
	return (struct mapping){ .start = start, .end = end, .bias = 0 - start, .image = image };
}

/* The image at an address, -1 where there is none. */
static int image_at(struct maps *maps, uint64_t address)
{
	const struct mapping *m = maps_find(maps, address);

	return m ? (int)m->image : -1;
}

static void overlaps(void)
{
	struct maps maps = { 0 }, copy = { 0 };

	CHECK(!maps_insert(&maps, at(100, 200, 1)), "a first mapping changes nothing");
	CHECK(!maps_insert(&maps, at(300, 400, 2)), "nor does one beside it");
	CHECK_EQ(image_at(&maps, 100), 1, "the first byte is inside");
	CHECK_EQ(image_at(&maps, 200), -1, "the end is not");
	CHECK_EQ(image_at(&maps, 250), -1, "a gap is nobody's");
	maps_share(&copy, &maps);
	CHECK(maps_insert(&maps, at(150, 350, 3)), "one across two others changes what addresses mean");
	CHECK_EQ(image_at(&maps, 149), 1, "the older is cut at its end");
	CHECK_EQ(image_at(&maps, 150), 3, "the newer is whole");
	CHECK_EQ(image_at(&maps, 349), 3, "to its last byte");
	CHECK_EQ(image_at(&maps, 350), 2, "the other older is cut at its beginning");
	CHECK_EQ(maps_find(&maps, 350)->bias, -300, "and keeps its place in its image");
	CHECK_EQ(image_at(&copy, 160), 1, "a copy does not see what came later");
	CHECK(maps_insert(&maps, at(200, 210, 4)), "one inside another");
	CHECK_EQ(maps_count(&maps), 5, "cuts it in two");
	CHECK_EQ(image_at(&maps, 199) * 100 + image_at(&maps, 205) * 10 + image_at(&maps, 210), 343, "around itself");
	CHECK(!maps_insert(&maps, at(200, 210, 4)), "the same again is no change");
	CHECK(maps_insert(&maps, at(0, 1000, 5)) && maps_count(&maps) == 1, "one over all replaces all");
	CHECK(!maps_insert(&maps, at(50, 50, 6)) && !maps_insert(&maps, at(60, 50, 6)), "empty ones are left out");
	CHECK(maps_insert(&maps, at(UINT64_MAX - 10, UINT64_MAX, 7)) == false && image_at(&maps, UINT64_MAX - 1) == 7,
	      "the end of the address space");
	maps_deinit(&copy);
	maps_deinit(&maps);
}

/* Random mappings against an array with an image a byte. */
static void random_overlaps(void)
{
	enum { SIZE = 300 };
	int model[SIZE];
	struct maps maps = { 0 };
	uint64_t seed = 12345;
	bool good = true, flags = true;

	memset(model, 0xff, sizeof(model));
	for (int turn = 0; turn < 3000; turn++) {
		seed = seed * 6364136223846793005ull + 1442695040888963407ull;
		size_t start = (seed >> 33) % SIZE, len = 1 + (seed >> 45) % 40;
		int image = (int)(seed >> 60);
		size_t end = start + len < SIZE ? start + len : SIZE;
		bool changed = false;
		for (size_t i = start; i < end; i++) {
			changed |= model[i] >= 0 && model[i] != image;
			model[i] = image;
		}
		flags &= maps_insert(&maps, (struct mapping){ start, end, 0, (uint32_t)image }) == changed;
		for (size_t i = 0; i < SIZE; i++)
			good &= image_at(&maps, i) == model[i];
	}
	CHECK(good, "3,000 overlapping mappings mean what an array with an image a byte says");
	CHECK(flags, "and it is told when a meaning changed");
	maps_deinit(&maps);
}

static void kinds(void)
{
	CHECK_EQ(maps_image_kind("/usr/bin/cat"), IMAGE_FILE, "a file");
	CHECK_EQ(maps_image_kind("/tmp/x (deleted)"), IMAGE_FILE, "a deleted file");
	CHECK_EQ(maps_image_kind("[vdso]"), IMAGE_VDSO, "the vdso");
	static const char *const anonymous[] = { "//anon", "[heap]", "[stack]", "[stack:12]", "[vsyscall]", "[uprobes]",
		"/memfd:doublemapper (deleted)", "/dev/zero (deleted)", "anon_inode:[io_uring]", "[anon:jit]", "" };
	for (size_t i = 0; i < sizeof(anonymous) / sizeof(*anonymous); i++)
		CHECK_EQ(maps_image_kind(anonymous[i]), IMAGE_ANON, anonymous[i]);
}

static const char *name(struct tasks *t, const struct task *task)
{
	return strtab_text(t->strings, task->comm);
}

static int image_of(struct task *task, uint64_t address)
{
	const struct mapping *m = tasks_find_mapping(task, address);

	return m ? (int)m->image : -1;
}

static void fork_to(struct tasks *t, uint32_t ppid, uint32_t ptid, uint32_t pid, uint32_t tid)
{
	tasks_fork(t, &(struct record_fork){ .ppid = ppid, .ptid = ptid, .pid = pid, .tid = tid }, false);
}

static void comm(struct tasks *t, uint32_t pid, uint32_t tid, const char *text, bool exec)
{
	tasks_comm(t, &(struct record_comm){ .pid = pid, .tid = tid, .comm = text, .exec = exec });
}

static void life(void)
{
	struct strtab strings = { 0 };
	struct tasks t;

	tasks_init(&t, &strings);
	comm(&t, 10, 10, "shell", false);
	tasks_map(&t, 10, 10, at(1000, 2000, 1));
	struct task *shell = tasks_get(&t, 10, 10);

	fork_to(&t, 10, 10, 20, 20);
	struct task *child = tasks_get(&t, 20, 20);
	CHECK_STR(name(&t, child), "shell", "a child has its parent's name");
	CHECK_EQ(image_of(child, 1500), 1, "and mappings");
	CHECK(child->space->id != shell->space->id, "in a space of its own");
	tasks_map(&t, 20, 20, at(3000, 4000, 2));
	CHECK_EQ(image_of(shell, 3500), -1, "what the child maps is not the parent's");
	tasks_map(&t, 10, 10, at(1000, 1100, 3));
	CHECK_EQ(image_of(child, 1050), 1, "nor the other way");

	uint32_t before = child->space->id;
	comm(&t, 20, 20, "cat", true);
	CHECK_STR(name(&t, child), "cat", "exec gives a new name to the same task");
	CHECK(tasks_get(&t, 20, 20) == child && child->space->id != before, "and a new space");
	CHECK_EQ(image_of(child, 1500), -1, "where nothing of before is found");
	comm(&t, 20, 20, "renamed", false);
	CHECK(child->space->id == before + 1, "a change of name alone leaves the space");

	fork_to(&t, 10, 10, 10, 11);
	struct task *thread = tasks_get(&t, 10, 11);
	CHECK(thread->space == shell->space && thread->pid == 10, "a thread shares its process's space");
	tasks_map(&t, 10, 11, at(5000, 6000, 4));
	CHECK_EQ(image_of(shell, 5500), 4, "what it maps is everyone's");

	tasks_exit(&t, &(struct record_fork){ .pid = 20, .tid = 20 });
	CHECK(tasks_get(&t, 20, 20) == child, "an exited task is found: its last samples come later");
	fork_to(&t, 1, 1, 20, 20);
	struct task *again = tasks_get(&t, 20, 20);
	CHECK(again != child && again->id != child->id, "an id that is used again is another task");
	CHECK_STR(name(&t, child), "renamed", "the one before keeps its name");
	CHECK_EQ(tasks_get(&t, 99, 20)->pid, 99, "a thread id seen in another process is another task too");

	CHECK_STR(name(&t, tasks_get(&t, 77, 78)), ":78", "who was never announced is called by its number");
	CHECK(tasks_get(&t, 77, 78)->space == tasks_get(&t, 77, 77)->space, "and belongs to its process");
	fork_to(&t, 77, 78, 79, 79);
	CHECK_STR(name(&t, tasks_get(&t, 79, 79)), ":79", "so is its child, by its own");
	CHECK_STR(name(&t, tasks_get(&t, 0, 0)), "swapper", "task 0 is the idle one");
	CHECK_STR(name(&t, tasks_get(&t, UINT32_MAX, UINT32_MAX)), ":-1", "a task that was gone already");
	tasks_fork(&t, &(struct record_fork){ .ppid = 10, .ptid = 10, .pid = 30, .tid = 30 }, true);
	CHECK_EQ(image_of(tasks_get(&t, 30, 30), 1500), -1, "a made-up fork copies no mappings");
	tasks_deinit(&t);
	strtab_deinit(&strings);
}

static void generations(void)
{
	struct strtab strings = { 0 };
	struct tasks t;

	tasks_init(&t, &strings);
	struct task *task = tasks_get(&t, 5, 5);
	const struct space *space = task->space;
	uint32_t g = space->generation;
	tasks_map(&t, 5, 5, at(1000, 2000, 1));
	tasks_map(&t, 5, 5, at(3000, 4000, 1));
	CHECK_EQ(space->generation, g, "mappings beside each other leave every address its meaning");
	image_of(task, 6000);
	tasks_map(&t, 5, 5, at(4500, 5000, 1));
	CHECK_EQ(space->generation, g, "also when another address was looked up in vain");
	tasks_map(&t, 5, 5, at(5900, 6100, 1));
	CHECK_EQ(space->generation, g + 1, "an address that was not found is found now");
	tasks_map(&t, 5, 5, at(1500, 1600, 2));
	CHECK_EQ(space->generation, g + 2, "an overlap");
	tasks_deinit(&t);
	strtab_deinit(&strings);
}

/* Many short processes: their mappings do not pile up. */
static void many(void)
{
	struct strtab strings = { 0 };
	struct tasks t;
	size_t with_maps = 0;

	tasks_init(&t, &strings);
	for (uint32_t pid = 100; pid < 5100; pid++) {
		fork_to(&t, 1, 1, pid, pid);
		comm(&t, pid, pid, "short", true);
		tasks_map(&t, pid, pid, at(1000, 2000, 1));
		tasks_exit(&t, &(struct record_fork){ .pid = pid, .tid = pid });
	}
	for (size_t i = 0; i < t.spaces.len; i++)
		with_maps += maps_count(&t.spaces.data[i]->maps) > 0;
	CHECK_EQ(with_maps, TASKS_EXITED, "of 5,000 processes that exited, the last few keep their mappings");
	CHECK_EQ(image_of(tasks_get(&t, 5099, 5099), 1500), 1, "the last one does");
	tasks_deinit(&t);
	strtab_deinit(&strings);
}

int main(void)
{
	overlaps();
	random_overlaps();
	kinds();
	life();
	generations();
	many();
	return tap_done();
}
