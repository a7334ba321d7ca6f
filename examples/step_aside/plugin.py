"""A plugin that keeps its database open, and closes it while godwit migrates it.

    python3 examples/step_aside/plugin.py quotes data/quotes.sqlite3

It speaks the text protocol of NATS, which needs no package:
https://docs.nats.io/reference/reference-protocols/nats-protocol
"""

import json
import socket
import sqlite3
import sys

plugin, path = sys.argv[1:]
database = sqlite3.connect(path)

nats = socket.create_connection(("127.0.0.1", 4222))
lines = nats.makefile("rb")
lines.readline()  # INFO
nats.sendall(
    b'CONNECT {"verbose": false}\r\n'
    + f"SUB db.migrate.{plugin}.quiesce 1\r\n".encode()
    + f"SUB db.migrate.{plugin}.events 2\r\n".encode()
    + b"PING\r\n"
)

while line := lines.readline():
    word, *rest = line.decode().split()
    if word == "PING":
        nats.sendall(b"PONG\r\n")
    elif word == "PONG":
        print("ready", flush=True)
    elif word == "MSG":
        payload = json.loads(lines.read(int(rest[-1])))
        lines.readline()
        if rest[1] == "1":
            # godwit waits for the answer, 2 seconds at most, before it locks the database.
            database.close()
            nats.sendall(f"PUB {rest[2]} 0\r\n\r\n".encode())
            print("stepped aside", flush=True)
        elif payload["event"] == "run_finished":
            database = sqlite3.connect(path)
            (tables,) = database.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            print(f"{tables} tables", flush=True)
