#include "files/atomic_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

#include "rules/bad_input.h"

namespace matchday {
namespace {

namespace fs = std::filesystem;

/// Part of every temporary file's name, before the process id.
constexpr const char* mark = ".partial-";

BadInput not_written(const fs::path& path, int error) {
  return BadInput(path.string() + ": cannot be written: " + std::strerror(error));
}

/// A temporary name repeats at most this much of the target's name: with the mark and numbers it must fit into the 255
/// bytes that file systems allow.
constexpr std::size_t most_repeated = 200;

/// The path with symbolic links resolved; the last link may point to a file that does not exist yet.
fs::path followed(fs::path path) {
  constexpr int most_links = 40;  // Linux's limit
  std::error_code error;
  for (int k = 0; k < most_links && fs::is_symlink(path, error); ++k) {
    const fs::path next = fs::read_symlink(path, error);
    path = next.is_absolute() ? next : path.parent_path() / next;
  }
  return path;
}

/// Syncs a file or folder to disk, so that its content survives a power cut. Returns 0 or errno.
int synchronised(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return errno;
  const int error = ::fsync(file) == 0 ? 0 : errno;
  ::close(file);
  return error;
}

}  // namespace

AtomicFile::AtomicFile(const fs::path& target, const std::string& extension)
    : target_(target), place_(followed(target)) {
  std::error_code none;
  if (fs::is_directory(place_, none)) throw not_written(target_, EISDIR);
  if (fs::exists(place_, none) && !fs::is_regular_file(place_, none))
    throw BadInput(target_.string() + ": cannot be written: it is a device, pipe or socket, not a file");
  // Another writer may be using a name, or a killed one may have left it behind.
  constexpr int most_attempts = 1000;
  for (int attempt = 0;; ++attempt) {
    temporary_ = unfinished_name(place_).string() + "-" + std::to_string(attempt) + extension;
    const int file = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file >= 0) {
      ::close(file);
      return;
    }
    if (errno != EEXIST || attempt == most_attempts) throw not_written(target_, errno);
  }
}

AtomicFile::~AtomicFile() {
  std::error_code error;
  if (!finished_) fs::remove(temporary_, error);
}

void AtomicFile::finish() {
  if (const int error = synchronised(temporary_)) throw not_written(target_, error);
  std::error_code error;
  fs::rename(temporary_, place_, error);
  if (error) throw not_written(target_, error.value());
  finished_ = true;
  // The new name is on disk only once the folder is synced. Not every file system can sync a folder, and the file is
  // complete either way, so an error is ignored.
  synchronised(place_.has_parent_path() ? place_.parent_path() : ".");
}

void AtomicFile::finish(std::ofstream& stream) {
  stream.close();
  if (!stream) throw not_written(target_, errno);
  finish();
}

void require_other_file(const fs::path& output, const fs::path& input) {
  std::error_code none;
  if (fs::equivalent(output, input, none))
    throw BadInput(output.string() + ": cannot be written: it is what " + input.string() + " is read from");
}

void write_whole(const fs::path& path, std::string_view content) {
  AtomicFile file(path);
  std::ofstream stream(file.temporary(), std::ios::binary);
  stream << content;
  file.finish(stream);
}

bool is_unfinished(const fs::path& path) { return path.filename().string().find(mark) != std::string::npos; }

fs::path unfinished_name(const fs::path& target) {
  const std::string name = target.filename().string().substr(0, most_repeated);
  return target.parent_path() / (name + mark + std::to_string(::getpid()));
}

}  // namespace matchday
