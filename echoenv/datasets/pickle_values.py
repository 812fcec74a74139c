"""What a pickle may build besides plain values: arrays and scalars of NumPy, graphs of networkx, a few containers.

The one idea: a name in a pickle is only a word here. It is looked up in the tables below, never imported; the arguments
that come with it are checked and the thing is built anew. State that belongs to a class is taken apart, never handed to
that class.
"""

from __future__ import annotations

import math
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from echoenv.errors import DatasetError


@dataclass(frozen=True)
class Name:
    """A class or function that a pickle names; nothing is behind it."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


class Ignored:
    """Stands for an object whose content is not needed, such as a view that networkx keeps beside its graph."""


_OLD_MODULES = {"__builtin__": "builtins", "copy_reg": "copyreg"}
_CONTAINERS = {"dict", "list", "set", "frozenset", "tuple", "object", "int", "float", "str", "bool"}
_GRAPH = Name("networkx.classes.graph", "Graph")
_VIEWS = ("networkx.classes.reportviews", "networkx.classes.coreviews")
_OTHER_GRAPHS = re.compile(r"(Di|Multi|MultiDi|Ordered\w*)Graph")
_OBSERVATIONS = Name("habitat.core.simulator", "Observations")
_DTYPE = re.compile(r"[<>=|]?(b1|\?|[iu][1248]|f(2|4|8|16)|c(8|16|32)|[SUa][1-9]\d{0,8}|O[48]?)")
_MOST_AXES = 32
_MOST_NESTED, _MOST_ITEMS = 4, 32  # of tuples that are keys: hashing them costs their product


def known_name(path: Path, module: Any, name: Any) -> Name:
    """The name of a thing that may be built, by its newest module.

    Raises:
        DatasetError: Anything else; names the file and the class.
    """
    if not isinstance(module, str) or not isinstance(name, str):
        raise TypeError("a name that is no text")
    newest = _OLD_MODULES.get(module, module)
    if newest.startswith("numpy.core."):
        newest = newest.replace("numpy.core.", "numpy._core.", 1)
    found = Name(newest, name)
    view = newest in _VIEWS and name.isidentifier()
    if found in _BUILDERS or found == _NDARRAY or view or (newest == "builtins" and name in _CONTAINERS):
        return found
    if newest.startswith("networkx.") and _OTHER_GRAPHS.fullmatch(name):
        raise DatasetError(
            f"pickle {path} holds a {name} of networkx: only undirected graphs (networkx.Graph) are read; convert it"
        )
    raise DatasetError(
        f"pickle {path} names {module}.{name}, which may run a program when it is opened: only numbers, strings, "
        "lists, dictionaries, NumPy arrays and networkx graphs are read; write the file again with these alone"
    )


def as_key(value: Any) -> Any:
    """`value` where it may be a key of a dictionary or an item of a set: plain, or a shallow tuple of plain values."""
    level = [value]
    for _ in range(_MOST_NESTED):
        within = [one for one in level if isinstance(one, tuple | frozenset)]
        if not within:
            return value
        if max(map(len, within)) > _MOST_ITEMS:
            break
        level = [item for one in within for item in one]
    raise ValueError("a key that is a large or deep tuple")


class ValueBuilder:
    """Builds what a pickle names, and knows what still lacks its content.

    Args:
        path: The file, for messages.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._empty: dict[int, Any] = {}

    def build(self, name: Name, arguments: tuple[Any, ...]) -> Any:
        """What a call of `name` with `arguments` stands for."""
        if name == _RECONSTRUCTOR:  # how protocols 0 and 1 write any object: class, its base, what the base holds
            kind, _, content = arguments
            if kind == _OBSERVATIONS and isinstance(content, dict):
                return content
            if not isinstance(kind, Name) or kind == _RECONSTRUCTOR or content is not None:
                raise TypeError("an object with a content of its own")
            return self.build(kind, ())
        if name.module in _VIEWS:
            return Ignored()
        builder = _BUILDERS.get(name)
        if builder is None:
            raise DatasetError(f"pickle {self._path} calls {name}, which is not for data files: it is refused")
        value = builder(*arguments)
        if name in _FILLED_LATER:
            self._empty[id(value)] = value
        return value

    def set_state(self, target: Any, state: Any) -> None:
        """Fills what was built empty."""
        if isinstance(target, Ignored):
            return
        if isinstance(target, np.dtype):
            _set_byte_order(target, state)
        elif self._empty.pop(id(target), None) is None:
            if state:
                raise TypeError(f"a state for a {type(target).__name__}")
        elif isinstance(target, np.ndarray):
            _fill_array(target, state)
        else:
            _fill_graph(target, state)

    def finished(self, value: Any) -> Any:
        """`value`, in which nothing is left that is no data."""
        if self._empty:
            raise ValueError("an array or a graph without content")
        seen: set[int] = set()
        waiting = [value]
        while waiting:
            one = waiting.pop()
            if isinstance(one, Name | Ignored):
                what = str(one) if isinstance(one, Name) else "a part of a networkx graph without its graph"
                raise DatasetError(f"pickle {self._path} holds {what} as a value: it is refused, only data are read")
            if id(one) not in seen:
                seen.add(id(one))
                waiting.extend(_parts(one))
        return value


