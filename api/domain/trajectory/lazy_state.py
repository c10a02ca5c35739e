"""A state kept beside its dump, each made from the other when it is first asked for."""

from typing import Any

from api.domain.trajectory.step import TrajectoryState


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
            self._state = TrajectoryState.load(self._dumped or [])
        return self._state

    @property
    def dumped(self) -> list[Any]:
        """The state as ``TrajectoryState.dump`` gives it."""
        if self._dumped is None:
            self._dumped = self.state.dump()
        return self._dumped
