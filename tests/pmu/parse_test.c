/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The event grammar over made-up machines: what attr comes of which words, and what is said of wrong ones. */
#include "base/strbuf.h"
#include "pmu/parse.h"
#include "tests/lib/tap.h"
#include "tests/pmu/machine.h"

/* Events as text, one a line: NAME TYPE:CONFIG[:CONFIG1[:CONFIG2]] [flags] [cpus=…] … */
static char *described(const struct event_list *list)
{
	struct strbuf out = { 0 };

	for (size_t i = 0; i < list->events.len; i++) {
		const struct event *e = &list->events.data[i];
		const struct perf_event_attr *a = &e->attr;
		strbuf_printf(&out, "%s%s %u:%llx", i ? "\n" : "", e->name, a->type, (unsigned long long)a->config);
		if (a->config1 || a->config2)
			strbuf_printf(&out, ":%llx", (unsigned long long)a->config1);
		if (a->config2)
			strbuf_printf(&out, ":%llx", (unsigned long long)a->config2);
		const char *const flags[] = { a->exclude_user ? " -u" : "", a->exclude_kernel ? " -k" : "", a->exclude_hv ? " -h" : "",
			a->exclude_host ? " -H" : "", a->exclude_guest ? " -G" : "", a->exclude_idle ? " -I" : "",
			a->pinned ? " D" : "", a->exclusive ? " e" : "", e->precise_max ? " P" : "", e->sample_read ? " S" : "",
			e->weak_group ? " W" : "", e->exclude_typed ? " typed" : "", e->per_package ? " package" : "",
			e->snapshot ? " snapshot" : "" };
		for (size_t f = 0; f < ARRAY_SIZE(flags); f++)
			strbuf_adds(&out, flags[f]);
		if (a->precise_ip)
			strbuf_printf(&out, " p%d", a->precise_ip);
		if (e->leader != i)
			strbuf_printf(&out, " <%zu", e->leader);
		if (e->pmu)
			strbuf_printf(&out, " pmu=%s", e->pmu);
		autofree char *cpus = cpuset_text(&e->cpus);
		if (*cpus)
			strbuf_printf(&out, " cpus=%s", cpus);
		if (e->unit)
			strbuf_printf(&out, " %g %s", e->scale, e->unit);
		if (a->sample_period)
			strbuf_printf(&out, " %s=%llu", a->freq ? "freq" : "period", (unsigned long long)a->sample_period);
	}
	return strbuf_take(&out);
}

static void parses(const char *root, const char *text, const char *want)
{
	const struct os os = { .root = root };
	struct pmus *pmus = pmus_create(&os);
	struct event_list list = { 0 };
	struct error *err = events_parse(pmus, text, NULL, &list);
	autofree char *got = err ? error_text(err) : described(&list);

	CHECK_STR(got, want, text);
	error_destroy(err);
	event_list_deinit(&list);
	pmus_destroy(pmus);
}

/* The text of the error, from its first line to its caret, and a part of the hint. */
static void refuses(const char *root, const char *text, const char *want, const char *hint)
{
	const struct os os = { .root = root };
	struct pmus *pmus = pmus_create(&os);
	struct event_list list = { 0 };
	struct error *err = events_parse(pmus, text, NULL, &list);
	autofree char *got = err ? error_text(err) : xstrdup("no error");
	autofree char *name = xasprintf("refused: %s", text);

	if (!CHECK(!strncmp(got, want, strlen(want)) && strstr(got, hint), name))
		printf("# got:\n%s# wanted:\n%s# and: %s\n", got, want, hint);
	CHECK(err && err->kind == ERROR_USAGE && !list.events.len, "a usage error, and nothing added");
	error_destroy(err);
	event_list_deinit(&list);
	pmus_destroy(pmus);
}

