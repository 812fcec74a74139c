"""Other people's pickles are opened without running them: data come out, programs are refused and named."""

from __future__ import annotations

import base64
import collections
import functools
import io
import os
import pickle
import struct
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from echoenv.datasets.safe_pickle import load_pickle
from echoenv.errors import DatasetError
from tests.datasets.graph_pickles import GRAPHS


def opened(data: bytes, folder: Path) -> Any:
    path = folder / "file.pkl"
    path.write_bytes(data)
    return load_pickle(path)


PLAIN: dict[str, Any] = {
    "none": None,
    "truth": [True, False],
    "whole": [0, -1, 255, 70_000, -(2**40), 2**200],
    "real": [0.5, -1e300, 1 + 2j],
    "text": ["", "Grüße \N{SNOWMAN}"],
    "bytes": [b"", b"\x00\xff", bytearray(b"ab")],
    "nested": [([],), ((1,), {"a": {2: "b"}})],
    "sets": [{1, 2}, frozenset({3}), set()],
    "ordered": OrderedDict([("b", 1), ("a", 2)]),
}


@pytest.mark.parametrize("protocol", range(6))
def test_plain_values_come_back_under_every_protocol(protocol: int, tmp_path: Path) -> None:
    value = opened(pickle.dumps(PLAIN, protocol), tmp_path)
    assert value == PLAIN
    assert type(value["ordered"]) is OrderedDict and list(value["ordered"]) == ["b", "a"]
    assert [type(item) for item in value["bytes"]] == [bytes, bytes, bytearray]


ARRAYS: dict[str, Any] = {
    "pictures": np.arange(24, dtype=np.uint8).reshape(2, 4, 3),
    "fortran": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "big endian": np.arange(3, dtype=">i4"),
    "empty": np.zeros((0, 3), np.float32),
    "no axes": np.array(2.5),
    "texts": np.array(["a", "bcd"]),
    "complex": np.array([1 + 2j], np.complex64),
    "objects": np.array([1, "x", None, (2, 3)], dtype=object),
    "scalar": np.float64(1.5),
    "key": {(np.int64(3), 90): np.bool_(True)},
    "type": np.dtype("float32"),
}


@pytest.mark.parametrize("protocol", range(6))
def test_arrays_scalars_and_types_come_back(protocol: int, tmp_path: Path) -> None:
    value = opened(pickle.dumps(ARRAYS, protocol), tmp_path)
    for name, expected in ARRAYS.items():
        found = value[name]
        assert type(found) is type(expected), name
        if isinstance(expected, np.ndarray):
            assert found.dtype.newbyteorder("=") == expected.dtype.newbyteorder(
                "="
            )  # of some protocols only the values
            assert found.flags.f_contiguous == expected.flags.f_contiguous
            assert found.flags.writeable
            np.testing.assert_array_equal(found, expected)
        else:
            assert found == expected
    assert np.dtype("i4").isnative and np.arange(3, dtype="i4").dtype.isnative  # a file cannot turn NumPy's own types


def test_an_array_twice_in_a_file_is_one_array(tmp_path: Path) -> None:
    array = np.arange(3)
    first, second = opened(pickle.dumps([array, array]), tmp_path)
    assert first is second


def test_arrays_of_numpy_1_and_of_numpy_2(tmp_path: Path) -> None:
    data = pickle.dumps(np.arange(5, dtype=np.int16), protocol=2)
    assert b"numpy._core" in data or b"numpy.core" in data
    old = data.replace(b"numpy._core.multiarray", b"numpy.core.multiarray")
    new = data.replace(b"numpy.core.multiarray", b"numpy._core.multiarray")
    for version in (old, new):
        np.testing.assert_array_equal(opened(version, tmp_path), np.arange(5, dtype=np.int16))


