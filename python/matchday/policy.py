"""Trained teams: networks from checkpoint files of `matchday`, as torch modules that compute the same."""

import copy
import json
import math
import pathlib
import tomllib

import safetensors
import safetensors.torch
import torch
import xxhash
from torch import nn
from torch.nn import functional

from matchday.matches import ACTION_SIZE, Matches, usable_device
from matchday.operators import ops
from matchday.presets import WHOLE

WRITTEN_VERSION = 1
NEWEST_VERSION = 3  # version 2 also has the state to resume its run from and a hash of the content; 3 another hash
# The names by which the hash knows the dtypes of a file.
KINDS = {torch.float64: "Double", torch.float32: "Float", torch.float16: "Half", torch.bfloat16: "BFloat16",
         torch.int64: "Long", torch.int32: "Int", torch.int16: "Short", torch.int8: "Char", torch.uint8: "Byte",
         torch.bool: "Bool"}
DECISIONS = ("mean", "sampled")
PRESENT_NAMES = {"kind": "agent", "body": "trunk"}  # of options that had other names in version 0.1
NETWORK = {"agent": "player", "trunk": "mlp", "hidden": [64, 64, 64], "critic_hidden": [64, 64, 64], "head": "squashed",
           "sigma": "global", "log_std_start": -0.7, "log_std_lowest": -1.0, "log_std_highest": 0.5}
CHOICES = {"agent": ("player", "team"), "trunk": tuple(ops.trunk_names()), "head": ("squashed", "footyai"),
           "sigma": ("global", "network")}


def load_policy(file, device="cpu", decisions="mean", team="a"):
    """The policy in a checkpoint file (.safetensors), which plays as it does in `matchday`. Raises ValueError.

    file: a checkpoint, or a run's folder, which stands for its best team, or the latest where none was evaluated.
    decisions: "mean" or "sampled". team: "a" or "b", whose network is loaded if each team has its own.
    """
    if team not in ("a", "b"):
        raise ValueError(f"team is {team!r}; it must be a or b")
    if file == "":  # which pathlib takes for the current folder
        raise ValueError("file is ''; it must be a checkpoint or a run's folder")
    if pathlib.Path(file).is_dir():
        file = checkpoint_in(pathlib.Path(file))
    try:
        with safetensors.safe_open(file, framework="pt") as checkpoint:
            metadata = checkpoint.metadata() or {}
            tensors = {name: checkpoint.get_tensor(name) for name in checkpoint.keys()}
    except (OSError, safetensors.SafetensorError) as error:
        raise ValueError(f"{file}: cannot be read as a safetensors file: {error}") from error
    config = config_in(file, metadata)
    if int(metadata["format_version"]) > WRITTEN_VERSION:
        verify_hash(file, metadata, tensors)
    try:
        options = with_present_names(config["network"])
        network = {name: options[name] for name in NETWORK}
        changes = dict(config["rules"])
        preset = changes.pop("preset")
        policy = Policy(changes.pop("game", preset), decisions, network, **changes)
    except KeyError as error:
        raise ValueError(f"{file}: its config has no {error.args[0]}") from None
    except (TypeError, ValueError) as error:
        raise ValueError(f"{file}: {error}") from error

    prefix = f"{team}." if config.get("train", {}).get("teams") == "independent" else "network."
    for name, parameter in policy.named_parameters():
        weights = tensors.get(prefix + name)
        if weights is None:
            raise ValueError(f"{file}: there is no tensor {prefix + name}")
        if weights.dtype != torch.float32 or weights.shape != parameter.shape:
            raise ValueError(f"{file}: {prefix + name} is {weights.dtype} {list(weights.shape)} but must be "
                             f"torch.float32 {list(parameter.shape)}")
        if not weights.isfinite().all():
            raise ValueError(f"{file}: {prefix + name} holds numbers that are not finite")
        parameter.data.copy_(weights)
    return policy.to(usable_device(device))


