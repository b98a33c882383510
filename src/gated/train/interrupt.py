"""Delays Ctrl-C, SIGTERM and SIGHUP until a training step or a file is complete.

A training step that is interrupted halfway cannot be repeated to the same bits, and a file that is
written halfway cannot be read.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, ClassVar, Self

__all__ = ["CtrlC", "Terminated"]

# Signals that end a program; handled only where the program has no handler of its own.
_ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


class Terminated(SystemExit, KeyboardInterrupt):
    """SIGTERM, or SIGHUP because the terminal was closed.

    It is raised where Ctrl-C raises KeyboardInterrupt. Where it is not caught, it ends the program
    without a traceback.

    Attributes:
        number: of the signal.
        code: the exit code, 128 and the number.
    """

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)
        self.number = number


class CtrlC:
    """Delays interruptions inside the block until the next `check`.

    The first Ctrl-C is stored, and `check` raises it. A second Ctrl-C raises at once, but not
    inside `held`, as in a step, which is completed first. Later ones wait for the end of the block,
    so that a checkpoint can be written. SIGTERM and SIGHUP do the same, unless the program has a
    handler of its own or ignores them. Nested blocks share one state. In Python only the main
    thread receives signals: in any other thread the block does nothing.

    >>> with CtrlC() as ctrl_c:
    ...     with ctrl_c.held():
    ...         step = 1
    ...     ctrl_c.check()
    """

    _outermost: ClassVar["_Presses | None"] = None

    def __enter__(self) -> Self:
        is_main = threading.current_thread() is threading.main_thread()
        shared = CtrlC._outermost if is_main else None
        self._presses = shared or _Presses()
        self._is_outermost = is_main and shared is None
        if self._is_outermost:
            # A signal here must not leave the handler without the state, or the reverse.
            self._presses.held = 1
            self._presses.install_handlers()
            CtrlC._outermost = self._presses
            self._presses.held = 0
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._is_outermost:
            self._presses.held = 1
            CtrlC._outermost = None
            self._presses.restore_handlers()
            if kind is None:
                self.check()

    @property
    def is_pressed(self) -> bool:
        """Whether an interruption is delayed."""
        return self._presses.waiting is not None

    def check(self) -> None:
        """Raise the delayed interruption, if there is one.

        Raises:
            KeyboardInterrupt: after Ctrl-C; `Terminated` after another signal.
        """
        if self.is_pressed:
            self._presses.interrupt()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Delay every interruption to the end of the block, also a second one."""
        self._presses.held += 1
        try:
            yield
        finally:
            self._presses.held -= 1


class _Presses:
    """The signals that were received, and the handlers that were replaced."""

    def __init__(self) -> None:
        self.waiting: int | None = None
        self.held = 0
        self._has_interrupted = False
        self._before: dict[int, Any] = {}

    def install_handlers(self) -> None:
        """Replace the handlers of the signals that interrupt, unless the program ignores them."""
        if signal.getsignal(signal.SIGINT) not in (signal.SIG_IGN, None):
            self._before[signal.SIGINT] = signal.signal(signal.SIGINT, self._press)
        for number in _ENDING:
            if signal.getsignal(number) == signal.SIG_DFL:
                self._before[number] = signal.signal(number, self._press)

    def restore_handlers(self) -> None:
        """Restore the handlers, the one of Ctrl-C last: then Ctrl-C interrupts at any point."""
        for number, handler in reversed(self._before.items()):
            signal.signal(number, handler)

    def interrupt(self) -> None:
        """Raise the interruption of the delayed signal."""
        number, self.waiting, self._has_interrupted = self.waiting, None, True
        raise KeyboardInterrupt if number in (None, signal.SIGINT) else Terminated(number)

    def _press(self, number: int, frame: FrameType | None) -> None:
        is_again = self.waiting is not None
        self.waiting = self.waiting or number
        can_interrupt = not (self.held or self._has_interrupted or _is_at_block_boundary(frame))
        if is_again and can_interrupt:
            self.interrupt()


def _is_at_block_boundary(frame: FrameType | None) -> bool:
    """Return whether a block is being entered or left, where an interruption would lose state."""
    while frame is not None:
        if frame.f_code.co_name in ("__enter__", "__exit__"):
            return True
        frame = frame.f_back
    return False
