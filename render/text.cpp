#include "render/text.h"

#include <pango/pangocairo.h>

#include <memory>

namespace matchday {
namespace {

struct ReleasePango {
  void operator()(PangoLayout* layout) const { g_object_unref(layout); }
  void operator()(PangoContext* context) const { g_object_unref(context); }
  void operator()(PangoFontDescription* font) const { pango_font_description_free(font); }
  void operator()(cairo_font_options_t* options) const { cairo_font_options_destroy(options); }
  void operator()(char* text) const { g_free(text); }
};
template <typename T>
using Owned = std::unique_ptr<T, ReleasePango>;

/// A strong face, readable on moving discs. Pango takes letters that it lacks from other fonts of the system.
constexpr const char* face = "Sans Bold";

/// Lengths in px that Pango counts in units of its own.
float pixels(int units) { return static_cast<float>(units) / PANGO_SCALE; }

/// A line of text in a font of this size in px.
Owned<PangoLayout> layout_at_size(const std::string& text, double size, float most_width) {
  const Owned<PangoContext> context(pango_font_map_create_context(pango_cairo_font_map_get_default()));
  // Letters lie where they belong, not on whole pixels, so that text has one width in all pictures and moves evenly.
  const Owned<cairo_font_options_t> options(cairo_font_options_create());
  cairo_font_options_set_antialias(options.get(), CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options(context.get(), options.get());
  pango_context_set_round_glyph_positions(context.get(), FALSE);

  const Owned<PangoFontDescription> font(pango_font_description_from_string(face));
  pango_font_description_set_absolute_size(font.get(), size * PANGO_SCALE);
  const Owned<char> valid(g_utf8_make_valid(text.data(), static_cast<gssize>(text.size())));
  Owned<PangoLayout> layout(pango_layout_new(context.get()));
  pango_layout_set_font_description(layout.get(), font.get());
  pango_layout_set_single_paragraph_mode(layout.get(), TRUE);
  pango_layout_set_text(layout.get(), valid.get(), -1);
  if (most_width > 0.0F) {
    pango_layout_set_width(layout.get(), static_cast<int>(most_width * PANGO_SCALE));
    pango_layout_set_ellipsize(layout.get(), PANGO_ELLIPSIZE_END);
  }
  return layout;
}

PangoLayoutLine* line_of(const Owned<PangoLayout>& layout) { return pango_layout_get_line_readonly(layout.get(), 0); }

/// The capitals' share of the face's size, measured on a large one.
double capitals() {
  constexpr double size = 1000.0;
  static const double share = [] {
    PangoRectangle ink;
    pango_layout_line_get_extents(line_of(layout_at_size("H", size, 0.0F)), &ink, nullptr);
    return ink.height / (size * PANGO_SCALE);
  }();
  return share;
}

Owned<PangoLayout> layout_of(const std::string& text, const TextStyle& style) {
  return layout_at_size(text, style.height / capitals(), style.most_width);
}

float width_of(const Owned<PangoLayout>& layout) {
  PangoRectangle box;
  pango_layout_line_get_extents(line_of(layout), nullptr, &box);
  return pixels(box.width);
}

}  // namespace

float text_width(const std::string& text, const TextStyle& style) { return width_of(layout_of(text, style)); }

void draw_text(cairo_t* pen, const std::string& text, Pixel at, const TextStyle& style) {
  const Owned<PangoLayout> layout = layout_of(text, style);
  const float before = style.align == Align::left ? 0.0F : style.align == Align::centre ? 0.5F : 1.0F;
  set_colour(pen, style.colour);
  cairo_move_to(pen, at.x - before * width_of(layout), at.y + 0.5F * style.height);
  pango_cairo_show_layout_line(pen, line_of(layout));
  cairo_new_path(pen);
}

}  // namespace matchday
