"""The folder of a released encoder: where it lies, and what of it the lab is given.

A model is a folder on this machine, or a name on Hugging Face that was fetched before: nothing is
downloaded here, and the lab has no network. Handed over are the files that the encoder is made of
(configuration, tokenizer, weights as safetensors), from the folder itself and from those that its
`modules.json` names. No code and no pickle is: where a folder has nothing else, that is a fault, and
all faults of a folder are told at once. A model's digest is that of these files' names and bytes.

Cost: every byte that is handed over is hashed.
"""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError, safe_open

from harness.codec import digest, file_sha256
from harness.errors import Fault, FileFaults, ResourceMissing, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CONFIGURATION, MODULES, ABOUT = "config.json", "modules.json", "config_sentence_transformers.json"
ADAPTER = "adapter_config.json"
WEIGHTS, INDEX = "model.safetensors", "model.safetensors.index.json"
HANDED = frozenset({".json", ".safetensors", ".txt", ".model", ".jinja"})
TOKENIZERS = (
    *("tokenizer.json", "vocab.txt", "vocab.json", "sentencepiece.bpe.model", "sentencepiece.model"),
    *("spiece.model", "spm.model", "tokenizer.model"),
)
PICKLES = frozenset({".bin", ".pt", ".pth", ".pkl", ".ckpt"})
LIBRARY, OWN = "sentence_transformers.", "harness.lab.encoder."
KIND = "SentenceTransformer"
WEIGHTLESS = frozenset({"Pooling", "Normalize", "Dropout"})
ROUTES = frozenset({"Router", "Asym"})
CONVERT = "from sentence_transformers import SentenceTransformer; SentenceTransformer({}).save('converted')"
POINTER = b"version https://git-lfs"
WHOLE = "get the whole folder anew"
NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?", re.ASCII)
DEFAULT_OWNER = "sentence-transformers"
"""Where the library itself looks for a name without owner."""


@dataclass(frozen=True, slots=True)
class Model:
    """An encoder to hand over: `files` by their names in its folder, `sha256` of each by the same names.

    `named` is how it was asked for; `revision` the commit that a fetched one is of, else None.
    """

    named: str
    folder: Path
    revision: str | None
    files: Mapping[str, Path]
    sha256: Mapping[str, str]

    @property
    def digest(self) -> str:
        """Return the digest of all that is handed over."""
        return digest(dict(self.sha256))

    @property
    def bytes(self) -> int:
        """Return the size of all that is handed over."""
        return sum(path.stat().st_size for path in self.files.values())


def find_model(named: str, revision: str | None = None, home: Path | None = None) -> Model:
    """Return the encoder in a folder or of a name; folders are relative to `home`, or to where the process is.

    Raises:
        UsageError: neither a folder nor a name; a revision of a folder.
        ResourceMissing: a name that was not fetched, with the command that fetches it.
        FileFaults: everything that is wrong with its folder.
    """
    place = (home or Path()) / Path(named).expanduser()
    if named and place.is_dir():
        if revision is not None:
            raise UsageError(f"--revision: expected it with a name on Hugging Face, found it with the folder {named}")
        return read_model(named, place.resolve(), None)
    if not named or place.exists() or not NAME.fullmatch(named):
        found = "a file" if named and place.exists() else "no folder of that name"
        raise UsageError(f"{named}: expected the folder of an encoder, or a name on Hugging Face; found {found}")
    name, found_at = _fetched(named, revision)
    return read_model(named, found_at, found_at.name, f"run {fetch_command(name, revision)}")


def _fetched(named: str, revision: str | None) -> tuple[str, Path]:
    """Return a name with its owner, and the folder that Hugging Face's own client put it into."""
    # imported here, because it takes a while and only names need it
    from huggingface_hub import snapshot_download  # noqa: PLC0415
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError  # noqa: PLC0415

    owned = [named] if "/" in named else [named, f"{DEFAULT_OWNER}/{named}"]
    for name in owned:
        try:
            return name, Path(snapshot_download(name, revision=revision, local_files_only=True))
        except LocalEntryNotFoundError:
            continue
        except HFValidationError as error:
            raise UsageError(f"{named}: expected a folder, or a name on Hugging Face; found that {error}") from error
    at = "" if revision is None else f" in revision {revision}"
    raise ResourceMissing(
        f"{named}: expected a folder, or an encoder fetched before{at}, found neither",
        fetch_command(owned[-1], revision),
    )


def fetch_command(name: str, revision: str | None) -> str:
    """Return the command that brings a name's files to this machine."""
    return f"hf download {name}" + ("" if revision is None else f" --revision {revision}")


def read_model(named: str, folder: Path, revision: str | None, mend: str = WHOLE) -> Model:
    """Return the encoder in `folder`; `mend` says what brings what is missing.

    Raises:
        FileFaults: everything that is wrong with it.
    """
    reading = _Reading(folder, mend)
    files = {} if reading.faults else dict(reading.handed())
    if reading.faults:
        raise FileFaults(reading.faults)
    sha256 = {name: file_sha256(path) for name, path in files.items()}
    return Model(named, folder, revision, files, sha256)


