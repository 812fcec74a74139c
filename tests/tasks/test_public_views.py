"""Public pictures in their original formats: pixels, splits, units, masks, frames, and what is said of bad files."""

from __future__ import annotations

import gzip
import json
import logging
import os
import pickle
import tracemalloc
from pathlib import Path

import h5py
import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

pytest.importorskip("torch", reason="views are for learners, which need torch")

from echoenv.errors import DatasetError, SettingsError
from tasks.normal_files import read_codebook
from tasks.nyu_files import LENS
from tasks.picture_files import resized
from tasks.public_views import is_public, load_public_views, normals_of_depth, public_splits
from tasks.views import tensors

H, W = 6, 8
_RANDOM = np.random.default_rng(5)
COLOURS = _RANDOM.integers(0, 256, (5, H, W, 3), np.uint8)
DEPTHS = _RANDOM.uniform(0.7, 9.9, (5, H, W)).astype(np.float32)
NORMALS = _RANDOM.normal(size=(5, H, W, 3)).astype(np.float32)
NORMALS /= np.linalg.norm(NORMALS, axis=-1, keepdims=True)
KNOWN = (_RANDOM.random((5, H, W)) < 0.8).astype(np.float32)
LABELS = _RANDOM.choice(np.array([0, 1, 2, 255], np.uint8), (5, H, W))
FLIP = np.array([-1.0, 1.0, 1.0])  # Ladicky's x points to the left
SPLITS = {"train": [4, 1], "test": [5, 2, 3]}


def write_labelled(folder: Path, colours: np.ndarray = COLOURS, depths: np.ndarray = DEPTHS) -> Path:
    """As MATLAB 7.3 writes images (H, W, 3, N) and depths (H, W, N): HDF5 behind a block of 512 bytes, axes turned."""
    path = folder / "nyu_depth_v2_labeled.mat"
    with h5py.File(path, "w", userblock_size=512) as file:
        for name, values, kind in (
            ("images", colours.transpose(0, 3, 2, 1), "uint8"), ("depths", depths.transpose(0, 2, 1), "single"),
        ):  # fmt: skip
            file.create_dataset(name, data=values, chunks=(1, *values.shape[1:]), compression="gzip")
            file[name].attrs["MATLAB_class"] = np.bytes_(kind)
        text = file.create_group("#refs#").create_dataset("a", data=np.frombuffer(b"den", np.uint8).astype("u2")[None])
        file["sceneTypes"] = np.full((1, len(colours)), text.ref, h5py.ref_dtype)
    with path.open("r+b") as raw:
        raw.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(124) + b"\x00\x02IM")
    return path


def write_splits(folder: Path) -> Path:
    savemat(folder / "splits.mat", {f"{name}Ndxs": np.array(SPLITS[name], np.uint16)[:, None] for name in SPLITS})
    return folder / "splits.mat"


def write_normals(folder: Path, protocol: int = 4) -> Path:
    order = [2, 0, 4, 1, 3]  # names decide, not rows
    values = {
        "all_filenames": [f"{row + 1:06d}" for row in order],
        "all_normals": (NORMALS * FLIP).astype(np.float32)[order],
        "all_valid_depth_masks": KNOWN[order],
    }
    folder.mkdir(parents=True, exist_ok=True)
    with gzip.open(folder / "all_normals.pklz", "wb") as file:
        pickle.dump(values, file, protocol)
    return folder / "all_normals.pklz"


def write_records(folder: Path) -> None:
    codes = np.array([[-1.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 0.5]])
    cell = np.empty((1, 1), object)
    cell[0, 0] = {"normals": codes, "qloss": 0.25}
    savemat(folder / "vocab40.mat", {"vocabs": cell})
    (folder / "all_images").mkdir()
    for name, rows in SPLITS.items():
        records = [{"img": f"{r:06d}_rgb.jpg", "segm": f"{r:06d}_SN40.png", "width": W, "height": H} for r in rows]
        (folder / f"{name}_SN40.json").write_text(json.dumps(records))
        for r, record in zip(rows, records, strict=True):
            Image.fromarray(COLOURS[r - 1]).save(folder / "all_images" / record["img"], quality=100, subsampling=0)
            Image.fromarray(LABELS[r - 1]).save(folder / "all_images" / record["segm"])


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    write_labelled(tmp_path)
    write_splits(tmp_path)
    return tmp_path


