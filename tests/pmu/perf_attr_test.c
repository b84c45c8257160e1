/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The attr of each event against the one that perf opens for the same words (perf stat -vv), where perf is installed. */
#include "base/strbuf.h"
#include "pmu/parse.h"
#include "tests/lib/tap.h"
#include "tests/pmu/machine.h"

static const char *const events[] = {
	"cpu-clock", "cpu-clock:u", "cpu-clock:k", "cpu-clock:kpp", "cpu-clock:uH", "cpu-clock:G", "cpu-clock:I", "cpu-clock:e",
	"cpu-clock:D", "task-clock:h", "dummy:hu", "cs/name=foo/", "faults", "minor-faults:uk", "1:3", "cgroup-switches",
	"cycles", "instructions:u", "L1-dcache-load-misses", "LLC-prefetch-misses:u", "dTLB-stores", "r1a8:u",
	"msr/tsc/", "msr/event=0x00/", "tsc", "mem:0x1000/4:rw:u", "mem:0x1000/8:w", "mem:0x1000:x", "mem:0x2000:r:k",
	"sched:sched_switch", "sched:sched_switch:u", "syscalls:sys_enter_getppid:k",
};

/* The value of a field in the text of the last attr that perf printed; 0 when it does not print it. */
static unsigned long long field(const char *attr, const char *name)
{
	autofree char *line = xasprintf("\n  %s ", name);
	const char *at = strstr(attr, line);

	return at ? strtoull(at + strlen(line), NULL, 0) : 0;
}

/* Standard error of perf stat -vv -e EVENT true, from the last attr on; NULL when perf opened nothing. */
static char *perf_attr(const char *event)
{
	autofree char *command = xasprintf("perf stat -vv -e '%s' true 2>&1", event);
	struct strbuf out = { 0 };
	char chunk[4096];
	FILE *in = popen(command, "r");

	for (size_t n; in && (n = fread(chunk, 1, sizeof(chunk), in)); )
		strbuf_add(&out, chunk, n);
	if (in)
		pclose(in);
	const char *last = NULL;
	for (const char *at = strbuf_str(&out); (at = strstr(at, "\nperf_event_attr:")); at++)
		last = at + 1;
	char *attr = last ? xstrdup(last) : NULL;
	strbuf_deinit(&out);
	return attr;
}

static void same(const char *event, const char *attr, const char *name, unsigned long long ours)
{
	autofree char *what = xasprintf("%s: %s", event, name);

	CHECK_EQ(ours, field(attr, name), what);
}

static void compare(struct pmus *pmus, const char *text, bool guests)
{
	struct event_list list = { 0 };
	autofree char *theirs = perf_attr(text);
	struct error *err = events_parse(pmus, text, NULL, &list);

	if (!theirs || err) {
		SKIP(1, theirs ? "not on this machine" : "perf does not open it here");
		error_destroy(err);
		return;
	}
	const struct perf_event_attr *a = &list.events.data[0].attr;
	same(text, theirs, "type", a->type);
	same(text, theirs, "config", a->config);
	same(text, theirs, "exclude_user", a->exclude_user);
	same(text, theirs, "exclude_kernel", a->exclude_kernel);
	same(text, theirs, "exclude_hv", a->exclude_hv);
	same(text, theirs, "exclude_idle", a->exclude_idle);
	same(text, theirs, "exclude_host", a->exclude_host);
	same(text, theirs, "pinned", a->pinned);
	same(text, theirs, "exclusive", a->exclusive);
	same(text, theirs, "precise_ip", a->precise_ip);
	same(text, theirs, "bp_type", a->bp_type);
	same(text, theirs, "{ bp_addr, config1 }", a->config1);
	same(text, theirs, "{ bp_len, config2 }", a->config2);
	/* a PMU that does not know guests says so when it is opened, which was not done here */
	if (guests && list.events.data[0].kind != EVENT_PMU)
		same(text, theirs, "exclude_guest", a->exclude_guest);
	event_list_deinit(&list);
}

int main(void)
{
	const struct os os = { .root = "" };
	struct pmus *pmus = pmus_create(&os);
	autofree char *plain = perf_attr("cpu-clock");

	if (!plain)
		SKIP((int)ARRAY_SIZE(events), "no perf here that counts cpu-clock");
	/* perf leaves guests out by default up to 6.12. */
	for (size_t i = 0; plain && i < ARRAY_SIZE(events); i++)
		compare(pmus, events[i], field(plain, "exclude_guest"));
	pmus_destroy(pmus);
	return tap_done();
}