static void kernel_names(const char *root)
{
	parses(root, "cycles", "cycles 0:0 -G");
	parses(root, "cpu-cycles:u,branches", "cpu-cycles:u 0:0 -k -h -G typed\nbranches 0:4 -G");
	parses(root, "cs,migrations,faults", "cs 1:3 -G\nmigrations 1:4 -G\nfaults 1:2 -G");
	parses(root, "idle-cycles-frontend,ref-cycles", "idle-cycles-frontend 0:7 -G\nref-cycles 0:9 -G");
	parses(root, "L1-dcache-load-misses", "L1-dcache-load-misses 3:10000 -G");
	parses(root, "l1d-write,LLC,dTLB-prefetch-misses", "l1d-write 3:100 -G\nLLC 3:2 -G\ndTLB-prefetch-misses 3:10203 -G");
	parses(root, "Data-TLB-speculative-read-miss", "Data-TLB-speculative-read-miss 3:10203 -G");
	parses(root, "branch-loads,node-store-misses,iTLB-loads",
	       "branch-loads 3:5 -G\nnode-store-misses 3:10106 -G\niTLB-loads 3:4 -G");
	parses(root, "r1a8,r0x1ff:k", "r1a8 4:1a8 -G\nr0x1ff:k 4:1ff -u -h typed");
	parses(root, "1:3:u", "1:3:u 1:3 -k -h -G typed");
	parses(root, "cycles/period=1000/u,cs/freq=99,name=switches/",
	       "cycles/period=1000/u 0:0 -k -h -G typed period=1000\nswitches 1:3 -G freq=99");
	refuses(root, "cylces", "there is no event called cylces\n  cylces\n  ^^^^^^\n", "did you mean cycles");
	refuses(root, "cs,iTLB-stores", "this cache has no such operation\n  cs,iTLB-stores\n          ^^^^^^\n", "ptk list cache");
	refuses(root, "cs,,cycles", "an event is missing\n  cs,,cycles\n     ^\n", "ptk list");
	refuses(root, "", "an event is missing\n", "ptk list");
	refuses(root, "cycles/perod=3/", "there is no term called perod\n  cycles/perod=3/\n         ^^^^^\n", "did you mean period");
	refuses(root, "cycles/period=x/", "period wants a number\n  cycles/period=x/\n                ^\n", "hexadecimal");
	refuses(root, "cs/period/", "period wants a value\n  cs/period/\n     ^^^^^^\n", "period=NUMBER");
	refuses(root, "cs/name=a", "this slash is not closed\n  cs/name=a\n    ^\n", "write a /");
	refuses(root, "r11112222333344445", "there is no event", "");
}

static void modifiers(const char *root)
{
	parses(root, "cycles:kpp", "cycles:kpp 0:0 -u -h -G typed p2");
	parses(root, "cycles:ppp,cycles:P", "cycles:ppp 0:0 -G p3\ncycles:P 0:0 P");
	parses(root, "cycles:hu", "cycles:hu 0:0 -k -G typed");
	parses(root, "cycles:G,cycles:uH", "cycles:G 0:0 -H typed\ncycles:uH 0:0 -k -h -G typed");
	parses(root, "cycles:IDe", "cycles:IDe 0:0 -I D e");
	parses(root, "{cycles,cs}:SW", "cycles 0:0 -G S W\ncs 1:3 -G S W <0");
	parses(root, "cs,{cs:u,faults}:kD", "cs 1:3 -G\ncs:u 1:3 -h -G D typed\nfaults 1:2 -u -h -G typed <1");
	refuses(root, "cycles:q", "there is no modifier 'q'\n  cycles:q\n         ^\n", "k kernel");
	refuses(root, "cycles:uku", "modifier 'u' stands twice\n  cycles:uku\n           ^\n", "");
	refuses(root, "cycles:pppp", "p stands more than three times\n  cycles:pppp\n            ^\n", "ppp");
	refuses(root, "cycles:", "a modifier is missing\n  cycles:\n         ^\n", "colon");
	refuses(root, "{cycles,cs", "this group is not closed\n  {cycles,cs\n  ^\n", "}");
	refuses(root, "{cycles}:z", "there is no modifier 'z'\n  {cycles}:z\n           ^\n", "");
	refuses(root, "{cs,{cs}}", "an event is missing", "");
	refuses(root, "cs}", "a comma belongs here\n  cs}\n    ^\n", "");
}