def test_labelled_pictures_are_upright_and_counted_from_one(labelled: Path) -> None:
    views = load_public_views(labelled, ("train", "test"))
    rows = np.array([4, 1, 5, 2, 3]) - 1
    np.testing.assert_array_equal(views.rgb, COLOURS[rows])
    np.testing.assert_array_equal(views.depth, DEPTHS[rows])
    assert views.rgb.dtype == np.uint8 and views.depth.dtype == np.float32
    assert views.scene_names == ("train", "test") and views.scenes.tolist() == [0, 0, 1, 1, 1]
    assert views.locations.tolist() == [0, 1, 2, 3, 4] and not views.headings.any()
    assert views.echo.shape == views.normal.shape == (0,)
    assert tensors(views, np.array([2]))["depth"].shape == (1, 1, H, W) and len(views.fewer(0.4, 0)) == 2
    np.testing.assert_array_equal(load_public_views(labelled, ["test"]).rgb, COLOURS[[4, 1, 2]])
    assert is_public(labelled) and public_splits(labelled) == ("train", "test")


def test_only_the_channels_asked_for_are_read(labelled: Path) -> None:
    with h5py.File(labelled / "nyu_depth_v2_labeled.mat", "r+") as file:
        del file["depths"]
    views = load_public_views(labelled, ["train"], ["rgb"])
    assert len(views) == 2 and views.depth.shape == (0,) and set(tensors(views, np.array([0]))) == {"rgb"}
    with pytest.raises(DatasetError, match=r"nyu_depth_v2_labeled\.mat' is truncated, damaged"):
        load_public_views(labelled, ["train"])


def test_smaller_pictures_show_the_whole_averaging_colours_alone(labelled: Path) -> None:
    views = load_public_views(labelled, ["train"], size=4)
    colours = COLOURS[3].astype(float)
    # 8 columns become 4 pairs; 6 rows become 4 of one and a half
    pairs = colours.reshape(H, 4, 2, 3).mean(axis=2)
    first, second = (pairs[0] + 0.5 * pairs[1]) / 1.5, (0.5 * pairs[1] + pairs[2]) / 1.5
    np.testing.assert_allclose(views.rgb[0, :2], [first, second], atol=0.501)
    np.testing.assert_array_equal(views.depth[0], DEPTHS[3][np.ix_([0, 2, 3, 5], [1, 3, 5, 7])])
    assert resized(np.full((7, 5, 3), 255, np.uint8), 3, mixed=True).min() == 255  # shares add up to one
    assert resized(COLOURS[0], 16, mixed=True).shape == (16, 16, 3)


def test_pictures_are_made_smaller_one_by_one(tmp_path: Path) -> None:
    count, height, width = 20, 60, 80
    write_labelled(tmp_path, np.zeros((count, height, width, 3), np.uint8), np.ones((count, height, width), np.float32))
    savemat(tmp_path / "splits.mat", {"trainNdxs": np.arange(1, count + 1)[:, None], "testNdxs": [[1]]})
    load_public_views(tmp_path, ["train"], size=8)  # imports are no part of it
    tracemalloc.start()
    load_public_views(tmp_path, ["train"], size=8)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 0.25 * count * height * width * 7


