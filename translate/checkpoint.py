"""
What a weights file holds, read with numpy alone and without running anything in it.

Three layouts of Hugging Face weights are understood: safetensors, and the two
that ``torch.save`` has written (a zip archive since torch 1.6, a chain of
pickles before; the OPUS-MT models of 2020 are of the older kind). A pickle may
name any function to be called, so only the handful that rebuild tensors are
let through: the same promise as torch's ``weights_only=True``, without torch.
"""

import json
import math
import pickle
import struct
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

import numpy as np
from numpy.typing import NDArray

from translate.errors import ModelDamaged

# Little-endian numpy types; bfloat16, which numpy lacks, is the upper half of a float32.
_SAFETENSORS = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "BF16": "bfloat16",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "|i1",
    "U8": "|u1",
    "BOOL": "|b1",
}
_TORCH = {
    "DoubleStorage": "<f8",
    "FloatStorage": "<f4",
    "HalfStorage": "<f2",
    "BFloat16Storage": "bfloat16",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ShortStorage": "<i2",
    "CharStorage": "|i1",
    "ByteStorage": "|u1",
    "BoolStorage": "|b1",
}
_LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
_CT2_VERSION = 6


@dataclass(frozen=True, slots=True)
class Stored:
    """Where one tensor lies: its file, byte offset, numpy type, shape, and strides in elements."""

    path: Path
    offset: int
    dtype: str
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    @property
    def end(self) -> int:
        """Byte after the last one that belongs to the tensor."""
        return self.offset + self._span * _width(self.dtype)

    @property
    def _span(self) -> int:
        if 0 in self.shape:
            return 0
        return 1 + sum((size - 1) * stride for size, stride in zip(self.shape, self.strides, strict=True))

    def load(self) -> NDArray[np.float32]:
        """The tensor's values in float32, contiguous."""
        kind = np.dtype("<u2" if self.dtype == "bfloat16" else self.dtype)
        if not self._span:
            return np.zeros(self.shape, dtype=np.float32)
        flat = np.memmap(self.path, dtype=kind, mode="r", offset=self.offset, shape=(self._span,))
        view = np.lib.stride_tricks.as_strided(flat, self.shape, [s * kind.itemsize for s in self.strides])
        if self.dtype == "bfloat16":
            return (view.astype(np.uint32) << 16).view(np.float32)
        return np.array(view, dtype=np.float32, order="C")


def _width(dtype: str) -> int:
    """Bytes of one element."""
    return 2 if dtype == "bfloat16" else np.dtype(dtype).itemsize


def read_layout(path: Path) -> dict[str, Stored]:
    """
    Every tensor of a ``.safetensors`` or ``.bin`` file by name; no values are read yet.

    Raises ModelDamaged where the file is cut off, is of another kind, or asks
    for anything but tensors.
    """
    try:
        tensors = _read_safetensors(path) if path.suffix == ".safetensors" else _read_torch(path)
        size = path.stat().st_size
    except OSError as error:
        raise ModelDamaged(f"{path} cannot be read: {error.strerror or error}.") from error
    except _BROKEN as error:
        raise ModelDamaged(f"{path} is damaged or no weights file ({error}).") from error
    expected = max((tensor.end for tensor in tensors.values()), default=0)
    if not tensors or expected > size:
        raise ModelDamaged(
            f"{path} is cut off: it has {size} bytes and should have at least {expected or 1}."
        )
    return tensors


# What the readers below meet in a file that is cut off or of another kind.
_BROKEN = (
    *(ValueError, KeyError, TypeError, IndexError, AttributeError, EOFError, MemoryError),
    *(struct.error, pickle.UnpicklingError, zipfile.BadZipFile, NotImplementedError),
)


def _read_safetensors(path: Path) -> dict[str, Stored]:
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        if length > path.stat().st_size:
            raise ValueError("its header is longer than the file")
        header = json.loads(file.read(length))
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            shape = tuple(entry["shape"])
            start, end = entry["data_offsets"]
            stored = Stored(path, 8 + length + start, _SAFETENSORS[entry["dtype"]], shape, _contiguous(shape))
            if stored.end != 8 + length + end:
                raise ValueError(f"{name} has {end - start} bytes, which its shape {shape} contradicts")
            tensors[name] = stored
    return tensors