static void server(const char *root)
{
	parses(root, "cpu/event=0x3c,umask=0x1/", "cpu/event=0x3c,umask=0x1/ 4:13c -G pmu=cpu");
	parses(root, "cpu/event=0xc2,umask=1,inv,cmask=16/upp", "cpu/event=0xc2,umask=1,inv,cmask=16/upp 4:108001c2 -k -h -G typed p2 pmu=cpu");
	parses(root, "cpu/mem-loads,ldlat=30/P", "cpu/mem-loads,ldlat=30/P 4:1cd:1e P pmu=cpu");
	parses(root, "cpu/ldlat=30,mem-loads/", "cpu/ldlat=30,mem-loads/ 4:1cd:1e -G pmu=cpu");
	parses(root, "mem-loads:u", "mem-loads:u 4:1cd:3 -k -h -G typed pmu=cpu");
	parses(root, "mem-loads/ldlat=50/", "mem-loads/ldlat=50/ 4:1cd:32 -G pmu=cpu");
	parses(root, "topdown-fetch-bubbles", "topdown-fetch-bubbles 4:19c -G pmu=cpu");
	parses(root, "cpu/cycles/,cpu/instructions/", "cpu/cycles/ 0:0 -G pmu=cpu\ncpu/instructions/ 0:1 -G pmu=cpu");
	parses(root, "cpu/r1a8/,cpu/config=0x10,config1=2,wide=3/", "cpu/r1a8/ 4:1a8 -G pmu=cpu\ncpu/config=0x10,config1=2,wide=3/ 4:10:2:3 -G pmu=cpu");
	parses(root, "cpu//", "cpu// 4:0 -G pmu=cpu");
	parses(root, "cpu/parameter,umask=7/", "cpu/parameter,umask=7/ 4:701 -G pmu=cpu");
	parses(root, "cpu/event=1,name='A,B:C/D'/", "A,B:C/D 4:1 -G pmu=cpu");
	parses(root, "uncore_imc/cas_count_read/",
	       "uncore_imc/cas_count_read/ 20:304 package pmu=uncore_imc_0 cpus=0,28 6.10352e-05 MiB\n"
	       "uncore_imc/cas_count_read/ 21:304 package pmu=uncore_imc_1 cpus=0,28 6.10352e-05 MiB");
	parses(root, "imc_1/event=1/", "imc_1/event=1/ 21:1 package pmu=uncore_imc_1 cpus=0,28");
	parses(root, "uncore_*/event=1/G", "uncore_*/event=1/G 32:1 -H typed package pmu=uncore_cha_2 cpus=0\n"
	       "uncore_*/event=1/G 40:1 -H typed package pmu=uncore_cha_10 cpus=0\n"
	       "uncore_*/event=1/G 20:1 -H typed package pmu=uncore_imc_0 cpus=0,28\n"
	       "uncore_*/event=1/G 21:1 -H typed package pmu=uncore_imc_1 cpus=0,28\n"
	       "uncore_*/event=1/G 22:1 -H typed package pmu=uncore_imc_free_running_0 cpus=0,28");
	parses(root, "{uncore_imc/event=1/,uncore_imc/event=2/}",
	       "uncore_imc/event=1/ 20:1 package pmu=uncore_imc_0 cpus=0,28\nuncore_imc/event=2/ 20:2 package <0 pmu=uncore_imc_0 cpus=0,28\n"
	       "uncore_imc/event=1/ 21:1 package pmu=uncore_imc_1 cpus=0,28\nuncore_imc/event=2/ 21:2 package <2 pmu=uncore_imc_1 cpus=0,28");
	parses(root, "uncore_cha_2/umask=0xabcdef12/", "uncore_cha_2/umask=0xabcdef12/ 32:abcdef00001200 package pmu=uncore_cha_2 cpus=0");
	parses(root, "power/energy-pkg/", "power/energy-pkg/ 30:2 package snapshot pmu=power cpus=0 2.32831e-10 Joules");
	refuses(root, "cpu/evnt=1/", "cpu has no term called evnt\n  cpu/evnt=1/\n      ^^^^\n", "did you mean event");
	refuses(root, "cpu/evnt=1/", "cpu has no term", "the terms of cpu: cmask, edge, event, frontend, inv, ldlat, umask, wide");
	refuses(root, "cs,cpu/umask=0x1ff/", "0x1ff is too large for umask of cpu\n  cs,cpu/umask=0x1ff/\n               ^^^^^\n", "config:8-15");
	refuses(root, "cpu/mem-laods/", "cpu has no event or term called mem-laods\n  cpu/mem-laods/\n      ^^^^^^^^^\n", "did you mean mem-loads");
	refuses(root, "cpu/parameter/", "parameter wants a value for umask\n  cpu/parameter/\n      ^^^^^^^^^\n", "umask=NUMBER");
	refuses(root, "cpus/event=1/", "this machine has no event source (PMU) called cpus\n  cpus/event=1/\n  ^^^^\n", "did you mean cpu");
	refuses(root, "mem-loadz", "there is no event called mem-loadz\n", "did you mean mem-loads");
	refuses(root, "cpu/event=1,/", "a term is missing", "");
}