def test_the_labelled_file_and_its_split_say_what_is_wrong(tmp_path: Path) -> None:
    path = write_labelled(tmp_path)
    with pytest.raises(DatasetError, match=r"splits\.mat' is missing.*http://horatio\.cs\.nyu\.edu"):
        load_public_views(tmp_path, ["train"])
    savemat(tmp_path / "splits.mat", {"trainNdxs": [[6]], "testNdxs": [[0]]})
    with pytest.raises(DatasetError, match="no picture 6"):
        load_public_views(tmp_path, ["train"])
    with pytest.raises(DatasetError, match="counts from 1"):
        load_public_views(tmp_path, ["test"])
    whole = write_splits(tmp_path).read_bytes()
    for length in range(0, len(whole), 29):
        (tmp_path / "splits.mat").write_bytes(whole[:length])
        with pytest.raises(DatasetError, match=r"splits\.mat"):
            load_public_views(tmp_path, ["test"])
    write_splits(tmp_path)
    whole = path.read_bytes()
    for length in (0, 300, 700, 2000, len(whole) - 40):
        path.write_bytes(whole[:length])
        with pytest.raises(DatasetError, match=r"nyu_depth_v2_labeled\.mat'"):
            load_public_views(tmp_path, ["test"])


@pytest.mark.parametrize(("inner", "protocol"), [(".", 2), ("surfacenormal_metadata", 4)])
def test_ladickys_normals_are_turned_into_the_cameras_frame(labelled: Path, inner: str, protocol: int) -> None:
    write_normals(labelled / inner, protocol)
    views = load_public_views(labelled, ["test"], ["depth", "normal"])
    rows = np.array(SPLITS["test"]) - 1
    np.testing.assert_allclose(views.normal, NORMALS[rows] * KNOWN[rows][..., None], atol=1e-6)
    np.testing.assert_array_equal(views.depth, DEPTHS[rows])
    assert views.rgb.shape == (0,) and views.normal.dtype == np.float32
    small = load_public_views(labelled, ["test"], ["rgb", "normal"], size=2)
    np.testing.assert_array_equal(small.normal[0], views.normal[0][np.ix_([1, 4], [2, 6])])


