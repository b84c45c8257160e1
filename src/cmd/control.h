/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --control fifo:CTL[,ACK] or fd:N[,M]: a program says when to count. It
 * writes a word and a newline to CTL: enable, disable, ping, stop; "ack\n" goes
 * to ACK once that is done (perf's protocol).
 */
#ifndef PTK_CMD_CONTROL_H
#define PTK_CMD_CONTROL_H

#include <stdbool.h>

#include "base/error.h"

enum control_word { CONTROL_NONE, CONTROL_ENABLE, CONTROL_DISABLE, CONTROL_PING, CONTROL_STOP };

struct control {
	int fd, ack;		/* to be polled for reading; -1: none */
	bool own;		/* opened here: closed here */
	char line[64];
	unsigned len;
};

/* text: the option's value. Fifos must be there. */
struct error *control_open(const char *text, struct control *control) MUST_CHECK;
/* The next word that came, without waiting; NONE when there is none. At the end of the input fd becomes -1. */
enum control_word control_next(struct control *control);
void control_ack(struct control *control);
void control_close(struct control *control);

#endif
