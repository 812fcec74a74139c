"""Opens other people's pickles without running them.

The one idea: a pickle is a program for a small machine with a stack. Python's own reader lets that program call what
it names; this reader is another machine, which has no such step. It knows the instructions that make plain values and
containers, and a short list of things to build (`pickle_values`): arrays, scalars and types of NumPy and graphs of
networkx. Whatever else a file names is refused when it is named.
"""

from __future__ import annotations

import codecs
import os
import pickletools
import struct
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from echoenv.datasets.pickle_values import Name, ValueBuilder, as_key, known_name
from echoenv.errors import DatasetError

NEWEST_PROTOCOL = 5
_OPCODES = {opcode.code: opcode for opcode in pickletools.opcodes}
_DAMAGED = (IndexError, KeyError, ValueError, TypeError, EOFError, OverflowError, RecursionError, struct.error)


def load_pickle(path: str | Path) -> Any:
    """The value in a pickle, of protocol 0 to 5, written by Python 2 or 3.

    Python 2's strings are read as latin-1. Dictionaries with a default factory and habitat-lab's `Observations` become
    plain dictionaries; a networkx graph of any version becomes a new `networkx.Graph` with the same nodes, edges and
    attributes. Arrays are writeable copies.

    Args:
        path: The file.

    Raises:
        DatasetError: The file is missing, truncated, damaged or no pickle, or it holds anything but None, numbers,
            strings, bytes, lists, tuples, dictionaries, sets, arrays, and graphs; names the file and the class.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            return _Machine(file, path).run()
    except OSError as error:
        raise DatasetError(
            f"pickle {path} cannot be read ({error.strerror or error}): give a file that is there"
        ) from error
    except MemoryError as error:
        raise DatasetError(f"pickle {path} does not fit into memory: free some, or split the file") from error
    except _DAMAGED as error:
        raise DatasetError(
            f"pickle {path} is truncated, damaged or no pickle ({_reason(error)}): fetch or write it again"
        ) from error


def _reason(error: BaseException) -> str:
    return str(error).splitlines()[0][:120] if str(error) else type(error).__name__


class _BoundedFile:
    """A file that refuses to read more than it holds, before memory for it is asked for."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.remaining = os.fstat(file.fileno()).st_size

    def read(self, count: int) -> bytes:
        if count > self.remaining:
            raise EOFError(f"an item of {count} bytes where {self.remaining} are left")
        self.remaining -= count
        return self._file.read(count)

    def readline(self) -> bytes:
        line = self._file.readline()
        self.remaining -= len(line)
        return line


