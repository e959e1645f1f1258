"""Storefront's commands: `python3 bootstrap.py run` opens the shop, `test` tests it, `bench` measures it.

Needs only Python, pip and this folder. Written so that an old Python can read it and be told so.
"""

import signal
import sys

USAGE = """python3 bootstrap.py run            open the shop on http://localhost:8000 (or PORT=9000, say)
python3 bootstrap.py test [args]    check the code and run its tests; args go to pytest
python3 bootstrap.py check [args]   the same with the long tests
python3 bootstrap.py proof [args]   play everything that can happen to it, for hours
python3 bootstrap.py bench [args]   measure its speed, and write docs/performance.md"""


def main(arguments):  # type: ignore[no-untyped-def]
    """Do one command; returns the exit status."""
    if sys.version_info < (3, 11):  # noqa: UP036  (this very file is what an older one runs)
        print(
            "Storefront needs Python 3.11 or newer; this is {}.{}.".format(*sys.version_info), file=sys.stderr
        )
        return 1
    import launch

    if arguments[:1] == ["run"] and len(arguments) == 1:
        return launch.run()
    if arguments[:1] in (["test"], ["check"]):
        return launch.test(arguments[1:], long=arguments[0] == "check")
    if arguments[:1] == ["proof"]:
        return launch.proof(arguments[1:])
    if arguments[:1] == ["bench"]:
        return launch.bench(arguments[1:])
    print(USAGE, file=sys.stdout if arguments in (["-h"], ["--help"]) else sys.stderr)
    return 0 if arguments in (["-h"], ["--help"]) else 2


if __name__ == "__main__":
    # A closed terminal or a `kill` ends what was started, as Ctrl-C does.
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.default_int_handler)
    sys.exit(main(sys.argv[1:]))