def checkpoint_in(run):
    """The checkpoint that a run's folder stands for. Raises ValueError."""
    best, latest = (run / "checkpoints" / f"{name}.safetensors" for name in ("best", "latest"))
    if not (best.exists() or latest.exists()):
        raise ValueError(f"{run}: there is no checkpoint in it, neither {best} nor {latest}")
    return best if best.exists() else latest


def verify_hash(file, metadata, tensors):
    """Raises ValueError if the file's hash is not that of its content."""
    if "hash" not in metadata:
        raise ValueError(f'{file}: its metadata has no "hash", by which it would be known to be whole')
    known = metadata["hash"].startswith("xxh3:")
    if (found := (hash_of if known else old_hash_of)(metadata, tensors)) != metadata["hash"]:
        raise ValueError(f"{file}: its content is not what was written: the hash of it is {found}, not "
                         f"{metadata['hash']}")


def hash_of(metadata, tensors):
    """The hash of a file's content without the entry "hash", as in formats/file_hash.cpp."""
    state = xxhash.xxh3_64()
    for part in content_of(metadata, tensors):
        state.update(part.numpy())
    return f"xxh3:{state.hexdigest()}"


def old_hash_of(metadata, tensors):
    """The hash that files had before format version 3: 64-bit FNV-1a."""
    told = None
    for part in content_of(metadata, tensors):
        told = ops.content_hash(part, told)
    return f"{told % 2**64:016x}"


def content_of(metadata, tensors):
    """What the hash is of: uint8 tensors of one dimension, in the order of the names' bytes."""
    def text(line):
        return torch.frombuffer(bytearray(line.encode()), dtype=torch.uint8)

    for key in sorted(metadata.keys() - {"hash"}, key=str.encode):
        yield text(f"{key}={metadata[key]}\n")
    for name in sorted(tensors, key=str.encode):
        tensor = tensors[name]
        yield text(f"{name} {KINDS.get(tensor.dtype)} {tensor.dim()}\n" + "".join(f"{n} " for n in tensor.shape))
        yield tensor.flatten().view(torch.uint8)


def config_in(file, metadata):
    """The config that a checkpoint's metadata holds: dict of sections. Raises ValueError."""
    for key in ("format_version", "config"):
        if key not in metadata:
            raise ValueError(f'{file}: this is no matchday checkpoint: its metadata has no "{key}"')
    version = metadata["format_version"]
    if not version.isdecimal() or int(version) > NEWEST_VERSION:
        raise ValueError(f"{file}: its format version is {version} but this package reads up to {NEWEST_VERSION}: "
                         "use a newer matchday")
    try:
        return tomllib.loads(metadata["config"])
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{file}: its config is no TOML: {error}") from error


