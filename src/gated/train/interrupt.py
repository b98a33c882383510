"""Ctrl-C that waits for the end of a step, so that what is left behind can be taken up again."""

import signal
import threading
from types import FrameType, TracebackType
from typing import Self

__all__ = ["CtrlC"]


class CtrlC:
    """Inside the block the first Ctrl-C only leaves a mark, the second one interrupts at once.

    A step of training that is cut in two cannot be repeated to the same bits: half of its random
    numbers are drawn. `check` is for the moment between two steps. Only the main thread receives
    signals (a rule of Python's): in any other the block does nothing.

    >>> with CtrlC() as ctrl_c:
    ...     ctrl_c.check()
    """

    def __init__(self) -> None:
        self._is_pressed = False
        self._is_main = threading.current_thread() is threading.main_thread()

    def check(self) -> None:
        """Interrupt now if Ctrl-C was pressed.

        Raises:
            KeyboardInterrupt: it was.
        """
        if self._is_pressed:
            raise KeyboardInterrupt

    def __enter__(self) -> Self:
        if self._is_main:
            self._before = signal.signal(signal.SIGINT, self._press)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._is_main:
            signal.signal(signal.SIGINT, self._before)

    def _press(self, _: int, __: FrameType | None) -> None:
        self.check()
        self._is_pressed = True
