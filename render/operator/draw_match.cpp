// Pictures of matches for Python: the only file of render/ that includes torch.
#include <ATen/ATen.h>
#include <torch/library.h>

#include <optional>
#include <vector>

#include "kernels/operator_inputs.h"
#include "render/draw.h"

namespace matchday {
namespace {

/// Wider pictures than any screen's would only cost memory, px.
constexpr std::int64_t most_picture_width = 7680;

/// A painter for pictures of one size and one set of rules, kept from one picture to the next.
struct Prepared {
  std::vector<double> rules;
  std::int64_t width;
  Painter painter;
};

const Painter& prepared_painter(at::ArrayRef<double> numbers, const Rules& rules, std::int64_t width) {
  thread_local std::optional<Prepared> last;
  if (!last || numbers != at::ArrayRef<double>(last->rules) || last->width != width)
    last.emplace(Prepared{numbers.vec(), width, Painter(rules, {}, static_cast<int>(width))});
  return last->painter;
}

/// The scene of one match: bodies float32 [4, 2N+1], score int32 [2].
Scene scene_of(const Rules& rules, const at::Tensor& bodies, const at::Tensor& score, std::int64_t clock) {
  const auto place = bodies.accessor<float, 2>();
  const auto goals = score.accessor<std::int32_t, 1>();
  const std::int64_t n = rules.players;
  Scene scene;
  for (std::int64_t body = 0; body < 2 * n; ++body)
    (body < n ? scene.team_a : scene.team_b).push_back({place[0][body], place[1][body]});
  scene.ball = {place[0][2 * n], place[1][2 * n]};
  scene.score = {goals[0], goals[1]};
  scene.clock = static_cast<float>(clock);
  return scene;
}

/// A picture of one match: uint8 [height, width, 3], red first.
at::Tensor draw_match(const at::Tensor& bodies, const at::Tensor& score, std::int64_t clock,
                      at::ArrayRef<double> numbers, std::int64_t width) {
  const Rules rules = rules_in(numbers);
  TORCH_CHECK_VALUE(width >= least_picture_width && width <= most_picture_width, "width is ", width, "; it must be ",
                    least_picture_width, " to ", most_picture_width, " px");
  TORCH_CHECK_VALUE(bodies.scalar_type() == at::kFloat && bodies.sizes() == at::IntArrayRef({4, 2 * rules.players + 1}),
                    "bodies is ", bodies.scalar_type(), " ", bodies.sizes(), " but must be Float [4, ",
                    2 * rules.players + 1, "]");
  TORCH_CHECK_VALUE(score.scalar_type() == at::kInt && score.sizes() == at::IntArrayRef({2}), "score is ",
                    score.scalar_type(), " ", score.sizes(), " but must be Int [2]");
  TORCH_CHECK_VALUE(bodies.isfinite().all().item<bool>(), "bodies holds numbers that are not finite");

  const Painter& painter = prepared_painter(numbers, rules, width);
  const Image image(painter.layout().width, painter.layout().height);
  painter.paint(scene_of(rules, bodies, score, clock), image.pen());
  at::Tensor picture = at::empty({image.height(), image.width(), 3}, at::kByte);
  auto* part = picture.data_ptr<std::uint8_t>();
  for (int y = 0; y < image.height(); ++y) {
    const unsigned char* drawn = image.row(y);
    for (int x = 0; x < image.width(); ++x, drawn += 4)
      for (const int red_first : {2, 1, 0}) *part++ = drawn[red_first];
  }
  return picture;
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(matchday, library) {
  library.def("draw_match(Tensor bodies, Tensor score, int clock, float[] rules, int width) -> Tensor");
}

TORCH_LIBRARY_IMPL(matchday, CPU, library) { library.impl("draw_match", draw_match); }

}  // namespace matchday