def test_python_2_texts_and_arrays_are_latin_1(tmp_path: Path) -> None:
    # What Python 2 with NumPy 1 wrote for [u'\xe9', 'caf\xe9', numpy.array([1, 256], '<i2')], protocols 2 and 0.
    binary = (
        b"\x80\x02]q\x00(X\x02\x00\x00\x00\xc3\xa9q\x01U\x04caf\xe9q\x02cnumpy.core.multiarray\n_reconstruct\nq\x03"
        b"cnumpy\nndarray\nq\x04K\x00\x85q\x05U\x01bq\x06\x87q\x07Rq\x08(K\x01K\x02\x85q\x09cnumpy\ndtype\nq\x0a"
        b"U\x02i2q\x0bK\x00K\x01\x87q\x0cRq\x0d(K\x03U\x01<q\x0eNNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tq\x0fb"
        b"\x89U\x04\x01\x00\x00\x01q\x10tq\x11be."
    )
    text = b"(lp0\nV\\xe9\np1\naS'caf\\xe9'\np2\naI01\naL12L\naF0.5\na."
    value = opened(binary, tmp_path)
    assert value[:2] == ["é", "café"]
    np.testing.assert_array_equal(value[2], np.array([1, 256], "<i2"))
    assert opened(text, tmp_path) == ["\\xe9", "café", True, 12, 0.5]


def test_dictionaries_of_other_classes_become_plain_ones(tmp_path: Path) -> None:
    by_scene = collections.defaultdict(dict, {"room_0": {(0, 90): 1}})
    assert opened(pickle.dumps(by_scene), tmp_path) == {"room_0": {(0, 90): 1}}
    # habitat-lab's Observations, a dictionary: class, no arguments, two items.
    observations = (
        b"\x80\x04\x8c\x16habitat.core.simulator\x8c\x0cObservations\x93)\x81(\x8c\x03rgbK\x01\x8c\x01dK\x02u."
    )
    value = opened(observations, tmp_path)
    assert value == {"rgb": 1, "d": 2} and type(value) is dict


@pytest.mark.parametrize("version", GRAPHS)
def test_graphs_of_every_networkx_are_taken_apart_and_built_anew(version: str, tmp_path: Path) -> None:
    networkx = pytest.importorskip("networkx")
    graph = opened(GRAPHS[version], tmp_path)
    assert type(graph) is networkx.Graph
    points = {3: (0.5, -1.25, 2.0), 7: (1.0, -1.25, 2.0), 9: (4.0, -1.25, 2.0)}
    assert dict(graph.nodes(data="point")) == points
    assert list(graph.edges(data=True)) == [(3, 7, {"weight": 0.5})]
    graph.add_edge(7, 9)
    assert networkx.shortest_path(graph, 3, 9) == [3, 7, 9]


def test_a_graph_in_a_container_and_twice(tmp_path: Path) -> None:
    networkx = pytest.importorskip("networkx")
    graph = networkx.path_graph(4)
    found = opened(pickle.dumps({"a": graph, "b": [graph]}), tmp_path)
    assert found["a"] is found["b"][0] and list(found["a"].edges) == [(0, 1), (1, 2), (2, 3)]


def test_other_graphs_are_refused_with_what_is_read(tmp_path: Path) -> None:
    networkx = pytest.importorskip("networkx")
    with pytest.raises(DatasetError, match=r"file\.pkl holds a MultiDiGraph .* undirected"):
        opened(pickle.dumps(networkx.MultiDiGraph()), tmp_path)


class Calls:
    """Pickled as a call of anything."""

    def __init__(self, *call: Any) -> None:
        self.call = call

    def __reduce__(self) -> tuple[Any, ...]:
        return self.call


class SetsState:
    """Pickled as an object with a state, which Python would hand to `__setstate__`."""

    def __init__(self) -> None:
        self.x = 1


def evil_array() -> np.ndarray:
    array = np.empty(1, dtype=object)
    array[0] = Calls(os.system, ("touch here",))
    return array


MALICIOUS = {
    "os.system": (Calls(os.system, ("touch here",)), r"(posix|nt)\.system"),
    "eval": (Calls(eval, ("open('here', 'w')",)), r"builtin(s|__)\.eval"),
    "exec": (Calls(exec, ("open('here', 'w')",)), r"builtin(s|__)\.exec"),
    "getattr chain": (Calls(getattr, (Calls(__import__, ("os",)), "system")), r"builtin(s|__)\.(getattr|__import__)"),
    "partial": (functools.partial(os.system, "touch here"), r"functools\.partial"),
    "array of objects": (evil_array(), r"(posix|nt)\.system"),
    "within an array's type": ({"a": [np.arange(3), Calls(open, ("here", "w"))]}, r"(io|_io)\.open"),
    "state of a class": (SetsState(), r"SetsState"),
    "numpy.load": (Calls(np.load, ("here",)), r"numpy.*load"),
    "numpy's memmap": (Calls(np.memmap, ("here", "u1", "w+", 0, (1,))), r"numpy\.memmap"),
    "codecs.open": (Calls(__import__("codecs").open, ("here", "w")), r"codecs\.open"),
    "a module's attribute": (Calls(__import__("importlib").import_module, ("os",)), r"importlib\.import_module"),
    "a class as a value": ({"factory": Path}, r"pathlib.*Path"),
    "a function as a value": ({"f": os.getcwd}, r"(posix|nt)\.getcwd"),
}


