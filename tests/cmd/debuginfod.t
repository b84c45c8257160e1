#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Debug files from a debuginfod server that this test is: names by it, what it does not have, one that never ends.
. "${top_srcdir:?}/tests/lib/tap.sh"
for tool in python3 strip readelf; do command -v $tool >/dev/null || { skip 1 "no $tool"; done_testing; }; done
grep -q 'HAVE_LIBDEBUGINFOD 1' "$top_builddir/config.h" || { skip 1 "built without libdebuginfod"; done_testing; }
CC=${CC:-cc}

cat >prog.c <<'END'
volatile unsigned sink;
__attribute__((noinline)) static void busy_loop(void) { for (unsigned i = 0; i < 60000000; i++) sink += i; }
int main(void) { busy_loop(); return (int)sink == UNIQUE; }
END
$CC -O1 -g -DUNIQUE=$$ -Wl,--build-id=sha1 -o whole prog.c 2>err || { skip 1 "$CC does not build a program"; done_testing; }
id=$(readelf -n whole | sed -n 's/.*Build ID: //p')
strip -o prog whole
"$PTK" record -q -F 1000 -e cpu-clock:u -o data ./prog 2>err || { skip 1 "cannot sample here: $(head -n 1 err)"; done_testing; }

# server.py HOW: files of build $id from ./whole; a line in ./asked for each request. HOW: whole, nothing, half (and no end).
cat >server.py <<'END'
import http.server, os, sys
how, build = sys.argv[1:3]
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with open("asked", "a") as log:
            log.write(self.path + "\n")
        if how == "nothing" or self.path != "/buildid/%s/debuginfo" % build:
            self.send_error(404)
            return
        body = open("whole", "rb").read()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if how == "whole" else body[:len(body) // 2])
        if how == "half":
            self.wfile.flush()
            open("halfway", "w").close()
            self.connection.recv(1)     # until the client goes
            os._exit(7)
    def log_message(self, *args):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
with open("port", "w") as port:
    port.write("%d\n" % server.server_port)
server.serve_forever()
END
serve() {	# HOW: DEBUGINFOD_URLS names it
	rm -f port asked
	mkfifo port
	timeout 100 python3 server.py "$1" "$id" &
	server=$!
	at_exit "kill $server 2>/dev/null"
	read -r port <port
	export DEBUGINFOD_URLS=http://127.0.0.1:$port DEBUGINFOD_CACHE_PATH=$TMP/fetched-$1
}
stop() { kill $server; wait $server 2>/dev/null; }
rows() { "$PTK" report --no-cache --stdio -s sym -i data 2>err | grep -v '^#'; }
unset DEBUGINFOD_URLS
lacks "stripped, it has no names" busy_loop "$(rows)"
serve whole
has "names from the server" '\[\.\] busy_loop' "$(rows)"
has "which was asked for this build" "^/buildid/$id/debuginfo$" "$(cat asked)"
lacks "no progress where there is no terminal" 'Ctrl-C' "$(cat err)"
n=$(wc -l <asked)
has "the second time from what was fetched" '\[\.\] busy_loop' "$(rows)"
is "the server is not asked again" "$n" "$(wc -l <asked)"
stop
serve nothing
lacks "a server that has not got it" busy_loop "$(rows)"
n=$(grep -c "$id" asked)
is "is asked once" 1 "$n"
rows >/dev/null
is "and not again" 1 "$(grep -c "$id" asked)"
stop

# at a terminal: the line that says what is on its way, and Ctrl-C, which goes on without it
cat >terminal.py <<'END'
import os, pty, sys
pid, fd = pty.fork()
if not pid:
    out = os.open("out", os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    os.dup2(out, 1)
    os.execv(sys.argv[1], sys.argv[1:])
open("halfway").close()     # a pipe: until the server has sent half of it
seen = b""
while True:
    try:
        bytes = os.read(fd, 4096)
    except OSError:
        break
    if not bytes:
        break
    first = b"Ctrl-C skips it" not in seen
    seen += bytes
    if first and b"Ctrl-C skips it" in seen:
        os.write(fd, b"\x03")
status = os.waitpid(pid, 0)[1]
print(seen.decode(errors="replace"))
print("status", os.waitstatus_to_exitcode(status))
END
mkfifo halfway
serve half
seen=$(timeout 60 python3 terminal.py "$PTK" report --no-cache --stdio -s sym -i data)
has "a line says what is on its way" 'debug information of prog: [0-9.]+ (of [0-9.]+ )?MiB \(Ctrl-C skips it\)' "$seen"
has "Ctrl-C skips it: the report ends well" 'status 0' "$seen"
has "and has its rows" '\[\.\]' "$(cat out)"
lacks "without these names" busy_loop "$(cat out)"
wait $server
is "the server was left" 7 $?
serve whole
has "another time it is asked for again" '\[\.\] busy_loop' "$(rows)"
stop
done_testing
