"""Habitat-Lab on a machine without habitat-sim: `without_habitat_sim`.

The one idea: Habitat-Lab imports `habitat_sim` and `magnum` from end to end, yet most of it can run on another
simulator. Here its import statements are given stand-ins, which may be named and derived from while modules are being
read, and which raise an `EngineError` as soon as a function really uses one.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import inspect
import sys
import types
from abc import ABCMeta
from collections.abc import Iterable, MutableSequence
from typing import Any

from echoenv.errors import EngineError

PACKAGES = ("habitat_sim", "magnum", "corrade")
"""What habitat-sim's installation brings."""

_ABSENT = ("habitat_sim.utils.profiling_utils",)
"""What is not stood in for: Habitat-Lab looks whether it is there, and does without it."""

_INLINE = ("<listcomp>", "<dictcomp>", "<setcomp>", "<genexpr>", "<lambda>")


class MissingHabitatSimError(EngineError, AttributeError):
    """Something of habitat-sim is used where it is not installed.

    Also an `AttributeError`, so that `hasattr` and `getattr` with a default go on as they do for what is not there.
    """


def without_habitat_sim() -> bool:
    """Let `import habitat` succeed where habitat-sim is not installed; call it before that import.

    Where the real packages import nothing is done. Calling it twice is once.

    Returns:
        Whether stand-ins are in place.
    """
    missing = [name for name in PACKAGES if not _is_real(name)]
    if missing and not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder(missing))  # first, for a package may be installed and yet not import
    return bool(missing)


def put_stand_ins_away() -> None:
    """Undo `without_habitat_sim`, so that nobody takes the stand-ins for habitat-sim where nothing needs them."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, _Finder)]
    for name in [name for name, module in sys.modules.items() if isinstance(module, _StandInModule)]:
        del sys.modules[name]


def is_stand_in(module: types.ModuleType) -> bool:
    """Whether a module of the name `habitat_sim`, `magnum` or `corrade` only stands in for the real one."""
    return isinstance(module, _StandInModule)


def _is_real(name: str) -> bool:
    if isinstance(sys.modules.get(name), _StandInModule):
        return False
    before = set(sys.modules)
    try:
        module = importlib.import_module(name)
    except ImportError:
        for half_read in set(sys.modules) - before:
            if half_read.split(".")[0] == name:
                del sys.modules[half_read]
        return False
    return not isinstance(module, _StandInModule)


class _StandIn(ABCMeta):
    """The type of stand-ins: classes that can be named, derived from and asked for their parts, but not used."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _part(f"{cls.__module__}.{cls.__qualname__}.{name}")

    def __call__(cls, *given: Any, **named: Any) -> Any:
        if _is_used(called=True):
            raise _missing(_name_of(cls))
        if len(given) == 1 and not named and callable(given[0]):
            return given[0]  # as a decorator
        return cls


class _StandInModule(types.ModuleType):
    """A module all of whose parts are stand-ins."""

    __path__: MutableSequence[str] = []  # noqa: RUF012  stands for a package, and is never changed

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or f"{self.__name__}.{name}" in _ABSENT:
            raise AttributeError(name)
        return _part(f"{self.__name__}.{name}")


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds a stand-in for every module of the packages that do not import."""

    def __init__(self, packages: Iterable[str]) -> None:
        self._packages = frozenset(packages)

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if fullname.split(".")[0] not in self._packages or fullname in _ABSENT:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _StandInModule(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """A stand-in has no code."""


def _part(name: str) -> Any:
    """The stand-in called `name`; errors are real exception classes, for they stand in `except` clauses."""
    if name.endswith(("Error", "Exception")):
        return _named(name, type, (Exception,))
    if _is_used():
        raise _missing(name)
    return _named(name, _StandIn, (object,))


_made: dict[str, Any] = {}


def _named(name: str, kind: Any, bases: tuple[type, ...]) -> Any:
    if name not in _made:
        package, _, path = name.partition(".")
        _made[name] = kind(path.rpartition(".")[2], bases, {"__module__": package, "__qualname__": path})
    return _made[name]


def _name_of(cls: type) -> str:
    """The stand-in that a class is or derives from, and the class."""
    for base in cls.__mro__:
        if base.__module__ in PACKAGES:
            name = f"{base.__module__}.{base.__qualname__}"
            return name if base is cls else f"{name} (by {cls.__module__}.{cls.__qualname__})"
    return cls.__qualname__


def _is_used(called: bool = False) -> bool:
    """Whether a function asks the stand-in that calls this, not a module or a class that is being read.

    Args:
        called: The stand-in is called: by the program itself (`__main__`) too that is use, not reading.
    """
    frame = inspect.currentframe()
    while frame is not None:
        module, code = str(frame.f_globals.get("__name__", "")), frame.f_code
        if module != __name__ and not module.startswith("importlib") and code.co_name not in _INLINE:
            by_program = called and module in ("__main__", "__mp_main__")
            return by_program or bool(code.co_flags & inspect.CO_OPTIMIZED)
        frame = frame.f_back
    return False


def _missing(name: str) -> MissingHabitatSimError:
    return MissingHabitatSimError(
        f"{name} is needed here, but habitat-sim is not installed: install it (environment.yml), or use what runs "
        "without it, habitat.simulator.type=EchoEnvSim-v0 with navigation tasks"
    )
