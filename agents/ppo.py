"""PPO for EchoEnv's tasks: `python agents/ppo.py --config configs/pointnav_depth.yaml`.

The one idea: training is a chain of segments, each from one checkpoint to the next; a segment begins with new episodes
and seeds that follow from its number, so it depends on the checkpoint before it alone, and a training that was ended at
any moment goes on to the very numbers that it would have come to. The algorithms are Stable-Baselines3's.
"""

from __future__ import annotations

import functools
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

if __name__ == "__main__" and __package__ is None:  # as a file from a checkout
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from agents.baselines import BASELINES, NEEDED, STOP
from agents.configuration import Experiment, read_experiment
from echoenv.command_line import ArgumentParser, require_learners, run_command
from echoenv.datasets.atomic_files import make_writable_folder, write_whole
from echoenv.errors import DatasetError

PROG = "python -m agents.ppo"
STATE = "training.json"
CURVE = "curve.jsonl"

_EPISODES_SHOWN = 1000  # of which a point of the curve is the mean, at most
_SELDOM = 3.5  # by which the logarithm of a stop's chance is lower at first


class Training:
    """One training, in a folder.

    Args:
        experiment: What is trained.
        folder: Where checkpoints, the curve and the results go; a training that is there goes on.

    Raises:
        DatasetError: The folder holds a training of another experiment.
    """

    def __init__(self, experiment: Experiment, folder: Path) -> None:
        make_writable_folder(folder)
        self.experiment, self.folder = experiment, folder
        self.steps = 0
        known = folder / STATE
        if known.is_file():
            state = json.loads(known.read_text(encoding="utf-8"))
            if state["experiment"] != json.loads(json.dumps(asdict(experiment))):
                raise DatasetError(f"'{folder}' holds a training of another experiment: give another --out")
            self.steps = int(state["steps"])

    @property
    def checkpoint(self) -> Path:
        """The file of the last checkpoint."""
        return self.folder / f"checkpoint_{self.steps}.zip"

    def run(self) -> Any:
        """Trains to the end, or goes on; returns the model."""
        from tqdm import tqdm

        from agents.vector import WorkersVecEnv

        chosen = self.experiment
        env = WorkersVecEnv(chosen.workers, chosen.agents, chosen.task_settings)
        try:
            model = self._model(env)
            _, callback = model._setup_learn(
                max(chosen.learning.steps - self.steps, 1), None, False, str(self.folder / "log"), False
            )
            with tqdm(total=chosen.learning.steps, initial=self.steps, unit=" steps", dynamic_ncols=True) as bar:
                while self.steps < chosen.learning.steps:
                    self._segment(model, env, callback, bar)
        finally:
            env.close()
        return model

    def _model(self, env: Any) -> Any:
        """The model as it was at the last checkpoint, or a new one."""
        import torch

        torch.manual_seed(self.experiment.seed)
        model = new_model(self.experiment, env, str(self.folder / "log"))
        if self.steps:
            model.set_parameters(str(self.checkpoint), exact_match=True, device="auto")
            model.num_timesteps = self.steps
        return model

    def _segment(self, model: Any, env: Any, callback: Any, bar: Any) -> None:
        """Trains from one checkpoint to the next; every rollout moves the bar."""
        import torch

        chosen, began = self.experiment, time.monotonic()
        seeds = np.random.SeedSequence([chosen.seed, self.steps]).generate_state(env.num_envs + 1) >> 1
        torch.manual_seed(int(seeds[0]))
        np.random.seed(int(seeds[0]))  # Stable-Baselines3 draws its minibatches from it
        begun = env.begin([int(one) for one in seeds[1:]])
        seen = model.get_env()  # Stable-Baselines3's view of the same agents, which turns pictures to channels first
        model._last_obs = seen.transpose_observations(begun) if seen is not env else begun
        model._last_episode_starts = np.ones(env.num_envs, dtype=bool)
        model.ep_info_buffer.clear()
        end = min(self.steps + chosen.checkpoint, chosen.learning.steps)
        while model.num_timesteps < end:
            learn_once(model, callback, chosen.learning.steps)
            bar.update(model.n_steps * env.num_envs)
        self._keep(model, time.monotonic() - began)

    def _keep(self, model: Any, seconds: float) -> None:
        """Writes a checkpoint, and then what says that it is there."""
        done = model.num_timesteps - self.steps
        self.steps = int(model.num_timesteps)
        write_whole(self.checkpoint, lambda file: model.save(file))
        ended = list(model.ep_info_buffer)
        point: dict[str, float | None] = {"steps": self.steps, "episodes": len(ended)}
        for name, key in (("return", "r"), ("length", "l"), ("success", "success"), ("spl", "spl")):
            point[name] = float(np.mean([one[key] for one in ended])) if ended else None
        point |= {"seconds": seconds, "steps_per_second": done / seconds}
        for name, value in point.items():
            if value is not None:
                model.logger.record(f"training/{name}", value)
        model.logger.dump(self.steps)
        curve = self.folder / CURVE
        lines = curve.read_text(encoding="utf-8").splitlines() if curve.is_file() else []
        kept = [line for line in lines if json.loads(line)["steps"] < self.steps]
        write_whole(curve, "".join(f"{line}\n" for line in [*kept, json.dumps(point)]).encode())
        state = {"experiment": asdict(self.experiment), "steps": self.steps}
        write_whole(self.folder / STATE, json.dumps(state, indent=1).encode())


