"""Training: an ended one comes to the same numbers, one batch is learned by heart, what is drawn follows the seed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the learners need torch")

from echoenv.errors import DatasetError, SettingsError  # noqa: E402
from tasks.augmentation import jittered  # noqa: E402
from tasks.depth_learner import LARGEST_DEPTH, MODELS, DepthLearner  # noqa: E402
from tasks.training import Recipe, Training, Workers  # noqa: E402
from tasks.views import Views  # noqa: E402

QUICK = Recipe(epochs=3, batch=4, threads=1)


def views(count: int, seed: int = 0, size: int = 64) -> Views:
    """Slopes whose depth can be seen in the colour and heard as one click."""
    random = np.random.default_rng(seed)
    near = random.uniform(1.0, 6.0, count).astype(np.float32)
    depth = near[:, None, None] + np.linspace(0.0, 2.0, size, dtype=np.float32)[None, :, None] + np.zeros((1, 1, size))
    echo = np.zeros((count, 2, 2646), np.float32)
    echo[np.arange(count), :, (near / 343.0 * 2.0 * 44100.0).astype(int)] = 1.0
    rgb = np.repeat(np.clip(depth * 25.0, 0, 255).astype(np.uint8)[..., None], 3, axis=3)
    rows = np.arange(count)
    return Views(rgb, depth.astype(np.float32), echo, np.zeros(0, np.float32), np.zeros(count, np.int64), rows // 4,
                 (90.0 * (rows % 4)).astype(np.float32), ("made",))  # fmt: skip


def learner(model: str = "rgb_echo", **settings: Any) -> DepthLearner:
    return DepthLearner(model, views(10), views(4, 1), slimness=16, seed=5, **settings)


def quiet(_: str) -> None:
    """Nothing."""


def test_a_training_that_was_ended_goes_on_to_the_same_numbers(tmp_path: Path) -> None:
    whole = learner()
    unbroken = Training(whole, QUICK, tmp_path / "whole")
    unbroken.run(quiet)
    first = Training(learner(), QUICK, tmp_path / "ended")
    with pytest.raises(KeyboardInterrupt), pytest.MonkeyPatch.context() as patch:
        keep = Training._keep

        def die(self: Training, *given: Any) -> None:
            keep(self, *given)
            raise KeyboardInterrupt

        patch.setattr(Training, "_keep", die)
        first.run(quiet)
    again = learner()
    second = Training(again, QUICK, tmp_path / "ended")
    assert second.epoch == 1
    second.run(quiet)
    for one, other in zip(whole.network.state_dict().values(), again.network.state_dict().values(), strict=True):
        assert torch.equal(one, other)
    points = [[{k: v for k, v in point.items() if k != "seconds"} for point in training.curve()]
              for training in (unbroken, second)]  # fmt: skip
    assert points[0] == points[1] and [point["epoch"] for point in points[0]] == [1, 2, 3]


def test_another_training_is_not_gone_on_with(tmp_path: Path) -> None:
    Training(learner("rgb"), Recipe(epochs=1, batch=8, threads=1), tmp_path).run(quiet)
    with pytest.raises(DatasetError, match="another kind"):
        Training(learner("rgb"), Recipe(epochs=2, batch=8, threads=1), tmp_path)


def test_it_is_judged_as_often_as_asked_and_after_the_last_epoch(tmp_path: Path) -> None:
    training = Training(learner("rgb"), Recipe(epochs=3, batch=8, threads=1), tmp_path, judged=2)
    last = training.run(quiet)
    assert ["rms" in point for point in training.curve()] == [False, True, True]
    assert last["epoch"] == 3 and last["rms"] == pytest.approx(training.measured()["rms"])
    assert all(np.isfinite(point["loss"]) for point in training.curve())


def test_first_weights_follow_the_seed_and_nothing_else() -> None:
    torch.manual_seed(1)
    before = torch.get_rng_state()
    one, again, other = learner("rgb"), learner("rgb"), DepthLearner("rgb", views(4), views(2), 16, seed=6)
    states = [taught.network.state_dict()["visual.blocks.0.0.weight"] for taught in (one, again, other)]
    assert torch.equal(states[0], states[1]) and not torch.equal(states[0], states[2])
    assert torch.equal(before, torch.get_rng_state())  # nobody else's numbers were drawn


@pytest.mark.parametrize("model", [name for name in MODELS if name != "average"])
def test_one_batch_is_learned_by_heart(model: str, tmp_path: Path) -> None:
    taught = learner(model, augment=False)
    # one thread: two wait for each other, turning, where the machine has something else to do
    recipe = Recipe(epochs=22, batch=10, rate=1e-2, weight_decay=0.0, threads=1)
    training = Training(taught, recipe, tmp_path, judged=22)
    training.run(quiet)
    losses = [point["loss"] for point in training.curve()]
    assert losses[-1] < 0.35 * losses[0]


def test_the_average_is_judged_without_learning() -> None:
    judged = learner("average").judge()
    mean = views(10).depth.mean(axis=0)
    expected = np.mean([np.sqrt(np.mean((mean - real) ** 2)) for real in views(4, 1).depth])
    assert judged["rms"] == pytest.approx(expected, rel=1e-5)


def test_an_unknown_model_is_named() -> None:
    with pytest.raises(SettingsError, match="did you mean rgb_echo"):
        learner("rgb_ecko")


def test_predictions_are_metres() -> None:
    taught = learner("rgb")
    batch = taught.batch(np.arange(3), np.random.default_rng(0))
    depth = taught.predicted(batch)
    assert depth.shape == (3, 1, 64, 64) and depth.min() > 0.0 and depth.max() < LARGEST_DEPTH


def test_jitter_follows_the_generator_and_stays_within_colours() -> None:
    rgb = torch.rand(4, 3, 8, 8)
    one, other = (jittered(rgb, np.random.default_rng(3)) for _ in range(2))
    assert torch.equal(one, other) and not torch.equal(one, jittered(rgb, np.random.default_rng(4)))
    assert one.min() >= 0.0 and one.max() <= 1.0
    torch.testing.assert_close(jittered(rgb, np.random.default_rng(3), 0.0), rgb)


def test_numbers_of_a_recipe_are_checked() -> None:
    assert [Recipe(drops=(2, 4)).rate_at(epoch) for epoch in (0, 2, 4)] == pytest.approx([1e-4, 1e-5, 1e-6])
    with pytest.raises(SettingsError, match="epochs = 0"):
        Recipe(epochs=0)
    with pytest.raises(SettingsError, match="rate"):
        Recipe(rate=float("nan"))
    if not torch.cuda.is_available():
        with pytest.raises(SettingsError, match="no CUDA device"):
            Workers.found("cuda")
    with pytest.raises(SettingsError, match="device 'gpu' cannot be used"):
        Workers.found("gpu")


def test_the_rate_falls_as_asked() -> None:
    steps = Recipe(epochs=10, rate=1.0, drops=(4, 8))
    np.testing.assert_allclose([steps.rate_at(epoch) for epoch in (0, 3, 4, 8)], [1.0, 1.0, 0.1, 0.01])
    smooth = Recipe(epochs=10, rate=0.02, power=0.9)
    np.testing.assert_allclose([smooth.rate_at(epoch) for epoch in (0, 5)], [0.02, 0.02 * 0.5**0.9])


def test_sgd_goes_down_the_gradient_with_a_momentum() -> None:
    network = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.constant_(network.weight, 1.0)
    optimiser = Recipe(rate=0.1, weight_decay=0.0, optimiser="sgd").optimiser_of(network)
    for expected in (0.9, 0.71):  # 1 - 0.1, then - 0.1 (1 + 0.9)
        optimiser.zero_grad()
        network(torch.ones(1, 1)).sum().backward()
        optimiser.step()
        assert float(network.weight.detach()) == pytest.approx(expected)
    with pytest.raises(SettingsError, match="give adam or sgd"):
        Recipe(optimiser="adagrad")  # type: ignore[arg-type]


def test_a_checkpoint_that_says_less_is_of_the_usual_recipe(tmp_path: Path) -> None:
    recipe = Recipe(epochs=1, batch=8, threads=1)
    Training(learner(), recipe, tmp_path).run(quiet)
    found = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    about = json.loads(found["about"])
    del about["optimiser"], about["power"]  # as it was written before there was a choice
    torch.save({**found, "about": json.dumps(about)}, tmp_path / "checkpoint.pt")
    assert Training(learner(), recipe, tmp_path).epoch == 1
    with pytest.raises(DatasetError, match="another kind"):
        Training(learner(), replace(recipe, power=0.9), tmp_path)
