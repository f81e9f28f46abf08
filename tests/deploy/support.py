"""What the tests of deploy/ share: where files are, and how to skip a whole file."""

import pathlib
import re
import shutil
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
SKIPPED = 77


def need(program: str) -> str:
    """The path of an installed program; without it all tests of the file are skipped."""
    path = shutil.which(program)
    if path is None:
        print(f"skipped: {program} is not installed")
        sys.exit(SKIPPED)
    return path


def metrics_in(expression: str) -> set[str]:
    """The names of our metrics in a PromQL expression."""
    return set(re.findall(r"\bdepthwire_[a-z_]+", expression))


def metrics_in_code() -> set[str]:
    """Every metric that a process registers, with the series that a histogram brings."""
    registered = re.compile(r'(counter|gauge|histogram)\(\s*"([a-z_]+)"')
    names = set()
    for folder in ("common", "services", "simulator"):
        for path in (ROOT / folder).rglob("*.cpp"):
            if path.stem.endswith("_test"):
                continue
            for kind, name in registered.findall(path.read_text(encoding="utf-8")):
                names.add(f"depthwire_{name}")
                if kind == "histogram":
                    names |= {f"depthwire_{name}_{part}" for part in ("bucket", "sum", "count")}
    return names
