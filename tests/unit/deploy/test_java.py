"""Which Java is taken: the first that can, in the order of the environment, PATH and what is installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.services import ServiceError, java


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without Java."""
    for variable in ("ES_JAVA_HOME", "JAVA_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PATH", "/usr/bin-that-is-not-there:/bin")
    monkeypatch.setattr(java.shutil, "which", lambda name: None)
    monkeypatch.setattr(java, "INSTALLED", tmp_path / "jvm")


def given(home: Path, *modules: str) -> Path:
    """A fake Java: a script that lists these modules."""
    (home / "bin").mkdir(parents=True)
    program = home / "bin" / "java"
    program.write_text("#!/bin/sh\n" + "".join(f"echo {module}\n" for module in modules), "ascii")
    program.chmod(0o755)
    return home.resolve()


def test_without_java_it_says_what_to_set_and_what_to_install() -> None:
    with pytest.raises(ServiceError, match=r"Java 17.*JAVA_HOME.*openjdk-17"):
        java.for_kafka()
    with pytest.raises(ServiceError, match=r"JDK 21.*jdk\.incubator\.vector.*ES_JAVA_HOME.*openjdk-21"):
        java.for_elasticsearch()


def test_elasticsearch_passes_over_a_java_that_is_too_old_or_has_no_vectors(tmp_path: Path) -> None:
    given(tmp_path / "jvm" / "1-old", "java.base@17.0.15", "jdk.incubator.vector@17.0.15")
    given(tmp_path / "jvm" / "2-small", "java.base@25")
    fit = given(tmp_path / "jvm" / "3-fit", "java.base@25.0.3", "jdk.incubator.vector@25.0.3")
    assert java.for_elasticsearch() == java.Java(fit, 25, True)
    assert java.for_kafka().version == 17


def test_what_the_environment_names_goes_before_what_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given(tmp_path / "jvm" / "installed", "java.base@25", "jdk.incubator.vector@25")
    named = given(tmp_path / "named", "java.base@21.0.2", "jdk.incubator.vector@21.0.2")
    monkeypatch.setenv("ES_JAVA_HOME", str(named))
    assert java.for_elasticsearch().home == named


def test_a_folder_without_a_java_that_runs_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "nothing"))
    given(tmp_path / "jvm" / "broken", "Error: could not find libjava.so")
    fit = given(tmp_path / "jvm" / "fit", "java.base@17")
    assert java.for_kafka().home == fit
