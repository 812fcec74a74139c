"""Energy as a function of the materials: gradients are exact, values are the propagator's, bad input has a name."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from benchmarks.room import LISTENER, SOURCE, furnished_room
from echoenv.acoustics.differentiable.material_response import MaterialResponse, scene_materials
from echoenv.acoustics.differentiable.torch_bridge import torch_energy
from echoenv.acoustics.propagation.propagator import PropagationSettings, Propagator
from echoenv.errors import MaterialError, PoseError, SettingsError
from echoenv.rays import RayEngine
from echoenv.scene.materials import AcousticMaterial
from echoenv.scene.scene import Scene
from tests.acoustics.shoebox import with_wall_materials
from tests.rooms import box_faces, box_room

BANDS = np.linspace(0.05, 0.4, 8)
HERE, THERE = (1.1, 1.2, 1.4), (4.7, 1.6, 3.3)
NAMES = ("wall", "floor", "ceiling")


def box(scattering: float = 0.3, scene: tuple[float, float, float] = (6.0, 3.0, 5.0)) -> Scene:
    wall = AcousticMaterial("wall", BANDS, scattering)
    floor = AcousticMaterial("floor", BANDS[::-1], np.clip(scattering * 2.0 * BANDS[::-1] / 0.4, 0.0, 1.0))
    ceiling = AcousticMaterial("ceiling", 0.2, scattering, 0.1)
    return with_wall_materials(box_room(scene), [wall, wall, floor, ceiling, wall, wall])


def trace(scene: Scene, rays: int = 500, duration: float = 0.15, seed: int = 0, **more: object) -> MaterialResponse:
    settings = PropagationSettings(rays=rays, duration=duration, bin_width=0.005)
    return MaterialResponse.trace(RayEngine(scene, threads=1), HERE, THERE, settings, seed, **more)


def log_loss(energy: np.ndarray) -> tuple[float, np.ndarray]:
    """A loss that all bins and bands enter by their logarithm, and its gradient against the energy."""
    heard = energy > 0.0
    weights = np.sin(1.0 + np.arange(energy.size)).reshape(energy.shape)
    gradient = np.divide(weights, energy, out=np.zeros_like(energy), where=heard)
    return float((weights * np.log(np.where(heard, energy, 1.0))).sum()), gradient


def central_differences(response: MaterialResponse, values: np.ndarray, which: str, step: float = 1e-5) -> np.ndarray:
    other = {"scattering": response.scattering} if which == "absorption" else {"absorption": response.absorption}
    found = np.zeros_like(values)
    for place in np.ndindex(values.shape):
        changed = [values.copy(), values.copy()]
        changed[0][place] += step
        changed[1][place] -= step
        high, low = (log_loss(response.energy(**{which: value}, **other))[0] for value in changed)
        found[place] = (high - low) / (2.0 * step)
    return found


def test_gradients_against_absorption_are_those_of_central_differences() -> None:
    response = trace(box())
    absorption = np.full((3, 8), 0.25) + 0.1 * np.cos(np.arange(24)).reshape(3, 8)
    gradient = response.gradient(log_loss(response.energy(absorption))[1], absorption)
    expected = central_differences(dataclasses.replace(response), absorption, "absorption")
    np.testing.assert_allclose(gradient, expected, rtol=1e-5)


def test_gradients_against_scattering_are_those_of_central_differences() -> None:
    response = trace(box())
    scattering = 0.8 * response.scattering + 0.05
    energy, pullback = response.energy_and_pullback(response.absorption, scattering)
    against_absorption, against_scattering = pullback(log_loss(energy)[1])
    np.testing.assert_allclose(against_scattering, central_differences(response, scattering, "scattering"), rtol=1e-5)
    own = response.energy_and_pullback(None, response.scattering)
    np.testing.assert_allclose(own[0], response.energy(), rtol=1e-9)
    np.testing.assert_allclose(own[1](np.ones_like(energy))[0], response.gradient(np.ones_like(energy)), rtol=1e-9)
    assert np.isfinite(against_absorption).all()


def test_gradients_in_a_furnished_room_are_those_of_central_differences() -> None:
    settings = PropagationSettings(rays=200, duration=0.1, bin_width=0.01)
    response = MaterialResponse.trace(RayEngine(furnished_room(), threads=1), SOURCE, LISTENER, settings)
    assert len(response.materials) == 8
    own = response.absorption
    gradient = response.gradient(log_loss(response.energy(own))[1], own)
    expected = central_differences(response, own, "absorption")
    np.testing.assert_allclose(gradient, expected, rtol=1e-5, atol=1e-6 * np.abs(expected).max())


def test_the_jacobian_holds_the_gradients_of_all_bins() -> None:
    response = trace(box(), rays=300)
    jacobian = response.jacobian()
    weights = np.cos(np.arange(response.bins * 8)).reshape(response.bins, 8)
    np.testing.assert_allclose(np.einsum("tb,tbm->mb", weights, jacobian), response.gradient(weights), rtol=1e-9)


def windows(energy: np.ndarray) -> np.ndarray:
    return np.add.reduceat(energy, [0, 3, 6, 12, 18], axis=0)


@pytest.mark.parametrize("furnished", [False, True])
def test_energy_agrees_with_the_propagators_at_the_scenes_own_materials(furnished: bool) -> None:
    scene, source, listener = (furnished_room(), SOURCE, LISTENER) if furnished else (box(), HERE, THERE)
    engine = RayEngine(scene, threads=1)
    settings = PropagationSettings(rays=1200, duration=0.15, bin_width=0.005, transmission=False, diffraction=0)
    tracer = Propagator(engine, dataclasses.replace(settings, rays=3000))
    ours = np.array([windows(MaterialResponse.trace(engine, source, listener, settings, k).energy()) for k in range(4)])
    theirs = np.array(
        [windows(tracer.propagate([source], [listener], seed=k)[0][0].energy_over_time()) for k in range(4)]
    )
    difference = np.abs(ours.mean(axis=0) - theirs.mean(axis=0))
    error = np.sqrt((ours.var(axis=0, ddof=1) + theirs.var(axis=0, ddof=1)) / 4.0)
    level = 10.0 * np.log10(ours.mean(axis=0) / theirs.mean(axis=0))
    assert np.all((difference < 4.0 * error) | (np.abs(level) < 0.25)), level
    assert np.abs(level).max() < 1.5
    assert np.abs(level.mean(axis=0)).max() < 0.5


def test_more_absorption_never_raises_energy() -> None:
    response = trace(box())
    rng = np.random.default_rng(0)
    low = rng.uniform(0.0, 0.4, (3, 8))
    energy = response.energy(low)
    for _ in range(4):
        high = low + rng.uniform(0.0, 0.5, low.shape) * rng.integers(0, 2, low.shape)
        assert np.all(response.energy(high) <= energy * (1.0 + 1e-12))
    assert np.all(response.gradient(np.ones_like(energy), low) <= 0.0)


def test_walls_that_reflect_nothing_leave_the_direct_sound_and_finite_gradients() -> None:
    response = trace(box(), rays=300)
    absorption = 1.0 - response.transmission
    energy = response.energy(absorption)
    distance = np.linalg.norm(np.subtract(HERE, THERE))
    direct = int(distance / 343.21 / 0.005)
    assert energy[direct, 0] == pytest.approx(1.0 / distance**2, rel=1e-3)
    assert energy.sum() == pytest.approx(energy[direct].sum(), rel=1e-9)
    gradient = response.gradient(np.ones_like(energy), absorption)
    assert np.isfinite(gradient).all() and np.all(gradient < 0.0)  # the first reflections would come back


def test_another_scattering_by_weights_is_that_of_paths_traced_with_it() -> None:
    wanted = np.full((3, 8), 0.5)
    by_weights = [trace(box(0.3), 1500, seed=k).energy(scattering=wanted) for k in range(4)]
    traced = [trace(box(0.3), 1500, seed=k, reference_scattering=wanted).energy(scattering=wanted) for k in range(4)]
    level = 10.0 * np.log10(windows(np.mean(by_weights, axis=0)) / windows(np.mean(traced, axis=0)))
    assert np.abs(level).max() < 0.6
    assert np.abs(level.mean(axis=0)).max() < 0.25


def test_fewer_paths_keep_the_mean() -> None:
    response = trace(box(), 1500)
    fewer = [response.compressed(3000, seed) for seed in range(8)]
    assert all(2500 < len(some.paths) < 3500 for some in fewer)
    mean = np.mean([windows(some.energy()) for some in fewer], axis=0)
    np.testing.assert_allclose(mean, windows(response.energy()), rtol=0.06)
    assert response.compressed(10**7).energy().tobytes() == response.energy().tobytes()


def test_squared_connections_tell_the_variance_over_seeds() -> None:
    found = [trace(box(), 400, seed=k) for k in range(12)]
    spread = np.var([windows(response.energy()) for response in found], axis=0, ddof=1)
    told = np.mean([windows(response.squares()[0]) for response in found], axis=0)
    ratio = np.sqrt(told / spread).mean(axis=1)  # over the bands
    assert np.all((ratio > 0.4) & (ratio < 2.5)), ratio


def test_rays_that_are_caught_in_a_crevice_end() -> None:
    room = box()
    vertices, triangles = box_faces((2.0, 1.0, 0.0), (4.0, 2.0, 4.999), inward=False)  # 1 mm off the far wall
    scene = dataclasses.replace(
        room,
        vertices=np.concatenate([room.vertices, vertices]).astype(np.float32),
        triangles=np.concatenate([room.triangles, triangles + len(room.vertices)]).astype(np.int32),
        triangle_surfaces=np.concatenate([room.triangle_surfaces, np.zeros(12)]).astype(np.int32),
        triangle_objects=np.concatenate([room.triangle_objects, np.full(12, 9)]).astype(np.int32),
        vertex_colors=None,
    )
    settings = PropagationSettings(rays=20, duration=0.1, bin_width=0.01)
    places = (2.5, 1.5, 4.9995), (3.0, 1.5, 4.9995)
    in_crevice = MaterialResponse.trace(RayEngine(scene, threads=1), *places, settings)
    met = np.asarray(in_crevice.paths.counts.sum(axis=1))
    assert 100 < met.max() <= 0.1 * 343.3 / 0.25 + 2
    assert np.isfinite(in_crevice.energy()).all()


def test_same_seed_same_bytes_for_any_number_of_threads() -> None:
    settings = PropagationSettings(rays=600, duration=0.1, bin_width=0.005)
    absorption = np.full((3, 8), 0.3)
    found = []
    for threads in (1, 3):
        response = MaterialResponse.trace(RayEngine(box(), threads=threads), HERE, THERE, settings, seed=4)
        weights = np.ones((response.bins, 8))
        found.append(response.energy(absorption).tobytes() + response.gradient(weights, absorption).tobytes())
    assert found[0] == found[1]
    other = MaterialResponse.trace(RayEngine(box(), threads=1), HERE, THERE, settings, seed=5)
    assert other.energy().tobytes() != response.energy().tobytes()


def test_materials_go_by_name_and_differing_ones_of_one_name_by_their_surface() -> None:
    response = trace(box(), rays=100)
    assert response.materials == NAMES
    by_name = response.energy({"floor": 0.9})
    rows = response.absorption.copy()
    rows[1] = 0.9
    np.testing.assert_array_equal(by_name, response.energy(rows))
    twins = [AcousticMaterial("wall", absorption, 0.1) for absorption in (0.1, 0.2)]
    scene = with_wall_materials(box_room(), [twins[0], twins[0], twins[1], twins[1], twins[0], twins[1]])
    names, materials, surfaces = scene_materials(scene)
    assert names == ("wall [wall]", "wall [wall] 1")
    assert [float(material.absorption[0]) for material in materials] == pytest.approx([0.1, 0.2])
    assert surfaces.tolist() == [0, 0, 1, 1, 0, 1]


def test_a_source_that_is_not_heard_gives_silence() -> None:
    settings = PropagationSettings(rays=50, duration=0.05, bin_width=0.005)
    response = MaterialResponse.trace(RayEngine(box(), threads=1), HERE, (60.0, 1.0, 1.0), settings)
    assert not response.energy().any()
    assert not response.gradient(np.ones((response.bins, 8))).any()
    assert response.escaped == 1.0


@pytest.mark.parametrize(
    ("absorption", "scattering", "error", "words"),
    [
        (np.full((2, 8), 0.1), None, SettingsError, r"\(2, 8\).*\(3, 8\)"),
        (np.full((3, 8), np.nan), None, SettingsError, "'wall'.*0 to 1"),
        (np.full((3, 8), 1.2), None, SettingsError, "0 to 1"),
        (np.full((3, 8), -0.1), None, SettingsError, "0 to 1"),
        (np.full((3, 8), 0.95), None, MaterialError, r"'ceiling'.*1\.050"),
        ({"flor": 0.1}, None, SettingsError, "'flor'.*floor"),
        ({"floor": [0.1, 0.2]}, None, SettingsError, r"'floor'.*\(2,\)"),
        (None, np.full((3, 8), 2.0), SettingsError, "scattering.*0 to 1"),
    ],
)
def test_coefficients_that_cannot_be_are_named_errors(
    absorption: object, scattering: object, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        trace(box(), rays=20).energy(absorption, scattering)


def test_bad_places_seeds_gradients_and_untraced_scattering_are_named_errors() -> None:
    engine = RayEngine(box(), threads=1)
    with pytest.raises(PoseError, match="source"):
        MaterialResponse.trace(engine, (np.nan, 0.0, 0.0), THERE)
    with pytest.raises(PoseError, match="listener"):
        MaterialResponse.trace(engine, HERE, (1.0, 2.0))
    with pytest.raises(SettingsError, match="seed -1"):
        MaterialResponse.trace(engine, HERE, THERE, seed=-1)
    response = trace(box(scattering=0.0), rays=20)
    with pytest.raises(SettingsError, match="loss gradient"):
        response.gradient(np.ones((3, 8)))
    with pytest.raises(SettingsError, match="loss gradient"):
        response.gradient(np.full((response.bins, 8), np.nan))
    with pytest.raises(SettingsError, match="reference_scattering"):
        response.energy(scattering=np.full((3, 8), 0.2))
    with pytest.raises(SettingsError, match="compression"):
        response.compressed(1)


def test_torch_gives_the_same_energy_and_gradients() -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    response = trace(box(), rays=200)
    absorption = torch.full((3, 8), 0.3, dtype=torch.float64, requires_grad=True)
    scattering = torch.full((3, 8), 0.2, dtype=torch.float64, requires_grad=True)
    energy = torch_energy(response, absorption, scattering)
    (energy**2).sum().backward()
    expected, pullback = response.energy_and_pullback(np.full((3, 8), 0.3), np.full((3, 8), 0.2))
    by_absorption, by_scattering = pullback(2.0 * expected)
    np.testing.assert_array_equal(energy.detach().numpy(), expected)
    np.testing.assert_allclose(absorption.grad.numpy(), by_absorption)
    np.testing.assert_allclose(scattering.grad.numpy(), by_scattering)
    single = torch.full((3, 8), 0.3, requires_grad=True)
    torch_energy(response, single).sum().backward()
    assert single.grad.dtype == torch.float32
    small = response.absorption * 0.5
    assert torch.autograd.gradcheck(
        lambda values: torch_energy(response, values), torch.tensor(small, requires_grad=True)
    )


def test_without_torch_the_bridge_says_what_to_install() -> None:
    try:
        import torch  # noqa: F401
    except ImportError:
        with pytest.raises(SettingsError, match="echoenv\\[learn\\]"):
            torch_energy(trace(box(), rays=20), None)  # type: ignore[arg-type]
    else:
        pytest.skip("PyTorch is installed")
