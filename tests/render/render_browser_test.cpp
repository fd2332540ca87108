// The page in a real browser, if the machine has one: it plays, seeks, and draws all bodies in their places.
#include <cmath>
#include <cstdlib>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

#include "render/layout.h"
#include "render/page.h"
#include "rules/presets.h"
#include "tests/support/catch.h"
#include "tests/support/program.h"
#include "tests/support/some_match.h"

namespace matchday {
namespace {

using Pixels = cv::Mat_<cv::Vec3b>;

/// A Chromium that starts, or "".
std::string find_browser() {
  for (const std::string name : {"chromium", "chromium-browser", "google-chrome"})
    if (std::system((name + " --version > /dev/null 2>&1").c_str()) == 0) return name;
  return "";
}

/// Opens the page with a script added to it, in a window of 1000 x 700 px, and returns the screenshot after ten seconds
/// of the browser's virtual time.
Pixels screenshot(const std::string& browser, const Folder& folder, std::string page, const std::string& script) {
  // Frames are driven by a timer: virtual time can run fast, but real frames only come as fast as the machine draws.
  const std::string frames = "window.requestAnimationFrame = (draw) => setTimeout(() => draw(performance.now()), 16);";
  page.insert(page.rfind("</body>"), "<script>" + script + "</script>\n");
  page.insert(page.find("<style>"), "<script>" + frames + "</script>\n");
  write_text(folder.path / "tested.html", page);
  const std::string command =
      "timeout 200 " + browser +
      " --headless=new --no-sandbox --disable-gpu --hide-scrollbars"
      " --force-device-scale-factor=1 --window-size=1000,700 --virtual-time-budget=10000 --enable-logging=stderr"
      " --user-data-dir=" +
      folder.file("profile") + " --screenshot=" + folder.file("seen.png") + " file://" + folder.file("tested.html") +
      " > " + folder.file("log") + " 2>&1";
  const int status = std::system(command.c_str());
  const std::string log = read_text(folder.path / "log");
  INFO(command << "\n" << log);
  REQUIRE(status == 0);
  CHECK_FALSE(contains(log, "Uncaught"));
  return cv::imread(folder.file("seen.png"));
}

/// The test's script in the browser. A failure is an uncaught error, which the browser logs. At the end the pitch is
/// moved to the upper left corner, as wide as the window.
const std::string tests_in_browser = R"(
const press = (key) => document.dispatchEvent(new KeyboardEvent("keydown", {key}));
const demand = (good, what) => { if (!good) throw new Error("not so: " + what); };
const until = async (condition) => { for (let i = 0; i < 100 && !condition(); ++i) await wait(20); };
const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
(async () => {
  demand(now.time === 0 && !now.playing, "it waits at the start");
  element("play").click();
  await until(() => now.time > 2);
  demand(now.playing && now.time > 2 && now.time < 20, "it plays");
  press(" ");
  await wait(100);
  const paused = now.time;
  await wait(100);
  demand(!now.playing && now.time === paused, "it pauses");
  press("ArrowUp");
  demand(now.speed === 2 && element("speed").value === "2", "it speeds up");
  press("Home");
  press("ArrowRight");
  demand(now.time === 1, "it steps");
  press("g");
  demand(now.time === 20, "it finds the goal");
  await until(() => element("goals_a").textContent === "1");
  demand(element("goals_a").textContent === "1" && element("goals_b").textContent === "0", "it counts the goal");
  location.hash = "#step=32";
  await until(() => now.time === 32);
  demand(now.time === 32, "it follows links");
  element("scrub").value = 30;
  element("scrub").dispatchEvent(new Event("input"));
  demand(now.time === 30, "it seeks");
  for (const key of MAPS) press(key);
  element("pitch").style.cssText = "position: fixed; left: 0; top: 0; width: 1000px; z-index: 9";
  show();
})();
)";

std::string with_maps(const std::string& maps) {
  std::string script = tests_in_browser;
  return script.replace(script.find("MAPS"), 4, maps);
}

bool is_blue(cv::Vec3b pixel) { return pixel[0] > 120 && pixel[0] > pixel[1] + 60 && pixel[0] > pixel[2] + 60; }
bool is_orange(cv::Vec3b pixel) { return pixel[2] > 150 && pixel[2] > pixel[0] + 80 && pixel[2] > pixel[1] + 80; }
bool is_white(cv::Vec3b pixel) { return pixel[0] > 220 && pixel[1] > 220 && pixel[2] > 220; }
bool is_grass(cv::Vec3b pixel) { return pixel[1] > 130 && pixel[1] > pixel[0] + 40 && pixel[1] > pixel[2] + 40; }

}  // namespace

TEST_CASE("a browser plays the page and shows everybody in their places", "[render][slow]") {
  const std::string browser = find_browser();
  if (browser.empty()) SKIP_TEST("there is no Chromium to open a page with");
  const Rules rules = arena();
  std::vector<Scene> match = some_match(40);
  match[20].goal = 1;
  for (std::size_t k = 20; k < match.size(); ++k) match[k].score = {1, 0};
  const Folder folder;
  save_page(folder.path / "match.html", rules, {"</script><b>one", "two"}, match);
  const std::string page = read_text(folder.path / "match.html");

  const Layout layout = layout_of(rules, 1000);
  const Scene& scene = match[30];
  const auto look = [&](const Pixels& image, Scene::Position place) {
    const Pixel at = pixel_of(layout, place);  // the page's pitch has no bar above
    return image(static_cast<int>(at.y - layout.bar), static_cast<int>(at.x));
  };
  const auto shirt = [&](Scene::Position place) {  // beside the number
    return Scene::Position{place.x - 0.62F * rules.player_radius, place.y};
  };
  const Pixels seen = screenshot(browser, folder, page, with_maps("\"\""));
  REQUIRE(seen.cols == 1000);
  CHECK(is_white(look(seen, scene.ball)));
  CHECK(is_blue(look(seen, shirt(scene.team_a[1]))));
  CHECK(is_orange(look(seen, shirt(scene.team_b[1]))));
  CHECK(look(seen, shirt(scene.team_a[0])) != look(seen, shirt(scene.team_a[1])));  // the keeper
  CHECK(is_white(look(seen, {0.0F, 20.0F})));                                       // the halfway line
  for (const Scene::Position place : {Scene::Position{20.0F, -20.0F}, {-20.0F, 22.0F}, {5.0F, 0.0F}})
    CHECK(is_grass(look(seen, place)));

  const Pixels map = screenshot(browser, folder, page, with_maps("\"1\""));
  const auto glows = [](cv::Vec3b pixel) { return pixel[0] > 150 && pixel[0] > pixel[2]; };
  CHECK(glows(look(map, {-20.0F, 12.0F})));  // where A's second player ran
  CHECK_FALSE(glows(look(map, {20.0F, -20.0F})));
  CHECK_FALSE(is_grass(look(map, {20.0F, -20.0F})));  // all else is dark
}

}  // namespace matchday
