// The built program's eval and tournament, as users run them.
#include <algorithm>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/program.h"

namespace matchday {
namespace {

std::vector<nlohmann::json> json_lines(const std::string& output) {
  std::vector<nlohmann::json> objects;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) objects.push_back(nlohmann::json::parse(line));
  return objects;
}

std::size_t longest_line(const std::string& text) {
  std::size_t longest = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) longest = std::max(longest, line.size());
  return longest;
}

}  // namespace

TEST_CASE("eval tells results and statistics, of mean and of sampled actions", "[program]") {
  const Folder folder;
  good_run(folder, tiny_training + quiet + " --run run");
  const std::string table = good_run(folder, "eval run --matches 4 --against chaser random --decisions both");
  for (const char* part : {"mean actions\nrun against ", "sampled actions\nrun against ", "\nchaser ", "\nrandom "})
    CHECK(contains(table, part));
  CHECK(longest_line(table) <= 140);
  CHECK(good_run(folder, "eval run --matches 4 --against chaser random --decisions both") == table);

  const std::vector<nlohmann::json> rows =
      json_lines(good_run(folder, "eval run --matches 3 --against chaser random --decisions both --json"));
  REQUIRE(rows.size() == 4);
  const std::vector<std::string> opponents{"chaser", "random", "chaser", "random"};
  for (std::size_t k = 0; k < rows.size(); ++k) {
    const nlohmann::json& row = rows[k];
    INFO(row.dump());
    CHECK(row["team"] == "run");
    CHECK(row["opponent"] == opponents[k]);
    CHECK(row["decisions"] == (k < 2 ? "mean" : "sampled"));
    CHECK(row["matches"] == 6);
    CHECK(row["steps"] == steps);
    CHECK(row["wins"].get<int>() + row["draws"].get<int>() + row["losses"].get<int>() == 6);
    for (const char* key : {"wins", "draws", "losses", "goals_for", "goals_against"})
      CHECK(row["as_a"][key].get<int>() + row["as_b"][key].get<int>() == row[key].get<int>());
    const double possession = row["own"]["possession"], others = row["opponents"]["possession"];
    if (row["opponent"] == "chaser") CHECK(possession + others > 0.3);
    CHECK(possession + others <= 1.0);
    for (const char* key : {"kicks", "passes", "shots"}) CHECK(row["own"][key].get<double>() >= 0.0);
    CHECK(row["own"]["distance_between_mates"].get<double>() > 2.0);
    CHECK(row["own"]["distance_between_mates"].get<double>() < 94.0);
  }
  CHECK(rows[0]["own"] != rows[2]["own"]);  // other actions, other matches
}

TEST_CASE("a tournament rates teams and bots", "[program]") {
  const Folder folder;
  good_run(folder, tiny_training + quiet + " --run run");
  const std::string table = good_run(folder, "tournament run --matches 4");
  CHECK(contains(table, "arena, 5 a side, 8 matches of every pairing, mean actions; Elo 1000 is chaser\n"));
  for (const char* team : {" run ", " random ", " chaser "}) CHECK(contains(table, team));
  CHECK(contains(table, "1000 to 1000"));

  const std::string arguments = "tournament chaser run --matches 5 --decisions sampled --json";
  const std::string output = good_run(folder, arguments);
  CHECK(good_run(folder, arguments) == output);
  std::map<std::string, int> teams;
  std::map<std::string, int> matches;
  double elo = 1e9;
  for (const nlohmann::json& row : json_lines(output)) {
    INFO(row.dump());
    if (row["what"] == "pairing") {
      CHECK(row["matches"] == 10);
      for (const char* team : {"team", "opponent"}) matches[row[team]] += 10;
      continue;
    }
    REQUIRE(row["what"] == "rating");
    CHECK(row["rank"] == ++teams[""]);
    ++teams[row["team"]];
    CHECK(row["matches"] == matches[row["team"]]);
    CHECK(row["wins"].get<int>() + row["draws"].get<int>() + row["losses"].get<int>() == matches[row["team"]]);
    CHECK(row["elo"].get<double>() <= elo);
    CHECK(row["draw"].get<double>() > 0.0);
    elo = row["elo"];
    CHECK(row["elo_lowest"].get<double>() <= elo + 1e-6);
    CHECK(row["elo_highest"].get<double>() >= elo - 1e-6);
    if (row["team"] == "chaser") CHECK(elo == Approx(1000.0));
  }
  for (const char* team : {"chaser", "run", "random"}) CHECK(teams[team] == 1);  // no bot twice

  const std::string bots = good_run(folder, "tournament random chaser --no-bots --matches 2 --preset footyai-v2");
  CHECK(contains(bots, "footyai-v2, 5 a side, 4 matches"));
  CHECK(contains(bots, "\ndraws' parameter: "));
  CHECK(std::count(bots.begin(), bots.end(), '\n') == 5);
}

TEST_CASE("a tournament tells teams of the same name apart", "[program]") {
  const Folder folder;
  good_run(folder, tiny_training + quiet + " --run one/run");
  good_run(folder, tiny_training + quiet + " --seed 2 --run two/run");
  const std::string table = good_run(folder, "tournament one/run two/run --no-bots --matches 2");
  CHECK(contains(table, "mean of all\n"));
  for (const char* team : {" one/run ", " two/run "}) CHECK(contains(table, team));

  check_refused(folder, "tournament one/run one/run/ --matches 2", "one/run/ would play against itself");
  check_refused(folder, "tournament chaser chaser --matches 2", "chaser would play against itself");
  check_refused(folder, "tournament one/run --no-bots", "a tournament needs at least 2 teams");
  check_refused(folder, "tournament --no-bots", "a tournament needs at least 2 teams");
  check_refused(folder, "tournament one/run three/run", "three/run: there is no such checkpoint, run folder or bot");
  check_refused(folder, "tournament --matches 0", "--matches: Value 0 not in range ");
  check_refused(folder, "tournament --decisions wild", "--decisions: wild not in {mean,sampled}");
  check_refused(folder, "tournament --preset tennis", "must be one of arena, footyai-v1, footyai-v2");
  check_refused(folder, "tournament --device abacus", "\"abacus\"; it must be one of auto");
  check_refused(folder, "eval random --decisions wild", "--decisions: wild not in {mean,sampled,both}");

  good_run(folder, tiny_training + quiet + " --run smaller --set players=2");
  check_refused(folder, "tournament one/run smaller", "run and smaller were trained by different rules");
}

}  // namespace matchday
