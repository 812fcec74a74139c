"""Each data script against a server of ours with small data in the owner's layout: fetched, unpacked, checked."""

from __future__ import annotations

import gzip
import hashlib
import importlib
import io
import json
import lzma
import struct
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from echoenv.scene.files import load_scene
from tests.data_scripts.conftest import Server
from tests.data_scripts.test_unpacking import tar_bytes
from tests.scene.habitat_writers import gibson as write_gibson
from tests.scene.habitat_writers import hm3d as write_hm3d
from tests.scene.habitat_writers import matterport, replica_cad
from tests.scene.mesh_writers import BOX_QUADS, box_corners, write_ply

pytestmark = pytest.mark.filterwarnings("ignore:.*built-in table of materials")
SCRIPTS = Path(__file__).resolve().parents[2] / "data_scripts"
NAMES = ("replica", "matterport3d", "hm3d", "gibson", "replica_cad", "soundspaces", "visual_echoes")


def script(name: str) -> ModuleType:
    return importlib.import_module(name)


def files_in(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def zip_bytes(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def wave(frames: int = 10) -> bytes:
    data = b"\0" * 8 * frames
    form = struct.pack("<HHIIHH", 3, 2, 44100, 352800, 8, 32)
    body = b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize("name", NAMES)
def test_scripts_run_from_a_shell_and_explain_themselves(name: str) -> None:
    done = subprocess.run([sys.executable, str(SCRIPTS / f"{name}.py"), "--help"], capture_output=True, text=True)
    assert done.returncode == 0 and "--accept-licence" in done.stdout and "--check" in done.stdout


@pytest.mark.parametrize("name", NAMES)
def test_nothing_there_is_one_line(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert script(name).main(["--out", str(tmp_path), "--check"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and said.startswith(f"python data_scripts/{name}.py: ")


@pytest.mark.parametrize("name", ["replica", "hm3d"])
def test_terms_are_shown_and_agreement_is_asked_for(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert script(name).main(["--out", str(tmp_path / "new")]) == 2
    said = capsys.readouterr()
    assert "licence: " in said.out and "--accept-licence" in said.err
    assert not (tmp_path / "new").exists()  # nothing is done before


@pytest.mark.parametrize(
    ("name", "words"), [("matterport3d", "matterport3d@googlegroups.com"), ("gibson", "goo.gl/forms")]
)
def test_what_a_script_may_not_fetch_it_explains(
    name: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert script(name).main(["--out", str(tmp_path)]) == 2
    said = capsys.readouterr().out
    assert words in said and "  1. " in said and "licence: " in said


def replica_files(scene: str) -> dict[str, bytes]:
    folder = f"{scene}/habitat"
    info = {"classes": [], "objects": [{"id": 3, "class_id": 40, "class_name": "floor"}], "id_to_label": []}
    return {
        f"{folder}/info_semantic.json": json.dumps(info).encode(),
        f"{scene}/textures/0-color-ptex.hdr": b"large" * 1000,
        f"{scene}/mesh.ply": b"ply\n",
    }


def serve_replica(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    replica = script("replica")
    ply = write_ply(tmp_path / "box.ply", box_corners((0, 0, 0), (8, 6, 2.8)), BOX_QUADS, object_ids=np.full(6, 3))
    files: dict[str, bytes] = {}
    for scene in ("room_0", "room_1"):
        files |= {**replica_files(scene), f"{scene}/habitat/mesh_semantic.ply": ply.read_bytes()}
    whole = gzip.compress(tar_bytes(files))
    size = -(-len(whole) // 17)
    for k, part in enumerate(replica.PARTS):
        server.files[f"/{part}"] = whole[k * size : (k + 1) * size]
    server.files["/configs.zip"] = zip_bytes({"replica.scene_dataset_config.json": b"{}"})
    monkeypatch.setattr(replica, "RELEASE", server.url)
    monkeypatch.setattr(replica, "CONFIGS", f"{server.url}/configs.zip")
    return replica


def test_replica(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    replica = serve_replica(server, tmp_path, monkeypatch)
    out = tmp_path / "data/replica"
    arguments = ["--out", str(out), "--scenes", "room_0", "--accept-licence"]
    server.cut_after = [3]
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    monkeypatch.setattr(replica.fetch, "__kwdefaults__", {"progress": False, "sleep": lambda seconds: None})
    assert replica.main([*arguments, "--deep"]) == 0
    assert "room_0: 12 triangles, 1 objects" in capsys.readouterr().out
    assert set(files_in(out)) == {
        "room_0/habitat/info_semantic.json",
        "room_0/habitat/mesh_semantic.ply",
        "room_0/mesh.ply",
        "replica.scene_dataset_config.json",
    }
    assert load_scene("room_0", data_dir=tmp_path / "data").origin.startswith("Replica, ")
    asked = len(server.seen)
    assert replica.main(arguments) == 0 and len(server.seen) == asked  # it is there already
    assert replica.main(["--out", str(out), "--check"]) == 2
    said = capsys.readouterr()
    assert "34 problems" in said.err and "apartment_0/habitat/mesh_semantic.ply: missing" in said.out
    assert replica.main([*arguments[:2], "--scenes", "rom_0"]) == 2
    assert "did you mean room_0" in capsys.readouterr().err


def test_matterport3d(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = script("matterport3d")
    matterport(tmp_path / "owner/mp3d")
    archive = tmp_path / "mp3d_habitat.zip"
    archive.write_bytes(zip_bytes(files_in(tmp_path / "owner")))
    server.files["/mp3d.json"] = b"{}"
    monkeypatch.setattr(module, "CONFIG", f"{server.url}/mp3d.json")
    out = tmp_path / "data/mp3d"
    assert module.main(["--out", str(out), "--archive", str(archive)]) == 2  # not agreed to
    assert module.main(["--out", str(out), "--archive", str(archive), "--accept-licence", "--deep"]) == 0
    said = capsys.readouterr().out
    assert "17DRP5sb8fy: 24 triangles, 3 objects" in said and "1 of its 90 buildings" in said
    (out / "17DRP5sb8fy/17DRP5sb8fy.house").unlink()
    glb = out / "17DRP5sb8fy/17DRP5sb8fy.glb"
    glb.write_bytes(glb.read_bytes()[:-5])
    assert module.main(["--out", str(out), "--check"]) == 2
    said = capsys.readouterr().out
    assert "17DRP5sb8fy.house: missing" in said and "bytes: fetch it anew" in said


def test_hm3d(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = script("hm3d")
    write_hm3d(tmp_path / "owner")
    files = files_in(tmp_path / "owner")
    annotations = {name: content for name, content in files.items() if ".semantic." in name}
    server.files = {
        "/hm3d-minival-glb-v0.2.tar": tar_bytes({n: c for n, c in files.items() if n not in annotations}),
        "/hm3d-minival-semantic-annots-v0.2.tar": tar_bytes(annotations),
        "/hm3d-minival-semantic-configs-v0.2.tar": tar_bytes(
            {"hm3d_annotated_basis.scene_dataset_config.json": b"{}", "hm3d_annotated_minival_basis.x.json": b"{}"}
        ),
    }
    monkeypatch.setattr(module, "ADDRESS", server.url)
    out = tmp_path / "data/hm3d"
    arguments = ["--out", str(out), "--splits", "minival", "--accept-licence"]
    monkeypatch.delenv("MATTERPORT_TOKEN_ID", raising=False)
    assert module.main(arguments) == 2
    said = capsys.readouterr()
    assert "MATTERPORT_TOKEN_ID" in said.err and "my.matterport.com" in said.out
    monkeypatch.setenv("MATTERPORT_TOKEN_ID", "me")
    monkeypatch.setenv("MATTERPORT_TOKEN_SECRET", "secret")
    assert module.main([*arguments, "--deep"]) == 0
    said = capsys.readouterr()
    assert "TEEsavR23oF: 24 triangles, 3 objects" in said.out and "secret" not in said.out + said.err
    assert (out / "hm3d_annotated_basis.scene_dataset_config.json").is_file()
    assert (out / "minival/hm3d_annotated_minival_basis.x.json").is_file()
    assert all(authorization for _, _, authorization in server.seen)
    asked = len(server.seen)
    assert module.main(arguments) == 0 and len(server.seen) == asked
    assert load_scene("00800-TEEsavR23oF", data_dir=tmp_path / "data").name == "TEEsavR23oF"


def test_gibson(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = script("gibson")
    mesh = write_gibson(tmp_path / "owner/gibson")
    archive = tmp_path / "gibson_habitat_trainval.zip"
    archive.write_bytes(zip_bytes({"gibson/Ackermanville.glb": mesh.read_bytes(), "gibson/readme.txt": b"x"}))
    server.files["/gibson.json"] = b"{}"
    monkeypatch.setattr(module, "CONFIG", f"{server.url}/gibson.json")
    out = tmp_path / "data/gibson"
    assert module.main(["--out", str(out), "--archive", str(archive), "--accept-licence"]) == 0
    assert "Ackermanville: mesh, no semantics" in capsys.readouterr().out
    for ending in (".scn", "_semantic.ply"):
        (out / f"Ackermanville{ending}").write_bytes((mesh.parent / f"Ackermanville{ending}").read_bytes())
    assert module.main(["--out", str(out), "--check", "--deep"]) == 0
    assert "Ackermanville: 24 triangles, 3 objects" in capsys.readouterr().out


def serve_replica_cad(server: Server, folder: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """As the owner's server does: a list of files in two pages, with checksums of large ones, and the files."""
    module = script("replica_cad")
    replica_cad(folder)
    entries: list[dict] = [{"type": "directory", "path": "configs", "oid": "0", "size": 0}]
    base = f"/datasets/{module.REPOSITORY}/resolve/{module.VERSION}"
    for name, content in files_in(folder).items():
        entry = {"type": "file", "path": name, "oid": "0" * 40, "size": len(content)}
        if name.endswith(".glb"):
            entry["lfs"] = {"oid": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 130}
        entries.append(entry)
        server.files[f"{base}/{name}"] = content
    tree = f"/api/datasets/{module.REPOSITORY}/tree/{module.VERSION}"
    server.files[tree], server.files["/page2"] = json.dumps(entries[:5]).encode(), json.dumps(entries[5:]).encode()
    server.links[f"{tree}?recursive=true"] = f'<{server.url}/page2>; rel="next"'
    monkeypatch.setattr(module, "HOST", server.url)
    return module


def test_replica_cad(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = serve_replica_cad(server, tmp_path / "owner", monkeypatch)
    out = tmp_path / "data/replica_cad"
    assert module.main(["--out", str(out), "--deep"]) == 0
    assert "apt_0: " in capsys.readouterr().out and files_in(out) == files_in(tmp_path / "owner")
    pointer = out / "objects/frl_apartment_basket.glb"
    pointer.write_bytes(b"version https://git-lfs.github.com/spec/v1\nsize 3\n")  # as a clone without LFS leaves it
    assert module.main(["--out", str(out), "--check"]) == 2
    assert "Git LFS pointer" in capsys.readouterr().out
    assert module.main(["--out", str(out)]) == 0 and files_in(out) == files_in(tmp_path / "owner")
    basket = f"/datasets/{module.REPOSITORY}/resolve/{module.VERSION}/objects/frl_apartment_basket.glb"
    server.files[basket] = server.files[basket][:-1] + b"x"  # of the right size, but not what the owner lists
    pointer.unlink()
    assert module.main(["--out", str(out)]) == 2
    assert "sha256" in capsys.readouterr().err and not pointer.exists()


def test_soundspaces(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = script("soundspaces")
    metadata = {
        f"metadata/replica/{s}/{f}": b"0\t1\t2\t3\n" for s in ("room_0", "room_1") for f in ("points.txt", "graph.pkl")
    }
    episodes = {"datasets/audionav/replica/v1/val/content/room_0.json.gz": gzip.compress(b'{"episodes": []}')}
    server.files = {
        "/metadata.tar.xz": lzma.compress(
            tar_bytes({n: b"\x80" + c if "pkl" in n else c for n, c in metadata.items()})
        ),
        "/sounds.tar.xz": lzma.compress(tar_bytes({f"sounds/1s_all/s{i}.wav": wave() for i in range(102)})),
        "/datasets.tar.xz": lzma.compress(tar_bytes(episodes)),
    }
    for prefix, scene in (("data/binaural_rirs/replica/", "room_0"), ("", "room_1")):
        responses = {f"{prefix}{scene}/{a}/{i}_0.wav": wave(0 if i else 9) for a in module.ANGLES for i in (0, 1)}
        server.files[f"/binaural_rirs/replica/{scene}.tar.gz"] = gzip.compress(tar_bytes(responses))
    monkeypatch.setattr(module, "ADDRESS", server.url)
    out = tmp_path / "data"
    assert module.main(["--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "room_1: 1 points and a graph" in said and "102 sounds" in said and "1 episode files" in said
    assert "CC BY 4.0" in said
    assert module.main(["--out", str(out), "--parts", "responses"]) == 0
    assert "room_1: 4 x 2 responses, 4 of them empty" in capsys.readouterr().out
    assert (out / "binaural_rirs/replica/room_0/90/1_0.wav").is_file()
    asked = len(server.seen)
    assert module.main(["--out", str(out), "--parts", "responses", "metadata"]) == 0 and len(server.seen) == asked
    (out / "binaural_rirs/replica/room_0/90/1_0.wav").unlink()
    (out / "sounds/1s_all/s0.wav").unlink()
    (out / "metadata/replica/room_1/graph.pkl").write_bytes(b"<html>")
    assert module.main(["--out", str(out), "--check"]) == 2
    said = capsys.readouterr()
    assert "3 problems" in said.err
    assert "'90': 1" in said.out and "101 of 102 sounds" in said.out and "web page" in said.out


def test_visual_echoes(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = script("visual_echoes")
    echoes = {f"echoes_navigable/{s}/3ms_sweep/{a}/0.wav": wave() for s in ("room_0", "office_1") for a in (0, 90)}
    server.files = {
        "/rgb_depth/scene_observations_128.pkl": b"\x80\x03}.",
        "/echoes_navigable.tar.gz": gzip.compress(tar_bytes(echoes)),
    }
    monkeypatch.setattr(module, "ADDRESS", server.url)
    out = tmp_path / "visual_echoes"
    assert module.main(["--out", str(out), "--scenes", "room_0"]) == 0
    said = capsys.readouterr().out
    assert "scene_observations_128.pkl: 4 bytes" in said and "echoes_navigable: 2 sound files of 1 scenes" in said
    file = out / "echoes_navigable/room_0/3ms_sweep/90/0.wav"
    file.write_bytes(file.read_bytes()[:-4])
    assert module.main(["--out", str(out), "--check"]) == 2
    assert "bytes: fetch it anew" in capsys.readouterr().out
