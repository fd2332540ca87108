// A file that appears under its name only when it is complete.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>
#include <string_view>

namespace matchday {

/// Write to `temporary()`, then call `finish()`. Without it the destructor removes what was written.
class UnfinishedFile {
 public:
  /// Throws BadInput naming the path if no file can be written there, also where it names a device, pipe or socket. A
  /// symbolic link stays one: the file that it leads to is written. extension: tells writers that go by a file's name
  /// what kind of file the temporary one is.
  explicit UnfinishedFile(const std::filesystem::path& target, const std::string& extension = "");
  ~UnfinishedFile();
  UnfinishedFile(const UnfinishedFile&) = delete;
  UnfinishedFile& operator=(const UnfinishedFile&) = delete;

  const std::filesystem::path& target() const { return target_; }
  const std::filesystem::path& temporary() const { return temporary_; }

  /// Puts the file on the disk and gives it its name, in place of any file that had it. Throws BadInput.
  void finish();

  /// Closes the stream that wrote to `temporary()` before. Throws BadInput too if not all could be written.
  void finish(std::ofstream& stream);

 private:
  std::filesystem::path target_;     ///< as it was asked for
  std::filesystem::path place_;      ///< where that leads to
  std::filesystem::path temporary_;  ///< beside that place: the same file system, so that renaming is one act
  bool finished_ = false;
};

/// Throws BadInput if these are the same file, by whatever names: what is read would be replaced by what is made of it.
void require_other_file(const std::filesystem::path& output, const std::filesystem::path& input);

/// Writes a file of this content, whole or not at all. Throws BadInput.
void write_whole(const std::filesystem::path& path, std::string_view content);

/// Whether this is a temporary file, which a killed process may have left.
bool is_unfinished(const std::filesystem::path& path);

/// A name beside the target for what is to be renamed to it, the same each time in a process.
std::filesystem::path unfinished_name(const std::filesystem::path& target);

}  // namespace matchday
