"""State of a trajectory, dumped or loaded only when needed."""

from typing import Any

from api.domain.trajectory.step import STATE_CODEC, TrajectoryState


class LazyState:
    """A state and its stored form, each made from the other on first use."""

    __slots__ = ("_dumped", "_state")

    def __init__(self, dumped: list[Any] | None = None, *, state: TrajectoryState | None = None) -> None:
        """Keep one of the two."""
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
