#include "render/video.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <mutex>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/videoio.hpp>
#include <stdexcept>
#include <string>
#include <utility>

#include "render/draw.h"
#include "render/unfinished_file.h"

namespace matchday {
namespace {

/// Frames for which the ball's way stays visible behind it: 0.4 s.
constexpr std::size_t trail_frames = 12;

/// Errors are reported by exceptions here: OpenCV and FFmpeg need not print theirs too.
void silence_video_libraries() {
  static std::once_flag once;
  std::call_once(once, [] {
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    setenv("OPENCV_FFMPEG_LOGLEVEL", "-8", 0);  // AV_LOG_QUIET; OpenCV reads it when it first opens a video
  });
}

/// The moment before a kick-off, which the rules skip: the ball in the goal. It goes on as it went when it was last
/// seen, but always through the goal's mouth.
Scene ball_in_goal(const Rules& rules, const Scene& earlier, const Scene& last, const Scene& kick_off) {
  Scene scene = last;
  const float side = kick_off.goal > 0 ? 1.0F : -1.0F;
  const float end = rules.half_length + 0.5F * net_depth(rules);
  const float body = rules.game == Game::arena ? rules.post_radius + rules.ball_radius : 1.0F;  // u, clear of the posts
  const float mouth = rules.goal_half_width - body;
  const float dx = last.ball.x - earlier.ball.x;
  const float dy = last.ball.y - earlier.ball.y;
  const bool towards_goal = dx * side > 1e-3F;
  const float slope = towards_goal ? dy / dx : 0.0F;
  scene.ball = {side * end, std::clamp(last.ball.y + slope * (side * end - last.ball.x), -mouth, mouth)};
  scene.clock = kick_off.clock;
  return scene;
}

bool same_teams(const Scene& one, const Scene& other) {
  return one.team_a.size() == other.team_a.size() && one.team_b.size() == other.team_b.size();
}

}  // namespace

struct Video::Writer {
  Writer(const std::filesystem::path& path, const Rules& match_rules, const TeamNames& names,
         const VideoOptions& options)
      : rules(match_rules),
        frames_per_step(std::max(options.frames_per_step, 1)),
        painter(rules, names, options.width),
        file(path, ".mp4") {
    silence_video_libraries();
    const cv::Size size(painter.layout().width, painter.layout().height);
    if (!writer.open(file.temporary().string(), cv::CAP_FFMPEG, cv::VideoWriter::fourcc('a', 'v', 'c', '1'),
                     frames_per_second, size))
      throw std::runtime_error("cannot write " + path.string() + ": this OpenCV has no H.264 encoder (avc1, FFmpeg)");
  }

  /// Writes the scene `count` times; the ball's trail grows by one place.
  void write(Scene scene, int count = 1) {
    scene.trail = trail;
    painter.paint(scene, image);
    for (int i = 0; i < count; ++i) writer.write(image);
    frames += count;
    trail.push_back(scene.ball);
    if (trail.size() > trail_frames) trail.erase(trail.begin());
  }

  void move(const Scene& to) {
    for (int frame = 1; frame < frames_per_step; ++frame)
      write(between(last, to, static_cast<float>(frame) / static_cast<float>(frames_per_step)));
    write(to);
  }

  void stand(Scene scene) {
    trail.clear();
    scene.goal = 0;
    write(scene, kick_off_frames);
    trail.clear();
    earlier = last = scene;
    started = true;
  }

  const Rules rules;
  const int frames_per_step;
  const Painter painter;
  UnfinishedFile file;  // outlives the writer that has it open
  cv::VideoWriter writer;
  cv::Mat image;
  std::vector<Scene::Position> trail;
  Scene earlier;  // the scene before `last`
  Scene last;
  bool started = false;
  int frames = 0;
};

Video::Video(const std::filesystem::path& path, const Rules& rules, const TeamNames& names, const VideoOptions& options)
    : writer_(std::make_unique<Writer>(path, rules, names, options)) {}
Video::~Video() = default;
Video::Video(Video&&) noexcept = default;
Video& Video::operator=(Video&&) noexcept = default;

void Video::show(const Scene& scene) {
  Writer& writer = unfinished();
  if (!writer.started || !same_teams(writer.last, scene) || (scene.goal == 0 && scene.clock < writer.last.clock))
    return writer.stand(scene);
  if (scene.goal == 0) {
    writer.move(scene);
    writer.earlier = std::exchange(writer.last, scene);
    return;
  }
  Scene goal = ball_in_goal(writer.rules, writer.earlier, writer.last, scene);
  writer.move(goal);
  goal.goal = scene.goal;
  goal.score = scene.score;
  writer.write(goal, goal_frames);
  writer.stand(scene);
}

void Video::finish() {
  Writer& writer = unfinished();
  writer.writer.release();
  // FFmpeg tells nobody when a disk is full, so the file is read back before it gets its name.
  const std::string temporary = writer.file.temporary().string();
  cv::VideoCapture written(temporary, cv::CAP_FFMPEG);
  if (!written.isOpened() || std::lround(written.get(cv::CAP_PROP_FRAME_COUNT)) != writer.frames)
    throw std::runtime_error("cannot write " + writer.file.target().string() + ": the video is incomplete");
  written.release();
  writer.file.finish();
  writer_.reset();
}

Video::Writer& Video::unfinished() {
  if (!writer_) throw std::logic_error("the video is already finished");
  return *writer_;
}

}  // namespace matchday
