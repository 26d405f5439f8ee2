"""Prepares the machine for `make`: Python, libraries, system packages.

Runs on the bare Python of the machine, so it imports the standard library alone, and
stays readable by Python 3.6, which would otherwise stop at a word it does not know
instead of saying what is missing. Every refusal is one sentence, without a traceback.
"""

import argparse
import ctypes
import errno
import hashlib
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

OLDEST = (3, 11)
NEWER = ("python3.13", "python3.12", "python3.11", "python3.14")
RUN, DEVELOP = "requirements.txt", "requirements-dev.txt"
# What is needed of the system: the Debian package, and for WeasyPrint the file that
# proves that it is there (Linux name, macOS name).
LIBRARIES = {
    "libpango-1.0-0": ("libpango-1.0.so.0", "libpango-1.0.dylib"),
    "libpangoft2-1.0-0": ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib"),
    "libharfbuzz-subset0": ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib"),
}
BROWSER = "chromium"
DATABASE = "postgresql"
APT_INSTALL = ("apt-get", "install", "-y", "--no-install-recommends")

TOO_OLD = (
    "Il faut Python {}.{} ou plus récent, et celui-ci est {}.{} : installez-le, "
    "ou indiquez où il est avec « make PYTHON=/chemin/vers/python3.11 … »."
)
PORT_TAKEN = (
    "Le port {} est déjà pris par un autre programme : essayez « PORT={} make run »."
)
PORT_REFUSED = "Le port {} est réservé au système : essayez « PORT=8000 make run »."
PORT_WRONG = "PORT={} n’est pas un numéro de port : il en faut un entre 1 et 65535."
READ_ONLY = (
    "Le dossier {} est en lecture seule : "
    "copiez-le à un endroit où vous pouvez écrire, puis relancez."
)
NO_NETWORK = (
    "Les bibliothèques Python n’ont pas pu être installées : vérifiez la connexion à "
    "Internet, puis relancez (le détail est dans {})."
)
NO_ENVIRONMENT = "L’environnement Python n’a pas pu être créé dans {}."
TO_INSTALL = (
    "Il manque à cette machine : {}. Tapez « {} », puis relancez la même commande."
)


def say(sentence: str) -> None:
    # On the error stream an old terminal shows an unknown character as its code.
    print(sentence, file=sys.stderr, flush=True)


def quietly(command: "list[str]", environment: "dict[str, str] | None" = None) -> bool:
    """Runs a program that says nothing and asks nothing; whether it succeeded."""
    hush = subprocess.DEVNULL
    return (
        subprocess.call(command, env=environment, stdin=hush, stdout=hush, stderr=hush)
        == 0
    )


# Python itself


def newer_python(
    names: "Iterable[str]" = NEWER,
    which: "Callable[[str], str | None]" = shutil.which,
) -> "str | None":
    """The first of `names` that really starts (a pyenv shim may not) and is recent."""
    test = f"import sys; sys.exit(sys.version_info[:2] < {OLDEST})"
    for name in names:
        path = which(name)
        if path and quietly([path, "-c", test]):
            return path
    return None


def check_python(version: "tuple[int, ...]") -> None:
    """Stops on a version older than OLDEST."""
    if tuple(version[:2]) < OLDEST:
        raise SystemExit(TOO_OLD.format(*(OLDEST + tuple(version[:2]))))


def start_again_with_a_newer_python() -> None:
    """Replaces this process, if its Python is too old and the machine has better."""
    if sys.version_info[:2] < OLDEST:
        path = newer_python()
        if path:
            os.execv(path, [path] + sys.argv)


# The place and the port


def check_writable(folder: Path) -> None:
    """Stops if no file can be made in the folder."""
    try:
        tempfile.TemporaryFile(dir=str(folder)).close()
    except OSError:
        raise SystemExit(READ_ONLY.format(folder)) from None


def wanted_port() -> int:
    """PORT from the environment, 8000 without it; stops if it is no port."""
    text = os.environ.get("PORT") or "8000"
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise SystemExit(PORT_WRONG.format(text))
    return int(text)


def check_port(port: int, address: str = "127.0.0.1") -> None:
    """Stops if another program already listens, or if the system keeps the port."""
    with socket.socket() as probe:
        # As gunicorn does, or a port just left would look taken for a minute.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise SystemExit(PORT_REFUSED.format(port)) from None
            other = port + 1 if port < 65535 else 8000
            raise SystemExit(PORT_TAKEN.format(port, other)) from None


# System packages


def opens(names: "Iterable[str]") -> bool:
    """Whether the dynamic linker finds one of these files."""
    for name in names:
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return True
    return False


