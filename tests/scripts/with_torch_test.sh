# scripts/with-torch: bash tests/scripts/with_torch_test.sh PROGRAM
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# As a Python with that torch says it; what it is asked is not looked at.
python_with() { # VERSION
  printf '#!/bin/sh\necho %s\necho %s/site/torch\n' "$1" "$folder" >"$folder/python" && chmod +x "$folder/python"
}
mkdir -p "$folder"/site/{torch,nvidia/cudnn/lib,nvidia/cu99/lib,nvidia/none}
export MATCHDAY_PYTHON=$folder/python

refused() { # TEXT COMMAND...: with that sentence
  local status=0 text=$1
  shift
  "$root/scripts/with-torch" "$@" >"$folder/said" 2>&1 || status=$?
  [[ $status == 2 && $(cat "$folder/said") == "with-torch: $text" ]] || { echo "$status: $(cat "$folder/said")" && exit 1; }
}

wanted=$(sed -n 's/^torch==//p' "$root/scripts/requirements.txt")
python_with "$wanted"
found=$(LD_LIBRARY_PATH=/before "$root/scripts/with-torch" printenv LD_LIBRARY_PATH)
[[ $found == "$root/build/lib:$folder/site/torch/lib:$folder/site/nvidia/cu99/lib:$folder/site/nvidia/cudnn/lib:/before" ]] ||
  { echo "$found" && exit 1; }

python_with 1.0.0
refused "$folder/python has torch 1.0.0, but the program is built with $wanted" true
printf '#!/bin/sh\nexit 1\n' >"$folder/python"
refused "$folder/python has no torch; set MATCHDAY_PYTHON to one that has" true

# A real Python's torch, and a program that starts with it.
export MATCHDAY_PYTHON=$root/.venv/bin/python
[[ -x $MATCHDAY_PYTHON ]] || { echo "matchday: skipped: there is no $MATCHDAY_PYTHON" && exit; }
"$root/scripts/with-torch" "$1" --version >/dev/null
