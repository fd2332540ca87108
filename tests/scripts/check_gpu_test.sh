# scripts/check-gpu where there is no GPU: bash tests/scripts/check_gpu_test.sh PROGRAM. Stand-ins take the place of what it
# runs; the benchmark is the real one, on the CPU and made small, so that its flags are known to be right.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export MATCHDAY_PYTHON=${MATCHDAY_PYTHON:-$root/.venv/bin/python}
[[ -x $MATCHDAY_PYTHON ]] || { echo "matchday: skipped: there is no $MATCHDAY_PYTHON" && exit; }
real_bench=$(dirname "$(readlink -f "$1")")/matchday-bench
export real_bench
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder"/{scripts,stand-ins,build/bin}
cp "$root"/scripts/{check-gpu,with-torch,requirements.txt} "$folder/scripts"

stand_in() { cat >"$folder/$1" && chmod +x "$folder/$1"; } # PATH, its text from the input

stand_in stand-ins/nvidia-smi <<'END'
#!/bin/sh
echo 'NVIDIA Stand-In 1, 9.0, 1024 MiB, 580.1'
END
stand_in stand-ins/timeout <<'END'
#!/bin/sh
shift 3 # -k 5 LIMIT
limit=100
case "$hang $*" in 1*graphs=on*) limit=1 ;; esac
exec /usr/bin/timeout -k 1 "$limit" "$@"
END
stand_in stand-ins/compute-sanitizer <<'END'
#!/bin/bash
[[ $PYTORCH_NO_CUDA_MEMORY_CACHING == 1 ]] || exit 9
tool=$2
while [[ $1 != */matchday-bench ]]; do shift; done
"$@" || exit
case $tool in
  memcheck) echo '========= ERROR SUMMARY: 0 errors' ;;
  racecheck) echo "========= RACECHECK SUMMARY: ${hazards:-0} hazards displayed" && exit "${hazards:-0}" ;;
esac
END
# On the CPU, with the first of the presets and precisions that are listed, few matches and little time. Where there are
# rows from before, those.
stand_in build/bin/matchday-bench <<'END'
#!/bin/bash
[[ "$*" != *graphs=on* || -z ${hang:-} ]] || exec sleep 60
if [[ -n ${before:-} ]]; then
  [[ $* != *--csv* ]] || cp "$before" "${@: -1}"
  exit
fi
few=()
for word; do
  case $word in
    --*) flag=$word ;;
    cuda) word=cpu ;;
    0.2) word=0.001 ;;
    *,*) [[ $flag == --matches ]] && word=6,7 || [[ $flag == --set ]] || word=${word%%,*} ;;
  esac
  few+=("$word")
done
[[ $1 == --version ]] || few+=(--set steps=30)
exec "$real_bench" "${few[@]}"
END
stand_in build/bin/matchday_tests <<'END'
#!/bin/sh
[ "$*" = '[cuda]' ] || exit 9
echo "$said"
exit ${ended:-0}
END

# check EXIT_CODE TEXT...: all of which the page has, or else what was said.
check() {
  local expected=$1 status=0
  shift
  PATH="$folder/stand-ins:$PATH" bash "$folder/scripts/check-gpu" "$folder/results" >"$folder/said" 2>&1 || status=$?
  for text in "$@"; do
    grep -qF -- "$text" "$folder/said" || { echo "not said: $text" && cat "$folder/said" && exit 1; }
  done
  [[ $status == "$expected" ]] || { echo "exit code $status, not $expected" && cat "$folder/said" && exit 1; }
}

export said=$'matchday: skipped: no reason\nAll tests passed (40 assertions in 9 test cases)'
check 0 '# NVIDIA Stand-In 1' '9.0, 1024 MiB, 580.1 (compute capability, memory, driver); matchday ' \
  '| tests | good | 8 passed, 0 failed, 1 skipped |' \
  '| memcheck of simulation | good | ERROR SUMMARY: 0 errors |' '| memcheck of training with pool and bots | good |' \
  '| racecheck of training | good | RACECHECK SUMMARY: 0 hazards displayed |' '| bench all without graphs | good |' \
  '| what | preset | network | precision | graphs | 6 matches | 7 matches |' '| sim | arena | player | fp32 | off | ' \
  '| rollout | arena | player | fp32 | off | ' '| train | arena | player | fp32 | off | '
rows=$folder/results/nvidia-stand-in-1.csv
[[ $(grep -c . "$rows") == 9 ]] || { echo "a heading, three figures and one again, of two sizes, but:" && cat "$rows" && exit 1; }

# Predictions stand beside what was measured; what fails, or does not end, is told and stops nothing.
mkdir -p "$folder/bench/results"
cp "$rows" "$folder/before.csv"
export before=$folder/before.csv
sed -E '2,$s/,[0-9.]+,([0-9.]+,[0-9.]+,[0-9.]+,(products|bytes))/,123000000.0,\1/' "$rows" >"$folder/bench/results/predicted.csv"
export said=$'test cases: 9 | 7 passed | 2 failed\nassertions: 40 | 38 passed | 2 failed' ended=2 hazards=3 hang=1
check 1 '| tests | **failed** (2) | 7 passed, 2 failed, 0 skipped |' '| memcheck of training | good |' \
  '| racecheck of training | **failed** (3) | RACECHECK SUMMARY: 3 hazards displayed |' \
  '| bench train with graphs | **took too long** |' '; predicted 123 M |'

# Tests that are all skipped have shown nothing, and neither have those that are not there.
unset hang hazards ended
export said=$'matchday: skipped: no CUDA device\nAll tests passed (0 assertions in 1 test case)'
rm "$folder/stand-ins/compute-sanitizer"
check 1 '| tests | **failed** (1) | 0 passed, 0 failed, 1 skipped |' \
  '| memcheck of training | skipped | compute-sanitizer is not installed |'
export said=$'No test cases matched \'[cuda]\''
check 1 '| tests | **failed** (1) | 0 passed, 0 failed, 0 skipped |'

printf '#!/bin/sh\nexit 9\n' >"$folder/stand-ins/nvidia-smi"
check 2 'check-gpu: no GPU: nvidia-smi found none'