class Policy(nn.Module):
    """A network and how its actions are drawn: observation float32 [..., D] -> action float32 [..., K].

    A row is a player (K = 4) if `view` is "player", or a team (K = 4N) if it is "team", as in `matchday.make`.
    `preset` and `rules` are those that it was trained by: make(policy.preset, **policy.rules).
    Constructed directly it is untrained; `network` changes the default options (`matchday info --config`).
    """

    def __init__(self, preset="arena", decisions="mean", network=None, **rules):
        super().__init__()
        if decisions not in DECISIONS:
            raise ValueError(f"decisions is {decisions!r}; it must be one of {', '.join(DECISIONS)}")
        matches = Matches(preset, **rules)
        self.preset, self.rules, self.decisions = preset, matches.rules, decisions
        self.network = checked_network(network or {})
        self.view = self.network["agent"]
        self.squashed = self.network["head"] == "squashed"
        # FootyAI's head has its own range of log sigma.
        self.lowest, self.highest = ((self.network["log_std_lowest"], self.network["log_std_highest"])
                                     if self.squashed else (-20.0, 2.0))

        inputs = matches.observe(self.view).shape[-1]
        outputs = ACTION_SIZE * (1 if self.view == "player" else matches.players)
        hidden, critic_hidden = self.network["hidden"], self.network["critic_hidden"]
        # The names are those of the file.
        self.shared_layers = Trunk(self.network["trunk"], hidden, inputs)
        self.fc_mu = linear(hidden[-1], outputs, 0.01)
        if self.network["sigma"] == "network":
            self.fc_log_sigma = linear(hidden[-1], outputs, 0.01)
            start = self.fc_log_sigma.bias
        else:
            start = nn.Parameter(torch.empty(outputs, dtype=torch.float32))
            self.fc_log_sigma = nn.ParameterDict({"bias": start})
        share = (self.network["log_std_start"] - self.lowest) / (self.highest - self.lowest)
        nn.init.constant_(start, math.log(share / (1.0 - share)) if self.squashed else -1.0)
        if critic_hidden:
            self.critic_layers = Trunk(self.network["trunk"], critic_hidden, inputs)
            self.fc_value = linear(critic_hidden[-1], 1, 1.0)

    def forward(self, observation):
        """The action: the mean, or drawn with torch's random numbers if `decisions` is "sampled"."""
        mean, log_std = self.distribution(observation)
        return self.action(mean + log_std.exp() * torch.randn_like(mean) if self.decisions == "sampled" else mean)

    def distribution(self, observation):
        """Mean and log standard deviation of the Gaussian before the squash: two float32 [..., K]."""
        seen = self.shared_layers(observation)
        mean = self.fc_mu(seen)
        log_std_raw = (self.fc_log_sigma(seen) if self.network["sigma"] == "network"
                     else self.fc_log_sigma["bias"].expand_as(mean))
        if self.squashed:
            return mean, log_std_raw.sigmoid() * (self.highest - self.lowest) + self.lowest
        return mean.tanh(), log_std_raw.clamp(self.lowest, self.highest)

    def action(self, pre_squash):
        """The action that follows from a sample of the Gaussian: same shape."""
        return pre_squash.tanh() if self.squashed else pre_squash

    def log_prob(self, observation, pre_squash):
        """Log of the density of each player's action, from the sample before the squash [..., K]: [..., K / 4]."""
        mean, log_std = self.distribution(observation)
        density = torch.distributions.Normal(mean, log_std.exp()).log_prob(pre_squash)
        if self.squashed:
            # log(1 - tanh(u)^2), exact where 1 - tanh^2 would round to 0.
            density = density - 2.0 * (math.log(2.0) - pre_squash - functional.softplus(-2.0 * pre_squash))
        return density.unflatten(-1, (-1, ACTION_SIZE)).sum(-1)

    def value(self, observation):
        """The return that the critic expects: float32 [..., D] -> [...]."""
        if not self.network["critic_hidden"]:
            raise ValueError("this policy has no critic")
        return self.fc_value(self.critic_layers(observation)).squeeze(-1)

    def require_rules(self, matches):
        """Raises ValueError unless the matches are played by the rules that this policy was trained by."""
        if self.preset != matches.preset:
            raise ValueError(f"the opponent was trained by the rules of {self.preset} and can't play {matches.preset}")
        # Compared as float32, the type of the rules' numbers in play.
        own, theirs = ({name: torch.tensor(number, dtype=torch.float32).item() for name, number in rules.items()}
                       for rules in (self.rules, matches.rules))
        for name, number in own.items():
            if number != theirs[name]:
                raise ValueError(f"the opponent was trained by other rules: {name} was {number:g} and is "
                                 f"{theirs[name]:g} (make(policy.preset, **policy.rules) has its own)")

    def save(self, file):
        """Writes a checkpoint that `matchday eval`, `play` and `tournament` take: float32, whatever the dtype was.

        Raises ValueError where a weight is not finite.
        """
        tensors = {f"network.{name}": parameter.detach().to("cpu", torch.float32).contiguous()
                   for name, parameter in self.named_parameters()}
        for name, tensor in tensors.items():
            if not tensor.isfinite().all():
                raise ValueError(f"{file}: {name} holds numbers that are not finite in float32, and nothing is written")
        rules = {name: int(number) if name in WHOLE else number for name, number in self.rules.items()}
        sections = {"rules": {"preset": self.preset, **rules}, "network": self.network}
        if not self.network["critic_hidden"]:
            sections["train"] = {"algorithm": "reinforce", "baseline": "none"}
        # JSON's strings, numbers and lists are valid TOML.
        config = "\n".join(f"[{section}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())
                           for section, keys in sections.items())
        metadata = {"format": "matchday checkpoint", "format_version": str(WRITTEN_VERSION),
                    "program_version": "Python package", "config": config, "iteration": "0", "match_steps": "0"}
        safetensors.torch.save_file(tensors, file, metadata)