def test_damaged_and_dangerous_normals_are_refused(labelled: Path) -> None:
    path = write_normals(labelled)
    whole = path.read_bytes()
    for length in (0, 10, len(whole) // 2, len(whole) - 4):
        path.write_bytes(whole[:length])
        with pytest.raises(DatasetError, match=r"all_normals\.pklz'"):
            load_public_views(labelled, ["test"], ["normal"])

    class Runs:
        def __reduce__(self):
            return os.mkdir, (str(labelled / "ran"),)

    for value in (Runs(), {"all_normals": Runs()}, [1, 2], {"all_filenames": ["000001"]},
                  {"all_filenames": ["000001"], "all_normals": NORMALS, "all_valid_depth_masks": KNOWN}):  # fmt: skip
        path.write_bytes(gzip.compress(pickle.dumps(value)))
        with pytest.raises(DatasetError, match=r"all_normals\.pklz'"):
            load_public_views(labelled, ["test"], ["normal"])
    assert not (labelled / "ran").exists()


def test_the_records_name_the_split_where_the_official_list_is_missing(tmp_path: Path) -> None:
    write_records(tmp_path)
    write_labelled(tmp_path)
    np.testing.assert_array_equal(load_public_views(tmp_path, ["train"]).rgb, COLOURS[[3, 0]])


def test_label_maps_are_decoded_by_the_codebook(tmp_path: Path) -> None:
    write_records(tmp_path)
    np.testing.assert_array_equal(read_codebook(tmp_path), np.eye(3))
    views = load_public_views(tmp_path, ["test"], ["rgb", "normal"])
    labels = LABELS[np.array(SPLITS["test"]) - 1]
    for label, normal in ((0, (1, 0, 0)), (1, (0, 1, 0)), (2, (0, 0, 1)), (255, (0, 0, 0))):
        assert (labels == label).any() and (views.normal[labels == label] == normal).all()
    np.testing.assert_allclose(views.rgb, COLOURS[np.array(SPLITS["test"]) - 1].astype(float), atol=3.0)  # as JPEG
    write_normals(tmp_path)
    numbers = load_public_views(tmp_path, ["train"], ["normal"]).normal
    np.testing.assert_allclose(numbers, (NORMALS * KNOWN[..., None])[[3, 0]], atol=1e-6)


def test_records_labels_and_codebook_say_what_is_wrong(tmp_path: Path) -> None:
    write_records(tmp_path)
    (tmp_path / "all_images" / "000004_rgb.jpg").unlink()
    with pytest.raises(DatasetError, match=r"000004_rgb\.jpg' is missing.*all_images"):
        load_public_views(tmp_path, ["train"], ["rgb"])
    Image.fromarray(np.full((H, W), 3, np.uint8)).save(tmp_path / "all_images" / "000005_SN40.png")
    with pytest.raises(DatasetError, match=r"000005_SN40\.png' has label 3: expected 0 to 2"):
        load_public_views(tmp_path, ["test"], ["normal"])
    with pytest.raises(DatasetError, match=r"no depth \(rgb, normal are there\).*nyu_depth_v2_labeled"):
        load_public_views(tmp_path, ["test"], ["rgb", "depth"])
    savemat(tmp_path / "vocab40.mat", {"vocabs": np.zeros((4, 2))})
    with pytest.raises(DatasetError, match="holds no codebook"):
        load_public_views(tmp_path, ["test"], ["normal"])
    (tmp_path / "vocab40.mat").unlink()
    with pytest.raises(DatasetError, match=r"vocab40\.mat' is missing.*nyuv2_surfacenormal_metadata\.zip"):
        load_public_views(tmp_path, ["test"], ["normal"])
    for text in ("[", '{"a": 1}', '[{"img": "x.jpg"}]', '[{"img": "x_rgb.jpg", "segm": "y"}]'):
        (tmp_path / "train_SN40.json").write_text(text)
        with pytest.raises(DatasetError, match=r"train_SN40\.json'|expected names such as"):
            load_public_views(tmp_path, ["train"], ["rgb"])


def write_lists(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    bytes_, words = (_RANDOM.integers(0, 256, (H, W), np.uint8), _RANDOM.integers(0, 9999, (H, W)).astype(np.uint16))
    bytes_[0, :2], words[0, :2] = (0, 255), (0, 10000)
    for inner in ("nyu2_train/den_0001_out", "nyu2_test"):
        (folder / "data" / inner).mkdir(parents=True)
    Image.fromarray(COLOURS[0]).save(folder / "data/nyu2_train/den_0001_out/1.jpg", quality=95)
    Image.fromarray(bytes_).save(folder / "data/nyu2_train/den_0001_out/1.png")
    Image.fromarray(COLOURS[1]).save(folder / "data/nyu2_test/00000_colors.png")
    Image.fromarray(words).save(folder / "data/nyu2_test/00000_depth.png")
    row = "data/nyu2_train/den_0001_out/1.jpg,data/nyu2_train/den_0001_out/1.png\r\n"
    (folder / "data/nyu2_train.csv").write_bytes((row + row).encode())
    (folder / "data/nyu2_test.csv").write_text("data/nyu2_test/00000_colors.png,data/nyu2_test/00000_depth.png\n\n")
    return bytes_, words


@pytest.mark.parametrize("inner", [".", "data"])
def test_listed_depth_is_in_255ths_of_10_m_or_in_millimetres(tmp_path: Path, inner: str) -> None:
    bytes_, words = write_lists(tmp_path)
    views = load_public_views(tmp_path / inner, ["test", "train"])
    np.testing.assert_array_equal(views.rgb[0], COLOURS[1])
    np.testing.assert_allclose(views.depth[0], words / 1000.0, rtol=1e-6)
    np.testing.assert_allclose(views.depth[[1, 2]], np.stack([bytes_, bytes_]) / 255.0 * 10.0, rtol=1e-6)
    assert views.depth[1, 0, :2].tolist() == [0.0, 10.0] and views.depth[0, 0, :2].tolist() == [0.0, 10.0]
    assert views.scene_names == ("test", "train") and views.scenes.tolist() == [0, 1, 1]


def test_lists_say_what_is_wrong(tmp_path: Path) -> None:
    write_lists(tmp_path)
    Image.fromarray(COLOURS[0]).save(tmp_path / "data/nyu2_test/00000_depth.png")
    with pytest.raises(DatasetError, match=r"00000_depth\.png' is no grey picture"):
        load_public_views(tmp_path, ["test"])
    depth = tmp_path / "data/nyu2_train/den_0001_out/1.png"
    whole = depth.read_bytes()
    for length in range(0, len(whole) * 3 // 4, 29):
        depth.write_bytes(whole[:length])
        with pytest.raises(DatasetError, match=r"1\.png' is truncated"):
            load_public_views(tmp_path, ["train"])
    depth.unlink()
    with pytest.raises(
        DatasetError, match=r"1\.png' is missing: nyu2_train\.csv lists it; unpack all of nyu_data\.zip"
    ):
        load_public_views(tmp_path, ["train"])
    (tmp_path / "data/nyu2_train.csv").write_text("a.jpg,a.png\nb.jpg\n")
    with pytest.raises(DatasetError, match=r"nyu2_train\.csv', row 2"):
        load_public_views(tmp_path, ["train"])
    with pytest.raises(DatasetError, match=r"no normal .*all_normals\.pklz"):
        load_public_views(tmp_path, ["test"], ["rgb", "normal"])


def write_diode(folder: Path, row: int, name: str) -> None:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(COLOURS[row]).save(file)
    np.save(file.with_name(f"{file.stem}_depth.npy"), DEPTHS[row][..., None])
    np.save(file.with_name(f"{file.stem}_depth_mask.npy"), KNOWN[row].astype(np.float64))
    np.save(file.with_name(f"{file.stem}_normal.npy"), (NORMALS[row] * KNOWN[row][..., None]).astype(np.float64))


@pytest.fixture
def diode(tmp_path: Path) -> Path:
    for row, name in enumerate((
        "train/indoors/scene_00000/scan_00000/00000_00000_indoors_010_000.png",
        "train/indoors/scene_00000/scan_00001/00000_00001_indoors_000_000.png",
        "train/outdoor/scene_00001/scan_00002/00001_00002_outdoor_000_000.png",
        "val/indoors/scene_00019/scan_00183/00019_00183_indoors_000_000.png",
    )):  # fmt: skip
        write_diode(tmp_path, row, name)
    return tmp_path


def test_diode_knows_depth_where_its_mask_says_so(diode: Path) -> None:
    assert is_public(diode) and public_splits(diode) == (
        "train", "val", "train/indoors", "train/outdoor", "val/indoors",
    )  # fmt: skip
    views = load_public_views(diode, ["train", "val"], ["rgb", "depth", "normal"])
    np.testing.assert_array_equal(views.rgb, COLOURS[:4])
    np.testing.assert_array_equal(views.depth, np.where(KNOWN[:4] > 0, DEPTHS[:4], 0.0))
    np.testing.assert_allclose(views.normal, NORMALS[:4] * KNOWN[:4][..., None], atol=1e-6)
    assert views.scenes.tolist() == [0, 0, 0, 1]
    rooms = load_public_views(diode, ["train/indoors"], size=4)
    assert len(rooms) == 2 and rooms.scene_names == ("train/indoors",) and rooms.depth.shape == (2, 4, 4)


def test_diode_says_what_is_wrong(diode: Path) -> None:
    file = next(diode.glob("val/*/*/*/*.png"))
    depth, mask, normal = (file.with_name(f"{file.stem}_{name}.npy") for name in ("depth", "depth_mask", "normal"))
    whole = depth.read_bytes()
    for length in (0, 20, len(whole) - 5):
        depth.write_bytes(whole[:length])
        with pytest.raises(DatasetError, match=r"_depth\.npy' is truncated"):
            load_public_views(diode, ["val"])
    np.save(depth, np.array([{"a": 1}]), allow_pickle=True)
    with pytest.raises(DatasetError, match=r"_depth\.npy' is truncated, damaged"):
        load_public_views(diode, ["val"])
    np.save(depth, DEPTHS[3][:2])
    with pytest.raises(DatasetError, match=r"depth of \(2, 8\) and a mask of \(6, 8\)"):
        load_public_views(diode, ["val"])
    np.save(mask, KNOWN[3][:2])
    with pytest.raises(DatasetError, match=r"rgb of \(6, 8\), depth of \(2, 8\)"):
        load_public_views(diode, ["val"])
    mask.unlink()
    with pytest.raises(DatasetError, match=r"_depth_mask\.npy' is missing.*https://diode-dataset\.org"):
        load_public_views(diode, ["val"])
    np.save(normal, DEPTHS[3])
    with pytest.raises(DatasetError, match=r"_normal\.npy' has shape \(6, 8\): expected \(H, W, 3\)"):
        load_public_views(diode, ["val"], ["normal"])


def test_what_is_asked_for_in_vain_is_said(diode: Path, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"no split 'test': valid are train, train/indoors"):
        load_public_views(diode, ["test"])
    with pytest.raises(DatasetError, match="no channel 'echo': valid are depth, normal, rgb"):
        load_public_views(diode, ["train"], ["rgb", "depth", "echo"])
    for nothing in ("train", []):
        with pytest.raises(DatasetError, match="give a list of names"):
            load_public_views(diode, nothing)
    for size in (0, -1, 2.5, True, "128"):
        with pytest.raises(SettingsError, match="size ="):
            load_public_views(diode, ["train"], size=size)  # type: ignore[arg-type]
    Image.fromarray(COLOURS[0][:4]).save(next(diode.glob("train/outdoor/*/*/*.png")))
    with pytest.raises(DatasetError, match=r"those before it \(6, 8, 3\): give a size"):
        load_public_views(diode, ["train"], ["rgb"])
    empty = tmp_path / "empty"
    empty.mkdir()
    assert not is_public(empty) and not is_public(tmp_path / "nowhere")
    with pytest.raises(DatasetError, match=r"holds no public pictures: expected nyu_depth_v2_labeled\.mat"):
        load_public_views(empty, ["train"])
    write_normals(empty)
    with pytest.raises(DatasetError, match=r"has normals but no train_SN40\.json"):
        load_public_views(empty, ["train"], ["normal"])


def a_room(height: int = 48, width: int = 64) -> tuple[np.ndarray, np.ndarray]:
    """Planar depth (H, W) and normals (H, W, 3), x right, y up, z back, of a left wall, a floor and a back wall."""
    across = ((np.arange(width) + 0.5) / width - LENS.centre_x) / LENS.focal_x
    down = ((np.arange(height) + 0.5) / height - LENS.centre_y) / LENS.focal_y
    right, up = np.meshgrid(across, -down)
    # a wall 1 m to the left, a floor 0.8 m below; what lies on their other side is out of sight
    depths = np.stack([-1.0 / np.minimum(right, -1e-3), -0.8 / np.minimum(up, -1e-3), np.full(right.shape, 4.0)])
    return depths.min(axis=0).astype(np.float32), np.eye(3, dtype=np.float32)[depths.argmin(axis=0)]


def test_depth_tells_the_normals_of_a_room() -> None:
    depth, normals = a_room()
    told = normals_of_depth(depth, LENS)
    right = (told * normals).sum(axis=-1) > 0.999
    assert all(right[normals[..., axis] == 1.0].mean() > 0.6 for axis in range(3))
    assert (right | (told == 0.0).all(axis=-1)).mean() > 0.9  # it is rounded at corners
    depth[20:24] = 0.0
    assert not normals_of_depth(depth, LENS)[18:26].any()


def test_normals_of_another_frame_are_told_by_their_depth(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    depth, normals = a_room()
    write_labelled(tmp_path, np.zeros((2, *depth.shape, 3), np.uint8), np.stack([depth] * 2))
    savemat(tmp_path / "splits.mat", {"trainNdxs": [[1], [2]], "testNdxs": [[1]]})
    for signs, warning in ((FLIP, ""), (-FLIP, "with x and y and z negated"), (FLIP**2, "with x negated")):
        values = {"all_filenames": ["000001", "000002"], "all_valid_depth_masks": np.ones((2, *depth.shape), np.uint8)}
        values["all_normals"] = np.stack([normals * signs] * 2).astype(np.float32)
        (tmp_path / "all_normals.pklz").write_bytes(gzip.compress(pickle.dumps(values)))
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            load_public_views(tmp_path, ["train"], ["depth", "normal"], size=40)
        assert warning in caplog.text and bool(warning) == bool(caplog.text)
