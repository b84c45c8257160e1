/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A browser of a profile on the terminal, or by a script of keys as text: what report and top share. */
#ifndef PTK_CMD_BROWSE_H
#define PTK_CMD_BROWSE_H

#include <poll.h>
#include <stdint.h>

#include "profile/profile.h"
#include "ui/browser.h"
#include "ui/screen.h"

/*
 * Shall what is shown be a screen, when nobody says? TERM is known, standard
 * input and output are terminals. `data`: standard input is the data, and keys
 * can come from the terminal all the same.
 */
bool browse_possible(bool data);

/* A usage error where text (--stdio) and the screen (--tui, --script) are both asked for. */
struct error *browse_or_text(bool stdio, bool tui, const char *script) MUST_CHECK;

struct browse {
	struct browser browser;
	struct grid grid;
	struct screen *screen;		/* NULL: by script */
	unsigned deaf;			/* how often input was readable and no key came of it */
};

/* Milliseconds of a clock that only goes on. */
int64_t browse_now_ms(void);

/* SIGINT, SIGTERM and SIGHUP as a descriptor, -1 where that cannot be. */
int browse_signals(void);

/*
 * Takes the terminal, and Ctrl-Z (SIGTSTP) and the ends of children into `signals`, of browse_signals().
 * The browser is set up before, and is the caller's to deinit.
 */
struct error *browse_open(struct browse *b, int signals) MUST_CHECK;
void browse_draw(struct browse *b);
/* Takes the keys that are there. `events`: what poll said of screen_keys(). At the end of input the browser is over. */
bool browse_keys(struct browse *b, short events);
/* `signals` is readable. True: the program is to end. After Ctrl-Z it returns when the program goes on: draw. */
bool browse_signal(struct browse *b, int signals);
void browse_close(struct browse *b);

/*
 * --script and --screen: draws, then plays the keys and prints a screen of
 * `size` ("80x24"; NULL: that) after each. At <Wait> `wait` is called; it may
 * be NULL.
 */
void browse_script(struct browse *b, const char *keys, const char *size, void (*wait)(void *ctx), void *ctx);

/* A flame graph of a part of a profile. */
void browse_flame(const struct profile *p, uint32_t event, const struct zoom *zoom, const char *title, FILE *out);

#endif
