"""A contract under git: `avtal init --git`, and what git then shows and refuses; all on a real repository."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest
from running import ROOT, run

from avtal.diffing import setup
from avtal.diffing.git import Revision, commit, from_top
from avtal.errors import UnreadableError

WHO = {f"GIT_{role}_{what}": f"{role}@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
CALM = {
    **os.environ,
    **WHO,
    "PYTHONPATH": str(ROOT),
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "PYTHONIOENCODING": "utf-8",
    "NO_COLOR": "1",
}


def git(*arguments: str, code: int = 0) -> str:
    """What git prints in the working folder, ordinary blanks for no-break ones."""
    done = subprocess.run(
        ["git", *arguments], env=CALM, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, check=False
    )
    said = done.stdout.decode("utf-8").replace("\u00a0", " ")
    assert done.returncode == code, said
    return said


def change(old: str, new: str, path: str = "avtalet/contract.avtal") -> None:
    text = Path(path).read_text("utf-8")
    assert old in text
    Path(path).write_text(text.replace(old, new), "utf-8")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a contract from the template, committed, and set up for contracts."""
    monkeypatch.chdir(tmp_path)
    for name, value in CALM.items():
        monkeypatch.setenv(name, value)
    git("init", "-q", ".")
    run("new", "avtalet", "--year", "2024")
    git("add", "-A")
    git("commit", "-qm", "A contract")
    run("init", "--git")
    git("add", "-A")
    git("commit", "-qm", "Show contracts")
    return tmp_path


RAISED = ("golv 80%", "golv 85%")
KRONOR = "målersättning[113]  2024 VG  120 000,00 kr  60 000,00 kr  −60 000,00 kr"


def test_git_diff_shows_the_line_and_the_kronor(repository: Path) -> None:
    change(*RAISED)
    shown = git("diff")
    assert "+målersättning indikator 113 golv 85% mål 95% vikt 2%\n" in shown
    assert "\n@@ -13,7 +13,7 @@ använd sll\n" in shown
    assert "\n  golv: 80% → 85%  contract.avtal:16\n" in shown
    assert KRONOR in shown
    assert "\nTotalt: −60 000,00 kr\n" in shown
    git("add", "-A")
    assert KRONOR in git("diff", "--cached")
    git("commit", "-qm", "Raise the floor")
    assert KRONOR in git("diff", "HEAD~1", "HEAD")
    assert KRONOR in git("log", "-p", "-1", "--ext-diff")
    assert repository.is_dir()


@pytest.mark.usefixtures("repository")
def test_git_log_and_show_have_what_each_version_comes_to() -> None:
    change(*RAISED)
    git("commit", "-qam", "Raise the floor")
    for shown in (git("log", "-p", "-1"), git("show")):
        assert "-målersättning indikator 113 golv 80% mål 95% vikt 2%\n" in shown
        assert "-# 2024 REG VG målersättning[113]: 120 000,00 kr\n" in shown
        assert "+# 2024 REG VG målersättning[113]: 60 000,00 kr\n" in shown
        assert "+# 2024 REG VG totalt: 12 140 000,00 kr\n" in shown


@pytest.mark.usefixtures("repository")
def test_git_difftool_shows_it_and_leaves_other_files_alone() -> None:
    change(*RAISED)
    Path("other.txt").write_text("text\n", "utf-8")
    git("add", "-A")
    git("commit", "-qm", "Raise the floor")
    shown = git("difftool", "-y", "-t", "avtal", "HEAD~1", "HEAD")
    assert KRONOR in shown
    assert "+text\n" in shown
    change("vikt 2%", "vikt 4%")
    assert "vikt: 2% → 4%" in git("difftool", "-y", "-t", "avtal")


@pytest.mark.usefixtures("repository")
def test_what_can_not_be_compared_is_said_and_git_goes_on() -> None:
    change("golv 80%", "golv 80 kr")
    Path("z.txt").write_text("text\n", "utf-8")
    git("add", "-A")
    shown = git("diff", "--cached")
    assert "+målersättning indikator 113 golv 80 kr mål 95% vikt 2%\n" in shown
    assert re.search(r"\navtal diff: .*contract\.avtal har fel som måste rättas först\.\n", shown)
    assert "Ingen ändring" not in shown
    assert "+text\n" in shown
    git("commit", "-qm", "Broken")
    assert re.search(r"\+# avtal diff: .* har fel", git("log", "-p", "-1"))


@pytest.mark.usefixtures("repository")
def test_a_file_that_is_new_gone_or_no_contract() -> None:
    run("new", "annat", "--year", "2024")
    Path("modul.avtal").write_text("form own\n  param a : kr first\n  pays a\n", "utf-8")
    Path("avtalet/contract.avtal").unlink()
    git("add", "-A")
    shown = git("diff", "--cached", "--no-renames")
    assert 'tillkommer: anslag "Basuppdrag" 12 mkr/år' in shown
    assert 'utgår: anslag "Basuppdrag" 12 mkr/år' in shown
    assert "+form own\n" in shown
    git("commit", "-qm", "More")
    assert "+form own\n" in git("log", "-p", "-1")


