import ast
import os
import shutil
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from networking import machine

ROOT = Path(__file__).resolve().parent.parent
PIN = "==3.11 \\\n    --hash=sha256:" + "0" * 64


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with machine.py, and two requirements files that ask for nothing."""
    (tmp_path / "networking").mkdir()
    shutil.copy(machine.__file__, tmp_path / "networking" / "machine.py")
    for name in (machine.RUN, machine.DEVELOP):
        (tmp_path / name).write_text("# nothing\n")
    return tmp_path


def refusal(call: object, *args: object, **options: object) -> str:
    assert callable(call)
    with pytest.raises(SystemExit) as stopped:
        call(*args, **options)
    return str(stopped.value)


def executable(path: Path, text: str) -> str:
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


# Python


def test_an_old_python_is_told_what_is_needed() -> None:
    sentence = refusal(machine.check_python, (3, 9))
    assert "Python 3.11" in sentence
    assert "3.9" in sentence


def test_the_oldest_accepted_python_is_accepted() -> None:
    machine.check_python((3, 11))
    machine.check_python((4, 0))


def test_an_old_python_can_read_the_script() -> None:
    ast.parse(Path(machine.__file__).read_text("utf-8"), feature_version=(3, 6))


def test_the_script_needs_nothing_but_the_standard_library() -> None:
    tree = ast.parse(Path(machine.__file__).read_text("utf-8"))
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Import)]
    names = {alias.name for node in nodes for alias in node.names}
    names |= {
        node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
    }
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


def test_a_python_that_does_not_start_is_passed_over(tmp_path: Path) -> None:
    found = {
        "broken": executable(tmp_path / "broken", "#!/bin/sh\nexit 127\n"),
        "good": executable(tmp_path / "good", f'#!/bin/sh\nexec {sys.executable} "$@"'),
    }
    assert (
        machine.newer_python(("absent", "broken", "good"), found.get) == found["good"]
    )
    assert machine.newer_python(("absent", "broken"), found.get) is None


# Place and port


def test_a_taken_port_is_refused_and_the_next_proposed(taken_port: int) -> None:
    sentence = refusal(machine.check_port, taken_port)
    assert f"Le port {taken_port} est déjà pris" in sentence
    assert f"PORT={taken_port + 1} make run" in sentence


def test_a_port_that_was_just_left_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            # The side that closes first keeps the port in TIME_WAIT for a minute.
            listener.accept()[0].close()
    machine.check_port(port)


@pytest.mark.parametrize("text", ["abc", "0", "65536", "-1", "8000 ", "²"])
def test_a_wrong_port_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", text)
    assert f"PORT={text} n’est pas un numéro" in refusal(machine.wanted_port)


@pytest.mark.parametrize(("text", "port"), [("", 8000), ("9000", 9000)])
def test_the_port_is_8000_unless_asked(
    text: str, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", text)
    assert machine.wanted_port() == port


def test_the_command_says_one_sentence_and_leaves_nothing(
    project: Path, taken_port: int
) -> None:
    done = subprocess.run(
        [sys.executable, str(project / "networking" / "machine.py"), "run"],
        env={**os.environ, "PORT": str(taken_port), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "est déjà pris" in done.stderr
    assert not (project / ".venv").exists()


def test_a_read_only_folder_is_refused(tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    user = os.geteuid()
    if user == 0:
        # Root may write everywhere, so be nobody for a moment.
        for folder in locked.parents:
            if folder.stat().st_uid == 0 and "pytest" in folder.name:
                folder.chmod(0o755)
        os.seteuid(65534)
    try:
        sentence = refusal(machine.check_writable, locked)
    finally:
        if user == 0:
            os.seteuid(0)
    assert f"{locked} est en lecture seule" in sentence


def test_a_writable_folder_stays_empty(tmp_path: Path) -> None:
    machine.check_writable(tmp_path)
    assert list(tmp_path.iterdir()) == []


# System packages


def test_only_what_is_missing_is_asked_for() -> None:
    pango = machine.LIBRARIES["libpango-1.0-0"]
    missing = machine.missing_packages(
        browser=True, opens=lambda names: names != pango, which=lambda name: None
    )
    assert missing == ["libpango-1.0-0", "chromium"]


def test_a_python_without_venv_asks_for_its_package(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    missing = machine.missing_packages(opens=lambda names: True)
    assert missing == [f"python3.{sys.version_info.minor}-venv"]


def test_a_library_that_is_not_there_does_not_open() -> None:
    assert not machine.opens(["libnobody-has-this.so.0"])
    assert machine.opens(["libnobody-has-this.so.0", "libc.so.6", "libc.dylib"])


@pytest.mark.parametrize(
    ("tool", "command"),
    [
        (
            "apt-get",
            "sudo apt-get install -y --no-install-recommends libpango-1.0-0 chromium",
        ),
        ("brew", "brew install chromium pango"),
        ("dnf", "sudo dnf install chromium pango"),
    ],
)
def test_the_command_to_type_suits_the_system(tool: str, command: str) -> None:
    found = {tool: f"/usr/bin/{tool}"}
    assert machine.command_for(["libpango-1.0-0", "chromium"], found.get) == command


def test_without_the_right_to_install_the_command_is_shown() -> None:
    sentence = refusal(
        machine.check_packages, ["libpango-1.0-0"], install=lambda packages: False
    )
    assert "Il manque à cette machine" in sentence
    assert machine.command_for(["libpango-1.0-0"]) in sentence


def test_a_complete_machine_installs_nothing() -> None:
    asked: list[list[str]] = []
    machine.check_packages([], install=lambda packages: bool(asked.append(packages)))
    assert asked == []


# The virtual environment


@pytest.fixture
def environment(project: Path) -> Path:
    """A project whose environment exists; its Python says yes to everything."""
    (project / ".venv" / "bin").mkdir(parents=True)
    executable(machine.environment_python(project), "#!/bin/sh\nexit 0\n")
    machine.set_mark(project, "python", machine.interpreter_mark(project))
    return project


def test_a_second_preparation_starts_no_program(environment: Path) -> None:
    machine.create_environment(environment)
    machine.install_requirements(environment, machine.DEVELOP)
    executable(machine.environment_python(environment), "#!/bin/sh\nexit 1\n")
    machine.create_environment(environment)
    machine.install_requirements(environment, machine.DEVELOP)
    machine.install_requirements(environment, machine.RUN)
    (environment / machine.RUN).write_text("# changed\n")
    with pytest.raises(SystemExit):
        machine.install_requirements(environment, machine.RUN)


def test_the_run_alone_does_not_count_as_the_tools(environment: Path) -> None:
    machine.install_requirements(environment, machine.RUN)
    executable(machine.environment_python(environment), "#!/bin/sh\nexit 1\n")
    with pytest.raises(SystemExit):
        machine.install_requirements(environment, machine.DEVELOP)


def test_a_moved_folder_gets_a_new_environment(project: Path, tmp_path: Path) -> None:
    (project / ".venv").mkdir()
    machine.set_mark(project, "python", machine.interpreter_mark(project))
    moved = tmp_path / "moved"
    assert machine.is_marked(project, "python", machine.interpreter_mark(project))
    assert not machine.is_marked(project, "python", machine.interpreter_mark(moved))


def test_without_network_one_sentence_says_so(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    (project / machine.RUN).write_text("django" + PIN + "\n")
    machine.create_environment(project)
    sentence = refusal(machine.install_requirements, project, machine.RUN)
    assert "vérifiez la connexion" in sentence
    assert "127.0.0.1" in (project / ".venv" / "pip.log").read_text("utf-8")


# The pinned files


def pins(name: str) -> dict[str, str]:
    lines = (ROOT / name).read_text("utf-8").splitlines()
    pairs = [
        line.split()[0].split("==") for line in lines if "==" in line.split(";")[0]
    ]
    return {pair[0]: pair[1] for pair in pairs}


@pytest.mark.parametrize("name", [machine.RUN, machine.DEVELOP])
def test_pinned_files_hold_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert "-url" not in text
    assert "://" not in text
    for block in text.split("\n")[2:]:
        assert block == "" or "==" in block or "--hash=sha256:" in block


def test_the_pinned_files_agree_with_each_other_and_with_the_project() -> None:
    run, develop = pins(machine.RUN), pins(machine.DEVELOP)
    assert run.items() <= develop.items()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    names = {item.split("[")[0].split("=")[0].rstrip("~").lower() for item in wanted}
    assert names <= develop.keys()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_the_pinned_files_name_all_that_their_libraries_need(name: str) -> None:
    """pip installs them without looking for more."""
    lines = (ROOT / name).read_text().splitlines()
    pinned = {Requirement(one.split(" \\")[0]) for one in lines if "==" in one[:80]}
    names = {canonicalize_name(one.name) for one in pinned}
    wanted = {
        canonicalize_name(need.name)
        for one in pinned
        if not one.marker or one.marker.evaluate()
        for text in distribution(one.name).requires or ()
        if not (need := Requirement(text)).marker or need.marker.evaluate({"extra": ""})
    }
    assert len(names) > 20
    assert wanted - names == set()
