// Draws scenes (private to render/).
#pragma once

#include "render/image.h"
#include "render/layout.h"
#include "render/scene.h"
#include "rules/rules.h"

namespace matchday {

/// Draws the scenes of one match; the background, which is the same in all of them, is drawn only once.
class Painter {
 public:
  Painter(const Rules& rules, const TeamNames& names, int width);

  const Layout& layout() const { return layout_; }

  /// Draws the scene, over whatever was there.
  void paint(const Scene& scene, cairo_t* pen) const;

 private:
  Rules rules_;
  TeamNames names_;
  Layout layout_;
  Image empty_pitch_;
};

}  // namespace matchday
