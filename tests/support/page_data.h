// Reads a match from its HTML page.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "render/scene.h"
#include "tests/support/catch.h"

namespace matchday {

/// The JSON in a page.
inline nlohmann::json page_data(const std::string& page) {
  const std::string from = "<script type=\"application/json\" id=\"match\">";
  const std::size_t begin = page.find(from);
  REQUIRE(begin != std::string::npos);
  const std::string rest = page.substr(begin + from.size());
  return nlohmann::json::parse(rest.substr(0, rest.find("</script>")));
}

/// All positions, u: A's players, B's and the ball, scene by scene.
inline std::vector<Scene::Position> page_places(const nlohmann::json& data) {
  const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::vector<unsigned> bytes;
  unsigned bits = 0;
  unsigned count = 0;
  for (const char digit : data.at("places").get<std::string>()) {
    if (digit == '=') break;
    REQUIRE(digits.find(digit) != std::string::npos);
    bits = bits << 6U | static_cast<unsigned>(digits.find(digit));
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(bits >> count & 0xFFU);
  }
  REQUIRE(bytes.size() % 4 == 0);
  const auto coordinate = [&](std::size_t first) {
    return static_cast<float>(static_cast<std::int16_t>(bytes[first] | bytes[first + 1] << 8U)) *
           data.at("unit").get<float>();
  };
  std::vector<Scene::Position> places;
  for (std::size_t first = 0; first < bytes.size(); first += 4)
    places.push_back({coordinate(first), coordinate(first + 2)});
  return places;
}

}  // namespace matchday
