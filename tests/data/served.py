"""A web server of one's own for tests: files by path, and what goes wrong by request."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

Answer = Literal["whole", "ranged", "cut", "cut-silently", "busy", "gone", "elsewhere", "unsatisfiable"]
"""How a request is answered: whole whatever was asked for; as ranged; ended half way, with or without a length."""


@dataclass
class Site:
    """Files by path; answers are taken from `script`, the rest are `ranged`. `asked` holds each path and range."""

    files: dict[str, bytes]
    script: list[Answer] = field(default_factory=list)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    base: str = ""


@contextmanager
def serving(site: Site) -> Iterator[Site]:
    """Serve on a free port of this machine while the context lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            ranged = self.headers.get("Range")
            site.asked.append((self.path, ranged))
            answer = site.script.pop(0) if site.script else "ranged"
            data = site.files.get(self.path)
            if data is None or answer == "gone":
                self.send_error(404)
            elif answer in {"busy", "unsatisfiable"}:
                self.send_error(503 if answer == "busy" else 416)
            else:
                self.give(data, answer, int(ranged.removeprefix("bytes=").removesuffix("-")) if ranged else 0)

        def give(self, data: bytes, answer: Answer, start: int) -> None:
            start = 0 if answer == "whole" else start
            shown = 0 if answer == "elsewhere" else start
            rest = data[start:]
            self.send_response(206 if start else 200)
            if start:
                self.send_header("Content-Range", f"bytes {shown}-{len(data) - 1}/{len(data)}")
            if answer != "cut-silently":
                self.send_header("Content-Length", str(len(rest)))
            self.end_headers()
            self.wfile.write(rest[: len(rest) // 2] if answer.startswith("cut") else rest)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        site.base = f"http://127.0.0.1:{server.server_port}"
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