static void hybrid(const char *root)
{
	parses(root, "cycles:u", "cpu_core/cycles/u 0:400000000 -k -h -G typed pmu=cpu_core cpus=0-7\n"
	       "cpu_atom/cycles/u 0:a00000000 -k -h -G typed pmu=cpu_atom cpus=8-15");
	parses(root, "cycles/period=9/k,mem-loads/umask=7/:u", "cpu_core/cycles,period=9/k 0:400000000 -u -h typed pmu=cpu_core cpus=0-7 period=9\n"
	       "cpu_atom/cycles,period=9/k 0:a00000000 -u -h typed pmu=cpu_atom cpus=8-15 period=9\n"
	       "cpu_atom/mem-loads,umask=7/u 10:7d0 -k -h -G typed pmu=cpu_atom cpus=8-15\n"
	       "cpu_core/mem-loads,umask=7/u 4:7cd -k -h -G typed pmu=cpu_core cpus=0-7");
	parses(root, "LLC-loads", "cpu_core/LLC-loads/ 3:400000002 -G pmu=cpu_core cpus=0-7\ncpu_atom/LLC-loads/ 3:a00000002 -G pmu=cpu_atom cpus=8-15");
	parses(root, "cpu_core/cycles/", "cpu_core/cycles/ 0:400000000 -G pmu=cpu_core cpus=0-7");
	parses(root, "cpu_atom/L1-dcache-loads/k", "cpu_atom/L1-dcache-loads/k 3:a00000000 -u -h typed pmu=cpu_atom cpus=8-15");
	parses(root, "r3c", "cpu_core/r3c/ 4:3c -G pmu=cpu_core cpus=0-7\ncpu_atom/r3c/ 10:3c -G pmu=cpu_atom cpus=8-15");
	parses(root, "cpu/event=0x3c/", "cpu/event=0x3c/ 10:3c -G pmu=cpu_atom cpus=8-15\ncpu/event=0x3c/ 4:3c -G pmu=cpu_core cpus=0-7");
	parses(root, "mem-loads", "cpu_atom/mem-loads/ 10:5d0 -G pmu=cpu_atom cpus=8-15\ncpu_core/mem-loads/ 4:1cd -G pmu=cpu_core cpus=0-7");
	parses(root, "topdown-retiring", "topdown-retiring 4:8000 -G pmu=cpu_core cpus=0-7");
	parses(root, "{cycles,instructions,cs}",
	       "cpu_core/cycles/ 0:400000000 -G pmu=cpu_core cpus=0-7\ncpu_core/instructions/ 0:400000001 -G <0 pmu=cpu_core cpus=0-7\n"
	       "cs 1:3 -G <0\n"
	       "cpu_atom/cycles/ 0:a00000000 -G pmu=cpu_atom cpus=8-15\ncpu_atom/instructions/ 0:a00000001 -G <3 pmu=cpu_atom cpus=8-15");
}

static void others(const char *amd, const char *arm)
{
	parses(amd, "cpu/event=0x1ff,umask=1/", "cpu/event=0x1ff,umask=1/ 4:1000001ff -G pmu=cpu");
	parses(amd, "ibs_op/cnt_ctl=1/", "ibs_op/cnt_ctl=1/ 11:80000 -G pmu=ibs_op");
	parses(amd, "amd_l3/event=4/", "amd_l3/event=4/ 13:4 package pmu=amd_l3 cpus=0,8,16");
	parses(arm, "cycles", "armv8_cortex_a53/cycles/ 0:700000000 -G pmu=armv8_cortex_a53 cpus=0-3\n"
	       "armv8_cortex_a72/cycles/ 0:800000000 -G pmu=armv8_cortex_a72 cpus=4-5");
	parses(arm, "armv8_cortex_a72/cpu_cycles/", "armv8_cortex_a72/cpu_cycles/ 8:11 -G pmu=armv8_cortex_a72 cpus=4-5");
	parses(arm, "cpu_cycles:u", "armv8_cortex_a53/cpu_cycles/u 7:11 -k -h -G typed pmu=armv8_cortex_a53 cpus=0-3\n"
	       "armv8_cortex_a72/cpu_cycles/u 8:11 -k -h -G typed pmu=armv8_cortex_a72 cpus=4-5");
	parses(arm, "arm_cmn/type=5/", "arm_cmn/type=5/ 12:5 package pmu=arm_cmn_0 cpus=0");
}

