"""The little of TAP (Test Anything Protocol) that tests in Python need."""
import sys
import traceback


def main(tests):
    """Runs the functions; each failure is an exception.  Ends the program."""
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
            for line in (str(error) or traceback.format_exc()).splitlines()[:60]:
                print('# ' + line, flush=True)
            traceback.print_exc()
    sys.exit(1 if failed else 0)
