// Draws scenes into images (private to render/: knows OpenCV).
#pragma once

#include <opencv2/core.hpp>

#include "render/layout.h"
#include "render/scene.h"
#include "rules/rules.h"

namespace matchday {

/// Draws the scenes of one match; the background, which is the same in all of them, is drawn only once.
class Painter {
 public:
  Painter(const Rules& rules, const TeamNames& names, int width);

  const Layout& layout() const { return layout_; }

  /// Draws the scene over whatever the image held.
  void paint(const Scene& scene, cv::Mat& image) const;

 private:
  Rules rules_;
  TeamNames names_;
  Layout layout_;
  cv::Mat empty_pitch_;
};

}  // namespace matchday