class Trunk(nn.ModuleDict):
    """The layers before the heads, named "0", "2", ... as in the file. The program says what is computed with them."""

    def __init__(self, kind, widths, inputs):
        super().__init__()
        self.operations, sizes = ops.trunk_steps(kind, widths)
        for operation, width, following in zip(self.operations, sizes, [*self.operations[1:], None], strict=True):
            if operation == "linear":
                # What is added begins near zero.
                gain = 0.01 if following == "add" else math.sqrt(2.0)
                self[str(2 * len(self))] = linear(inputs, width, gain)
                inputs = width

    def forward(self, x):
        layers = iter(self.values())
        branch = x
        for operation in self.operations:
            match operation:
                case "linear":
                    x = next(layers)(x)
                case "relu":
                    x = x.relu()
                case "normalise":
                    x = functional.layer_norm(x, x.shape[-1:])
                case "branch":
                    branch = x
                case "add":
                    x = branch + x
                case _:
                    raise NotImplementedError(f"this package does not know the operation {operation!r}")
        return x



def linear(inputs, outputs, gain):
    """A layer with orthogonal weights of that gain and zero bias."""
    layer = nn.Linear(inputs, outputs, dtype=torch.float32)  # whatever torch's default is
    nn.init.orthogonal_(layer.weight, gain)
    nn.init.zeros_(layer.bias)
    return layer


def with_present_names(options):
    return {PRESENT_NAMES.get(name, name): value for name, value in options.items()}


def checked_network(changes):
    """All options of a network: the defaults with these changes. Raises ValueError."""
    changes = with_present_names(changes)
    for name in changes:
        if name not in NETWORK:
            raise ValueError(f"there is no network option {name!r}; the options are {', '.join(NETWORK)}")
    network = copy.deepcopy({**NETWORK, **changes})
    for name, choices in CHOICES.items():
        if network[name] not in choices:
            raise ValueError(f"{name} is {network[name]!r}; it must be one of {', '.join(choices)}")
    for name, fewest in (("hidden", 1), ("critic_hidden", 0)):
        widths = network[name]
        if not (isinstance(widths, (list, tuple)) and fewest <= len(widths) <= 64
                and all(type(width) is int and 1 <= width <= 65536 for width in widths)):
            raise ValueError(f"{name} is {widths}; it must be {fewest} to 64 whole numbers from 1 to 65536")
        if len(set(widths)) > 1 and "add" in ops.trunk_steps(network["trunk"], widths)[0]:
            raise ValueError(f"{name} is {widths}; the layers of a {network['trunk']} trunk must all have one width")
    lowest, start, highest = (float(network[f"log_std_{name}"]) for name in ("lowest", "start", "highest"))
    if not -20.0 <= lowest < start < highest <= 3.0:
        raise ValueError(f"log_std_lowest, log_std_start and log_std_highest are {lowest}, {start} and {highest}; they "
                         "must rise, from -20 to 3")
    return network
