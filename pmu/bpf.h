/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bpf(2), the little of it that counting needs, and instructions by hand (Documentation/bpf/standardization/instruction-set.rst). */
#ifndef PTK_PMU_BPF_H
#define PTK_PMU_BPF_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Each gives a descriptor, or -1 with errno. */
int bpf_map(enum bpf_map_type type, uint32_t value_size, uint32_t entries, const char *name);	/* keys are 32 bits */
/* A program of a tracepoint whose arguments it knows the types of; btf_id: of the tracepoint's btf_trace_… (Linux 5.5). */
int bpf_program(const struct bpf_insn *insns, size_t n, uint32_t btf_id, const char *name);
int bpf_attach(int program);	/* to its tracepoint, until the descriptor is closed */

/* values: value_size bytes; of a per-CPU map one such for each possible CPU. */
bool bpf_lookup(int map, uint32_t key, void *values);
bool bpf_update(int map, uint32_t key, const void *value);

/* ---- instructions: registers are BPF_REG_0 …, jumps count instructions from the next one */

#define INSN(c, d, s, o, i) ((struct bpf_insn){ .code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i) })

#define MOVE(dst, src) INSN(BPF_ALU64 | BPF_MOV | BPF_X, dst, src, 0, 0)
#define MOVE_LOW(dst, src) INSN(BPF_ALU | BPF_MOV | BPF_X, dst, src, 0, 0)	/* 32 bits, the others 0 */
#define SET(dst, value) INSN(BPF_ALU64 | BPF_MOV | BPF_K, dst, 0, 0, value)
#define CALC(op, dst, src) INSN(BPF_ALU64 | (op) | BPF_X, dst, src, 0, 0)
#define CALC_BY(op, dst, value) INSN(BPF_ALU64 | (op) | BPF_K, dst, 0, 0, value)
#define LOAD(size, dst, base, off) INSN(BPF_LDX | (size) | BPF_MEM, dst, base, off, 0)
#define STORE(size, base, off, src) INSN(BPF_STX | (size) | BPF_MEM, base, src, off, 0)
#define ATOMIC(op, base, off, src) INSN(BPF_STX | BPF_DW | BPF_ATOMIC, base, src, off, op)
#define JUMP_IF(op, reg, value, n) INSN(BPF_JMP | (op) | BPF_K, reg, 0, n, value)
#define JUMP(n) INSN(BPF_JMP | BPF_JA, 0, 0, n, 0)
#define CALL(helper) INSN(BPF_JMP | BPF_CALL, 0, 0, 0, helper)
#define MAP(dst, fd) INSN(BPF_LD | BPF_DW | BPF_IMM, dst, BPF_PSEUDO_MAP_FD, 0, fd), INSN(0, 0, 0, 0, 0)
#define EXIT() SET(BPF_REG_0, 0), INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)

#endif
