"""Ctrl-C, SIGTERM and SIGHUP: delayed to the end of a step."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from types import FrameType

import pytest

from gated.train.interrupt import CtrlC, Terminated

needs_sighup = pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="there is no SIGHUP")


def press(number: int = signal.SIGINT) -> None:
    os.kill(os.getpid(), number)


@pytest.fixture(autouse=True)
def _handlers_are_restored() -> Iterator[None]:
    numbers = [signal.SIGINT, signal.SIGTERM]
    before = [signal.getsignal(number) for number in numbers]
    yield
    assert [signal.getsignal(number) for number in numbers] == before


def test_ctrl_c_is_delayed_to_the_end_of_the_step() -> None:
    with CtrlC() as ctrl_c:
        press()
        step_is_whole = True
        with pytest.raises(KeyboardInterrupt):
            ctrl_c.check()
        ctrl_c.check()  # raises only once
    assert step_is_whole


def test_a_second_ctrl_c_interrupts_at_once() -> None:
    with CtrlC():
        press()
        with pytest.raises(KeyboardInterrupt):
            press()


def test_a_held_step_is_completed_after_any_number_of_ctrl_c() -> None:
    with CtrlC() as ctrl_c:
        with ctrl_c.held():
            for _ in range(5):
                press()
            step_is_whole = True
        with pytest.raises(KeyboardInterrupt):
            ctrl_c.check()
    assert step_is_whole


def test_after_the_interruption_later_ones_wait_for_the_end_of_the_block() -> None:
    """Otherwise the checkpoint could not be written."""
    written = []

    def run() -> None:
        with CtrlC() as ctrl_c:
            press()
            try:
                ctrl_c.check()
            finally:
                press()
                press()
                written.append(ctrl_c.is_pressed)

    with pytest.raises(KeyboardInterrupt):
        run()
    assert written == [True]


def test_ctrl_c_after_the_last_check_interrupts_at_the_end_of_the_block() -> None:
    def run() -> None:
        with CtrlC():
            press()

    with pytest.raises(KeyboardInterrupt):
        run()


def test_an_error_is_not_replaced_by_the_interruption() -> None:
    def run() -> None:
        with CtrlC():
            press()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run()


def test_nested_blocks_share_one_state() -> None:
    with CtrlC() as outer:
        with CtrlC() as inner:
            handler = signal.getsignal(signal.SIGINT)
            with outer.held():
                press()
                press()
            assert inner.is_pressed
        assert signal.getsignal(signal.SIGINT) == handler
        with pytest.raises(KeyboardInterrupt):
            outer.check()


def test_the_handler_is_restored() -> None:
    before = signal.getsignal(signal.SIGINT)
    with CtrlC():
        assert signal.getsignal(signal.SIGINT) != before
    assert signal.getsignal(signal.SIGINT) == before


@needs_sighup
def test_signals_that_end_a_program_interrupt_with_their_number() -> None:
    for number in (signal.SIGTERM, signal.SIGHUP):
        with CtrlC() as ctrl_c:
            press(number)
            with pytest.raises(Terminated) as raised:
                ctrl_c.check()
        assert (raised.value.number, raised.value.code) == (number, 128 + number)
        assert isinstance(raised.value, KeyboardInterrupt)


def test_a_handler_of_the_program_stays() -> None:
    received = []
    before = signal.signal(signal.SIGTERM, lambda number, _: received.append(number))
    try:
        with CtrlC() as ctrl_c:
            press(signal.SIGTERM)
            ctrl_c.check()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert received == [signal.SIGTERM]


def test_ignored_signals_stay_ignored() -> None:
    """As with nohup (SIGHUP), and in the background of a script (SIGINT)."""
    numbers = [signal.SIGINT, signal.SIGTERM]
    before = [signal.signal(number, signal.SIG_IGN) for number in numbers]
    try:
        with CtrlC() as ctrl_c:
            for number in numbers:
                press(number)
            assert not ctrl_c.is_pressed
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def test_in_another_thread_the_block_does_nothing() -> None:
    def run() -> None:
        with CtrlC() as ctrl_c, ctrl_c.held():
            handlers.append(signal.getsignal(signal.SIGINT))

    handlers = []
    with CtrlC() as ctrl_c:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        assert handlers == [signal.getsignal(signal.SIGINT)]
        press()
        with pytest.raises(KeyboardInterrupt):
            press()  # `held` of the other thread has no effect here
        ctrl_c.check()


@pytest.mark.skipif(os.name == "nt", reason="processes end by signals as in POSIX")
def test_an_uncaught_signal_ends_the_process_without_a_traceback() -> None:
    program = (
        "import os, signal\nfrom gated.train.interrupt import CtrlC\n"
        "with CtrlC() as c:\n    os.kill(os.getpid(), signal.SIGTERM)\n    c.check()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (128 + signal.SIGTERM, b"")


def test_ctrl_c_at_the_start_or_end_of_a_block_restores_the_handlers() -> None:
    """At each call of a function in the block's code, and again directly after it."""
    own = CtrlC.__enter__.__code__.co_filename
    for presses in (1, 2):
        for at in range(1, 60):
            calls = 0

            def count(frame: FrameType, event: str, _: object) -> None:
                nonlocal calls
                if event in ("call", "c_call") and frame.f_code.co_filename == own:
                    calls += 1
                    if calls == at:  # noqa: B023
                        for _ in range(presses):  # noqa: B023
                            signal.raise_signal(signal.SIGINT)

            sys.setprofile(count)
            with suppress(KeyboardInterrupt), CtrlC() as ctrl_c, ctrl_c.held():
                pass
            sys.setprofile(None)
            assert CtrlC._outermost is None
            assert signal.getsignal(signal.SIGINT) == signal.default_int_handler
            assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