def learn_once(model: Any, callback: Any, steps: int) -> None:
    """One rollout of all agents, and what is learned from it; `steps` is the length of the whole training."""
    import torch

    threads = os.cpu_count() or 1
    torch.set_num_threads(1)  # the simulating processes have the other cores
    try:
        model.collect_rollouts(model.get_env(), callback, model.rollout_buffer, n_rollout_steps=model.n_steps)
    finally:
        torch.set_num_threads(threads)
    model._update_current_progress_remaining(model.num_timesteps, steps)
    model.train()


def new_model(experiment: Experiment, env: Any, log: str | None = None) -> Any:
    """An untrained model of Stable-Baselines3, or of sb3-contrib where it has a memory."""
    from agents.encoders import DictEncoder

    learning, network = experiment.learning, experiment.network
    recurrent = learning.algorithm == "recurrent_ppo"
    algorithm: Any
    if recurrent:
        from sb3_contrib import RecurrentPPO

        algorithm = RecurrentPPO
    else:
        from stable_baselines3 import PPO

        algorithm = PPO
    encoder = {"visual": network.visual, "features": network.features, "weights": network.weights}
    policy: dict[str, Any] = {"features_extractor_class": DictEncoder, "features_extractor_kwargs": encoder}
    policy["normalize_images"] = True
    policy["optimizer_kwargs"] = {"eps": 1e-5}
    if recurrent:
        policy |= {"lstm_hidden_size": network.hidden, "shared_lstm": True, "enable_critic_lstm": False, "net_arch": []}
    else:
        policy["net_arch"] = [network.hidden]
    model = algorithm(
        "MultiInputLstmPolicy" if recurrent else "MultiInputPolicy",
        env,
        learning_rate=_falling(learning.rate, learning.decay),
        n_steps=learning.rollout,
        batch_size=learning.batch,
        n_epochs=learning.epochs,
        gamma=learning.gamma,
        gae_lambda=learning.gae_lambda,
        clip_range=_falling(learning.clip, learning.decay),
        ent_coef=learning.entropy,
        vf_coef=learning.value,
        max_grad_norm=learning.max_gradient,
        stats_window_size=_EPISODES_SHOWN,
        policy_kwargs=policy,
        tensorboard_log=log,
        seed=None,
        device="auto",
    )
    model.policy.features_extractor.start()
    _seldom_stopping(model.policy)
    return model


def _seldom_stopping(policy: Any) -> None:
    """Let a new policy stop at about one step in a hundred: at one in four its first episodes end where they begin."""
    import torch

    with torch.no_grad():
        policy.action_net.bias[STOP] -= _SELDOM


def _falling(value: float, decay: bool) -> Any:
    """A number that falls to 0 with the share of training that is left, or stays."""
    return (lambda left: value * left) if decay else value


def judge(experiment: Experiment, model: Any, folder: Path, baselines: Sequence[str]) -> str:
    """Runs the trained model and baselines through the held-out episodes; writes and returns the table."""
    import torch
    from tqdm import tqdm

    from agents.baselines import baseline
    from agents.evaluation import network_policy, run_episodes, table, write_results

    torch.set_num_threads(1)  # one agent's step is too little for more: they would only wait for each other
    chosen = experiment.evaluation
    policies: dict[str, Any] = {"agent": network_policy(model, chosen.deterministic)}
    policies |= {name: functools.partial(baseline, name) for name in baselines}
    results: dict[str, Any] = {}
    total = len(policies) * len(chosen.homes) * chosen.episodes
    with tqdm(total=total, unit=" episodes", dynamic_ncols=True) as bar:
        for name, policy in policies.items():
            settings = experiment.task_settings
            if name in BASELINES:
                settings = {**settings, "sensors": NEEDED.get(name, ("gps",))}
            results[name] = run_episodes(
                policy, settings, chosen.homes, chosen.episodes, chosen.seed, lambda _: bar.update()
            )
    write_results(folder, "results", results, asdict(experiment))
    return table(results)


def run(arguments: Sequence[str] | None = None) -> int:
    """Trains an agent, or goes on with it, and judges it in the held-out homes."""
    parser = ArgumentParser(prog=PROG, description="Train a navigation agent with PPO, and judge it in unseen homes.")
    parser.add_argument("--config", required=True, metavar="FILE", help="such as configs/pointnav_depth.yaml")
    parser.add_argument("--out", type=Path, metavar="DIR", help="default: runs/ and the configuration's name")
    parser.add_argument("--seed", type=int, help="in place of the configuration's")
    parser.add_argument("--steps", type=int, help="in place of the configuration's")
    flags = parser.parse_args(arguments)
    require_learners("sb3_contrib", "stable_baselines3", "yaml")
    experiment = read_experiment(flags.config)
    if flags.seed is not None or flags.steps is not None:
        experiment = _changed(experiment, flags.seed, flags.steps)
    folder = flags.out or Path("runs") / Path(flags.config).stem
    model = Training(experiment, folder).run()
    sounds = experiment.task_settings.get("sound") is not None
    sees_goal = "pointgoal_with_gps_compass" in experiment.task_settings["sensors"]
    names = ["random", "forward", "shortest_path", *(["goal_follower"] if sees_goal else [])]
    print(judge(experiment, model, folder, [*names, *(["louder_ear"] if sounds else [])]))
    return 0


def _changed(experiment: Experiment, seed: int | None, steps: int | None) -> Experiment:
    from dataclasses import replace

    learning = experiment.learning if steps is None else replace(experiment.learning, steps=steps)
    return replace(experiment, learning=learning, seed=experiment.seed if seed is None else seed)


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point: `run`, with mistakes as one line and exit status 2."""
    return run_command(run, PROG, arguments)


if __name__ == "__main__":
    sys.exit(main())
