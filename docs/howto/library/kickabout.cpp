#include <cstdio>

#include <matchday/policy/bots.h>
#include <matchday/train/trainer.h>

int main() {
  matchday::Config config = matchday::default_config("arena");

  // 1,024 matches at once, played to the end.
  matchday::Simulator simulator(config.rules, {.matches = 1024, .seed = 7});
  const matchday::Policy role = matchday::make_bot("role"), chaser = matchday::make_bot("chaser");
  for (int step = 0; step < config.rules.steps; ++step) simulator.step(matchday::act(role, chaser, simulator));
  const at::Tensor score = simulator.state().score;  // int32 [2, 1024]
  std::printf("role won %.0f %%\n", 100.0 * score[0].gt(score[1]).to(at::kFloat).mean().item<double>());

  // A team that learns by playing itself.
  config.train.matches = 64;
  matchday::Trainer trainer(config, at::kCPU);
  for (int iteration = 0; iteration < 3; ++iteration) trainer.iterate(iteration / 3.0);
  std::printf("learned from %lld match-steps\n", static_cast<long long>(trainer.match_steps()));
}