def _parts(value: Any) -> list[Any]:
    """What lies within a container."""
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    if isinstance(value, list | tuple | set | frozenset):
        return list(value)
    if isinstance(value, np.ndarray):
        return list(value.flat) if value.dtype.hasobject else []
    if hasattr(value, "nodes") and hasattr(value, "edges"):
        edges = [attributes for _, _, attributes in value.edges(data=True)]
        return [value.graph, *value.nodes, *dict(value.nodes(data=True)).values(), *edges]
    return []


# Arrays


def _dtype(code: Any, *_: Any) -> np.dtype[Any]:
    if isinstance(code, Name):  # numpy.dtype(bool) of very old files
        code = {"bool": "?", "int": "i8", "float": "f8", "object": "O"}.get(code.name)
    if not isinstance(code, str) or not _DTYPE.fullmatch(code):
        raise TypeError(f"an array of type {code!r}; plain numbers, texts and objects are read")
    # The type's own object, so that setting a byte order below leaves NumPy's alone.
    return np.dtype("O" if "O" in code else code.replace("a", "S"), align=False, copy=True)


def _set_byte_order(dtype: np.dtype[Any], state: Any) -> None:
    """Sets the byte order that a type's state asks for; nothing else in the state is believed."""
    if not isinstance(state, tuple) or len(state) < 5 or state[1] not in ("<", ">", "|", "=") or any(state[2:5]):
        raise TypeError("an array of a structured type; plain numbers, texts and objects are read")
    if state[1] in "<>" and dtype.itemsize > 1 and not dtype.hasobject:
        proper: Any = dtype.newbyteorder(state[1]).__reduce__()
        dtype.__setstate__(proper[2])  # type: ignore[attr-defined]


def _raw(data: Any) -> bytes | bytearray:
    """Bytes of an array; Python 2 wrote them as text."""
    raw = data.encode("latin-1") if isinstance(data, str) else data
    if not isinstance(raw, bytes | bytearray):
        raise TypeError("an array without bytes")
    return raw


def _shape(shape: Any) -> tuple[int, ...]:
    axes = (shape,) if isinstance(shape, int) else shape
    if not isinstance(axes, tuple) or len(axes) > _MOST_AXES or any(type(n) is not int or n < 0 for n in axes):
        raise TypeError("an array of an impossible shape")
    return axes