@pytest.mark.usefixtures("repository")
def test_a_module_is_shown_by_the_contract_that_uses_it() -> None:
    form = "ersättningsform grund (basis)\n  parameter belopp (amount) : kr först\n  betalar belopp\n"
    Path("avtalet/egna.avtal").write_text(form, "utf-8")
    change("använd sll\n", "använd sll, egna\n")
    change('anslag "Basuppdrag"', 'grund "Basuppdrag"')
    git("add", "-A")
    git("commit", "-qm", "An own form")
    change("betalar belopp\n", "betalar belopp * 2\n", "avtalet/egna.avtal")
    shown = git("diff")
    assert "belopp → belopp * 2" in shown
    assert re.search(r'grund\["Basuppdrag"\] +2024 VG +12 000 000,00 kr +24 000 000,00 kr', shown)


@pytest.mark.usefixtures("repository")
def test_kronor_can_be_turned_off() -> None:
    git("config", "avtal.kronor", "false")
    change(*RAISED)
    shown = git("diff")
    assert "golv: 80% → 85%" in shown
    assert "I kronor" not in shown
    git("commit", "-qam", "Raise the floor")
    assert "REG VG" not in git("log", "-p", "-1")


@pytest.mark.usefixtures("repository")
def test_setting_up_twice_changes_nothing_and_can_be_undone() -> None:
    before = Path(".git/config").read_text("utf-8"), Path(".gitattributes").read_text("utf-8")
    assert "redan inställt: diff.avtal.command" in run("init", "--git").stdout
    assert "already set: diff.avtal.command" in run("init", "--git", "--lang", "en").stdout
    assert (Path(".git/config").read_text("utf-8"), Path(".gitattributes").read_text("utf-8")) == before
    assert "skrev" in run("init", "--git", "--hook").stdout
    assert "redan där: pre-commit" in run("init", "--git", "--hook").stdout
    assert "tog bort diff.avtal.command" in run("init", "--git", "--undo").stdout
    assert "avtal" not in Path(".git/config").read_text("utf-8")
    assert not Path(".gitattributes").exists()
    assert not Path(".git/hooks/pre-commit").exists()
    assert "inget att ta bort" in run("init", "--git", "--undo").stdout


@pytest.mark.usefixtures("repository")
def test_setting_up_leaves_what_is_there() -> None:
    Path(".gitattributes").write_text("*.bin binary", "utf-8")
    run("init", "--git")
    assert Path(".gitattributes").read_text("utf-8") == f"*.bin binary\n{setup.ATTRIBUTE}\n"
    run("init", "--git", "--undo")
    assert Path(".gitattributes").read_text("utf-8") == "*.bin binary\n"
    Path(".git/hooks/pre-commit").write_text("#!/bin/sh\n", "utf-8")
    run("init", "--git", "--hook", code=2)
    assert Path(".git/hooks/pre-commit").read_text("utf-8") == "#!/bin/sh\n"


def test_there_must_be_something_to_set_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    run("init", code=2)
    run("init", "--git", code=2)


@pytest.mark.usefixtures("repository")
def test_the_hook_lets_no_broken_unlaid_or_wrong_contract_in() -> None:
    run("init", "--git", "--hook")
    Path("readme.txt").write_text("text\n", "utf-8")
    git("add", "-A")
    git("commit", "-qm", "No contract in it")
    for old, new, said in (
        ("golv 80%", "golv 80 kr", "AV202"),
        ('anslag "Basuppdrag" 12', 'anslag   "Basuppdrag" 12', "contract.avtal"),
        ("golv 80%", "golv 85%", "AV323"),
    ):
        change(old, new)
        git("add", "-A")
        assert said in git("commit", "-m", "Wrong", code=1)
        change(new, old)
    change("# Ett avtal", "# Detta är ett avtal")
    git("add", "-A")
    change("golv 80%", "golv 80 kr")  # not staged: what is committed is sound
    git("commit", "-qm", "A comment")
    assert "golv 80%" in git("show", "HEAD:avtalet/contract.avtal")


