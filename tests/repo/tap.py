"""The little of TAP (Test Anything Protocol) that tests in Python need."""
import sys
import traceback


def main(tests, finish=None, stop_at_first=False):
    """Runs the functions; each failure is an exception.  `finish` runs at the end in any case.  Ends the program.

    stop_at_first: the tests are steps of one road; after a failure the rest counts as failed too."""
    print(f'1..{len(tests)}', flush=True)
    failed = 0
    for number, test in enumerate(tests, 1):
        name = test.__name__.replace('_', '-')
        try:
            test()
            print(f'ok {number} {name}', flush=True)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this test's failure
            failed += 1
            print(f'not ok {number} {name}', flush=True)
            reason = (str(error) or traceback.format_exc()).splitlines()[:60]
            for line in reason:
                print('# ' + line, flush=True)
            # meson shows this one beside the failure
            print(f'{name}: {reason[0][:300]}', file=sys.stderr, flush=True)
            if stop_at_first:
                for rest, test_not_run in enumerate(tests[number:], number + 1):
                    print(f'not ok {rest} {test_not_run.__name__.replace("_", "-")} (not reached)', flush=True)
                break
    if finish:
        finish()
    sys.exit(1 if failed else 0)
