/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The metrics that ptk comes with; pmu/metric.h says how a row is written.
 * To add one, add a row: first what only some machines have, then what most
 * have, under one name. A percentage says of what in its unit.
 */
#include "pmu/metric.h"

const char metric_builtin[] =
	"IPC | pipeline | insn per cycle | instructions / cycles | Instructions retired a cycle\n"
	"CPI | pipeline | cycles per insn | cycles / instructions | Cycles an instruction took\n"
	"GHz | pipeline | GHz | cycles / task-clock | The clock while the CPU was busy\n"
	"frontend-bound | pipeline topdown | % of all slots | 100 / slots * topdown-fe-bound | Slots that the fetch did not fill\n"
	"frontend-bound | pipeline topdown | % of all slots | 100 * topdown-fetch-bubbles / topdown-total-slots | Slots that the fetch did not fill\n"
	"frontend-bound | pipeline | % of all cycles | 100 * stall_frontend / cpu_cycles | Cycles that nothing was fetched for\n"
	"frontend-bound | pipeline | % of all cycles | 100 * stalled-cycles-frontend / cycles | Cycles that nothing was fetched for\n"
	"backend-bound | pipeline topdown | % of all slots | 100 / slots * topdown-be-bound | Slots that waited for data or for units\n"
	"backend-bound | pipeline | % of all cycles | 100 * stall_backend / cpu_cycles | Cycles that waited for data or for units\n"
	"backend-bound | pipeline | % of all cycles | 100 * stalled-cycles-backend / cycles | Cycles that waited for data or for units\n"
	"retiring | pipeline topdown | % of all slots | 100 / slots * topdown-retiring | Slots whose work counted\n"
	"retiring | pipeline topdown | % of all slots | 100 * topdown-slots-retired / topdown-total-slots | Slots whose work counted\n"
	"bad-speculation | pipeline topdown | % of all slots | 100 / slots * topdown-bad-spec | Slots whose work was thrown away\n"
	"bad-speculation | pipeline topdown | % of all slots | 100 * (topdown-slots-issued - topdown-slots-retired) / topdown-total-slots | Slots whose work was thrown away\n"
	"stalls-per-insn | pipeline | stalled cycles per insn | max(stalled-cycles-frontend, stalled-cycles-backend) / instructions | Stalled cycles for each instruction\n"
	"branch-miss-rate | branch | % of all branches | 100 * branch-misses / branches | Branches that were predicted wrong\n"
	"branch-mpki | branch | misses per 1000 insn | 1000 * branch-misses / instructions | Wrong predictions a thousand instructions\n"
	"cache-miss-rate | cache | % of all cache refs | 100 * cache-misses / cache-references | References to the last cache that missed\n"
	"cache-mpki | cache | misses per 1000 insn | 1000 * cache-misses / instructions | Last-level misses a thousand instructions\n"
	"l1d-miss-rate | cache | % of all L1d loads | 100 * L1-dcache-load-misses / L1-dcache-loads | Loads that the first cache did not have\n"
	"llc-miss-rate | cache | % of all LLC loads | 100 * LLC-load-misses / LLC-loads | Loads that the last cache did not have\n"
	"dtlb-miss-rate | tlb | % of all dTLB loads | 100 * dTLB-load-misses / dTLB-loads | Loads whose translation was not at hand\n"
	"itlb-miss-rate | tlb | % of all iTLB loads | 100 * iTLB-load-misses / iTLB-loads | Fetches whose translation was not at hand\n"
	"kernel-share | time | % of all cycles | 100 * cycles:k / cycles | Cycles spent in the kernel\n"
	"CPUs | time | CPUs utilized | task-clock / 1000000000 / seconds | CPUs that were busy, on average\n"
	"fault-rate | memory | faults/sec | page-faults * 1000000000 / task-clock | Page faults a second of CPU time\n"
	"switch-rate | scheduler | switches/sec | context-switches * 1000000000 / task-clock | Context switches a second of CPU time\n"
	"memory-read | memory uncore | MiB/s | uncore_imc/cas_count_read/ / seconds | Read from memory, of the whole machine\n"
	"memory-read | memory uncore | MiB/s | uncore_imc_free_running/data_read/ / seconds | Read from memory, of the whole machine\n"
	"memory-read | memory uncore | MiB/s | uncore_imc/data_reads/ / seconds | Read from memory, of the whole machine\n"
	"memory-write | memory uncore | MiB/s | uncore_imc/cas_count_write/ / seconds | Written to memory, of the whole machine\n"
	"memory-write | memory uncore | MiB/s | uncore_imc_free_running/data_write/ / seconds | Written to memory, of the whole machine\n"
	"memory-write | memory uncore | MiB/s | uncore_imc/data_writes/ / seconds | Written to memory, of the whole machine\n"
	"package-power | power uncore | Watts | power/energy-pkg/ / seconds | Power of the CPU's packages\n"
	"memory-power | power uncore | Watts | power/energy-ram/ / seconds | Power of the memory\n";
