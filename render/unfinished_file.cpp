#include "render/unfinished_file.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <system_error>

#include "rules/bad_input.h"

namespace matchday {

UnfinishedFile::UnfinishedFile(const std::filesystem::path& target, const std::string& extension)
    : target_(target), temporary_(target) {
  temporary_ += ".part" + extension;
  std::error_code error;
  if (std::filesystem::is_directory(target_, error))
    throw BadInput("cannot write " + target_.string() + ": it is a directory");
  errno = 0;
  if (!std::ofstream(temporary_, std::ios::binary))
    throw BadInput("cannot write " + target_.string() + ": " + std::strerror(errno));
}

UnfinishedFile::~UnfinishedFile() {
  std::error_code error;
  if (!finished_) std::filesystem::remove(temporary_, error);
}

void UnfinishedFile::finish() {
  std::error_code error;
  std::filesystem::rename(temporary_, target_, error);
  if (error) throw std::runtime_error("cannot write " + target_.string() + ": " + error.message());
  finished_ = true;
}

}  // namespace matchday
