#!/usr/bin/env python3
"""Rules of this repository that no other tool checks. Prints file:line for each breach."""

import pathlib
import re
import subprocess
import sys

LONGEST_FILE = 449
CODE = {".cpp", ".hpp", ".py", ".js", ".ts", ".css", ".html", ".cmake", ".sh", ""}
FOREIGN_TO_CORE = re.compile(
    r"#include <(caf|zmq|boost|pqxx|openssl|spdlog|prometheus|sys|fstream|iostream|thread|mutex)\b"
    r"|_clock::now\(\)|\bstd::rand\b|random_device"
)
GENERATED = re.compile(r"^(proto/.*\.pb\.h|[\w/]+/generated/.*)$")
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
MACHINE_PATH = re.compile(r"(?<![\w.])/(home|root|Users|work)/\w")


def breaches(path: pathlib.Path, text: str):
    lines = text.splitlines()
    is_cpp = path.suffix in {".cpp", ".hpp"}
    in_core = "core" in path.parts and not path.stem.endswith("_test")
    if path.suffix in CODE and len(lines) > LONGEST_FILE:
        yield len(lines), f"{len(lines)} lines; look for the second idea inside"
    if path.suffix == ".hpp" and "#pragma once" not in lines:
        yield 1, "a header needs #pragma once"
    for number, line in enumerate(lines, 1):
        if UNFINISHED.search(line):
            yield number, "unfinished work has no place here; finish it or write it down elsewhere"
        if MACHINE_PATH.search(line):
            yield number, "a path of one machine"
        if not is_cpp:
            continue
        include = re.match(r'#include "([^"]+)"', line)
        if include and not (pathlib.Path(include[1]).exists() or GENERATED.search(include[1])):
            yield number, "includes are paths from the root of the repository"
        if re.match(r"\s*using namespace std;", line):
            yield number, "using namespace std"
        if in_core and FOREIGN_TO_CORE.search(line):
            yield number, "core/ decides: no I/O, clock, thread, CAF or ZeroMQ"


def main() -> int:
    listed = subprocess.run(["git", "ls-files", "-z"], check=True, capture_output=True, text=True)
    found = 0
    for name in filter(None, listed.stdout.split("\0")):
        path = pathlib.Path(name)
        try:
            text = path.read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue  # binary, or deleted in the working tree
        for number, what in breaches(path, text):
            print(f"{name}:{number}: {what}")
            found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
