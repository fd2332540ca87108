// A file that appears under its name only when it is complete.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>
#include <string_view>

namespace matchday {

/// Write to `temporary()`, then call `finish()`. Without it the destructor removes the temporary file.
class AtomicFile {
 public:
  /// Throws BadInput naming the path if no file can be written there, or if it is a device, pipe or socket. A symbolic
  /// link is kept: its target is written. extension: ends the temporary name, for writers that choose the format by the
  /// file's extension.
  explicit AtomicFile(const std::filesystem::path& target, const std::string& extension = "");
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  const std::filesystem::path& target() const { return target_; }
  const std::filesystem::path& temporary() const { return temporary_; }

  /// Syncs the temporary file to disk and renames it to the target, replacing any file there. Throws BadInput.
  void finish();

  /// Closes the stream that wrote to `temporary()` first. Also throws BadInput if any write failed.
  void finish(std::ofstream& stream);

 private:
  std::filesystem::path target_;     ///< as given to the constructor
  std::filesystem::path place_;      ///< target_ with symbolic links resolved
  std::filesystem::path temporary_;  ///< in place_'s folder: on the same file system, so that renaming is atomic
  bool finished_ = false;
};

/// Throws BadInput if both paths lead to the same file: the output would replace the input.
void require_other_file(const std::filesystem::path& output, const std::filesystem::path& input);

/// Writes a file with this content, completely or not at all. Throws BadInput.
void write_whole(const std::filesystem::path& path, std::string_view content);

/// Whether this is a temporary file, which a killed process may have left.
bool is_unfinished(const std::filesystem::path& path);

/// A temporary name in the target's folder, to be renamed to the target; always the same in one process.
std::filesystem::path unfinished_name(const std::filesystem::path& target);

}  // namespace matchday
