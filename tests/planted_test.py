"""Every mistake that `scripts/mutate gpu` plants must find the one place of its text in the sources as they are."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests/fake_cuda"), str(ROOT / "tests/fake_cuda/ptx")]

import planted_in_kernels  # noqa: E402
import planted_on_the_host  # noqa: E402

MISTAKES = [*planted_in_kernels.IN_KERNELS, *planted_on_the_host.ON_THE_HOST]

assert len(MISTAKES) > 90, len(MISTAKES)
for what, file, text, _ in MISTAKES:
    count = (ROOT / file).read_text().count(text)
    assert count == 1, f"{what}: {file} has {count} times the text {text!r}"
print(f"{len(MISTAKES)} mistakes can be planted")
