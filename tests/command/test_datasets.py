"""The commands `harness data`: what they write and say, and that they never exit 0 on failure."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from harness.claimfile.scopes import read_scope
from harness.codec import sha256
from harness.command import cli
from harness.data import catalogue, download, lareqa
from harness.data.trec import read_ids, read_judgements
from harness.errors import DigestMismatch, ResourceMissing, UsageError

SCOPE = "fixtures/scopes/tiny.yaml"


def export(*arguments: str | Path) -> Result:
    told = ["data", "export", *(str(argument) for argument in arguments)]
    return CliRunner().invoke(cli, told, catch_exceptions=False)


def test_exact_what_the_scope_binds_is_written(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    result = export("xquad-r", "--format", "beir", tmp_path / "set", "--scope", SCOPE)
    assert result.exit_code == 0
    bound = catalogue.evaluation(read_scope(root / SCOPE).datasets["xquad-r"])
    written = [json.loads(line) for line in (tmp_path / "set/queries.jsonl").read_text("utf-8").splitlines()]
    assert [entry["_id"] for entry in written] == list(bound.judgements.query_ids)
    assert f"{len(bound.texts.queries)} queries, {len(bound.texts.passages)} passages" in result.stdout


def test_itself_exported_judgements_and_ids_are_what_measure_reads(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    assert export("xquad-r", "--format", "trec", tmp_path / "set", "--scope", SCOPE).exit_code == 0
    table = catalogue.evaluation(read_scope(root / SCOPE).datasets["xquad-r"]).judgements
    assert sorted(path.name for path in (tmp_path / "set").iterdir()) == [
        "passage-ids.txt",
        "qrels.trec",
        "query-ids.txt",
    ]
    ids = read_ids(tmp_path / "set/query-ids.txt"), read_ids(tmp_path / "set/passage-ids.txt")
    assert ids == (table.query_ids, table.passage_ids)
    judged = read_judgements(tmp_path / "set/qrels.trec", *ids)
    pairs = [(query, passage) for query, graded in judged.items() for passage in graded]
    assert pairs == [
        (table.query_ids[query], table.passage_ids[passage])
        for query, passage in zip(table.query_rows, table.passage_rows, strict=True)
    ]


def test_exact_an_unbound_set_is_refused(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    with pytest.raises(UsageError, match="expected one of xquad-r in scope tiny, found 'bible'"):
        export("bible", "--format", "beir", tmp_path / "set", "--scope", SCOPE)
    assert not (tmp_path / "set").exists()


def test_exact_another_format_or_none_is_refused(tmp_path: Path) -> None:
    assert export("xquad-r", "--format", "squad", tmp_path / "set").exit_code == 2
    assert export("xquad-r", tmp_path / "set").exit_code == 2


def test_other_process_exits_2_over_a_folder_that_is_not_empty(root: Path, tmp_path: Path) -> None:
    (tmp_path / "note").write_text("mine")
    command = [sys.executable, "-m", "harness", "data", "export", "xquad-r", "--format", "beir", tmp_path]
    ran = subprocess.run(
        [*map(str, command), "--scope", SCOPE], cwd=root, capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.returncode == 2
    assert "not empty" in ran.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["note"]


FILES = {"de": b"Deutsch", "en": b"English"}
PINNED = lareqa.PinnedFolder(commit="c0ffee", files={language: sha256(data) for language, data in FILES.items()})


class Silent(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where fetched folders lie, of which there is one of two small files to have."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv(lareqa.VARIABLE, raising=False)
    monkeypatch.setattr(lareqa, "pins", lambda: {"xquad-r": PINNED})
    monkeypatch.setattr(download, "PAUSES", ())
    return tmp_path / "cache/harness/data"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Serve the pinned files as their repository is served; return the address and the folder."""
    folder = tmp_path / "site" / lareqa.REPOSITORY / "c0ffee/xquad-r"
    folder.mkdir(parents=True)
    for language, data in FILES.items():
        (folder / f"{language}.json").write_bytes(data)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(tmp_path / "site"))) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", folder
        server.shutdown()
        thread.join()


