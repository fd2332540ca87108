// The commands of the program. Each adds itself to the command line and sets the exit code when it has run:
// 0 good, 1 a check failed, 2 bad input, 130 or 143 interrupted by SIGINT or SIGTERM.
#pragma once

namespace CLI {
class App;
}

namespace matchday {

void add_train_command(CLI::App& app, int& exit_code);
void add_eval_command(CLI::App& app, int& exit_code);
void add_tournament_command(CLI::App& app, int& exit_code);
void add_play_command(CLI::App& app, int& exit_code);
void add_replay_command(CLI::App& app, int& exit_code);
void add_check_command(CLI::App& app, int& exit_code);
void add_bench_command(CLI::App& app, int& exit_code);
/// The benchmarks as subcommands: `sim`, those of training (`rollout`, `train`, and `all` for all three figures), and
/// `sums`, of ranks.
void add_benchmarks(CLI::App& command, int& exit_code);
void add_training_benchmarks(CLI::App& command, int& exit_code);
void add_sums_benchmark(CLI::App& command, int& exit_code);
void add_curves_command(CLI::App& app, int& exit_code);
void add_export_command(CLI::App& app, int& exit_code);
void add_import_command(CLI::App& app, int& exit_code);
void add_info_command(CLI::App& app, int& exit_code);
void add_test_command(CLI::App& app, int& exit_code);

}  // namespace matchday