def missing_packages(
    *,
    browser: bool = False,
    database: bool = False,
    opens: "Callable[[Iterable[str]], bool]" = opens,
    which: "Callable[[str], str | None]" = shutil.which,
) -> "list[str]":
    """The Debian packages that this machine lacks."""
    missing = [package for package, names in LIBRARIES.items() if not opens(names)]
    if not importlib.util.find_spec("ensurepip"):
        missing.append("python{}.{}-venv".format(*sys.version_info[:2]))
    if browser and not which("chromium"):
        missing.append(BROWSER)
    if database and not any(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        missing.append(DATABASE)
    return missing


def command_for(
    packages: "list[str]", which: "Callable[[str], str | None]" = shutil.which
) -> str:
    """The line a person types to install these Debian packages on this system."""
    if which("apt-get") or not (which("brew") or which("dnf")):
        return " ".join(("sudo",) + APT_INSTALL + tuple(packages))
    installer = "brew install" if which("brew") else "sudo dnf install"
    other = dict.fromkeys(LIBRARIES, "pango")
    other[DATABASE] = DATABASE if which("brew") else "postgresql-server"
    names = sorted({other.get(package, package) for package in packages})
    return " ".join([installer] + names)


def install_packages(packages: "list[str]") -> bool:
    """Installs with apt-get where we are root; False where we may not or could not."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    say("Installation de {}…".format(", ".join(packages)))
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    # Old lists may still do: only the installation itself decides.
    quietly(["apt-get", "-qq", "update"], environment)
    quiet = [APT_INSTALL[0], "-qq", "-o", "DPkg::Lock::Timeout=120"]
    command = quiet + list(APT_INSTALL[1:]) + packages
    return quietly(command, environment)


def check_packages(
    missing: "list[str]", install: "Callable[[list[str]], bool]" = install_packages
) -> None:
    """Installs what the system lacks, or stops with the command to type."""
    if missing and not install(missing):
        listed = ", ".join(missing)
        raise SystemExit(TO_INSTALL.format(listed, command_for(missing)))


# The virtual environment


def environment_python(root: Path) -> Path:
    return root / ".venv" / "bin" / "python"


def interpreter_mark(root: Path) -> str:
    """Changes when the environment must be made anew: other Python, other place."""
    return "{}.{} {} {}".format(*sys.version_info[:2], sys.base_prefix, root)


def requirements_mark(root: Path, requirements: str) -> str:
    """Changes when pip has work to do."""
    content = (root / requirements).read_bytes()
    return interpreter_mark(root) + " " + hashlib.sha256(content).hexdigest()


def is_marked(root: Path, name: str, mark: str) -> bool:
    path = root / ".venv" / (name + ".done")
    return path.is_file() and path.read_text(encoding="utf-8") == mark


def set_mark(root: Path, name: str, mark: str) -> None:
    (root / ".venv" / (name + ".done")).write_text(mark, encoding="utf-8")


def create_environment(root: Path) -> None:
    """Makes .venv unless it is there, finished, for this Python and this place."""
    mark = interpreter_mark(root)
    if is_marked(root, "python", mark) and environment_python(root).exists():
        return
    say("Création de l’environnement Python…")
    command = [sys.executable, "-m", "venv", "--clear", str(root / ".venv")]
    if not quietly(command):
        raise SystemExit(NO_ENVIRONMENT.format(root / ".venv"))
    set_mark(root, "python", mark)


def install_requirements(root: Path, requirements: str) -> None:
    """Runs pip if the pinned file changed since it last succeeded."""
    mark = requirements_mark(root, requirements)
    if is_marked(root, requirements, mark):
        return
    say("Installation des bibliothèques Python (une à deux minutes)…")
    log = root / ".venv" / "pip.log"
    command = [str(environment_python(root)), "-m", "pip", "install", "--quiet"]
    # The pinned file is complete. Left to resolve, pip looks at a version that came
    # out since, for a dependency named with an extra, and refuses it for its hash.
    command += ["--no-deps", "--require-hashes", "--no-input", "--retries", "2"]
    command += ["--log", str(log), "-r", str(root / requirements)]
    if not quietly(command):
        raise SystemExit(NO_NETWORK.format(log))
    set_mark(root, requirements, mark)
    if requirements == DEVELOP:
        # The larger file holds every line of the smaller one.
        set_mark(root, RUN, requirements_mark(root, RUN))


# The commands


def prepare(task: str, root: Path) -> None:
    """task: run, test, check or postgresql."""
    check_writable(root)
    check_packages(
        missing_packages(browser=task == "test", database=task == "postgresql")
    )
    create_environment(root)
    install_requirements(root, RUN if task == "run" else DEVELOP)


def main() -> None:
    parser = argparse.ArgumentParser(description="Prepares the machine.")
    parser.add_argument("task", choices=["run", "test", "check", "postgresql"])
    task = parser.parse_args().task
    root = Path(__file__).resolve().parent.parent
    start_again_with_a_newer_python()
    check_python(sys.version_info[:2])
    if task == "run":
        check_port(wanted_port())
    prepare(task, root)
    if task == "run":
        python = str(environment_python(root))
        os.execv(python, [python, str(root / "manage.py"), "serve"])


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