class _Machine:
    """The stack, the marks on it and the memory of one pickle; one method for each kind of instruction."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._file = _BoundedFile(file)
        self._path = path
        self._values = ValueBuilder(path)
        self._stack: list[Any] = []
        self._below: list[list[Any]] = []
        self._memory: dict[int, Any] = {}
        self._steps: dict[str, Callable[[Any], None]] = self._instructions()

    def run(self) -> Any:
        """Carries out all instructions and hands out the value that is left."""
        while True:
            code = self._file.read(1).decode("latin-1")
            opcode = _OPCODES.get(code)
            if opcode is None:
                raise ValueError(f"it has no instruction {code!r}")
            if opcode.name == "STOP":
                return self._values.finished(self._stack.pop())
            step = self._steps.get(opcode.name)
            if step is None:
                raise DatasetError(
                    f"pickle {self._path} refers to things outside itself (instruction {opcode.name}): it is refused, "
                    "write it again as plain arrays and dictionaries"
                )
            step(self._argument(opcode))

    def _argument(self, opcode: pickletools.OpcodeInfo) -> Any:
        """What follows an instruction in the file."""
        if opcode.name == "STRING":  # the library reads only ASCII here
            return self._python2_text()
        return None if opcode.arg is None else opcode.arg.reader(cast(IO[bytes], self._file))

    def _python2_text(self) -> str:
        line = self._file.readline().strip()
        if len(line) < 2 or line[:1] != line[-1:] or line[:1] not in b"'\"":
            raise ValueError("a string without quotes")
        return codecs.escape_decode(line[1:-1])[0].decode("latin-1")

    def _instructions(self) -> dict[str, Callable[[Any], None]]:
        push = self._stack_push
        values = (
            "INT BININT BININT1 BININT2 LONG LONG1 LONG4 FLOAT BINFLOAT STRING BINSTRING SHORT_BINSTRING UNICODE "
            "SHORT_BINUNICODE BINUNICODE BINUNICODE8 BINBYTES SHORT_BINBYTES BINBYTES8 BYTEARRAY8"
        )
        steps: dict[str, Callable[[Any], None]] = {name: push for name in values.split()}
        for name in ("GET", "BINGET", "LONG_BINGET"):
            steps[name] = lambda index: push(self._memory[index])
        for name in ("PUT", "BINPUT", "LONG_BINPUT"):
            steps[name] = self._remember
        for count, name in enumerate(("EMPTY_TUPLE", "TUPLE1", "TUPLE2", "TUPLE3")):
            steps[name] = partial(self._tuple, count)
        return steps | self._constants() | self._containers() | self._objects()

    def _constants(self) -> dict[str, Callable[[Any], None]]:
        push = self._stack_push
        return {
            "PROTO": self._check_protocol,
            "FRAME": self._check_frame,
            "NONE": lambda _: push(None),
            "NEWTRUE": lambda _: push(True),
            "NEWFALSE": lambda _: push(False),
            "MARK": self._mark,
            "POP": self._pop,
            "POP_MARK": self._drop_to_mark,
            "DUP": lambda _: push(self._stack[-1]),
            "MEMOIZE": lambda _: self._remember(len(self._memory)),
        }

    def _containers(self) -> dict[str, Callable[[Any], None]]:
        push, since_mark = self._stack_push, self._since_mark
        return {
            "EMPTY_LIST": lambda _: push([]),
            "EMPTY_DICT": lambda _: push({}),
            "EMPTY_SET": lambda _: push(set()),
            "LIST": lambda _: push(since_mark()),
            "TUPLE": lambda _: push(tuple(since_mark())),
            "FROZENSET": lambda _: push(frozenset(map(as_key, since_mark()))),
            "DICT": self._dictionary,
            "APPEND": lambda _: self._extend(self._pop_last(1)),
            "APPENDS": lambda _: self._extend(since_mark()),
            "ADDITEMS": lambda _: self._add(since_mark()),
            "SETITEM": lambda _: self._set_items(self._pop_last(2)),
            "SETITEMS": lambda _: self._set_items(since_mark()),
        }

    def _objects(self) -> dict[str, Callable[[Any], None]]:
        return {
            "GLOBAL": lambda words: self._name(*words.split(" ", 1)),
            "STACK_GLOBAL": lambda _: self._name(*self._pop_last(2)),
            "REDUCE": lambda _: self._build(*self._pop_last(2)),
            "NEWOBJ": lambda _: self._build(*self._pop_last(2)),
            "NEWOBJ_EX": self._build_with_keywords,
            "INST": lambda words: self._build(known_name(self._path, *words.split(" ", 1)), tuple(self._since_mark())),
            "OBJ": self._build_marked,
            "BUILD": lambda _: self._values.set_state(*self._last_with_state()),
        }

    # The stack

    def _stack_push(self, value: Any) -> None:
        self._stack.append(value)

    def _pop_last(self, count: int) -> list[Any]:
        if len(self._stack) < count:
            raise IndexError("an instruction lacks its values")
        taken = self._stack[len(self._stack) - count :]
        del self._stack[len(self._stack) - count :]
        return taken

    def _pop(self, _: Any) -> None:
        if self._stack:
            self._stack.pop()
        else:
            self._since_mark()

    def _mark(self, _: Any) -> None:
        self._below.append(self._stack)
        self._stack = []

    def _since_mark(self) -> list[Any]:
        items, self._stack = self._stack, self._below.pop()
        return items

    def _drop_to_mark(self, _: Any) -> None:
        self._since_mark()

    def _remember(self, index: int) -> None:
        self._memory[index] = self._stack[-1]

    # Containers

    def _tuple(self, count: int, _: Any) -> None:
        self._stack.append(tuple(self._pop_last(count)))

    def _dictionary(self, _: Any) -> None:
        items = self._since_mark()
        self._stack.append({})
        self._set_items(items)

    def _extend(self, items: list[Any]) -> None:
        self._require(list).extend(items)

    def _add(self, items: list[Any]) -> None:
        self._require(set).update(map(as_key, items))

    def _set_items(self, items: list[Any]) -> None:
        target = self._require(dict)
        if len(items) % 2:
            raise ValueError("a key without a value")
        for key, value in zip(items[::2], items[1::2], strict=True):
            target[as_key(key)] = value

    def _require(self, kind: type) -> Any:
        target = self._stack[-1]
        if not isinstance(target, kind):
            raise TypeError(f"items of a {kind.__name__} for a {type(target).__name__}")
        return target

    # Things with a name

    def _name(self, module: Any, name: Any) -> None:
        self._stack.append(known_name(self._path, module, name))

    def _build(self, name: Any, arguments: Any) -> None:
        if not isinstance(name, Name) or not isinstance(arguments, tuple):
            raise TypeError("a call of something that has no name")
        self._stack.append(self._values.build(name, arguments))

    def _build_with_keywords(self, _: Any) -> None:
        name, arguments, keywords = self._pop_last(3)
        if keywords:
            raise TypeError("an object with named arguments")
        self._build(name, arguments)

    def _build_marked(self, _: Any) -> None:
        name, *arguments = self._since_mark()
        self._build(name, tuple(arguments))

    def _last_with_state(self) -> tuple[Any, Any]:
        (state,) = self._pop_last(1)
        return self._stack[-1], state

    def _check_protocol(self, protocol: int) -> None:
        if protocol > NEWEST_PROTOCOL:
            raise ValueError(f"protocol {protocol}, the newest known is {NEWEST_PROTOCOL}")

    def _check_frame(self, length: int) -> None:
        if length > self._file.remaining:
            raise EOFError(f"a frame of {length} bytes where {self._file.remaining} are left")