static void breakpoints(const char *root)
{
	parses(root, "mem:0x1000", "mem:0x1000 5:0:1000:4 -G");
	parses(root, "mem:4096/8:w:u,cs", "mem:4096/8:w:u 5:0:1000:8 -k -h -G typed\ncs 1:3 -G");
	parses(root, "mem:0x1000:k", "mem:0x1000:k 5:0:1000:4 -u -h typed");
	refuses(root, "cs,mem:zz", "this is no address\n  cs,mem:zz\n         ^^\n", "mem:ADDRESS");
	refuses(root, "mem:", "an address is missing\n  mem:\n      ^\n", "mem:ADDRESS");
	refuses(root, "mem:0x10/3", "this is no length of a breakpoint\n  mem:0x10/3\n           ^\n", "8 bytes");
	refuses(root, "mem:0x10:rr", "access 'r' stands twice\n  mem:0x10:rr\n            ^\n", "");
	refuses(root, "mem:0x10:z", "this is no kind of access\n  mem:0x10:z\n           ^\n", "executing");
}

static void tracepoints(const char *root)
{
	parses(root, "sched:sched_switch", "sched:sched_switch 2:13c -G");
	parses(root, "sched:sched_*:u", "sched:sched_switch 2:13c -k -h -G typed\nsched:sched_wakeup 2:13e -k -h -G typed");
	parses(root, "s*:*", "sched:sched_switch 2:13c -G\nsched:sched_wakeup 2:13e -G\nskb:kfree_skb 2:578 -G");
	refuses(root, "sched:sched_swich", "tracepoints of sched: none is called sched_swich\n  sched:sched_swich\n        ^^^^^^^^^^^\n", "did you mean sched_switch");
	refuses(root, "cs,shced:sched_switch", "no tracepoints are called shced:…\n  cs,shced:sched_switch\n     ^^^^^\n", "did you mean sched");
	refuses(root, "sched_switch", "there is no event called sched_switch\n", "did you mean the tracepoint sched:sched_switch");
	refuses(root, "ftrace:function", "tracepoints of ftrace: none is called function\n", "");
	refuses(root, "../sched:sched_switch", "", "");
}

static void without_tracefs(void)
{
	static const struct machine_file files[] = { { "/sys/kernel/tracing/.keep", "" }, { 0 } };
	char *root = machine_create(files);
	const struct os os = { .root = root };
	struct pmus *pmus = pmus_create(&os);
	struct event_list list = { 0 };

	CHECK_ERR(events_parse(pmus, "sched:sched_switch", NULL, &list), "mount -t tracefs", "not mounted: the command that mounts it");
	pmus_destroy(pmus);
	machine_add(root, "/proc/mounts", "none /some\\040where tracefs rw 0 0");
	machine_add(root, "/some where/events/a/b/id", "7");
	parses(root, "a:b", "a:b 2:7 -G");
	event_list_deinit(&list);
	machine_remove(root);
}

static void filter_one(const char *root, const char *events, const char *text, const char *want)
{
	const struct os os = { .root = root };
	struct pmus *pmus = pmus_create(&os);
	struct event_list list = { 0 };
	struct error *err = events_parse(pmus, events, NULL, &list);

	err = err ? err : events_filter(pmus, &list, 0, text);
	if (want) {
		CHECK_ERR(err, want, text);
	} else {
		CHECK_OK(err, text);
		CHECK_STR(list.events.data[0].filter, text, "is kept as typed");
	}
	event_list_deinit(&list);
	pmus_destroy(pmus);
}

