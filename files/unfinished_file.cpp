#include "files/unfinished_file.h"

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

/// What stands in the names of temporary files, before the process's number.
constexpr const char* mark = ".partial-";

BadInput not_written(const fs::path& path, int error) {
  return BadInput(path.string() + ": cannot be written: " + std::strerror(error));
}

/// Gives a file's or folder's content to the disk, so that it survives a power cut; 0, or what the system complains of.
int synchronised(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return errno;
  const int error = ::fsync(file) == 0 ? 0 : errno;
  ::close(file);
  return error;
}

}  // namespace

UnfinishedFile::UnfinishedFile(const fs::path& target, const std::string& extension) : target_(target) {
  std::error_code none;
  if (fs::is_directory(target_, none)) throw not_written(target_, EISDIR);
  // A name may be taken by another writer, or left from one that was killed.
  constexpr int most_attempts = 1000;
  for (int attempt = 0;; ++attempt) {
    temporary_ = unfinished_name(target_).string() + "-" + std::to_string(attempt) + extension;
    const int file = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file >= 0) {
      ::close(file);
      return;
    }
    if (errno != EEXIST || attempt == most_attempts) throw not_written(target_, errno);
  }
}

UnfinishedFile::~UnfinishedFile() {
  std::error_code error;
  if (!finished_) fs::remove(temporary_, error);
}

void UnfinishedFile::finish() {
  if (const int error = synchronised(temporary_)) throw not_written(target_, error);
  std::error_code error;
  fs::rename(temporary_, target_, error);
  if (error) throw not_written(target_, error.value());
  finished_ = true;
  // The new name itself is on the disk only once the folder is. Not every file system can do that, and the file is
  // whole either way, so that a refusal is no failure.
  synchronised(target_.has_parent_path() ? target_.parent_path() : ".");
}

void UnfinishedFile::finish(std::ofstream& stream) {
  stream.close();
  if (!stream) throw not_written(target_, errno);
  finish();
}

void write_whole(const fs::path& path, std::string_view content) {
  UnfinishedFile file(path);
  std::ofstream stream(file.temporary(), std::ios::binary);
  stream << content;
  file.finish(stream);
}

bool is_unfinished(const fs::path& path) { return path.filename().string().find(mark) != std::string::npos; }

fs::path unfinished_name(const fs::path& target) { return target.string() + mark + std::to_string(::getpid()); }

}  // namespace matchday
