/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening software events on this very machine, on a command and on tasks. */
#include "pmu/open.h"
#include "pmu/together.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "tests/lib/tap.h"

static const struct os machine = { .root = "" };

static struct event *add(struct event_list *list, const char *name, uint32_t type, uint64_t config)
{
	struct event *event = vec_add(&list->events);

	event->kind = type == PERF_TYPE_SOFTWARE ? EVENT_SOFTWARE : EVENT_HARDWARE;
	event->name = xstrdup(name);
	event->attr.type = type;
	event->attr.config = config;
	event->scale = 1;
	event->leader = list->events.len - 1;
	return event;
}

static void command(void)
{
	char *argv[] = { (char *)"true", NULL }, *none[] = { (char *)"/no/such/program", NULL };
	struct event_list list = { 0 };
	struct target target = { 0 };
	struct command run;
	struct counters *counters;
	struct count count;
	struct open_options options = { .inherit = true, .tolerate = true, .enable_on_exec = true };
	int status = -1;

	add(&list, "task-clock", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK);
	add(&list, "page-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS);
	add(&list, "nonsense", PERF_TYPE_SOFTWARE, 0xffff);
	CHECK_OK(command_prepare(argv, &run), "a child waits");
	target_set_command(&target, run.pid);
	CHECK_OK(counters_open(&machine, &list, &target, &options, NULL, &counters), "events open on it");
	CHECK_EQ(counters->opened[0].state, EVENT_OPEN, "task-clock is open");
	CHECK_EQ(counters->opened[2].state, EVENT_NOT_SUPPORTED, "an event that no kernel has is marked");
	CHECK(counters->opened[2].reason, "and the reason given");
	CHECK(counters_read(counters, 0, 0, &count) && count.value == 0, "nothing is counted before the exec");
	CHECK_OK(command_start(&run), "the child execs");
	waitpid(run.pid, &status, 0);
	CHECK_EQ(status, 0, "the program ran");
	CHECK(counters_read(counters, 0, 0, &count) && count.value > 0, "task-clock counted");
	CHECK_EQ(count.running, count.enabled, "all the time");
	CHECK(counters_read(counters, 1, 0, &count) && count.value > 10 && count.scaled > 10, "page-faults counted");
	counters_destroy(counters);
	options.tolerate = false;
	target.tasks.data[0] = getpid();
	CHECK_ERR(counters_open(&machine, &list, &target, &options, NULL, &counters), "cannot open nonsense",
		  "without tolerance it is an error");
	CHECK_OK(command_prepare(none, &run), "a child waits for what does not exist");
	CHECK_ERR(command_start(&run), "cannot run /no/such/program", "and says so");
	CHECK_EQ(run.pid, 0, "no child is left");
	CHECK_OK(command_prepare(argv, &run), "a child waits");
	pid_t other = fork();	/* which has what command_prepare opened */
	if (!other) {
		alarm(30);
		pause();
		_exit(0);
	}
	alarm(20);
	command_abandon(&run);
	alarm(0);
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
	CHECK(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD, "an abandoned one is gone");
	event_list_deinit(&list);
	target_deinit(&target);
}

static void sampling(void)
{
	struct event_list list = { 0 };
	struct target target = { 0 };
	struct open_options options = { .inherit = true, .sampling = true };
	struct counters *counters;
	uint64_t id = 0;

	add(&list, "cpu-clock", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK)->attr.sample_period = 1000000;
	add(&list, "page-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS)->leader = 0;
	target_set_command(&target, getpid());
	struct cpuset online = { 0 };
	cpuset_online(&machine, &online);
	CHECK_OK(counters_open(&machine, &list, &target, &options, NULL, &counters), "a group for sampling opens");
	CHECK_EQ(counters->opened[0].n_cpus, online.cpus.len, "on each CPU");
	CHECK(counters_fd(counters, 1, 0, 0) >= 0, "its second event as well");
	CHECK(counter_id(counters_fd(counters, 0, 0, 0), &id) && id, "with an id");
	counters_destroy(counters);
	cpuset_deinit(&online);
	event_list_deinit(&list);
	target_deinit(&target);
}

static void put(void *ctx, size_t event, size_t cpu_index, const struct count *count)
{
	((struct count *)ctx)[event] = *count;
}

/* What one read brings belongs together: every page fault is a major or a minor one. */
static void together(void)
{
	struct event_list list = { 0 };
	struct target target = { .system_wide = true };
	struct open_options options = { .tolerate = true };
	struct counters *counters;
	struct count counts[6] = { 0 };
	volatile char *pages;
	cpu_set_t here;

	add(&list, "nonsense", PERF_TYPE_SOFTWARE, 0xffff);
	add(&list, "major-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS_MAJ);
	add(&list, "cpu-clock", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK);
	add(&list, "page-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS);
	add(&list, "nonsense", PERF_TYPE_SOFTWARE, 0xffff);
	add(&list, "minor-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS_MIN);
	cpuset_add(&target.cpus, sched_getcpu());
	CPU_ZERO(&here);
	CPU_SET((size_t)target.cpus.cpus.data[0], &here);
	CHECK(!sched_setaffinity(0, sizeof(here), &here), "a CPU to stay on");
	struct error *err = counters_open(&machine, &list, &target, &options, NULL, &counters);
	if (err || counters->opened[1].state != EVENT_OPEN) {
		SKIP(6, "the whole machine may not be counted here");
		error_destroy(err);
	} else {
		counters_enable(counters);
		pages = mmap(NULL, 100 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		madvise((void *)pages, 100 * 4096, MADV_NOHUGEPAGE);
		for (int i = 0; i < 100; i++)
			pages[i * 4096] = 1;
		munmap((void *)pages, 100 * 4096);
		for (size_t e = 0; e < list.events.len; e++)
			if (counters->opened[e].state == EVENT_OPEN)
				CHECK_EQ(counters->opened[e].first, 1, "the first that opens leads");
		counters_read_group(counters, 1, 0, put, counts);
		CHECK(counts[3].value >= 100 && counts[2].value > counts[3].value, "each has its own value");
		CHECK_EQ(counts[3].value, counts[1].value + counts[5].value, "of one moment");
		counters_destroy(counters);
	}
	event_list_deinit(&list);
	target_deinit(&target);
}

int main(void)
{
	command();
	together();
	sampling();
	return tap_done();
}
