// The page of a match: it holds the data it was given.
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "render/layout.h"
#include "render/page.h"
#include "rules/bad_input.h"
#include "rules/presets.h"
#include "tests/support/catch.h"
#include "tests/support/page_data.h"
#include "tests/support/program.h"
#include "tests/support/some_match.h"

namespace matchday {
namespace {

std::string page_of(const Rules& rules, const TeamNames& names, const std::vector<Scene>& match) {
  const Folder folder;
  save_page(folder.path / "match.html", rules, names, match);
  CHECK(folder.files() == std::vector<std::string>{"match.html"});
  return read_text(folder.path / "match.html");
}

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("a page holds every place of the match, as exactly as it promises", "[render]") {
  for (const Preset& preset : presets) {
    INFO(preset.name);
    const Rules rules = preset.rules();
    for (const int length : {1, 2, 3, 50}) {  // base64 has three kinds of padding
      const std::vector<Scene> match = some_match(length);
      const nlohmann::json data = page_data(page_of(rules, {}, match));
      const std::vector<Scene::Position> places = page_places(data);
      const std::size_t bodies = match[0].team_a.size() + match[0].team_b.size() + 1;
      REQUIRE(places.size() == match.size() * bodies);
      CHECK(data.at("unit").get<float>() == Approx(page_unit(rules)));
      CHECK(page_unit(rules) < 0.01F);
      auto next = places.begin();
      const auto check_place = [&](Scene::Position place) {
        CHECK(std::abs(next->x - place.x) <= 0.51F * page_unit(rules));
        CHECK(std::abs(next->y - place.y) <= 0.51F * page_unit(rules));
        ++next;
      };
      for (const Scene& scene : match) {
        for (const Scene::Position& place : scene.team_a) check_place(place);
        for (const Scene::Position& place : scene.team_b) check_place(place);
        check_place(scene.ball);
      }
    }
  }
}

TEST_CASE("a page tells of every kick and goal once, and whose ball it was", "[render]") {
  const Rules rules = arena();
  std::vector<Scene> match = some_match(8);
  const Scene::Kick pass{.place = match[1].ball, .clock = 1.0F, .team = 1, .player = 1, .passed = true};
  const Scene::Kick shot{.place = match[4].ball, .clock = 4.0F, .team = -1, .player = 0, .shot = true};
  match[2].kicks = match[3].kicks = {pass};  // still marked in the scene after the next
  match[5].kicks = {pass, shot};
  for (const std::size_t k : {2U, 3U, 4U}) match[k].owner = 1;
  match[5].owner = -1;
  match[6].goal = -1;
  match[5].ball = {-38.0F, 3.0F};
  const nlohmann::json data = page_data(page_of(rules, {"one", "two"}, match));
  const auto number = [&](float coordinate) { return std::lround(coordinate / page_unit(rules)); };
  CHECK(data.at("names") == nlohmann::json{"one", "two"});
  CHECK(data.at("players") == nlohmann::json{2, 2});
  CHECK(data.at("owners") == "..aaab...");
  CHECK(data.at("kicks") == nlohmann::json{{2, 0, 1, number(pass.place.x), number(pass.place.y), 1, 0},
                                           {5, 1, 0, number(shot.place.x), number(shot.place.y), 0, 1}});
  REQUIRE(data.at("goals").size() == 1);
  const nlohmann::json goal = data.at("goals").at(0);
  CHECK(goal.at(0) == 6);
  CHECK(goal.at(1) == 1);
  CHECK(goal.at(2) == number(-rules.half_length - 0.5F * net_depth(rules)));
  CHECK(std::abs(goal.at(3).get<int>()) < number(rules.goal_half_width));
}

TEST_CASE("a page needs nothing but itself and is small", "[render]") {
  Rules rules = arena();
  std::vector<Scene> match = some_match(rules.steps);
  for (Scene& scene : match) {
    scene.team_a.resize(max_players);
    scene.team_b.resize(max_players);
  }
  const std::string page = page_of(rules, {}, match);
  CHECK(page.size() < 150'000);
  for (const char* outside : {"http:", "https:", "src=", "href=", "@import", "url(", "fetch(", "import "})
    CHECK_FALSE(contains(page, outside));
  CHECK(page.starts_with("<!doctype html>"));
  for (const char* left_over : {"MATCH_DATA", "/* the style */", "/* the scripts */"})
    CHECK_FALSE(contains(page, left_over));
}

TEST_CASE("a team may be called anything without harm to its page", "[render]") {
  const std::vector<Scene> match = some_match(3);
  const std::string plain = page_of(arena(), {}, match);
  for (const std::string name : {"</script><script>alert(1)</script>", "<!--<script>", "\"quotes\" & \\backslashes\\",
                                 "\xC3\xA9t\xC3\xA9", "MATCH_DATA", "line\nbreak"}) {
    INFO(name);
    const std::string page = page_of(arena(), {name, "two"}, match);
    CHECK(page_data(page).at("names").at(0) == name);
    for (const char* tag : {"<script", "</script", "<!--"}) CHECK(occurrences(page, tag) == occurrences(plain, tag));
  }
  CHECK(page_data(page_of(arena(), {"\xFF", "two"}, match)).at("names").at(0) == "\xEF\xBF\xBD");  // not UTF-8
}

TEST_CASE("a page is written whole or not at all", "[render]") {
  const Folder folder;
  fs::create_directory(folder.path / "taken");
  for (const fs::path& path : {folder.path / "missing" / "match.html", folder.path / "taken"}) {
    std::string error;
    try {
      save_page(path, arena(), {}, some_match(3));
    } catch (const BadInput& refusal) {
      error = refusal.what();
    }
    CHECK(error.starts_with(path.string() + ": cannot be written: "));
  }
  const fs::path path = folder.path / "match.html";
  write_text(path, "earlier");
  CHECK_THROWS_AS(save_page(path, arena(), {}, {}), std::logic_error);
  std::vector<Scene> changing = some_match(3);
  changing[2].team_a.pop_back();
  CHECK_THROWS_AS(save_page(path, arena(), {}, changing), std::logic_error);
  CHECK(read_text(path) == "earlier");
  CHECK(folder.files() == std::vector<std::string>{"match.html", "taken"});
  save_page(path, arena(), {}, some_match(3));
  CHECK(read_text(path).size() > 10'000);
}

TEST_CASE("broken positions make a page nevertheless", "[render]") {
  std::vector<Scene> match = some_match(3);
  match[1].ball = {std::nanf(""), 1e30F};
  match[2].team_a[0] = {-INFINITY, 0.0F};
  const std::vector<Scene::Position> places = page_places(page_data(page_of(arena(), {}, match)));
  REQUIRE(places.size() == match.size() * 5);
  CHECK(places[9].x == 0.0F);
  CHECK(places[9].y == Approx(page_reach * arena().half_length));
  CHECK(places[10].x == Approx(-page_reach * arena().half_length));
}

}  // namespace matchday
