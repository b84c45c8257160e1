/* SPDX-License-Identifier: GPL-2.0-or-later */
/* 2 * COUNT + 4 instructions in user space: one to load COUNT, two a round, three to leave. */
	.global _start
_start:
	ldr	x0, =COUNT
round:	subs	x0, x0, #1
	b.ne	round
	mov	x0, #0
	mov	x8, #93		/* exit */
	svc	#0
