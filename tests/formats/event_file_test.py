"""TensorBoard's own reader on what a run tells it: python tests/formats/event_file_test.py PROGRAM LIBRARY"""

import json
import pathlib
import subprocess
import sys
import tempfile

try:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
except ImportError:
    print("matchday: skipped: tensorboard is not installed")
    sys.exit(0)

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
TRAINING = ("train --device cpu --matches 8 --set steps=40 --set hidden=[16] --set critic_hidden=[16] "
            "--set rollout_steps=0 --set video_every=0 --set evaluation_matches=2 --set evaluate_every=0.5 "
            "--set threads=1").split()


def run(folder, *arguments):
    subprocess.run([PROGRAM, *arguments], cwd=folder, check=True, capture_output=True)


def scalars(folder):
    events = EventAccumulator(str(folder / "run/tensorboard"))
    events.Reload()
    return {tag: [(event.step, event.value) for event in events.Scalars(tag)] for tag in events.Tags()["scalars"]}


def expected(folder, log, name):
    lines = [json.loads(line) for line in (folder / "run" / log).read_text().splitlines()]
    return [(line["match_steps"], name(line)) for line in lines]


def check(folder):
    told = scalars(folder)
    for metric in ("loss", "entropy", "gradient_norm", "return_per_match", "match_steps_per_second"):
        wanted = expected(folder, "metrics.jsonl", lambda line: line[metric])
        assert [step for step, _ in told[f"train/{metric}"]] == [step for step, _ in wanted], (metric, told, wanted)
        for (_, is_), (_, should) in zip(told[f"train/{metric}"], wanted):
            assert abs(is_ - should) <= 1e-6 * abs(should), (metric, is_, should)
    for bot in ("still", "role"):
        wanted = expected(folder, "evaluations.jsonl", lambda line: line[bot]["goal_difference"])
        assert [step for step, _ in told[f"goals_ahead/{bot}"]] == [step for step, _ in wanted], (told, wanted)
    for name, tag in (("elo", "strength/elo"), ("elo_lowest", "strength/elo_lowest")):
        assert [step for step, _ in told[tag]] == [step for step, _ in expected(folder, "evaluations.jsonl",
                                                                              lambda line: line[name])], (tag, told)
    kept = expected(folder, "evaluations.jsonl", lambda line: line["role"]["opponents"]["goal_kept"])
    assert [round(value, 6) for _, value in told["against_role/opponents/goal_kept"]] == [round(value, 6)
                                                                                         for _, value in kept], told
    return len(told["train/loss"])


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    run(folder, *TRAINING, "--run", "run", "--iterations", "4")
    assert check(folder) == 4
    # A run that goes on from before tells the last steps again, and only once.
    run(folder, "train", "--resume", "run/checkpoints/iteration-000000000.safetensors", "--iterations", "6")
    assert check(folder) == 6
    # One that is at its end has nothing to tell.
    files = sorted((folder / "run/tensorboard").iterdir())
    run(folder, "train", "--resume", "run")
    assert sorted((folder / "run/tensorboard").iterdir()) == files
    print("TensorBoard reads what metrics.jsonl and evaluations.jsonl hold")