def _contiguous(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(math.prod(shape[i + 1 :]) for i in range(len(shape)))


@dataclass(frozen=True, slots=True)
class _Storage:
    key: str
    dtype: str


@dataclass(frozen=True, slots=True)
class _View:
    """A tensor as a pickle describes it: a window on a storage, in elements."""

    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def _rebuild_tensor(
    storage: _Storage, offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: object
) -> _View:
    return _View(storage, offset, tuple(shape), tuple(strides))


def _rebuild_parameter(data: _View, *_: object) -> _View:
    return data


class _Unpickler(pickle.Unpickler):
    """Lets a pickle rebuild dictionaries of tensors, and refuses everything else."""

    _ALLOWED: ClassVar[dict[tuple[str, str], Callable[..., object]]] = {
        ("collections", "OrderedDict"): OrderedDict,
        ("torch._utils", "_rebuild_tensor_v2"): _rebuild_tensor,
        ("torch._utils", "_rebuild_parameter"): _rebuild_parameter,
    }

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        if module_name == "torch" and global_name in _TORCH:
            return _TORCH[global_name]
        try:
            return self._ALLOWED[module_name, global_name]
        except KeyError:
            raise pickle.UnpicklingError(
                f"it asks to run {module_name}.{global_name}, which is refused"
            ) from None

    def persistent_load(self, pid: Any) -> _Storage:
        kind, dtype, key = pid[:3]
        if kind != "storage" or dtype not in _TORCH.values():
            raise pickle.UnpicklingError(f"unknown record {pid!r}")
        return _Storage(str(key), dtype)


def _read_torch(path: Path) -> dict[str, Stored]:
    with path.open("rb") as file:
        if zipfile.is_zipfile(file):
            views, offsets = _read_archive(file)
        else:
            file.seek(0)
            views, offsets = _read_chain(file)
    return {
        name: Stored(
            path,
            offsets[view.storage.key] + view.offset * _width(view.storage.dtype),
            view.storage.dtype,
            view.shape,
            view.strides,
        )
        for name, view in views.items()
        if isinstance(view, _View)
    }


def _read_archive(file: BinaryIO) -> tuple[dict[str, Any], dict[str, int]]:
    """Tensors, and the byte offset of each storage, of a zip that torch has written."""
    with zipfile.ZipFile(file) as archive:
        (pickled,) = [name for name in archive.namelist() if name.endswith("/data.pkl")]
        with archive.open(pickled) as inner:
            views = _Unpickler(inner).load()
        folder = pickled.removesuffix("data.pkl") + "data/"
        offsets = {}
        for entry in archive.infolist():
            if entry.filename.startswith(folder):
                if entry.compress_type != zipfile.ZIP_STORED:
                    raise ValueError(f"{entry.filename} is compressed")
                # The local header repeats the name and has padding of its own (APPNOTE.TXT, 4.3.7).
                file.seek(entry.header_offset + 26)
                name_length, extra_length = struct.unpack("<HH", file.read(4))
                offsets[entry.filename.removeprefix(folder)] = (
                    entry.header_offset + 30 + name_length + extra_length
                )
    return views, offsets


def _read_chain(file: BinaryIO) -> tuple[dict[str, Any], dict[str, int]]:
    """The same for torch before 1.6: magic, version, platform, tensors, keys, then raw storages."""
    if _Unpickler(file).load() != _LEGACY_MAGIC:
        raise ValueError("it does not begin as torch begins a file")
    _Unpickler(file).load()
    _Unpickler(file).load()
    views = _Unpickler(file).load()
    keys = _Unpickler(file).load()
    widths = {v.storage.key: _width(v.storage.dtype) for v in views.values() if isinstance(v, _View)}
    offsets = {}
    for key in keys:
        (count,) = struct.unpack("<q", file.read(8))
        offsets[key] = file.tell()
        file.seek(count * widths[key], 1)
    return views, offsets


def read_ct2_shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """
    Shapes of the variables in a CTranslate2 ``model.bin``; empty for a version we do not know.

    The layout is that of ``ctranslate2.specs.ModelSpec``, version 6.

    Raises ModelDamaged where the file is cut off or holds no Transformer.
    """
    shapes = {}
    try:
        with path.open("rb") as file:
            (version,) = struct.unpack("<I", file.read(4))
            if version != _CT2_VERSION:
                return {}
            spec = _read_string(file)
            if spec != "TransformerSpec":
                raise ValueError(f"it holds a {spec!r}, expected an encoder-decoder 'TransformerSpec'")
            _, count = struct.unpack("<II", file.read(8))
            for _ in range(count):
                name = _read_string(file)
                (rank,) = struct.unpack("<B", file.read(1))
                shapes[name] = struct.unpack(f"<{rank}I", file.read(4 * rank))
                _, size = struct.unpack("<BI", file.read(5))
                file.seek(size, 1)
            (aliases,) = struct.unpack("<I", file.read(4))
            for _ in range(aliases):
                alias = _read_string(file)
                shapes[alias] = shapes[_read_string(file)]
    except OSError as error:
        raise ModelDamaged(f"{path} cannot be read: {error.strerror or error}.") from error
    except (struct.error, UnicodeDecodeError, KeyError, ValueError) as error:
        raise ModelDamaged(f"{path} is cut off or no CTranslate2 model ({error}).") from error
    return shapes


def _read_string(file: BinaryIO) -> str:
    (length,) = struct.unpack("<H", file.read(2))
    return file.read(length)[:-1].decode("utf-8")