class _Reading:
    """One folder, looked at from outside: nothing of it is run or unpickled."""

    def __init__(self, folder: Path, mend: str) -> None:
        self.folder, self.mend = folder, mend
        self.faults: list[Fault] = []
        self.places = self._places()
        self._look()

    def fault(self, name: str, expected: str, found: str, todo: str) -> None:
        self.faults.append(Fault(str(self.folder / name) if name else str(self.folder), 0, expected, found, todo))

    def handed(self) -> Iterator[tuple[str, Path]]:
        """Yield the files to hand over, sorted."""
        for place in sorted(self.places):
            for path in sorted((self.folder / place).iterdir()):
                if path.is_file() and path.suffix in HANDED:
                    yield (PurePosixPath(place) / path.name).as_posix(), path

    def _look(self) -> None:
        if (self.folder / ABOUT).is_file():
            kind = self._json(ABOUT, dict).get("model_type", KIND)
            if kind != KIND:
                self.fault(ABOUT, f"model_type {KIND}", repr(kind), "name an encoder that makes one vector per text")
        for at, (place, kind) in enumerate(self.places.items()):
            if not (self.folder / place).is_dir():
                self.fault(MODULES, "folders that are there", repr(place), self.mend)
                continue
            self._weights(place, kind)
            if (
                at == 0
                and not kind.startswith(OWN)
                and not self._has(place, TOKENIZERS)
                and not self._has("", TOKENIZERS)
            ):
                self.fault(place, "a tokenizer", "none", f"{self.mend}, or save the tokenizer beside the weights")

    def _places(self) -> dict[str, str]:
        """Return the folders of the encoder's parts, relative to its own, and what each is; the first takes texts."""
        if not (self.folder / MODULES).is_file():
            if not (self.folder / CONFIGURATION).is_file():
                self.fault("", f"an encoder ({MODULES} or {CONFIGURATION})", "neither", "name the folder of an encoder")
                return {}
            return {"": "Transformer"}
        places: dict[str, str] = {}
        for part in self._json(MODULES, list):
            kind, place = (part.get("type"), part.get("path")) if isinstance(part, dict) else (None, None)
            if not isinstance(kind, str) or not isinstance(place, str) or _outside(place):
                self.fault(MODULES, "parts with a type and a path in this folder", repr(part), self.mend)
            elif not kind.startswith((LIBRARY, OWN)):
                self.fault(
                    *(MODULES, "parts that sentence-transformers itself has", kind),
                    "code that comes with a model is never run; export it without custom modules",
                )
            elif kind.rpartition(".")[2] in ROUTES:
                self.fault(MODULES, "one way for all texts", kind, "routes are not supported; name another encoder")
            else:
                places[place] = kind
        if not places and not self.faults:
            self.fault(MODULES, "at least one part", "none", self.mend)
        return places

    def _weights(self, place: str, kind: str) -> None:
        """Look for the weights of one part, which must be safetensors."""
        folder = self.folder / place
        if (folder / ADAPTER).is_file():
            self.fault(place, "an encoder", "an adapter of another one", "merge it into its base and save the whole")
            return
        names = self._shards(place) if (folder / INDEX).is_file() else [WEIGHTS]
        for name in names:
            if (folder / name).is_file():
                self._readable(f"{place}/{name}".lstrip("/"))
            elif any(path.suffix in PICKLES for path in folder.iterdir()):
                self.fault(
                    *(place, f"weights as safetensors ({name})", "pickled ones, which can run code when they are read"),
                    f"where you trust them: {shlex.join(('python', '-c', CONVERT.format(repr(str(self.folder)))))}",
                )
                return
            elif kind.rpartition(".")[2] not in WEIGHTLESS:
                self.fault(place, f"weights as safetensors ({name})", "none", self.mend)

    def _shards(self, place: str) -> list[str]:
        """Return the files that the weights are divided into."""
        told = self._json(f"{place}/{INDEX}".lstrip("/"), dict).get("weight_map")
        names = sorted(set(told.values())) if isinstance(told, dict) else []
        if not names or any(not isinstance(name, str) or "/" in name or _outside(name) for name in names):
            self.fault(f"{place}/{INDEX}".lstrip("/"), "a weight_map to files beside it", "another", self.mend)
            return []
        return names

    def _readable(self, name: str) -> None:
        path = self.folder / name
        with path.open("rb") as stream:
            start = stream.read(len(POINTER))
        if start == POINTER:
            self.fault(name, "weights", "a pointer of Git LFS", "run git lfs pull in its folder")
            return
        try:
            with safe_open(path, framework="numpy"):
                pass
        except (SafetensorError, OSError) as error:
            self.fault(name, "weights as safetensors", str(error), self.mend)

    def _json(self, name: str, kind: type) -> Any:
        """Return the value in a file, an empty one where it is another."""
        try:
            value = json.loads((self.folder / name).read_bytes())
        except (OSError, ValueError, RecursionError) as error:
            self.fault(name, "JSON", str(error), self.mend)
            return kind()
        if not isinstance(value, kind):
            self.fault(name, f"a JSON {kind.__name__}", type(value).__name__, self.mend)
            return kind()
        return value

    def _has(self, place: str, names: tuple[str, ...]) -> bool:
        return any((self.folder / place / name).is_file() for name in names)


def _outside(place: str) -> bool:
    """Tell whether a relative path could lead out of its folder."""
    path = PurePosixPath(place)
    return path.is_absolute() or ".." in path.parts or "\\" in place
