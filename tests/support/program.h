// Runs the built program in a folder of its own, as users do.
#pragma once

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/folder.h"

namespace matchday {

namespace fs = std::filesystem;

inline std::string read_text(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

struct Outcome {
  int exit_code;  ///< or minus the signal that ended the program
  std::string output;
  std::string errors;
};

/// The program, running in a folder.
class Program {
 public:
  /// arguments: separated by spaces. most_bytes: the size limit of files it writes; 0: none.
  Program(const Folder& folder, const std::string& arguments, std::size_t most_bytes = 0) {
    std::istringstream stream("matchday " + arguments);
    std::vector<std::string> words{std::istream_iterator<std::string>(stream), {}};
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);

    process_ = fork();
    REQUIRE(process_ >= 0);
    if (process_ > 0) return;
    const unsigned seconds_at_most = 300;
    alarm(seconds_at_most);             // stays set in the program and ends it
    setenv("OMP_NUM_THREADS", "1", 0);  // tests run in parallel
    if (most_bytes > 0) {
      const rlimit limit{most_bytes, most_bytes};
      setrlimit(RLIMIT_FSIZE, &limit);
      std::signal(SIGXFSZ, SIG_IGN);
    }
    dup2(fileno(output_.get()), STDOUT_FILENO);
    dup2(fileno(errors_.get()), STDERR_FILENO);
    if (chdir(folder.path.c_str()) == 0) execv(MATCHDAY_PROGRAM, pointers.data());
    _exit(127);
  }
  ~Program() {
    if (process_ > 0) send(SIGKILL), waitpid(process_, nullptr, 0);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  void send(int signal) const { kill(process_, signal); }

  Outcome wait() {
    int status = 0;
    REQUIRE(waitpid(process_, &status, 0) == process_);
    process_ = 0;
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), text_of(*output_), text_of(*errors_)};
  }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  using File = std::unique_ptr<std::FILE, Close>;

  static std::string text_of(std::FILE& file) {
    std::rewind(&file);
    std::string text;
    for (int c = std::fgetc(&file); c != EOF; c = std::fgetc(&file)) text += static_cast<char>(c);
    return text;
  }

  File output_{std::tmpfile()};
  File errors_{std::tmpfile()};
  pid_t process_ = -1;
};

inline Outcome run(const Folder& folder, const std::string& arguments, std::size_t most_bytes = 0) {
  return Program(folder, arguments, most_bytes).wait();
}

/// Runs a command that must succeed; returns its output.
inline std::string good_run(const Folder& folder, const std::string& arguments) {
  const Outcome outcome = run(folder, arguments);
  INFO("matchday " << arguments << "\n" << outcome.output << outcome.errors);
  REQUIRE(outcome.exit_code == 0);
  return outcome.output;
}

/// Runs a command that must be refused: exit code 2, no new files, and one line that contains `complaint`.
inline void check_refused(const Folder& folder, const std::string& arguments, const std::string& complaint) {
  const std::vector<std::string> before = folder.files();
  const Outcome outcome = run(folder, arguments);
  INFO("matchday " << arguments << "\n" << outcome.errors << "should say: " << complaint);
  CHECK(outcome.exit_code == 2);
  CHECK(outcome.output.empty());
  CHECK(outcome.errors.starts_with("matchday: "));
  CHECK(outcome.errors.find('\n') == outcome.errors.size() - 1);
  CHECK(contains(outcome.errors, complaint));
  CHECK(folder.files() == before);
}

/// Training of a small network on the CPU in short matches; without and with a length.
inline constexpr int steps = 40;
inline const std::string small_training =
    "train --device cpu --matches 8 --set steps=40 --set hidden=[16] --set critic_hidden=[16] --set rollout_steps=0";
inline const std::string tiny_training = small_training + " --iterations 2";

/// No videos and no closing table.
inline const std::string quiet = " --set video_every=0 --set evaluation_matches=0";

inline const std::string latest = "run/checkpoints/latest.safetensors";
inline const std::string untrained = "run/checkpoints/untrained.safetensors";

}  // namespace matchday