@pytest.mark.parametrize("protocol", (0, 2, 4, 5))
@pytest.mark.parametrize("name", MALICIOUS)
def test_programs_are_refused_by_name_and_not_run(
    name: str, protocol: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    value, named = MALICIOUS[name]
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DatasetError, match=rf"file\.pkl names .*{named}.* only numbers"):
        opened(pickle.dumps(value, protocol), tmp_path)
    assert not (tmp_path / "here").exists()


def program(*parts: bytes) -> bytes:
    return b"\x80\x04" + b"".join(parts) + b"."


BY_HAND = {
    "a call of a container": (program(b"cbuiltins\nlist\n)R"), "calls builtins.list"),
    "a call of what is no name": (program(b"X\x02\x00\x00\x00os)R"), "no name"),
    "an attribute by a dotted name": (program(b"\x8c\x08builtins\x8c\x10dict.__class__.x\x93"), "dict.__class__.x"),
    "builtins by its old name": (program(b"c__builtin__\neval\n(V1\ntR"), "__builtin__.eval"),
    "an old instance": (program(b"(V1\nios\nsystem\n"), "os.system"),
    "an object by marks": (program(b"(cos\nsystem\nV1\no"), "os.system"),
    "a persistent id": (program(b"Psecret\n"), "PERSID"),
    "an extension": (program(b"\x82\x01"), "EXT1"),
    "a buffer from outside": (b"\x80\x05\x97.", "NEXT_BUFFER"),
    "a name as the value": (program(b"cbuiltins\ndict\n"), "builtins.dict as a value"),
    "a name in a list": (program(b"]cnumpy\nndarray\na"), "numpy.ndarray as a value"),
    "a view without its graph": (program(b"cnetworkx.classes.reportviews\nNodeView\n)R"), "without its graph"),
    "a state for a list": (program(b"]}V__class__\nV1\nsb"), "a state for a list"),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_instructions_made_by_hand_are_refused(name: str, tmp_path: Path) -> None:
    data, reason = BY_HAND[name]
    with pytest.raises(DatasetError, match=reason.replace(".", r"\.")):
        opened(data, tmp_path)


def array_program(shape: bytes, dtype: bytes, state: bytes, data: bytes) -> bytes:
    """An array of NumPy taken apart: shape, type, the type's state and bytes as instructions."""
    return program(
        b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R(K\x01",
        shape, b"cnumpy\ndtype\n", dtype, b"\x89\x88\x87R", state, b"b\x89", data, b"tb",
    )  # fmt: skip


PLAIN_STATE = b"(K\x03\x8c\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00t"
OBJECT_FLAGS = b"(K\x03\x8c\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x3ft"


def test_an_array_made_by_hand_is_read(tmp_path: Path) -> None:
    value = opened(array_program(b"K\x02\x85", b"\x8c\x02u1", PLAIN_STATE, b"C\x02\x01\x02"), tmp_path)
    np.testing.assert_array_equal(value, np.array([1, 2], np.uint8))


def test_numbers_that_claim_to_be_objects_stay_numbers(tmp_path: Path) -> None:
    """Flags of a type say whether its bytes are addresses; believed, eight bytes of a file would be followed."""
    value = opened(array_program(b"K\x01\x85", b"\x8c\x02i8", OBJECT_FLAGS, b"C\x08" + b"A" * 8), tmp_path)
    assert value.dtype == np.int64 and not value.dtype.hasobject and value[0] == 0x4141414141414141


@pytest.mark.parametrize(
    ("shape", "dtype", "data"),
    [
        (b"K\x03\x85", b"\x8c\x02u1", b"C\x02\x01\x02"),  # fewer bytes than items
        (b"\x8a\x08" + struct.pack("<q", 2**62) + b"\x85", b"\x8c\x02u1", b"C\x00"),  # absurd
        (b"J\xff\xff\xff\xff\x85", b"\x8c\x02u1", b"C\x00"),  # negative
        (b"K\x01\x85", b"\x8c\x01O", b"C\x08" + b"A" * 8),  # addresses instead of objects
        (b"K\x01\x85", b"\x8c\x02S0", b"C\x00"),
        (b"K\x01\x85", b"\x8c\x05i4,i4", b"C\x08" + b"A" * 8),
        (b"]", b"\x8c\x02u1", b"C\x00"),
    ],
)
def test_arrays_that_do_not_add_up_are_damaged(shape: bytes, dtype: bytes, data: bytes, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="damaged"):
        opened(array_program(shape, dtype, PLAIN_STATE, data), tmp_path)


def test_every_truncation_is_said(tmp_path: Path) -> None:
    data = pickle.dumps({"a": [np.arange(3), "text", 2.5, (1, {2})]}, protocol=4)
    for end in range(len(data) - 1):
        with pytest.raises(DatasetError, match=r"file\.pkl is truncated, damaged or no pickle"):
            opened(data[:end], tmp_path)


@pytest.mark.filterwarnings("ignore:invalid escape sequence")
def test_random_changes_never_do_more_than_fail(tmp_path: Path) -> None:
    data = bytearray(pickle.dumps({"a": [np.arange(9.0), np.float32(1), "text", {(1, 2): b"x"}]}, protocol=2))
    rng = np.random.default_rng(5)
    for _ in range(400):
        changed = bytearray(data)
        for place in rng.integers(len(data), size=3):
            changed[place] = rng.integers(256)
        try:
            opened(bytes(changed), tmp_path)
        except DatasetError as error:
            assert "file.pkl" in str(error) and "\n" not in str(error)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a pickle at all",
        b"\x1f\x8b\x08\x00" + b"\x00" * 50,
        b"\x80\x09N.",
        b"\x80\x04\x95" + struct.pack("<Q", 2**60) + b"N.",
        b"\x80\x04\x8e" + struct.pack("<Q", 2**62) + b"x.",
        b"\x80\x04B" + struct.pack("<I", 2**32 - 1) + b"x.",
        b"\x80\x02\x8b" + struct.pack("<i", 2**31 - 1) + b"x.",
        b"\x80\x02r" + struct.pack("<I", 2**31) + b".",
        b"\x80\x02h\x07.",
        b"\x80\x02a.",
        b"\x80\x02(K\x01d.",
        b"\x80\x02}]K\x01s.",
        b"\x80\x02(N" + b"\x85" * 100_000 + b"N\x90.",
        b"\x80\x02}N" + b"\x85" * 100_000 + b"Ns.",
    ],
)
def test_files_that_are_no_pickles_and_absurd_sizes(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"file\.pkl is truncated, damaged or no pickle"):
        opened(data, tmp_path)


