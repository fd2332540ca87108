// Pictures of single scenes.
#pragma once

#include <filesystem>

#include "render/layout.h"
#include "render/scene.h"
#include "rules/rules.h"

namespace matchday {

/// Writes the scene as a PNG file, `width` px wide. If it can't be written, throws a std::runtime_error that
/// names the path (BadInput if the path itself is to blame).
void save_picture(const std::filesystem::path& path, const Rules& rules, const TeamNames& names, const Scene& scene,
                  int width = default_picture_width);

}  // namespace matchday
