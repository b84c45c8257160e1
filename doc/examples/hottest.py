#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The functions in which most of the time went, and who called them.

    ptk record -g -- ./program
    ptk script -s doc/examples/hottest.py -- 10
"""
import collections
import json
import sys

rows = int(sys.argv[1]) if len(sys.argv) > 1 else 20
own = collections.Counter()
callers = collections.defaultdict(collections.Counter)

for line in sys.stdin:
    sample = json.loads(line)
    if "period" not in sample:  # a record of another kind
        continue
    name = sample.get("sym", "[unknown]")
    own[name] += sample["period"]
    stack = sample.get("stack", [])
    if len(stack) > 1:
        callers[name][stack[1].get("sym", "[unknown]")] += sample["period"]

total = sum(own.values())
for name, period in own.most_common(rows):
    print(f"{100 * period / total:6.2f}%  {name}")
    for caller, part in callers[name].most_common(3):
        print(f"          {100 * part / period:6.2f}%  from {caller}")
