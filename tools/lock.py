"""`make lock`: requirements*.in to locked, hashed requirements*.txt for Python 3.11 and later, by uv."""

from __future__ import annotations

from tools.environment import CACHE, ROOT, locked, make_environment, python, stream
from tools.says import main, step

UV = "uv==0.13.9"


def lock() -> int:
    """Resolve the pins anew; commit the outcome together with the change of the .in file."""
    with locked():
        make_environment("requirements-dev.txt")
        with step("锁定依赖", "Locking requirements"):
            target = CACHE / "uv"
            stream([str(python()), "-m", "pip", "install", "-q", "--target", str(target), "--upgrade", UV])
            for name in ("requirements", "requirements-dev", "requirements-cluster"):
                # fmt: off
                stream([
                    str(target / "bin" / "uv"), "pip", "compile", "-q", "--universal", "--python-version", "3.11",
                    "--generate-hashes", "--no-emit-index-url", "--no-header", "-o", f"{name}.txt", f"{name}.in",
                ], cwd=ROOT)
                # fmt: on
    return 0


if __name__ == "__main__":
    main(lock)