def test_deep_lists_and_cycles_do_not_crash(tmp_path: Path) -> None:
    value = opened(b"\x80\x02" + b"]" * 50_000 + b"a" * 49_999 + b".", tmp_path)
    assert len(value) == 1
    own: list[Any] = []
    own.append(own)
    found = opened(pickle.dumps(own), tmp_path)
    assert found[0] is found
    while value:  # taken apart from outside, because Python frees nested lists by recursion
        value = value[0]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"nowhere\.pkl cannot be read"):
        load_pickle(tmp_path / "nowhere.pkl")
    with pytest.raises(DatasetError, match="cannot be read"):
        load_pickle(tmp_path)


def test_what_python_opens_is_opened_to_the_same(tmp_path: Path) -> None:
    """The pure and the C pickler write the same values in different instructions."""
    value = {"views": {(i, 90): {"rgb": np.full((2, 2, 3), i, np.uint8)} for i in range(3)}}
    buffer = io.BytesIO()
    pickle._Pickler(buffer, 3).dump(value)  # type: ignore[attr-defined]
    for data in (buffer.getvalue(), pickle.dumps(value, 5), base64.b64decode(base64.b64encode(pickle.dumps(value)))):
        found = opened(data, tmp_path)
        for key, view in value["views"].items():
            np.testing.assert_array_equal(found["views"][key]["rgb"], view["rgb"])
