#!/usr/bin/python3
"""The store's key in a real keyring: gnome-keyring on a session bus of its own.

usage: keyring_test.py BUILD_DIRECTORY
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from processes import ENVIRONMENT

# One session: its bus and its keyring end with the shell.
SCRIPT = """
echo -n 'the password of the keyring' | gnome-keyring-daemon --unlock --components=secrets >/dev/null
status() { "$DEPTHWIRE" --root "$ROOT" auth status; }
DEPTHWIRE_TOKENS_KEY_SOURCE=keyring status || echo "first $?"
DEPTHWIRE_TOKENS_KEY_SOURCE=keyring status || echo "again $?"
DEPTHWIRE_TOKENS_KEY_SOURCE=file status || echo "another key $?"
"""


def main(build):
    with tempfile.TemporaryDirectory(prefix="depthwire-keyring-") as directory:
        root = Path(directory)
        (root / "runtime").mkdir(mode=0o700)
        done = subprocess.run(["dbus-run-session", "--", "sh", "-c", SCRIPT], capture_output=True, text=True, timeout=120,
                              env=ENVIRONMENT | {"HOME": directory, "XDG_DATA_HOME": f"{directory}/share",
                                                 "XDG_RUNTIME_DIR": f"{directory}/runtime", "ROOT": directory,
                                                 "DEPTHWIRE": os.path.abspath(f"{build}/bin/depthwire")})
        said = done.stdout + done.stderr
        for words in ("first 1", "again 1", "another key 78", "the key does not open it"):
            assert words in said, said
        print(said)


if __name__ == "__main__":
    main(sys.argv[1])
