"""One pinned file from the network, whole and with the pinned digest, or not at all.

1. What an earlier attempt left in `.<name>.part` is taken up again (HTTP Range); a server that
   answers with the whole file starts it anew.
2. An answer that ends early, a status that may pass (408, 425, 429, 5xx) and a connection that
   fails are tried again after a pause; there are as many attempts as PAUSES and one more.
3. Another status is final. So is an answer larger than LARGEST.
4. The whole file's sha256 is compared with the pinned one. If it differs and an earlier part was
   taken up, it is fetched once more from the start; else it is refused, and the part goes.
5. Only then is it renamed to its own name, in the same folder, after it is on disk.

A lock on the part keeps two fetches of one file apart. Limits: http and https; proxies as the
environment names them. Source: RFC 9110, sections 14 (ranges) and 15 (statuses).
"""

from __future__ import annotations

import fcntl
import os
import re
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from http.client import HTTPException
from typing import IO, TYPE_CHECKING, NamedTuple

from harness.codec import file_sha256
from harness.errors import DigestMismatch, ResourceMissing, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from http.client import HTTPResponse
    from pathlib import Path

    Told = Callable[[int, int | None], None]
    """Called with the bytes that are there and the bytes there will be, if the server says."""

PAUSES: tuple[float, ...] = (1, 2, 4, 8)
"""Seconds before each further attempt."""

LARGEST = 64 << 20
CHUNK = 1 << 16
TIMEOUT = 30
PASSING = frozenset({408, 425, 429})
PARTIAL, UNSATISFIABLE, SERVER = 206, 416, 500
RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


class Wanted(NamedTuple):
    """A file: where it is fetched from, its own name at last, its digest, and what to do by hand."""

    url: str
    path: Path
    sha256: str
    by_hand: str


class _TryAgain(Exception):
    """An attempt that failed in a way that may pass."""


def download(wanted: Wanted, told: Told = lambda _here, _all: None) -> None:
    """Bring one file; `told` hears of progress.

    Raises:
        ResourceMissing: it cannot be had; says what to put where by hand.
        DigestMismatch: what came is not the pinned file.
        UsageError: no web address, a folder that cannot be written, or another fetch at work on the file.
    """
    if not wanted.url.startswith(("http://", "https://")):
        raise UsageError(f"expected an address that starts with http:// or https://, found {wanted.url!r}")
    part = wanted.path.with_name(f".{wanted.path.name}.part")
    try:
        wanted.path.parent.mkdir(parents=True, exist_ok=True)
        with _held(part) as stream:
            _fill(wanted, stream, part, told)
            os.fsync(stream.fileno())
            part.replace(wanted.path)
    except OSError as error:
        raise UsageError(f"{part}: expected a place to write to, found {error.strerror or error}") from error


@contextmanager
def _held(part: Path) -> Iterator[IO[bytes]]:
    """Open the part, at its end, for this process alone."""
    with part.open("ab") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UsageError(f"{part}: expected no other fetch of it, found one at work; wait for it") from error
        yield stream


def _fill(wanted: Wanted, stream: IO[bytes], part: Path, told: Told) -> None:
    """Complete the part and compare its digest."""
    earlier = stream.tell() > 0
    if earlier and file_sha256(part) == wanted.sha256:
        return
    _complete(wanted, stream, told)
    found = file_sha256(part)
    if found != wanted.sha256 and earlier:
        stream.truncate(0)
        _complete(wanted, stream, told)
        found = file_sha256(part)
    if found != wanted.sha256:
        part.unlink()
        raise DigestMismatch(wanted.url, wanted.sha256, found, f"nothing was kept; {wanted.by_hand}")


def _complete(wanted: Wanted, stream: IO[bytes], told: Told) -> None:
    """Try until the answer is whole, or there are no attempts left."""
    failed = ""
    for pause in (*PAUSES, None):
        try:
            _attempt(wanted, stream, told)
        except _TryAgain as error:
            failed = str(error)
        else:
            return
        if pause is not None:
            time.sleep(pause)
    raise _missing(wanted, f"{failed}, {len(PAUSES) + 1} times")


def _missing(wanted: Wanted, found: str) -> ResourceMissing:
    return ResourceMissing(f"{wanted.url}: expected the file, found {found}", wanted.by_hand)


def _attempt(wanted: Wanted, stream: IO[bytes], told: Told) -> None:
    """Ask once for what is lacking, and append what comes."""
    here = stream.seek(0, os.SEEK_END)
    asked = urllib.request.Request(wanted.url, headers={"Range": f"bytes={here}-"} if here else {})  # noqa: S310 - http(s), see download
    try:
        answer: HTTPResponse = urllib.request.urlopen(asked, timeout=TIMEOUT)  # noqa: S310 - likewise
    except urllib.error.HTTPError as error:
        with error:
            _refuse_status(wanted, stream, error.code)
    except (OSError, HTTPException, ValueError) as error:
        raise _TryAgain(_words(error)) from error
    else:
        with answer:
            _append(wanted, stream, answer, told)


def _refuse_status(wanted: Wanted, stream: IO[bytes], status: int) -> None:
    if status == UNSATISFIABLE and stream.tell():
        stream.truncate(0)
        raise _TryAgain(f"status {status} for the rest of it")
    if status in PASSING or status >= SERVER:
        raise _TryAgain(f"status {status}")
    raise _missing(wanted, f"status {status}")


def _append(wanted: Wanted, stream: IO[bytes], answer: HTTPResponse, told: Told) -> None:
    """Append an answer's bytes, from the start unless it continues what is there."""
    here = stream.tell()
    ranged = RANGE.fullmatch(answer.headers.get("Content-Range", "")) if answer.status == PARTIAL else None
    if here and (ranged is None or int(ranged[1]) != here):
        stream.truncate(0)
        here = 0
        if answer.status == PARTIAL:
            raise _TryAgain("another part than was asked for")
    length = answer.headers.get("Content-Length", "")
    whole = here + int(length) if length.isdecimal() else None
    while True:
        try:
            data = answer.read(CHUNK)
        except (OSError, HTTPException) as error:
            raise _TryAgain(_words(error)) from error
        if not data:
            break
        here += len(data)
        if here > LARGEST:
            stream.truncate(0)
            raise _missing(wanted, f"more than {LARGEST} bytes")
        stream.write(data)
        told(here, whole)
    stream.flush()
    if whole is not None and here != whole:
        raise _TryAgain(f"{here} of {whole} bytes")


def _words(error: Exception) -> str:
    reason = getattr(error, "reason", error)
    return str(getattr(reason, "strerror", None) or reason) or type(error).__name__
