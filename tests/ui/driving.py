"""driving.py PREFIX STATE SCREENSHOTS LANGUAGE: what the driver of these tests says of a program that is gone, or does not answer: never that something
is not shown by it, which would be a test passed."""
import os
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import access  # noqa: E402
from drive import NotFound  # noqa: E402
from scene import case, chosen, exact, finish  # noqa: E402
from tap import main  # noqa: E402

NOTHING = exact('Nothing of this name')
WELCOME = ('push button', exact('Add Account'))


def raises(kind, looks):
    """Each of them is an error."""
    for look in looks:
        try:
            found = look()
        except kind:
            continue
        raise AssertionError(f'it was said that there is {found!r}')


def questions(app):
    yield app.unnamed
    yield app.tree
    yield lambda: app.find(None, NOTHING)
    yield lambda: app.root.children
    yield lambda: app.root.name


@case
def one_that_is_gone_has_lost_nothing(scene):
    app = scene.start()
    app.wait(*WELCOME)
    app.wait_gone(None, NOTHING)
    assert app.find(None, NOTHING) is None
    app.kill()
    raises(access.NoAnswer, questions(app))
    raises(NotFound, [lambda: app.wait_gone(None, NOTHING, timeout=2)])


@case
def one_that_does_not_answer_shows_more_than_nothing(scene):
    access.PATIENCE = 1
    app = scene.start()
    app.wait(*WELCOME)
    os.kill(app.process.pid, signal.SIGSTOP)
    try:
        raises(access.NoAnswer, questions(app))
        raises(NotFound, [lambda: app.wait_gone(None, NOTHING, timeout=2), lambda: app.wait(*WELCOME, timeout=2)])
    finally:
        os.kill(app.process.pid, signal.SIGCONT)
    app.wait(*WELCOME)
    app.wait_gone(None, NOTHING)
    scene.quit()


main(chosen([one_that_is_gone_has_lost_nothing, one_that_does_not_answer_shows_more_than_nothing]), finish)
