"""Ctrl-C, and the signals that end a program, wait until nothing is cut in two.

A step of training that is cut in two cannot be repeated to the same bits, and a file that is cut in
two cannot be read.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, ClassVar, Self

__all__ = ["CtrlC", "Terminated"]

# Those that end a program are answered only where nobody else answers them.
_ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


class Terminated(SystemExit, KeyboardInterrupt):
    """The program was asked to end (SIGTERM), or its terminal was closed (SIGHUP).

    It is answered where Ctrl-C is. Where nobody catches it, it ends the program quietly.

    Attributes:
        number: of the signal.
        code: the exit code, 128 and the number.
    """

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)
        self.number = number


class CtrlC:
    """Inside the block an interruption waits for the moment between two steps.

    The first press of Ctrl-C only leaves a mark, and `check` interrupts. A second press interrupts
    at once, but for code inside `held`, such as a step: that is ended first. Later ones wait, so
    that what is to be left behind can be written. SIGTERM and SIGHUP do the same, unless the
    program has a handler of its own or ignores them. Blocks inside each other are one. Only the
    main thread receives signals (a rule of Python's): in any other the block does nothing.

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
        self._is_answering = is_main and shared is None
        if self._is_answering:
            # A press in here must not leave half of it behind.
            self._presses.held = 1
            self._presses.listen()
            CtrlC._outermost = self._presses
            self._presses.held = 0
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._is_answering:
            self._presses.held = 1
            CtrlC._outermost = None
            self._presses.stop_listening()
            if kind is None:
                self.check()

    @property
    def is_pressed(self) -> bool:
        """Whether an interruption waits."""
        return self._presses.waiting is not None

    def check(self) -> None:
        """Interrupt now if Ctrl-C was pressed.

        Raises:
            KeyboardInterrupt: it was; `Terminated` for another signal.
        """
        if self.is_pressed:
            self._presses.answer()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Inside the block no press interrupts, however many there are."""
        self._presses.held += 1
        try:
            yield
        finally:
            self._presses.held -= 1


class _Presses:
    """The signals that came, and the handlers that were there before."""

    def __init__(self) -> None:
        self.waiting: int | None = None
        self.held = 0
        self._is_answered = False
        self._before: dict[int, Any] = {}

    def listen(self) -> None:
        """Take over the signals that interrupt, unless the program ignores them."""
        if signal.getsignal(signal.SIGINT) not in (signal.SIG_IGN, None):
            self._before[signal.SIGINT] = signal.signal(signal.SIGINT, self._press)
        for number in _ENDING:
            if signal.getsignal(number) == signal.SIG_DFL:
                self._before[number] = signal.signal(number, self._press)

    def stop_listening(self) -> None:
        """Give the signals back, Ctrl-C last: from then on it interrupts anywhere."""
        for number, handler in reversed(self._before.items()):
            signal.signal(number, handler)

    def answer(self) -> None:
        """Interrupt by the signal that waits."""
        number, self.waiting, self._is_answered = self.waiting, None, True
        raise KeyboardInterrupt if number in (None, signal.SIGINT) else Terminated(number)

    def _press(self, number: int, frame: FrameType | None) -> None:
        is_again = self.waiting is not None
        self.waiting = self.waiting or number
        if is_again and not self.held and not self._is_answered and not _is_in_between(frame):
            self.answer()


def _is_in_between(frame: FrameType | None) -> bool:
    """Whether some block is being entered or left: cut in two, it would leave its state behind."""
    while frame is not None:
        if frame.f_code.co_name in ("__enter__", "__exit__"):
            return True
        frame = frame.f_back
    return False
