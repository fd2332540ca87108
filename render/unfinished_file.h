// A file that appears under its name only when it is complete.
#pragma once

#include <filesystem>
#include <string>

namespace matchday {

/// Write to `temporary()`, then call `finish()`. Without it the destructor removes what was written.
class UnfinishedFile {
 public:
  /// Throws BadInput naming the path if no file can be written there. `extension` tells writers that go by a
  /// file's name what kind of file the temporary one is.
  UnfinishedFile(const std::filesystem::path& target, const std::string& extension);
  ~UnfinishedFile();
  UnfinishedFile(const UnfinishedFile&) = delete;
  UnfinishedFile& operator=(const UnfinishedFile&) = delete;

  const std::filesystem::path& target() const { return target_; }
  const std::filesystem::path& temporary() const { return temporary_; }

  /// Gives the file its name, in place of any file that had it.
  void finish();

 private:
  std::filesystem::path target_;
  std::filesystem::path temporary_;  ///< beside the target: the same file system, so that renaming is one act
  bool finished_ = false;
};

}  // namespace matchday
