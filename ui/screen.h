/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The terminal. ui/curses.c is the one file that knows ncurses. */
#ifndef PTK_UI_SCREEN_H
#define PTK_UI_SCREEN_H

#include <stdbool.h>

#include "base/error.h"
#include "ui/grid.h"

/* Keys that are no characters. Characters are themselves (Enter '\n', Escape 27, Backspace 8, Tab '\t'). */
enum key { KEY_NOTHING = -1, KEY_GO_UP = 1000, KEY_GO_DOWN, KEY_PAGE_UP, KEY_PAGE_DOWN, KEY_FIRST, KEY_LAST, KEY_NEW_SIZE };

struct screen;

/* Takes the terminal over; an error when there is none that it can be. */
struct error *screen_open(struct screen **screen) MUST_CHECK;
void screen_size(const struct screen *screen, unsigned *rows, unsigned *cols);
/* Only what changed is sent. */
void screen_draw(struct screen *screen, const struct grid *grid);
/* Does not wait. Standard input is to be polled; at its end KEY_NOTHING comes. */
int screen_key(struct screen *screen);
/* Gives the terminal back as it was. NULL is fine. */
void screen_close(struct screen *screen);

#endif