def _require_length(data: Any, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
    needed = math.prod(shape) * (1 if dtype.hasobject else dtype.itemsize)
    if len(data) != needed:
        raise ValueError(f"an array of {needed} bytes of which {len(data)} are there")


def _from_buffer(data: Any, dtype: Any, shape: Any, order: Any = "C") -> np.ndarray[Any, Any]:
    if not isinstance(dtype, np.dtype) or dtype.hasobject or order not in ("C", "F"):
        raise TypeError("an array of an unknown kind")
    raw, axes = _raw(data), _shape(shape)
    _require_length(raw, axes, dtype)
    return np.frombuffer(bytearray(raw), dtype).reshape(axes, order=order)


def _ndarray(shape: Any, dtype: Any, data: Any) -> np.ndarray[Any, Any]:
    return _from_buffer(data, dtype if isinstance(dtype, np.dtype) else _dtype(dtype), shape)


def _empty_array(kind: Any, *_: Any) -> np.ndarray[Any, Any]:
    if kind != _NDARRAY:
        raise TypeError(f"an array of class {kind}; only numpy.ndarray is read")
    return np.empty((0,), np.int8)


def _fill_array(array: np.ndarray[Any, Any], state: Any) -> None:
    if not isinstance(state, tuple) or len(state) not in (4, 5):
        raise TypeError("an array without a proper state")
    shape, dtype, fortran, data = state[-4:]
    axes = _shape(shape)
    if not isinstance(dtype, np.dtype) or not isinstance(fortran, bool | int):
        raise TypeError("an array without a proper type")
    content = data if dtype.hasobject and type(data) is list else bytes(_raw(data))
    if dtype.hasobject and not isinstance(content, list):
        raise TypeError("an array of objects without its objects")
    _require_length(content, axes, dtype)
    proper: Any = (1, axes, dtype, bool(fortran), content)
    array.__setstate__(proper)


def _scalar(dtype: Any, data: Any) -> Any:
    if not isinstance(dtype, np.dtype) or dtype.hasobject:
        raise TypeError("a scalar of an unknown kind")
    return _from_buffer(data, dtype, (1,))[0]


# Graphs


def _empty_graph(*arguments: Any) -> Any:
    if arguments:
        raise TypeError("a graph with arguments")
    try:
        import networkx
    except ImportError as error:
        raise DatasetError("reading a graph needs networkx: pip install networkx") from error
    return networkx.Graph()


def _fill_graph(graph: Any, state: Any) -> None:
    """Nodes and edges from the state of a graph: `node` and `adj` in networkx 1, `_node` and `_adj` since."""
    if not isinstance(state, dict):
        raise TypeError("a graph without a proper state")
    nodes, adjacency = state.get("_node", state.get("node")), state.get("_adj", state.get("adj"))
    attributes = state.get("graph", {})
    graph.graph.update(_mapping(attributes))
    for node, values in _mapping(nodes).items():
        graph.add_node(node)
        graph.nodes[node].update(_mapping(values))
    for node, neighbours in _mapping(adjacency).items():
        for neighbour, values in _mapping(neighbours).items():
            graph.add_edge(node, neighbour)
            graph.edges[node, neighbour].update(_mapping(values))


def _mapping(value: Any) -> dict[Any, Any]:
    if not isinstance(value, dict):
        raise TypeError("a graph whose nodes, neighbours or attributes are no dictionary")
    return value


# Containers that are not instructions of their own


def _ordered(pairs: Any = ()) -> OrderedDict[Any, Any]:
    items = [tuple(pair) for pair in _items(pairs)]
    if any(len(pair) != 2 for pair in items):
        raise TypeError("an OrderedDict without pairs")
    return OrderedDict((as_key(key), value) for key, value in items)


def _items(values: Any) -> list[Any]:
    if not isinstance(values, list | tuple):
        raise TypeError("a container without a list of items")
    return list(values)


def _with_default(*factory: Any) -> dict[Any, Any]:
    """A dictionary with a default factory becomes a plain one; which factory it was is not asked."""
    if len(factory) > 1:
        raise TypeError("a dictionary with arguments")
    return {}


def _encoded(text: Any, codec: Any = "latin1") -> bytes:
    if not isinstance(text, str) or codec not in ("latin1", "latin-1"):
        raise TypeError("bytes in another encoding than latin-1")
    return text.encode("latin-1")


def _byte_array(data: Any = b"", codec: Any = "latin-1") -> bytearray:
    return bytearray(_encoded(data, codec) if isinstance(data, str) else _raw(data))


def _complex(real: Any, imaginary: Any) -> complex:
    return complex(float(real), float(imaginary))


_NDARRAY = Name("numpy", "ndarray")
_RECONSTRUCTOR = Name("copyreg", "_reconstructor")
_EMPTY_ARRAY = Name("numpy._core.multiarray", "_reconstruct")
_FILLED_LATER = (_EMPTY_ARRAY, _GRAPH)
_BUILDERS: dict[Name, Callable[..., Any] | None] = {
    _NDARRAY: _ndarray,
    _EMPTY_ARRAY: _empty_array,
    Name("numpy._core.multiarray", "scalar"): _scalar,
    Name("numpy._core.numeric", "_frombuffer"): _from_buffer,
    Name("numpy", "dtype"): _dtype,
    _GRAPH: _empty_graph,
    _OBSERVATIONS: lambda *_: {},
    _RECONSTRUCTOR: None,
    Name("collections", "OrderedDict"): _ordered,
    Name("collections", "defaultdict"): _with_default,
    Name("_codecs", "encode"): _encoded,
    Name("builtins", "bytes"): lambda *data: _encoded(*data) if data else b"",
    Name("builtins", "bytearray"): _byte_array,
    Name("builtins", "complex"): _complex,
    Name("builtins", "set"): lambda items=(): {as_key(item) for item in _items(items)},
    Name("builtins", "frozenset"): lambda items=(): frozenset(as_key(item) for item in _items(items)),
}