static void filters(const char *root)
{
	filter_one(root, "sched:sched_switch", "prev_pid == 0", NULL);
	filter_one(root, "sched:sched_switch", "(prev_pid>0x10||common_pid<=-1)&&!(prev_comm ~ \"k*\")", NULL);
	filter_one(root, "sched:sched_switch", "prev_state & 2 && prev_comm != 'x y'", NULL);
	filter_one(root, "sched:*", "common_pid == 1", NULL);
	filter_one(root, "sched:sched_switch", "cpu & CPUS{0-3}", NULL);
	filter_one(root, "sched:sched_switch", "prev_pdi == 0", "no field called prev_pdi\n  prev_pdi == 0\n  ^^^^^^^^\ndid you mean prev_pid");
	filter_one(root, "sched:*", "prev_pid == 0", "sched:sched_wakeup has no field called prev_pid");
	filter_one(root, "sched:sched_switch", "prev_pid = 0", "an operator belongs here\n  prev_pid = 0\n           ^");
	filter_one(root, "sched:sched_switch", "prev_pid == ", "a value is missing");
	filter_one(root, "sched:sched_switch", "prev_pid == 0 &&", "a field belongs here");
	filter_one(root, "sched:sched_switch", "prev_comm == bash", "text belongs in quotes\n  prev_comm == bash\n               ^^^^");
	filter_one(root, "sched:sched_switch", "prev_comm > \"bash\"", "text is not compared so");
	filter_one(root, "sched:sched_switch", "prev_pid == \"x\"", "a number belongs here");
	filter_one(root, "sched:sched_switch", "prev_pid == R", "this is no number");
	filter_one(root, "sched:sched_switch", "prev_comm == \"bash", "this quote is not closed");
	filter_one(root, "sched:sched_switch", "(prev_pid == 0", "this parenthesis is not closed\n  (prev_pid == 0\n  ^");
	filter_one(root, "sched:sched_switch", "prev_pid == 0)", "&& or || belongs here");
	filter_one(root, "cycles", "a == 0", "behind the tracepoint");
}

static void second_filter(const char *root)
{
	const struct os os = { .root = root };
	struct pmus *pmus = pmus_create(&os);
	struct event_list list = { 0 };

	CHECK_OK(events_parse(pmus, "sched:sched_switch", NULL, &list), "a tracepoint");
	CHECK_OK(events_parse(pmus, "sched:sched_wakeup", NULL, &list), "and another");
	CHECK_OK(events_filter(pmus, &list, 1, "prio < 100"), "a filter for the second");
	CHECK_OK(events_filter(pmus, &list, 1, "prio > 10"), "and one more");
	CHECK(!list.events.data[0].filter, "the first has none");
	CHECK_STR(list.events.data[1].filter, "(prio < 100) && (prio > 10)", "both hold");
	event_list_deinit(&list);
	pmus_destroy(pmus);
}

/* libpfm4 as if on a Skylake: its names need no such CPU. */
static void libpfm4(void)
{
	const struct os os = { .root = "" };
	struct pmus *pmus = pmus_create(&os);
	struct event_list list = { 0 };

	setenv("LIBPFM_FORCE_PMU", "skl", 1);
	struct error *err = events_parse(pmus, "UNHALTED_CORE_CYCLES:u,cs,INST_RETIRED:ANY_P", NULL, &list);
	if (err) {
		SKIP(2, "no libpfm4 here");
		error_destroy(err);
	} else {
		autofree char *got = described(&list);
		CHECK_STR(got, "UNHALTED_CORE_CYCLES:u 4:3c -k -h -G typed\ncs 1:3 -G\nINST_RETIRED:ANY_P 4:c0 -G", "names of libpfm4");
		CHECK_ERR(events_parse(pmus, "cs,INST_RETIRED:NO_SUCH", NULL, &list), "    ^^^^^^^^^^^^", "an event of libpfm4 with a wrong mask");
	}
	event_list_deinit(&list);
	pmus_destroy(pmus);
}

int main(void)
{
	char *intel = machine_create(machine_server), *mixed = machine_create(machine_hybrid);
	char *amd = machine_create(machine_amd), *arm = machine_create(machine_arm);

	kernel_names(intel);
	modifiers(intel);
	server(intel);
	hybrid(mixed);
	others(amd, arm);
	breakpoints(intel);
	tracepoints(intel);
	without_tracefs();
	filters(intel);
	second_filter(intel);
	libpfm4();
	machine_remove(intel);
	machine_remove(mixed);
	machine_remove(amd);
	machine_remove(arm);
	return tap_done();
}