def test_the_hooks_for_the_framework_run_on_a_repository(repository: Path) -> None:
    """Each entry is called as the framework does: with the names of the changed files after it."""
    hooks = (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")
    entries = re.findall(r"^  entry: avtal (.+)$", hooks, flags=re.MULTILINE)
    assert entries == ["check", "format", "test"]
    assert set(re.findall(r"^  files: (.+)$", hooks, flags=re.MULTILINE)) == {r"\.avtal$"}
    for entry in entries:
        run(*entry.split(), repository / "avtalet" / "contract.avtal")
    change("golv 80%", "golv 85%")
    run("test", repository / "avtalet" / "contract.avtal", code=1)


@pytest.mark.parametrize("page", ["github.yml", "gitlab.yml"])
def test_the_examples_for_ci_make_the_page_that_they_post(page: str, repository: Path) -> None:
    """The commands of the examples, with what the host would put in their variables."""
    text = (ROOT / "docs" / "ci" / page).read_text("utf-8")
    git("branch", "-f", "base")
    change(*RAISED)
    git("commit", "-qam", "Raise the floor")
    commands = [
        line.strip().removeprefix("- ").removeprefix("run: ") for line in text.splitlines() if "avtal diff" in line
    ]
    assert commands
    for command in commands:
        filled = re.sub(r"origin/\$BASE|\$CI_\w+", "base", command).replace('"', "")
        assert "$" not in filled
        assert run(*filled.split()[1:]).stdout == ""
    posted = (repository / "diff.md").read_text("utf-8").replace("\u00a0", " ")
    assert "**Totalt: −60 000,00 kr**" in posted
    assert "diff.md" in text.split("avtal diff")[-1]


@pytest.mark.usefixtures("repository")
def test_revisions_and_paths_of_them() -> None:
    change(*RAISED)
    git("commit", "-qam", "Raise the floor")
    shown = run("diff", "HEAD~1:avtalet", "avtalet").stdout.replace("\u00a0", " ")
    assert KRONOR in shown
    assert run("diff", "--git", "HEAD~1", "HEAD").stdout.replace("\u00a0", " ") == shown
    assert run("diff", "--git", "HEAD~1", "HEAD", "avtalet/contract.avtal").stdout.replace("\u00a0", " ") == shown
    assert run("diff", "HEAD~1:avtalet", "HEAD:avtalet/contract.avtal").stdout.replace("\u00a0", " ") == shown
    assert run("diff", "--git", "HEAD", "HEAD").stdout == ""
    run("diff", "--git", "HEAD~1", "HEAD", "--exit-code", code=1)
    run("diff", "--git", "HEAD", "HEAD", "avtalet", "--exit-code")
    run("diff", "--git", "nothing", "HEAD", code=2)
    run("diff", "--git", "HEAD~1", "HEAD", "elsewhere", code=2)
    run("diff", "HEAD:elsewhere", "avtalet", code=2)


def test_a_revision_gives_plain_files_of_one_folder_only(repository: Path) -> None:
    (repository / "avtalet" / "link.avtal").symlink_to("/etc/passwd")
    (repository / "avtalet" / "data" / "deep").mkdir()
    (repository / "avtalet" / "data" / "deep" / "x.csv").write_text("a\n", "utf-8")
    git("add", "-A")
    git("commit", "-qm", "A link")
    one = Revision("HEAD", commit("HEAD"), repository / "put")
    path = one.put("avtalet/contract.avtal")
    assert path is not None
    assert sorted(p.name for p in path.parent.iterdir()) == ["README.md", "contract.avtal"]
    assert one.put("avtalet/contract.avtal", data=True) == path
    assert (path.parent / "data" / "deep" / "x.csv").is_file()
    assert one.put("nowhere/contract.avtal") is None
    with pytest.raises(UnreadableError):
        from_top("../outside")
    assert from_top("./avtalet/../x") == "x"


def test_a_repository_with_a_library_is_read_with_that_of_each_revision(repository: Path) -> None:
    rules = repository / "stdlib_rules"
    rules.mkdir()
    for entry in (ROOT / "stdlib_rules").glob("*.avtal"):
        (rules / entry.name).write_text(entry.read_text("utf-8"), "utf-8")
    git("add", "-A")
    git("commit", "-qm", "A library of our own")
    change("(target - min), 0%, 100%)", "(target - min), 0%, 40%)", "stdlib_rules/sll.avtal")
    git("commit", "-qam", "At most two fifths")
    shown = run("diff", "--git", "HEAD~1", "HEAD").stdout.replace("\u00a0", " ")
    assert "ersättningsform målersättning" in shown
    assert "målersättning[113]  2024 VG  120 000,00 kr  96 000,00 kr  −24 000,00 kr" in shown


@pytest.mark.parametrize("page", ["README.md", "README.en.md"])
def test_the_readme_leads_to_the_line_and_the_kronor(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The section on git, done as it says in an empty folder."""
    for name, value in CALM.items():
        monkeypatch.setenv(name, value)
    section = (ROOT / page).read_text("utf-8").partition("\n## Under git")[2].partition("\n## ")[0]
    commands, shown = re.findall(r"^```(?:console)?\n(.*?)^```$", section, flags=re.MULTILINE | re.DOTALL)
    monkeypatch.chdir(tmp_path)
    for command in commands.replace("$ ", "").splitlines():
        words = shlex.split(command)
        if words[0] == "cd":
            monkeypatch.chdir(words[1])
        elif words[0] == "git":
            git(*words[1:])
        else:
            run(*words[1:])
    change("golv 80%", "golv 85%", "contract.avtal")
    lines = git("diff").splitlines()
    assert [line for line in shown.splitlines() if line not in lines] == []
