"""Functions over arrays of numbers that have a compiled twin, for runs over very many articles.

Each is written twice: in numpy, which starts at once, and as plain loops that numba compiles (Lam, Pitrou, Seibert,
2015).  Both give the same bits, so that it makes no difference when, or whether, one takes the place of the other.
Compiling takes seconds, and loading what was compiled before a moment and some 100 MB: nothing is compiled until
somebody asks for it (`enable`), and a crawl never does.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, Generic, ParamSpec, TypeVar, cast

Taken = ParamSpec("Taken")
Given = TypeVar("Given")
Function = TypeVar("Function", bound=Callable[..., Any])

_TWINS: list[Twin[..., Any]] = []
_ENABLED: list[bool] = []


class Twin(Generic[Taken, Given]):
    """A function of which the compiled form is called where there is one."""

    def __init__(self, plain: Callable[Taken, Given], module: str) -> None:
        """Takes the function, and the module that has the compiled one of the same name."""
        self.plain = self.now = plain
        self._module = module
        _TWINS.append(self)
        if _ENABLED:
            self.load()

    def __call__(self, *taken: Taken.args, **named: Taken.kwargs) -> Given:
        return self.now(*taken, **named)

    def load(self) -> None:
        """Takes the compiled form from now on."""
        self.now = getattr(import_module(self._module), self.plain.__name__)


def twin(module: str) -> Callable[[Callable[Taken, Given]], Twin[Taken, Given]]:
    """Marks a function that has a compiled twin of the same name in a module."""
    return lambda plain: Twin(plain, module)


def native(function: Function) -> Function:
    """A function of loops, compiled when it is first called; what was compiled is kept beside the module."""
    import numba

    return cast("Function", numba.njit(cache=True, nogil=True)(function))


def enable() -> bool:
    """Takes the compiled form of all twins from now on; False where numba is not installed, and nothing changes."""
    if not _ENABLED:
        try:
            import numba  # noqa: F401
        except ImportError:
            return False
        _ENABLED.append(True)
        for one in _TWINS:
            one.load()
    return True


def disable() -> None:
    """Takes numpy's form again."""
    _ENABLED.clear()
    for one in _TWINS:
        one.now = one.plain
