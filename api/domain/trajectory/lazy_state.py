"""A state kept beside its dump, each made from the other when it is first asked for."""

from typing import Any

from api.domain.trajectory.step import STATE_CODEC, TrajectoryState


class LazyState:
    """A state and its dump, each made from the other when it is first asked for: most days ask for one."""

    __slots__ = ("_dumped", "_state")

    def __init__(self, dumped: list[Any] | None = None, *, state: TrajectoryState | None = None) -> None:
        """Keep one of the two; both left out is the state before the first day."""
        self._dumped = dumped
        self._state = state

    @property
    def state(self) -> TrajectoryState:
        """The state."""
        if self._state is None:
            self._state = STATE_CODEC.load(self._dumped)
        return self._state

    @property
    def dumped(self) -> list[Any]:
        """The state as ``STATE_CODEC`` stores it."""
        if self._dumped is None:
            self._dumped = STATE_CODEC.dump(self._state)
        return self._dumped