def data(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["data", *arguments], catch_exceptions=False)


def test_exact_what_is_missing_is_listed_fetched_and_checked(cache: Path, served: tuple[str, Path]) -> None:
    listed = data("list")
    assert listed.exit_code == 0
    assert listed.stdout.startswith("xquad-r: missing, nowhere, from google-research-datasets/lareqa/xquad-r@c0ffee\n")
    assert "to mend it: harness data fetch xquad-r, or export HARNESS_DATA=DIR" in listed.stdout
    assert [data("check").exit_code, data("check", "xquad-r").exit_code] == [1, 1]
    brought = data("fetch", "xquad-r", "--from", served[0])
    assert brought.exit_code == 0
    assert brought.stdout.startswith(f"xquad-r: ready, {cache / 'xquad-r'}, 14 bytes, from ")
    assert [data("check").exit_code, data("check", "xquad-r").exit_code, data("list").exit_code] == [0, 0, 0]
    assert json.loads(data("check", "--json").stdout) == json.loads(data("list", "--json").stdout) == {
        "datasets": [
            {
                "name": "xquad-r",
                "status": "ready",
                "where": str(cache / "xquad-r"),
                "bytes": 14,
                "source": "google-research-datasets/lareqa/xquad-r@c0ffee",
                "problems": [],
                "mend": "",
            }
        ]
    }  # fmt: skip


def test_exact_damage_is_found_and_mended(cache: Path, served: tuple[str, Path]) -> None:
    assert data("fetch", "xquad-r", "--from", served[0], "--json").exit_code == 0
    (cache / "xquad-r/de.json").write_bytes(FILES["en"])
    found = data("check", "xquad-r")
    assert found.exit_code == 1
    assert "de.json: expected sha256" in found.stdout
    assert "these are the bytes of xquad-r/en.json" in found.stdout
    assert json.loads(data("list", "--json").stdout)["datasets"][0]["status"] == "refused"
    assert (
        json.loads(data("fetch", "xquad-r", "--from", served[0], "--json").stdout)["datasets"][0]["status"] == "ready"
    )


def test_exact_what_cannot_be_fetched_is_refused_in_words(cache: Path, served: tuple[str, Path]) -> None:
    base, folder = served
    (folder / "en.json").write_bytes(b"anglais")
    with pytest.raises(DigestMismatch, match=f"expected sha256 {sha256(b'English')}, found {sha256(b'anglais')}"):
        data("fetch", "xquad-r", "--from", base)
    (folder / "en.json").unlink()
    with pytest.raises(
        ResourceMissing, match=f"status 404; to mend it: put xquad-r/en.json .* at {cache}/xquad-r/en.json"
    ):
        data("fetch", "xquad-r", "--from", base)
    assert not (cache / "xquad-r").exists()
    (cache / "xquad-r").mkdir()
    (cache / "xquad-r/fr.json").write_bytes(b"")
    (folder / "en.json").write_bytes(FILES["en"])
    assert data("fetch", "xquad-r", "--from", base).exit_code == 1


def test_exact_unknown_names_and_options_are_usage_errors(cache: Path) -> None:
    for command in ("check", "fetch"):
        with pytest.raises(UsageError, match="expected one of xquad-r, found 'miracl'"):
            data(command, "miracl")
    assert [data("fetch").exit_code, data("check", "--all").exit_code, data("list", "xquad-r").exit_code] == [2, 2, 2]
    assert not cache.exists()


def test_other_process_exits_2_without_a_network(tmp_path: Path, root: Path) -> None:
    command = [sys.executable, "-m", "harness", "data", "fetch", "xquad-r", "--from", "file:///nowhere"]
    environment = {"XDG_CACHE_HOME": str(tmp_path), "PATH": ""}
    ran = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert "harness: expected an address that starts with http" in ran.stderr
