/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The terminal. ui/curses.c is the one file that knows ncurses. */
#ifndef PTK_UI_SCREEN_H
#define PTK_UI_SCREEN_H

#include <stdbool.h>

#include "base/error.h"
#include "ui/grid.h"
#include "ui/keys.h"

struct screen;

/*
 * Takes the terminal over; an error when there is none that it can be. Keys
 * come from standard input or, where that is something else, from /dev/tty.
 */
struct error *screen_open(struct screen **screen) MUST_CHECK;
/* Where keys come from: readable when there are some. */
int screen_keys(const struct screen *screen);
void screen_size(const struct screen *screen, unsigned *rows, unsigned *cols);
/* Only what changed is sent. */
void screen_draw(struct screen *screen, const struct grid *grid);
/* Does not wait. screen_keys() is to be polled; at its end KEY_NOTHING comes. */
int screen_key(struct screen *screen);
/* Gives the terminal back while `stop` runs, which returns when the program goes on. Draw after it. */
void screen_suspend(struct screen *screen, void (*stop)(void));
/* In a process that this one forked: the terminal is not its own, also when it crashes, and it outlives the terminal. */
void screen_disown(void);
/* Gives the terminal back as it was. NULL is fine. */
void screen_close(struct screen *screen);

#endif
