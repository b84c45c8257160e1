/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stacks of an event as one tree, from the outermost frames inwards:
 * node 0 is everything, below it a node for each command name, below those
 * the frames. Frames that read the same are one. Two profiles may be put
 * into one tree, to be compared.
 */
#ifndef PTK_OUT_STACKTREE_H
#define PTK_OUT_STACKTREE_H

#include "base/strtab.h"
#include "out/export.h"

enum label_kind {
	LABEL_COMMAND,
	LABEL_USER,
	LABEL_KERNEL,
	LABEL_JIT,		/* code that no file holds */
	LABEL_INLINED,
	LABEL_SMALL,		/* stands for frames too small to be seen */
};

/* What a node says. Texts are clean. */
struct label {
	enum label_kind kind;
	uint32_t name, image;	/* strings */
};

/* Labels of any number of trees and profiles. All-zero is empty. */
struct labels {
	struct strtab strings;
	VEC(struct label) all;
	struct idtable ids;
	bool names_alone;	/* frames of the same name are one, whatever image they are of */
};

uint32_t label_id(struct labels *labels, const struct label *label);
/* The label of a profile's frame. */
uint32_t labels_frame(struct labels *labels, const struct profile *p, uint32_t frame);
void labels_deinit(struct labels *labels);

struct stacknode {
	uint32_t parent, label, first_child, next;	/* NO_ID: none */
	uint64_t count, period;				/* of samples that ended here */
	uint64_t whole_count, whole_period;		/* with those of its children */
	uint64_t old, whole_old;			/* value in the profile compared with */
};

struct stacktree {
	VEC(struct stacknode) nodes;
	struct idtable ids;
};

void stacktree_init(struct stacktree *tree);
void stacktree_deinit(struct stacktree *tree);

/*
 * Adds an event's samples; as the old ones, to compare with, where so said:
 * those by what export_value() gives. nodes[i] becomes the node of the
 * event's sample i; NULL: not wanted.
 */
void stacktree_add(struct stacktree *tree, struct labels *labels, const struct export *e,
		   const struct export_event *event, bool old, uint32_t *nodes);
/* Sums up and sorts children by name; last. */
void stacktree_finish(struct stacktree *tree, const struct labels *labels);

/* The next node of a walk that tells parents before children, *depth that of it (node 0: 0); NO_ID at the end. */
uint32_t stacktree_next(const struct stacktree *tree, uint32_t node, unsigned *depth);

#endif
