"""Writing down what is done with arrays, to do it again on other rows without deciding anything anew.

An array of the first rows goes through the evaluator as a `Traced`. Everything that is done with it is noted in its
`Trace` as an operation on numbered places. What is not noted cannot happen: nothing else gets at the array inside, and
a question about it ("is one of them zero?") is noted as a condition, on which the list can only be used where the
answer is the same.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any, NoReturn, ParamSpec, TypeVar, cast

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

P = ParamSpec("P")
R = TypeVar("R")


class Untraceable(Exception):
    """What was done cannot be noted as a list of operations: it depends on the data in another way."""


class Changed(Exception):
    """A condition of the list does not hold on these rows."""


@dataclass(frozen=True, eq=False)
class Fixed:
    """An array that is the same whatever the rows are: the values of a rate, by case."""

    array: np.ndarray


@dataclass(frozen=True)
class Operation:
    """`function` of the places `arguments` gives the place `result`; a condition gives None."""

    function: Callable[..., Any]
    arguments: tuple[int, ...]
    result: int | None


class Trace:
    """The operations in their order. `given`: the names of the places that the rows fill, from place 0 on."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self.values: list[Any] = []  # by place
        self.given: dict[Any, int] = {}
        self.fixed: dict[int, Any] = {}  # constants by place
        self._constants: dict[Any, int] = {}
        self._known: dict[Any, Traced | bool] = {}

    def take(self, name: Any, value: Any) -> Traced:
        """A value that every block has of its own."""
        if name not in self.given:
            self.given[name] = self._place(value)
        return Traced(self, self.given[name])

    def note(self, function: Callable[..., Any], *arguments: Any) -> Traced:
        """Do it, and write it down; what has been done before is not done again."""
        places = tuple(self._place_of(one) for one in arguments)
        found = self._known.get((function, places))
        if found is None:
            value = function(*(self.values[place] for place in places))
            found = self._known[function, places] = Traced(self, self._place(value))
            self.operations.append(Operation(function, places, found.place))
        return cast(Traced, found)

    def decide(self, question: Callable[..., Any], *arguments: Any) -> bool:
        """The answer to a question, which becomes a condition of the list."""
        places = tuple(self._place_of(one) for one in arguments)
        answer = self._known.get((question, places))
        if answer is None:
            answer = bool(question(*(self.values[place] for place in places)))
            self._known[question, places] = answer
            self.operations.append(Operation(partial(_demand, question, answer), places, None))
        return cast(bool, answer)

    def tell(self, function: Callable[..., Any], *arguments: Any) -> None:
        """Write down what is to be told of the outcome, without doing it."""
        self.operations.append(Operation(function, tuple(self._place_of(one) for one in arguments), None))

    def _place(self, value: Any) -> int:
        self.values.append(value)
        return len(self.values) - 1

    def _place_of(self, argument: Any) -> int:
        if isinstance(argument, Traced):
            return argument.place
        if _may_differ(argument):
            raise Untraceable(f"{type(argument)} is not known to be the same on other rows")
        try:
            name = (type(argument), argument)
            place = self._constants.get(name)
        except TypeError:  # not hashable: known by itself
            name = (type(argument), id(argument))
            place = self._constants.get(name)
        if place is None:
            place = self._constants[name] = self._place(argument)
            self.fixed[place] = argument
        return place


def _may_differ(argument: Any) -> bool:
    if isinstance(argument, np.ndarray):
        return argument.ndim > 0
    if isinstance(argument, tuple):
        return any(isinstance(one, Traced) or _may_differ(one) for one in argument)
    return isinstance(argument, list | dict | slice)


def _demand(question: Callable[..., Any], answer: bool, *arguments: Any) -> None:
    if bool(question(*arguments)) is not answer:
        raise Changed


class Traced(NDArrayOperatorsMixin):
    """An array (or a number of rows) that only a trace may look into."""

    __slots__ = ("place", "trace")

    def __init__(self, trace: Trace, place: int) -> None:
        self.trace, self.place = trace, place

    @property
    def inside(self) -> Any:
        """For the trace alone, and for hints that change nothing but speed."""
        return self.trace.values[self.place]

    @property
    def dtype(self) -> Any:
        return self.inside.dtype

    @property
    def ndim(self) -> int:
        return int(self.inside.ndim)

    def astype(self, kind: Any) -> Traced:
        return self.trace.note(_as_type, self, kind)

    def any(self) -> bool:
        return self.trace.decide(np.logical_or.reduce, self)

    def all(self) -> bool:
        return self.trace.decide(np.logical_and.reduce, self)

    def __getitem__(self, index: Any) -> Traced:
        return self.trace.note(operator.getitem, self, index)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Traced:
        in_place = options.pop("out", inputs[:1]) == inputs[:1]
        if method != "__call__" or options or not in_place:
            raise Untraceable(f"{ufunc} with {method} {options}")
        return self.trace.note(ufunc, *inputs)

    def __array_function__(self, function: Any, types: Any, arguments: Any, options: Any) -> Any:
        if options:
            raise Untraceable(f"{function} with {options}")
        if function is np.array_equal:
            return self.trace.decide(function, *arguments)
        return self.trace.note(function, *arguments)

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise Untraceable("only a trace may look into a traced array")

    __array__ = __bool__ = __int__ = __index__ = __float__ = __len__ = __iter__ = _refuse


def _as_type(data: np.ndarray, kind: Any) -> np.ndarray:
    return data.astype(kind)


def operation(function: Callable[P, R]) -> Callable[P, R]:
    """A function of arrays that is noted as one operation. Arguments stand in their order; it changes none of them.

    What it gives follows from its arguments alone, and so does its type from theirs; inside it may look at all data.
    """

    @wraps(function)
    def do(*arguments: P.args, **options: P.kwargs) -> R:
        for one in arguments:
            if isinstance(one, Traced):
                return cast(R, one.trace.note(function, *arguments))
        return function(*arguments, **options)

    return do


def is_traced(value: Any) -> bool:
    return isinstance(value, Traced)


def perhaps_any(mask: Any) -> bool:
    """Some are set; of a traced mask some may be, so that nothing depends on it."""
    return True if isinstance(mask, Traced) else bool(mask.any())


def hint(question: Callable[..., bool], *arguments: Any) -> bool:
    """The answer to a question that decides nothing but speed: it is no condition."""
    return question(*(one.inside if isinstance(one, Traced) else one for one in arguments))


def array_of(data: Any) -> np.ndarray:
    """What an operation gave, as an array: numpy makes plain numbers of arrays without dimension."""
    if isinstance(data, np.ndarray):
        return data
    if isinstance(data, Traced):
        return cast(np.ndarray, data)
    return np.array(data, object) if type(data) is int else np.asarray(data)


@operation
def entries(table: Fixed, codes: np.ndarray) -> np.ndarray:
    """The entries of a fixed array at these places."""
    return array_of(table.array.take(codes))


@operation
def filled(size: int, value: Any) -> np.ndarray:
    """One value on every row."""
    return np.full(size, value)


@operation
def length(data: np.ndarray) -> int:
    return len(data)
